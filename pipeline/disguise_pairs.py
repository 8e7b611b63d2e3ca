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
from pipeline.disguise_pieces import SOUNDS, Layout
from pipeline.normalise import codes_of
from pipeline.sounds import FIRST_SYMBOL, readings, sounds, tone

_Numbers = npt.NDArray[np.int64]
Target = tuple[int, Layout]

_TONES_FROM = 0x150000
"""Numbers of syllables with tone; beyond all code points."""
_SHIFT = 22
_BITS = 20
_MIXER = np.uint64(0x9E3779B97F4A7C15)
_KNOWN = 0x32400
_ASCII = 0x7F
_HAN = (0x3400, 0x9FFF)


@cache
def _tones() -> dict[str, int]:
    """Syllable with tone → its number."""
    return {read: _TONES_FROM + n for n, read in enumerate(sorted(set(sounds().tones.values())))}


@cache
def _alterable() -> _Numbers:
    """Code point → what the character may stand for as another of its sound; 0 for nothing."""
    table = np.zeros(_KNOWN, dtype=np.int64)
    for char, read in sounds().tones.items():
        if char not in COMMON_CHARACTERS and ord(char) < _KNOWN:
            table[ord(char)] = ord(sounds().symbols[ord(char)]) if is_rare(char) else _tones()[read]
    return table


class Pairs:
    """Two-unit terms, compiled. `terms` are (number, units, whether it is another wording)."""

    def __init__(self, terms: Iterable[tuple[int, Sequence[str], bool]]) -> None:
        self._always: dict[int, list[Target]] = {}
        self._apart: dict[int, list[Target]] = {}
        for number, units, reworded in terms:
            if any(len(unit) > 1 for unit in units):
                continue
            plain = (ord(units[0]), ord(units[1]))
            self._put(self._always if reworded else self._apart, plain, (number, SOUNDS))
            for faces in self._altered(units):
                self._put(self._always, faces, (number, SOUNDS))
            for place, unit in enumerate(units):
                for alike in ALIKE.get(unit, ""):
                    faces = (ord(alike), plain[1]) if place == 0 else (plain[0], ord(alike))
                    layout: Layout = tuple(
                        ("shape" if each == place else "sound", 1) for each in range(2)
                    )
                    self._put(self._always, faces, (number, layout))
        self._maybe_always, self._maybe_apart = _filter(self._always), _filter(self._apart)

    @staticmethod
    def _put(among: dict[int, list[Target]], faces: tuple[int, int], target: Target) -> None:
        targets = among.setdefault(faces[0] << _SHIFT | faces[1], [])
        if target not in targets:
            targets.append(target)

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

    def find(self, text: Read, form: Form) -> Iterator[tuple[Target, int]]:
        """What may be a term, and at which unit it begins."""
        if not self._always or len(form.symbols) < 2:
            return
        chars, alts, odd, apart = _faces(text, form)
        keys = _keys(chars[:-1], chars[1:])
        if form.kind == "plain":
            altered = apart | ~self._maybe_apart[_slots(keys)]
        else:  # what the plain form does not have
            altered = apart | odd[:-1] | odd[1:]
        yield from self._looked_up(keys, altered)
        yield from self._looked_up(_keys(chars[:-1], alts[1:]), altered & (alts[1:] > 0))
        yield from self._looked_up(_keys(alts[:-1], chars[1:]), altered & (alts[:-1] > 0))
        if odd.any():
            yield from self._looked_up(_keys(alts[:-1], alts[1:]), odd[:-1] & odd[1:])
        for place in np.flatnonzero(apart).tolist():
            for target in self._apart.get(int(keys[place]), ()):
                yield target, place

    def _looked_up(
        self, keys: _Numbers, where: npt.NDArray[np.bool_]
    ) -> Iterator[tuple[Target, int]]:
        places = np.flatnonzero(where)
        asked = keys[places]
        hits = np.flatnonzero(self._maybe_always[_slots(asked)])
        for place, key in zip(places[hits].tolist(), asked[hits].tolist(), strict=True):
            for target in self._always.get(key, ()):
                yield target, place


def _faces(
    text: Read, form: Form
) -> tuple[_Numbers, _Numbers, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Of each unit the character, what it may stand for, and whether it is written in letters,
    parts or a picture; of each pair whether it is not just two characters as they are."""
    written = codes_of(text.plain).astype(np.int64)
    folded = codes_of(text.folded)
    symbols = codes_of(form.symbols).astype(np.int64)
    starts, ends = form.places, form.limits
    chars = written[starts]
    odd = (ends - starts > 1) | (
        (symbols >= FIRST_SYMBOL) & (chars > _ASCII) & ((chars < _HAN[0]) | (chars > _HAN[1]))
    )
    alts = np.where(odd, symbols, _alterable()[np.minimum(chars, _KNOWN - 1)])
    chars[odd] = 0
    changed = folded[starts] != written[starts]
    return chars, alts, odd, (ends[:-1] != starts[1:]) | changed[:-1] | changed[1:]


def _keys(first: _Numbers, second: _Numbers) -> _Numbers:
    return first << _SHIFT | second


def _slots(keys: _Numbers) -> npt.NDArray[np.uint64]:
    return (keys.view(np.uint64) * _MIXER) >> np.uint64(64 - _BITS)


def _filter(among: dict[int, list[Target]]) -> npt.NDArray[np.bool_]:
    """Where a key may be; a key that is not there has a false place nearly always."""
    maybe = np.zeros(1 << _BITS, dtype=bool)
    maybe[_slots(np.fromiter(among, dtype=np.int64, count=len(among)))] = True
    return maybe
