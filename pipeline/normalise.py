"""One spelling for what reads the same: the text that search, rules and comparisons look at.

Each character is folded by itself, so that every place in the folded text comes from exactly one
character of the original and a match can be shown where it stands:

- compatibility forms to plain ones (NFKC): full width, ligatures, circled digits, `…`; so are
  letters in black squares and small capitals;
- combining marks (`é` and `e` are the same), zero-width, bidirectional and other controls, and
  lone surrogates are dropped;
- case is folded; traditional characters become simplified ones (OpenCC's character table).

Digits stay as they are. Folding is idempotent and takes any text.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from opencc import OpenCC

from pipeline.model import Span

_KEPT_CONTROLS = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85")
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
"""Letters and symbols by category that show nothing at all."""
_LETTERS = {
    first + place: chr(ord("a") + place)
    for first in (0x1F150, 0x1F170, 0x1F1E6)
    for place in range(26)
} | str.maketrans("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz")
"""Letters that Unicode calls symbols or small capitals: white on black, regional indicators."""
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


_UNSEEN, _RESIZED = 0, 1
"""In the table: a character not met so far; one that folds to none or to several. Nothing folds to
these two controls, and a table of zeros takes memory only where it is used."""

_Codes = npt.NDArray[np.uint32]


class _FoldTable:
    """What each code point folds to, filled as characters turn up.

    A table of all of Unicode would take a second at each start.
    """

    def __init__(self) -> None:
        self._simplify = OpenCC("t2s").convert
        self._folded = np.zeros(0x110000, dtype=np.uint32)
        self._pieces: dict[int, str] = {}
        """What each character that folds to none or to several becomes."""

    def fold(self, codes: _Codes) -> tuple[str, npt.NDArray[np.intp] | None]:
        """The folded text, and the place of each of its characters; None: all where they were."""
        folded = self._folded[codes]
        if not len(codes) or folded.min() > _RESIZED:
            return folded.tobytes().decode("utf-32-le"), None
        if _UNSEEN in folded:
            for code in np.unique(codes[folded == _UNSEEN]).tolist():
                self._learn(code)
            return self.fold(codes)
        resized = np.flatnonzero(folded == _RESIZED)
        pieces = [self._pieces[code] for code in codes[resized].tolist()]
        sizes = np.ones(len(codes), dtype=np.intp)
        sizes[resized] = [len(piece) for piece in pieces]
        spread = np.repeat(folded, sizes)
        spread[spread == _RESIZED] = codes_of("".join(pieces))
        return spread.tobytes().decode("utf-32-le"), np.repeat(np.arange(len(codes)), sizes)

    def _learn(self, code: int) -> None:
        folded, previous = chr(code), ""
        while folded != previous:
            folded, previous = self._fold_once(folded), folded
        if len(folded) != 1:
            self._pieces[code] = folded
        self._folded[code] = ord(folded) if len(folded) == 1 else _RESIZED

    def _fold_once(self, text: str) -> str:
        decomposed = unicodedata.normalize("NFKD", text.translate(_LETTERS))
        kept = "".join(char for char in decomposed if not _is_dropped(char))
        composed = unicodedata.normalize("NFKC", kept.casefold())
        return "".join(self._simplify(char) if _is_ideograph(char) else char for char in composed)


def codes_of(text: str) -> _Codes:
    """The code points of a text; lone surrogates too."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def alphanumeric(codes: _Codes) -> npt.NDArray[np.bool_]:
    """Which code points are letters or digits of any script."""
    return np.strings.isalnum(codes.view("U1"))


_TABLE = _FoldTable()


class Folded:
    """A folded text that knows where each of its characters stands in the original."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.text, self._origins = _TABLE.fold(codes_of(source))

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
            place = int(origins[start]) if start < len(origins) else len(self.source)
            return place, place
        return int(origins[start]), int(origins[end - 1]) + 1


def fold(text: str) -> Folded:
    """Fold a text; see the module for what that means.

    What was folded lately is kept: each step of the pipeline asks for the same texts.
    """
    return _kept(text) if len(text) <= _LONGEST_KEPT else Folded(text)


_kept = lru_cache(maxsize=512)(Folded)
_LONGEST_KEPT = 10_000
"""Characters, so that what is kept stays below some 60 MB whatever is read."""
