"""Vectors of claims, kept in the data folder: a claim is shown to a sentence model once."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from pipeline.claims.vectors import SentenceModel, Vectors


class KeptVectors:
    """A sentence model that remembers the vectors of certain texts, also in a file.

    All other texts go straight to the model. A file that is missing, damaged or cannot be written
    costs time and nothing else.
    """

    def __init__(self, model: SentenceModel, texts: Iterable[str], folder: Path) -> None:
        self.name, self.dim = model.name, model.dim
        self._model = model
        self._meant = frozenset(texts)
        self._file = folder / f"{model.name}.npz"
        self._kept = self._read()
        self._new = False

    def encode(self, texts: Sequence[str]) -> Vectors:
        missing = [text for text in dict.fromkeys(texts) if _key(text) not in self._kept]
        found = dict(zip(missing, self._model.encode(missing), strict=True)) if missing else {}
        for text in self._meant & found.keys():
            self._kept[_key(text)] = found[text]
            self._new = True
        rows = [found[text] if text in found else self._kept[_key(text)] for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(texts), self.dim)

    def keep(self) -> None:
        """Write what is new, in one step; a second process that does the same does no harm."""
        if not self._new:
            return
        keys = sorted(self._kept.keys() & {_key(text) for text in self._meant})
        part = self._file.with_name(f"{self._file.stem}.{os.getpid()}.part.npz")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            vectors = np.array([self._kept[key] for key in keys])
            np.savez(part, keys=np.array(keys), vectors=vectors)
            part.replace(self._file)
        except OSError:
            with suppress(OSError):
                part.unlink()
        self._new = False

    def _read(self) -> dict[str, Vectors]:
        try:
            with self._file.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                vectors = stored["vectors"]
                if vectors.ndim != 2 or vectors.shape[1] != self.dim:
                    return {}
                return dict(zip(stored["keys"].tolist(), vectors, strict=True))
        except (OSError, EOFError, KeyError, ValueError, BadZipFile):
            return {}


def _key(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:24]
