"""Whether shared words stand in the same relations in two texts.

“甲收购乙” and “乙收购甲” have the same words and nearly the same vectors. But the heads of a
language model follow relations: some look from a verb to its subject, others from a name to what is
said of it (Clark et al. 2019, “What does BERT look at?”). So pieces that both texts share are laid
on each other, and each head is asked whether it looks from a piece at the same others in both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.claims.e5.model import Look
from pipeline.claims.vectors import Vectors

_LEAST = 3
"""Shared pieces below which no relation can be told."""


def agreement(a: Look, b: Look) -> Vectors:
    """For each head the mean, the least and the lowest tenth, over shared pieces, of the overlap of
    where it looks, 0…1; shape (3 · heads,). All 1 where too little is shared."""
    first, second = _laid_on_each_other(a, b)
    if len(first) < _LEAST:
        return np.ones(3 * len(a.attention), dtype=np.float32)
    overlap = np.minimum(_among(a, first), _among(b, second)).sum(axis=-1)
    overlap.sort(axis=-1)
    return np.concatenate([overlap.mean(axis=-1), overlap[:, 0], overlap[:, len(first) // 10]])


def nearness(a: Look, b: Look) -> tuple[float, float]:
    """How near each piece, in its context, comes to one of the other text: the least, and the mean
    of both texts."""
    if not a.pieces or not b.pieces:
        return 0.0, 0.0
    near = a.contexts @ b.contexts.T
    best = near.max(axis=1), near.max(axis=0)
    return float(min(map(np.min, best))), float(best[0].mean() + best[1].mean()) / 2


@dataclass(frozen=True, slots=True, eq=False)
class Relations:
    """What agreement of which head speaks for the same claim: a trained sum, in log-odds."""

    weights: Vectors
    """(3 · heads,)"""
    bias: float

    def column(self, agreements: Vectors) -> npt.NDArray[np.float64]:
        """Shape (pairs,), from agreements of shape (pairs, 3 · heads)."""
        return np.asarray(agreements @ self.weights + self.bias, dtype=np.float64)


def _among(look: Look, places: list[int]) -> Vectors:
    """Attention among these pieces only, as shares; shape (heads, places, places)."""
    found = look.attention[:, places][:, :, places]
    shares: Vectors = found / (found.sum(axis=-1, keepdims=True) + 1e-6)
    return shares


def _laid_on_each_other(a: Look, b: Look) -> tuple[list[int], list[int]]:
    """Places of equal pieces; of several that could meet, those nearest in context do."""
    equal = np.array(a.pieces)[:, None] == np.array(b.pieces)
    near = np.where(equal, a.contexts @ b.contexts.T, -2)
    met: dict[int, int] = {}
    taken: set[int] = set()
    for flat in np.argsort(-near, axis=None, kind="stable")[: int(equal.sum())].tolist():
        here, there = divmod(flat, near.shape[1])
        if here not in met and there not in taken:
            met[here] = there
            taken.add(there)
    places = sorted(met)
    return places, [met[place] for place in places]
