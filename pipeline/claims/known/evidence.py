"""What speaks for a mention repeating a claim, and how much that is together."""

from __future__ import annotations

import math
from dataclasses import dataclass

_ENOUGH = 6.0
"""Shared terms at which the lexical score is half of what it would be with any number of them."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Shares and likenesses are 0…1."""

    coverage: float
    """Weighted share of the claim's terms that the mention holds."""
    held: float
    """The same of the nearest passage."""
    terms: float
    """Weight of the shared terms, in terms of mean weight."""
    words: float
    """Share of the claim's words in the passage."""
    order: float
    """Edit likeness of claim and passage."""
    inside: float
    """Edit likeness of the claim and the part of the mention that is most like it."""
    sentence: float | None = None
    """Careful model: cosine of the claim and the mention's nearest sentence."""
    opening: float | None = None
    """Careful model: cosine of the claim and the mention's opening."""

    @property
    def method(self) -> str:
        return "lexical" if self.sentence is None else "semantic"

    @property
    def agreement(self) -> float:
        """How far the passage says what the claim says."""
        return 0.5 * self.held + 0.2 * self.words + 0.3 * max(self.order, self.inside)

    @property
    def likeness(self) -> float:
        """By it claims are put in order. In 0…1, with a sentence model on a scale of its own."""
        if self.sentence is None or self.opening is None:
            alike = (self.coverage + 0.2 * self.words + 0.5 * self.order + 0.5 * self.inside) / 2.2
            return math.sqrt(alike * self.terms / (self.terms + _ENOUGH))
        return (self.sentence + 0.3 * self.opening + 0.15 * self.coverage) / 1.45
