"""Any sentence model on the scale of the one that the decision was tuned with.

Cosines of two models do not compare: unrelated statements have .85 by multilingual-e5-small, .17 by
the Universal Sentence Encoder. What is read from them (`known/evidence.py`, `known/decision.py`)
was tuned with the first. Like it, another model gives 1 to a text and itself; where it puts
unrelated statements is measured on `anchors`, and all between is stretched in proportion. One more
number in each vector does it: with s ≤ 1, (√s·v, √(1-s)) has length 1 and the cosine 1 - s(1 - c).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.claims.anchors import STATEMENTS
from pipeline.claims.vectors import SentenceModel, Vectors

UNRELATED = 0.853
"""Mean cosine of the unrelated statements of `anchors` by multilingual-e5-small; reworded: .930."""
NARROWEST = 0.88
"""Above it everything is alike to a model, and ordinary posts reach the bar of repetitions."""
LEAST_FOUND = len(STATEMENTS) * 3 // 4
"""multilingual-e5-small finds all of them, the Universal Sentence Encoder all but one."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """What a model's cosines say of `anchors`."""

    unrelated: float
    """Mean cosine of statements with the rewordings of others."""
    reworded: float
    """The same with their own."""
    found: int
    """Statements to which their own rewording is the nearest, of `len(STATEMENTS)`."""

    @property
    def shrink(self) -> float:
        """By how much distances are multiplied, above 0 to 1."""
        return min(1.0, (1 - UNRELATED) / max(1 - self.unrelated, 1e-9))

    def scaled(self, cosine: float) -> float:
        """Where a cosine of the model comes to lie."""
        return 1 - self.shrink * (1 - cosine)

    @property
    def told(self) -> str:
        return (
            f"of {len(STATEMENTS)} statements it finds {self.found} in other words; cosine of "
            f"unrelated statements {self.unrelated:.2f}, of reworded {self.reworded:.2f}: they "
            f"count as {self.scaled(self.unrelated):.2f} and {self.scaled(self.reworded):.2f}"
        )

    @property
    def problem(self) -> str:
        """Why the model cannot be used; empty where it can."""
        if self.found < LEAST_FOUND:
            return (
                f"of {len(STATEMENTS)} statements it finds {self.found} in other words, "
                f"{LEAST_FOUND} are the least"
            )
        if self.unrelated > NARROWEST:
            return (
                f"unrelated statements are alike to it (cosine {self.unrelated:.2f}, "
                f"{NARROWEST} is the most)"
            )
        return ""


def likeness(model: SentenceModel) -> Likeness:
    said = model.encode([statement for statement, _ in STATEMENTS])
    cosines = said @ model.encode([reworded for _, reworded in STATEMENTS]).T
    own = np.eye(len(STATEMENTS), dtype=bool)
    return Likeness(
        unrelated=float(cosines[~own].mean()),
        reworded=float(cosines[own].mean()),
        found=int((cosines.argmax(axis=1) == np.arange(len(STATEMENTS))).sum()),
    )


class Scaled:
    """A sentence model whose cosines lie where those of multilingual-e5-small do."""

    def __init__(self, model: SentenceModel) -> None:
        self.likeness = likeness(model)
        self._model = model
        self._shrink = self.likeness.shrink
        self.name, self.dim = f"{model.name}-{self._shrink:.3f}", model.dim + 1

    def encode(self, texts: Sequence[str]) -> Vectors:
        rows = np.empty((len(texts), self.dim), dtype=np.float32)
        rows[:, :-1] = self._model.encode(texts) * np.float32(np.sqrt(self._shrink))
        rows[:, -1] = np.sqrt(1 - self._shrink)
        return rows
