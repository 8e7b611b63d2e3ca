"""One spelling for what reads the same: the text that search, rules and comparisons look at.

Each character is folded by itself, so that every place in the folded text comes from exactly one
character of the original and a match can be shown where it stands:

- compatibility forms to plain ones (NFKC): full width, ligatures, circled digits, `…`;
- combining marks (`é` and `e` are the same), zero-width, bidirectional and other controls, and
  lone surrogates are dropped;
- case is folded; traditional characters become simplified ones (OpenCC's character table).

Digits stay as they are. Folding is idempotent and takes any text.
"""

from __future__ import annotations

import unicodedata
from array import array
from functools import cached_property

from opencc import OpenCC

from pipeline.model import Span

_KEPT_CONTROLS = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85")
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
"""Letters and symbols by category that show nothing at all."""
_DROPPED_CATEGORIES = frozenset({"Mn", "Me", "Cf", "Cs"})
_IDEOGRAPHS = ((0x2E80, 0x2FDF), (0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF))


def _is_ideograph(char: str) -> bool:
    code = ord(char)
    return any(first <= code <= last for first, last in _IDEOGRAPHS)


def _is_dropped(char: str) -> bool:
    category = unicodedata.category(char)
    if category == "Cc":
        return char not in _KEPT_CONTROLS
    return category in _DROPPED_CATEGORIES or char in _FILLERS or 0xE0000 <= ord(char) <= 0xE0FFF


class _FoldTable(dict[int, str]):
    """Code point → folded text for `str.translate`, filled as characters turn up.

    A table of all of Unicode would take a second at each start; a key that is missing from a
    plain dict costs an exception for each character.
    """

    def __init__(self) -> None:
        super().__init__()
        self._simplify = OpenCC("t2s").convert
        self.resizing: set[str] = set()
        """Characters met so far that fold to none or to several."""

    def __missing__(self, code: int) -> str:
        folded, previous = chr(code), ""
        while folded != previous:
            folded, previous = self._fold_once(folded), folded
        if len(folded) != 1:
            self.resizing.add(chr(code))
        self[code] = folded
        return folded

    def _fold_once(self, text: str) -> str:
        decomposed = unicodedata.normalize("NFKD", text)
        kept = "".join(char for char in decomposed if not _is_dropped(char))
        composed = unicodedata.normalize("NFKC", kept.casefold())
        return "".join(self._simplify(char) if _is_ideograph(char) else char for char in composed)


_TABLE = _FoldTable()


class Folded:
    """A folded text that knows where each of its characters stands in the original."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.text = source.translate(_TABLE)

    def __repr__(self) -> str:
        return f"Folded({self.text!r})"

    def original(self, start: int, end: int) -> Span:
        """The span of the original from which `text[start:end]` was folded.

        Dropped characters inside are part of it, those at its edges are not.
        """
        origins = self._origins
        if origins is None:
            return start, end
        if start >= end:
            place = origins[start] if start < len(origins) else len(self.source)
            return place, place
        return origins[start], origins[end - 1] + 1

    @cached_property
    def _origins(self) -> array[int] | None:
        """Place in the original of each folded character; None when all stand where they stood."""
        if len(self.text) == len(self.source) and _TABLE.resizing.isdisjoint(self.source):
            return None
        origins = array("L")
        for place, char in enumerate(self.source):
            origins.extend([place] * len(_TABLE[ord(char)]))
        return origins


def fold(text: str) -> Folded:
    """Fold a text; see the module for what that means."""
    return Folded(text)
