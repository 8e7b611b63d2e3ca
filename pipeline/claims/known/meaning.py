"""How near the sentences of a mention are in meaning to claims, by sentence models.

The quick model has a vector of every claim once all are to be ordered. The careful one, five times
slower, is asked only about claims that are already candidates: give one that remembers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from pipeline.claims.known.closing import last_part, stretches
from pipeline.claims.known.models import Models
from pipeline.claims.known.postings import Floats
from pipeline.claims.known.terms import has_chinese
from pipeline.claims.sentences import sentences
from pipeline.claims.vectors import Vectors

OPENING = 120
"""Characters of a mention that are looked at as a whole."""
LONGEST = 160
"""Characters of a sentence that are looked at."""
_LATIN = 3
"""So many times more where letters are Latin."""
_SHORTEST = 4
_MOST = 24
"""Sentences of a mention that are looked at."""


_NOISE = re.compile(r"https?://\S+|pic\.twitter\.com/\S+|[@#]")


def parts(folded: str) -> list[str]:
    """A mention's opening, then its sentences."""
    text = cleaned(folded)
    times = 1 if has_chinese(text) else _LATIN
    found = [each.text.strip()[: LONGEST * times] for each in sentences(text)]
    found = [each for each in found if len(each) >= _SHORTEST]
    return [text[: OPENING * times], *found[:_MOST]]


def cleaned(folded: str) -> str:
    """Without addresses and signs that mean nothing by themselves."""
    return _NOISE.sub(" ", folded).strip()


class Meaning:
    """Claims as vectors of both models."""

    def __init__(self, claims: Sequence[str], models: Models) -> None:
        """`claims`: folded texts."""
        self._claims = claims
        self._models = models

    @cached_property
    def _quick(self) -> Vectors:
        return self._models.quick.encode(self._claims)

    def quickly(self, said: Sequence[str]) -> Floats:
        """Cosine of every claim with the mention's opening."""
        cosines: Floats = (self._quick @ self._models.quick.encode(said[:1])[0]).astype(np.float64)
        return cosines

    def nearby(self, passages: Mapping[int, str]) -> list[tuple[int, float]]:
        """By the quick model: the cosine of each claim, by its place, with a passage."""
        if not passages:
            return []
        claims = self._models.quick.encode([self._claims[place] for place in passages])
        said = self._models.quick.encode(list(passages.values()))
        return list(zip(passages, (claims * said).sum(axis=1).tolist(), strict=True))

    def carefully(self, said: Sequence[str], places: Sequence[int]) -> Floats:
        """Cosines of some claims with a mention's parts; shape (places, said)."""
        if not places:
            return np.zeros((0, len(said)))
        claims = self._models.careful.encode([self._claims[place] for place in places])
        cosines: Floats = (claims @ self._models.careful.encode(said).T).astype(np.float64)
        return cosines

    def closed(self, place: int, texts: Sequence[str]) -> float:
        """Cosine of a claim's last part, by the quick model, with the nearest words of the texts.

        About 30 short texts are encoded: ask where all else speaks for a repetition.
        """
        last = last_part(self._claims[place])
        said = [each for text in texts for each in stretches(text, len(last))]
        if not last or not said:
            return 0.0
        vectors = self._models.quick.encode([last, *said])
        return float((vectors[1:] @ vectors[0]).max())
