"""An agency's own sentence model: a folder with `model.onnx` and `tokenizer.json`.

What the usual exports of BERT-like encoders hold. Nothing is fetched: both files are read where
they are. onnxruntime and tokenizers come with the extra `onnx`, imported with the first model.
"""

from __future__ import annotations

import hashlib
import importlib
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from pipeline.claims.vectors import ModelMissingError, Vectors, in_batches
from pipeline.errors import BadInputError

Pooling = Literal["mean", "cls", "model"]
"""How a text's vector comes about: the mean of its tokens, its first token, or by the model."""

MODEL, TOKENIZER = "model.onnx", "tokenizer.json"
_DIMENSIONS = range(8, 8193)
"""Fewer numbers are a classifier's, more a language model's that guesses words."""
_NEEDED = frozenset({"input_ids", "attention_mask"})
_TYPES: dict[str, type[np.integer[Any]]] = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}


class ModelError(BadInputError):
    """The folder that is named as a sentence model does not hold one that can be used."""


class OnnxModel:
    """A `SentenceModel` that runs on one core. Raises ModelError and ModelMissingError."""

    def __init__(
        self,
        folder: Path,
        *,
        pooling: Pooling = "mean",
        prefix: str = "",
        max_tokens: int = 256,
    ) -> None:
        """`prefix` is put before every text, as such models as E5 were trained with one; of what is
        longer than `max_tokens` the beginning is read."""
        self._folder, self._pooling, self._prefix = folder, pooling, prefix
        self._lock = threading.Lock()
        runtime, tokenizers = _library("onnxruntime"), _library("tokenizers")
        self.name = f"onnx-{self._digest(repr((pooling, prefix, max_tokens)))}"
        self._tokenizer = self._read(TOKENIZER, tokenizers.Tokenizer.from_file)
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_tokens)
        options = runtime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4  # what fails is raised; nothing goes to stderr as well
        self._session = self._read(
            MODEL,
            lambda file: runtime.InferenceSession(
                file, options, providers=["CPUExecutionProvider"]
            ),
        )
        self._types = self._inputs()
        self._output, self.dim = self._tried(max_tokens)

    def encode(self, texts: Sequence[str]) -> Vectors:
        return in_batches(self._vectors, texts, self.dim, self._lock)

    def _vectors(self, texts: Sequence[str]) -> npt.NDArray[Any]:
        tokens, mask = self._tokens(texts)
        [found] = self._run([self._output], tokens, mask)
        if self._pooling == "model":
            return found
        if self._pooling == "cls":
            return found[:, 0]
        weights = mask[:, :, np.newaxis].astype(np.float32)
        mean: npt.NDArray[Any] = (found * weights).sum(axis=1) / weights.sum(axis=1)
        return mean

    def _tokens(self, texts: Sequence[str]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """Numbers of the tokens and which of them count; shape (texts, longest).

        One text after the other, as a batch would use every core. What fills up is hidden by the
        mask, so its number does not matter.
        """
        read = [self._tokenizer.encode(self._prefix + text).ids or [0] for text in texts]
        tokens = np.zeros((len(read), max(map(len, read))), dtype=np.int64)
        mask = np.zeros_like(tokens)
        for row, ids in enumerate(read):
            tokens[row, : len(ids)] = ids
            mask[row, : len(ids)] = 1
        return tokens, mask

    def _run(
        self, outputs: list[str] | None, tokens: npt.NDArray[Any], mask: npt.NDArray[Any]
    ) -> list[npt.NDArray[Any]]:
        """All outputs where none is named."""
        given = {"input_ids": tokens, "attention_mask": mask, "token_type_ids": mask * 0}
        feed = {name: given[name].astype(kind) for name, kind in self._types.items()}
        try:
            found: list[npt.NDArray[Any]] = self._session.run(outputs, feed)
        except Exception as error:  # the runtime's errors have no root of their own
            raise self._unfit(
                f"{MODEL} fails on {len(tokens)} texts of up to {tokens.shape[1]} tokens "
                f"({_first_line(error)}): lower `max_tokens`, export it for any number of texts "
                f"and tokens, and see that {TOKENIZER} belongs to it"
            ) from error
        return found

    def _inputs(self) -> dict[str, type[np.integer[Any]]]:
        """The model's inputs with the type of each."""
        asked = {each.name: each.type for each in self._session.get_inputs()}
        if not _NEEDED <= asked.keys() <= _NEEDED | {"token_type_ids"}:
            raise self._unfit(
                f"{MODEL} asks for {', '.join(asked)}; input_ids, attention_mask and, if it likes, "
                "token_type_ids can be given: export it as an encoder of sentences"
            )
        if wrong := [name for name, kind in asked.items() if kind not in _TYPES]:
            raise self._unfit(
                f"{MODEL} wants {wrong[0]} as {asked[wrong[0]]}: export it with whole numbers"
            )
        return {name: _TYPES[kind] for name, kind in asked.items()}

    def _tried(self, max_tokens: int) -> tuple[str, int]:
        """Name of the output that is read, and how many numbers a vector has.

        Two texts, one as long as can come, show most of what can go wrong before any work begins.
        """
        tokens, mask = self._tokens(["临", "临江市" * max_tokens])
        names = [each.name for each in self._session.get_outputs()]
        made = dict(zip(names, self._run(None, tokens, mask), strict=True))
        wanted = tokens.shape[:1] if self._pooling == "model" else tokens.shape
        fitting = [name for name, each in made.items() if np.shape(each)[:-1] == wanted]
        if not fitting:
            other = (
                "text; write `mean` or `cls`"
                if self._pooling == "model"
                else "token; if the model pools by itself, write `pooling: model`"
            )
            shapes = ", ".join(f"{name} {np.shape(each)}" for name, each in made.items())
            raise self._unfit(
                f"{MODEL} gives {shapes} for {len(tokens)} texts of {tokens.shape[1]} tokens: "
                f"`pooling: {self._pooling}` needs a vector of every {other}"
            )
        output = "sentence_embedding" if "sentence_embedding" in fitting else fitting[0]
        dim = made[output].shape[-1]
        if dim not in _DIMENSIONS:
            raise self._unfit(
                f"{output} of {MODEL} has vectors of {dim} numbers, {_DIMENSIONS[0]} to "
                f"{_DIMENSIONS[-1]} are usual: export the encoder alone, without what classifies "
                "or guesses words"
            )
        if not np.isfinite(made[output]).all():
            raise self._unfit(f"{MODEL} gives what are no numbers: export it anew, as float32")
        return output, dim

    def _digest(self, settings: str) -> str:
        """Of all that a vector depends on: weights may stand in files beside the model."""
        try:
            names = sorted(each.name for each in self._folder.iterdir() if each.is_file())
        except OSError as error:
            raise self._unfit(f"the folder cannot be read ({error.strerror})") from error
        for name in (MODEL, TOKENIZER):
            if name not in names:
                raise self._unfit(f"{name} is missing: {MODEL} and {TOKENIZER} must stand there")
        digest = hashlib.sha256(settings.encode())
        for name in names:
            digest.update(self._read(name, _digest_of))
        return digest.hexdigest()[:16]

    def _read(self, name: str, read: Callable[[str], Any]) -> Any:
        try:
            return read(str(self._folder / name))
        except OSError as error:
            raise self._unfit(f"{name} cannot be read ({error.strerror})") from error
        except Exception as error:  # neither library has a root of its errors
            raise self._unfit(
                f"{name} is damaged or of another kind ({_first_line(error)}): copy it again, and "
                "see that it is the file itself and no pointer of Git LFS"
            ) from error

    def _unfit(self, sentence: str) -> ModelError:
        return ModelError(f"sentence_model, {self._folder}: {sentence}")


def _library(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ModelMissingError(
            f"sentence_model needs {name}, which cannot be loaded ({error}): "
            "install the extra with `pip install 'chengqing[onnx]'`"
        ) from error


def _digest_of(file: str) -> bytes:
    with Path(file).open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").digest()


def _first_line(error: Exception) -> str:
    """What a library says, without the code before it."""
    return (str(error).splitlines() or [type(error).__name__])[0].rpartition(" : ")[2]
