"""Terms of two characters in disguise: found by looking at two neighbouring units at a time.

Ordinary text is full of pairs that sound like some term, so sounds are not scanned for. One of the
two must stand as it is, and the other be of a kind that can be a disguise: written in letters or
parts, an uncommon character of the same sound and tone, or a rare one. Both faces of a unit, what
it is and what it may stand for, are numbers; pairs of them are looked up for a whole text at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from pipeline.confusables import ALIKE, COMMON_CHARACTERS, is_rare
from pipeline.disguise_forms import Form, Read
from pipeline.disguise_pieces import SOUNDS, Layout, Pattern, Target
from pipeline.sieve import Index, Keys, Places
from pipeline.sounds import FIRST_SYMBOL, readings, sounds, tone

_Flags = npt.NDArray[np.bool_]

_NOWHERE = np.zeros(0, dtype=np.intp)
_TONES_FROM = 0x150000
"""Numbers of syllables with tone; beyond all code points."""
_SHIFT = np.uint64(22)
_KNOWN = 0x32400
_ASCII = 0x7F
_HAN, _MOST_HAN = np.uint32(0x3400), 0x9FFF - 0x3400


@cache
def _tones() -> dict[str, int]:
    """Syllable with tone → its number."""
    return {read: _TONES_FROM + n for n, read in enumerate(sorted(set(sounds().tones.values())))}


@cache
def _alterable() -> npt.NDArray[np.uint32]:
    """Code point → what the character may stand for as another of its sound; 0 for nothing."""
    table = np.zeros(_KNOWN, dtype=np.uint32)
    for char, read in sounds().tones.items():
        if char not in COMMON_CHARACTERS and ord(char) < _KNOWN:
            table[ord(char)] = ord(sounds().symbols[ord(char)]) if is_rare(char) else _tones()[read]
    return table


class Pairs:
    """Two-unit terms, compiled. `terms` are (number, units, whether it is another wording)."""

    def __init__(self, terms: Iterable[tuple[int, Sequence[str], bool]]) -> None:
        always: dict[tuple[int, Target], None] = {}
        apart: dict[tuple[int, Target], None] = {}
        for number, units, reworded in terms:
            if any(len(unit) > 1 for unit in units):
                continue
            plain = (ord(units[0]), ord(units[1]))
            (always if reworded else apart)[_key(*plain), (number, SOUNDS)] = None
            for faces in self._altered(units):
                always[_key(*faces), (number, SOUNDS)] = None
            for place, unit in enumerate(units):
                for alike in ALIKE.get(unit, ""):
                    faces = (ord(alike), plain[1]) if place == 0 else (plain[0], ord(alike))
                    layout: Layout = tuple(
                        ("shape" if each == place else "sound", 1) for each in range(2)
                    )
                    always[_key(*faces), (number, layout)] = None
        self._always = Index(np.array([key for key, _ in always], np.uint64))
        self._apart = Index(np.array([key for key, _ in apart], np.uint64))
        self.patterns: list[Pattern] = [("", target) for _, target in (*always, *apart)]

    @staticmethod
    def _altered(units: Sequence[str]) -> Iterator[tuple[int, int]]:
        first, second = units
        for one, two in readings(first + second):
            yield ord(first), ord(two)
            yield ord(one), ord(second)
            yield ord(one), ord(two)
        for unit, faces in ((first, 0), (second, 1)):
            if number := _tones().get(tone(unit)):
                yield (number, ord(second)) if faces == 0 else (ord(first), number)

    def find(self, text: Read, form: Form) -> tuple[Places, Places]:
        """Units at which a term may begin, and which of `patterns` it is."""
        if not len(self._always) or len(form.codes) < 2:
            return _NOWHERE, _NOWHERE
        faces = _Faces(text, form)
        ways = faces.ways()
        at, numbers = self._always.find(ways)
        at %= len(faces.apart)
        altered = faces.altered.take(at)
        if form.kind == "plain":
            altered |= ~self._apart.holds(ways.take(at))
        apart = faces.apart.nonzero()[0]
        among, others = self._apart.find(ways.take(apart))
        return (
            np.concatenate((at.compress(altered), apart.take(among))),
            np.concatenate((numbers.compress(altered), others + len(self._always))),
        )


class _Faces:
    """Of each unit the character, what it may stand for, and whether it is written in letters,
    parts or a picture; of each pair whether it is not just two characters as they are."""

    def __init__(self, text: Read, form: Form) -> None:
        starts, ends = form.places, form.limits
        written = text.codes[starts]
        odd: _Flags = (form.codes >= FIRST_SYMBOL) & (written - _HAN > _MOST_HAN)
        odd &= written > _ASCII
        odd |= ends - starts > 1
        self._chars = written.astype(np.uint64)
        self._alts = _alterable()[np.minimum(written, _KNOWN - 1)].astype(np.uint64)
        self._odd = odd if odd.any() else None
        changed = text.written[starts] != written
        self.apart: _Flags = ends[:-1] != starts[1:]
        self.apart |= changed[:-1]
        self.apart |= changed[1:]
        self.altered = self.apart
        """Pairs that are asked for even if they are terms as they stand, or not in plain form."""
        if self._odd is not None:
            self._alts[odd] = form.codes[odd]
            self._chars[odd] = 0
            if form.kind != "plain":
                self.altered = self.apart | odd[:-1] | odd[1:]

    def ways(self) -> Keys:
        """Keys of all pairs: as written, with the second and with the first for what it may stand
        for, and with both, if both are written in letters or the like; one way after the other."""
        chars, alts, odd = self._chars, self._alts, self._odd
        chars_first, alts_first = chars[:-1] << _SHIFT, alts[:-1] << _SHIFT
        ways = [chars_first | chars[1:], chars_first | alts[1:], alts_first | chars[1:]]
        if odd is not None:
            ways.append((alts_first | alts[1:]) * (odd[:-1] & odd[1:]))
        return np.concatenate(ways)


def _key(first: int, second: int) -> int:
    return first << int(_SHIFT) | second
