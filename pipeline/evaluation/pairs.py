"""How well a score tells pairs of texts that make the same claim from pairs that do not."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

HELD_OUT = 10


def drawn(a: str, b: str) -> int:
    """A number for a pair, by the text that sorts first: pairs that share it stay together."""
    first = min(a, b).encode("utf-8", "replace")
    return int(hashlib.sha256(first).hexdigest()[:12], 16)


def held_out(a: str, b: str) -> bool:
    """Whether a pair belongs to the tenth that is measured on and never trained on."""
    return drawn(a, b) % HELD_OUT == 0


@dataclass(frozen=True, slots=True)
class PairFigures:
    """Shares are 0…1; None where nothing was found or nothing was to be found."""

    method: str
    pairs: int
    same: int
    auc: float | None
    """Area under the ROC curve; None when all labels are alike."""
    accuracy: float
    precision: float | None
    recall: float | None
    f1: float | None


def pair_figures(
    method: str, labels: Sequence[bool], scores: Sequence[float], decided: Sequence[bool]
) -> PairFigures:
    """`decided` is what the method answers, `scores` what it orders the pairs by. ValueError
    without a pair."""
    if not labels:
        raise ValueError("there is no pair to measure")
    right = sum(label and found for label, found in zip(labels, decided, strict=True))
    wanted, found = sum(labels), sum(decided)
    return PairFigures(
        method=method,
        pairs=len(labels),
        same=wanted,
        auc=area_under_roc(labels, scores),
        accuracy=sum(map(bool.__eq__, labels, decided)) / len(labels),
        precision=right / found if found else None,
        recall=right / wanted if wanted else None,
        f1=2 * right / (wanted + found) if wanted + found else None,
    )


def area_under_roc(labels: Sequence[bool], scores: Sequence[float]) -> float | None:
    """Share of (same, different) pairs of pairs that the score puts in the right order, ties half
    (Mann and Whitney 1947)."""
    positive = np.array(labels, dtype=bool)
    _, place, counts = np.unique(
        np.asarray(scores, dtype=np.float64), return_inverse=True, return_counts=True
    )
    middle = np.cumsum(counts) - (counts - 1) / 2  # the mean rank of equal scores
    wanted = int(positive.sum())
    others = len(positive) - wanted
    if not wanted or not others:
        return None
    ranks = float(middle[place][positive].sum())
    return (ranks - wanted * (wanted + 1) / 2) / (wanted * others)
