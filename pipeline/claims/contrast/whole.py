"""What is asked of a whole text: does it say this anywhere?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from pipeline.claims.contrast.figures import Figure, agree, figures
from pipeline.claims.contrast.units import plain

_LOOKED_THROUGH = 100
"""Figures of a text that are compared one by one; of more, only equal ones are found."""


@dataclass
class Whole:
    """A folded text; `told` are its sentences without the headlines."""

    text: str
    told: str

    @cached_property
    def _grams(self) -> frozenset[str]:
        letters = plain(self.told)
        return frozenset(letters[i : i + 2] for i in range(len(letters) - 1))

    @cached_property
    def _figures(self) -> tuple[list[Figure], frozenset[object]]:
        found = figures(self.told)
        return found[:_LOOKED_THROUGH], frozenset(figure.key for figure in found)

    def gives(self, figure: Figure) -> bool:
        """Whether the text gives this number or date, in whatever notation."""
        first, keys = self._figures
        return figure.key in keys or any(agree(each, figure) for each in first)

    def holds(self, letters: str) -> float:
        """Share of the bigrams of plain letters that stand in the text."""
        grams = [letters[i : i + 2] for i in range(len(letters) - 1)]
        return sum(gram in self._grams for gram in grams) / (len(grams) or 1)


@dataclass(frozen=True)
class Texts:
    official: Whole
    mention: Whole
