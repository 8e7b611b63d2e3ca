"""A mention as it is compared with claims, read once for all of them."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.claims.known.meaning import OPENING
from pipeline.claims.known.passages import Field, Passage
from pipeline.claims.known.postings import Floats
from pipeline.claims.known.terms import has_chinese

_SHORT = 24
"""Letters up to which a mention is compared with a claim as a whole."""


@dataclass(frozen=True, slots=True, eq=False)
class Mention:
    fields: tuple[Field, ...]
    letters: str
    terms: frozenset[int]
    found: Floats
    """Weight of each claim's terms in it."""
    refuted: bool
    """Its title calls something false."""
    highest: float
    """BM25 of the best claim."""

    @property
    def text(self) -> str:
        return "\n".join(each.folded.text for each in self.fields if each.folded.text)

    @property
    def long(self) -> bool:
        """More than a claim by itself."""
        return len(self.letters) > _SHORT

    @property
    def latin(self) -> bool:
        return not has_chinese(self.letters)

    @property
    def opening(self) -> Passage:
        """What is shown where no passage shares a term with a claim."""
        where = next(each for each in self.fields if each.folded.text.strip())
        start = len(where.folded.text) - len(where.folded.text.lstrip())
        return Passage(where, start, min(start + OPENING, len(where.folded.text.rstrip())), 0.0)
