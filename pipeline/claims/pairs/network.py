"""How near two sentence vectors are in what decides whether they make the same claim.

The cosine of two vectors weighs topic and everything else alike. Small trained networks look from
another side: both vectors are projected, and one hidden layer reads products and distances of the
projections. (a, b) and (b, a) give the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.claims.vectors import Vectors

Array = npt.NDArray[np.float32]
_FIELDS = ("mean", "projection", "hidden", "hidden_bias", "out", "out_bias")


@dataclass(frozen=True, slots=True, eq=False)
class Networks:
    """Several networks of one shape, whose answers are averaged; n of them, d the vectors' size."""

    mean: Array
    """(d,): taken from each vector, which is then made a unit again."""
    projection: Array
    """(n, k, d)"""
    hidden: Array
    """(n, h, 2k): first the products, then the distances."""
    hidden_bias: Array
    out: Array
    """(n, h)"""
    out_bias: Array

    def columns(self, first: Vectors, second: Vectors) -> npt.NDArray[np.float64]:
        """Per pair the cosine and the networks' mean answer in log-odds; shape (pairs, 2)."""
        a, b = self._centred(first), self._centred(second)
        cosine = np.einsum("ij,ij->i", a, b)
        scale = np.sqrt(np.float32(a.shape[1]))
        answers = np.zeros(len(a), dtype=np.float32)
        for n in range(len(self.projection)):
            x, y = (scale * (each @ self.projection[n].T) for each in (a, b))
            seen = np.concatenate([x * y, np.abs(x - y)], axis=1)
            hidden = np.maximum(seen @ self.hidden[n].T + self.hidden_bias[n], 0)
            answers += hidden @ self.out[n] + self.out_bias[n]
        return np.column_stack([cosine, answers / len(self.projection)]).astype(np.float64)

    def _centred(self, vectors: Vectors) -> Array:
        moved = vectors - self.mean
        return np.asarray(moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9))


def unpacked(stored: Mapping[str, npt.NDArray[np.generic]]) -> Networks:
    """Networks from the arrays that `packed` gave. KeyError when one is missing."""
    return Networks(**{each: np.asarray(stored[each], dtype=np.float32) for each in _FIELDS})


def packed(networks: Networks) -> dict[str, npt.NDArray[np.generic]]:
    """Half precision: changes of the answer beyond the third digit do not matter."""
    return {each: getattr(networks, each).astype(np.float16) for each in _FIELDS}
