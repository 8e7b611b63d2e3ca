"""What is asked of a whole text: does it say this anywhere?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.claims.contrast.figure import Figure, agree
from pipeline.claims.contrast.figures import figures
from pipeline.claims.contrast.units import plain
from pipeline.claims.contrast.words import Word, words

_FEW = 5
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

    @cached_property
    def _keys(self) -> frozenset[object]:
        return frozenset(word.key for word in words(self.told, 0, len(self.told)))

    def tells(self, said: Sequence[Word]) -> float:
        """Share of the telling words of a stretch that the text has, in these or other words.

        0 for so few words that they may well stand together by chance.
        """
        telling = [word for word in said if word.role not in ("function", "bound")]
        if len(telling) < _FEW:
            return 0.0
        return sum(word.key in self._keys for word in telling) / len(telling)


@dataclass(frozen=True)
class Texts:
    official: Whole
    mention: Whole
