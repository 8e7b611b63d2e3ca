"""What speaks for a mention repeating a claim, and how much that is together."""

from __future__ import annotations

import math
from dataclasses import dataclass

_ENOUGH = 6.0
"""Shared terms at which the lexical score is half of what it would be with any number of them."""
_UNNAMED = 0.02
"""What the lack of all the claim's names costs where meaning is compared: to a model the same news
from another town is as near as a rewording. Of .01 to .05 tried on rumour posts; flat up to .03."""


@dataclass(frozen=True, slots=True)
class Meant:
    """Cosines of a claim with a mention, by sentence models."""

    sentence: float
    """Careful model: the mention's nearest sentence."""
    opening: float
    """Careful model: the beginning of the mention."""
    quick: float
    """Quick model: the beginning of the mention."""
    nearest: str
    """The sentence that `sentence` is of."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Shares and likenesses are 0…1."""

    coverage: float
    """Weighted share of the claim's terms that the mention holds."""
    held: float
    """The same of the nearest passage."""
    closing: float
    """Weighted share, held by the mention, of the terms that close the claim. What is said of a
    subject stands there; the subject alone is no repetition."""
    terms: float
    """Weight of the shared terms, in terms of mean weight."""
    rank: float
    """BM25 of the claim for the mention, of the best claim's."""
    words: float
    """Share of the claim's words in the passage."""
    order: float
    """Edit likeness of claim and passage."""
    inside: float
    """Edit likeness of the claim and the part of the mention that is most like it."""
    unnamed: float
    """Share of the claim's names that the mention lacks."""
    long: bool
    """The mention has several sentences, or far more letters than a claim."""
    latin: bool
    """The mention has no Chinese letter: its words are rarer than pairs of characters are, and so
    count for more; a sentence alone says less."""
    meant: Meant | None = None

    @property
    def agreement(self) -> float:
        """How far the passage says what the claim says."""
        return 0.5 * self.held + 0.2 * self.words + 0.3 * max(self.order, self.inside)

    @property
    def likeness(self) -> float:
        """By it claims are put in order, 0…1. Comparable within one mention.

        Weights of the sums were found on the development data; the sums are nearly flat around
        them, and a learnt ranking did no better (docs/decisions/0011-known-claims.md).
        """
        if self.meant is None:
            alike = (self.coverage + 0.2 * self.words + 0.5 * self.order + 0.5 * self.inside) / 2.2
            return math.sqrt(alike * self.terms / (self.terms + _ENOUGH))
        return max(0.0, self._meant_likeness(self.meant) - _UNNAMED * self.unnamed)

    def _meant_likeness(self, meant: Meant) -> float:
        if self.latin:
            return (meant.opening + 0.6 * meant.quick + 0.2 * self.rank) / 1.8
        if self.long:
            return (meant.sentence + 0.3 * meant.opening + 0.15 * self.coverage) / 1.45
        return (meant.opening + 0.6 * meant.quick + 0.15 * self.rank) / 1.75
