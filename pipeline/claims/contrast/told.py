"""A text and what is looked up in it when another one is retold from it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.claims.contrast.figure import Figure
from pipeline.claims.contrast.figures import figures
from pipeline.claims.contrast.units import Unit, plain
from pipeline.claims.contrast.words import Word, words

RETOLD = 0.5
"""Share of the bigrams of the shorter text in the longer one below which it is retold."""
ABOUT = 0.25
"""Share of the content letters of a mention that the official text has, if it is one of it."""
EMPTY = frozenset("的了是在有和与及也就都将被把从到至为以于对上下中个这那其该们市局日月年时点")
_ALIKE = 0.4
"""Share of the letters of a clause that its counterpart has."""
_CLAUSE = re.compile(r"[^,。!?;:\n]+")


@dataclass(frozen=True)
class Told:
    """A folded text and what is looked up in it."""

    text: str

    @cached_property
    def words(self) -> list[Word]:
        return words(self.text, 0, len(self.text))

    @cached_property
    def figures(self) -> list[Figure]:
        return [
            each
            for each in figures(self.text)
            if not self._is_article(each)
            and (not each.is_date or any(part is not None for part in each.moment[:5]))
        ]

    @cached_property
    def letters(self) -> frozenset[str]:
        """Characters that carry something, and those of the group of each word."""
        heads = "".join(word.key for word in self.words if isinstance(word.key, str))
        return frozenset(plain(self.text) + heads) - EMPTY

    @cached_property
    def clauses(self) -> list[tuple[int, int]]:
        return [match.span() for match in _CLAUSE.finditer(self.text)]

    def shares(self, other: Told, start: int, end: int) -> float:
        """How many of the content letters of `start:end` the other text has, by itself or by a
        synonym (0…1)."""
        said = [w for w in self.words if start <= w.start < end and w.role != "function"]
        weigh = have = 0
        for word in said:
            told = str(word.key) if isinstance(word.key, str) else word.text
            letters = set(word.text) - EMPTY
            weigh += len(letters)
            known = set(told) <= other.letters
            have += len(letters) if known else len(letters & other.letters)
        return have / weigh if weigh else 1.0

    def _is_article(self, figure: Figure) -> bool:
        return self.text[figure.start : figure.end] in ("一", "首", "一次", "第一", "首个")


def is_retold(official: Sequence[Unit], mention: Sequence[Unit]) -> bool:
    sides = [
        frozenset[str]().union(*(unit.grams for unit in side if not unit.headline))
        for side in (official, mention)
    ]
    smaller = min(map(len, sides))
    return smaller > 0 and len(sides[0] & sides[1]) < RETOLD * smaller


def counterpart(told: Told, clause: tuple[int, int], other: Told) -> tuple[int, int] | None:
    """The clause of the other text that shares most letters with this one, if it shares many."""
    letters = set(told.text[slice(*clause)]) - EMPTY
    best = max(
        other.clauses,
        key=lambda span: len(letters & set(other.text[slice(*span)])),
        default=None,
    )
    if best is None or len(letters & set(other.text[slice(*best)])) < _ALIKE * len(letters):
        return None
    return best


def at_end(told: Told) -> tuple[int, int]:
    return len(told.text), len(told.text)
