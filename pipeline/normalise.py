"""Spelling variants folded away, with a way back to the original text.

Folded are width and compatibility forms (Unicode NFKC), case, Latin accents and traditional Chinese
characters; dropped are control, zero-width and bidirectional characters and combining marks. All
is done character by character, so that every match can be shown in the original.
"""

from __future__ import annotations

import bisect
import unicodedata
from dataclasses import dataclass
from functools import cache

from opencc import OpenCC

from pipeline.model import Span


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text. `starts` is None when every character stands for exactly one original."""

    text: str
    length: int
    """Code points of the original."""
    starts: tuple[int, ...] | None = None
    """For each folded character the index of the original one that it came from."""

    def original(self, start: int, end: int) -> Span:
        """The original span of a folded one (end exclusive; not empty)."""
        if self.starts is None:
            return start, end
        return self.starts[start], self.starts[end - 1] + 1

    def position(self, original: int) -> int:
        """The first folded index whose original is at or after the given original index."""
        return original if self.starts is None else bisect.bisect_left(self.starts, original)


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def _fold_character(character: str) -> str:
    if character in "\n\t ":
        return character
    category = unicodedata.category(character)
    if category in ("Cc", "Cf", "Cs", "Mn", "Me"):
        return ""
    folded = unicodedata.normalize("NFKC", character).casefold()
    base = unicodedata.normalize("NFKD", folded)[:1]
    if base.isascii() and base.isalpha() and len(folded) == 1:
        return base
    return str(_simplifier().convert(folded)) if character > "\u2e00" else folded


class _Table(dict[int, str]):
    """Fills itself: each character is folded once in the life of the process."""

    def __init__(self) -> None:
        super().__init__()
        self.irregular: set[str] = set()
        """Characters that do not fold to exactly one."""

    def __missing__(self, point: int) -> str:
        folded = self[point] = _fold_character(chr(point))
        if len(folded) != 1:
            self.irregular.add(chr(point))
        return folded


_TABLE = _Table()


def fold(text: str) -> Folded:
    """Fold a text. Idempotent; never raises, whatever the text holds."""
    folded = text.translate(_TABLE)
    if _TABLE.irregular.isdisjoint(text):
        return Folded(folded, len(text))
    starts: list[int] = []
    for index, character in enumerate(text):
        starts.extend([index] * len(_TABLE[ord(character)]))
    return Folded(folded, len(text), tuple(starts))
