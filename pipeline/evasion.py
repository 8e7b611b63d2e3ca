"""Terms written so that a filter does not see them: 工*商*局, gong商局, 公伤局, 木乔, fr4ud.

The text is read in the ways in which it may be meant (`pipeline.disguise_forms`), each is scanned
for all terms at once, and what is found is judged (`pipeline.disguise_judgement`), because ordinary
text is full of accidents. Terms of one character are never evasive.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, islice, product

import numpy as np
import numpy.typing as npt
from ahocorasick_rs import AhoCorasick, MatchKind

from pipeline.confusables import ALIKE, LATIN_SHAPES, VARIANTS
from pipeline.disguise_forms import HAN, Form, Read, joined, read
from pipeline.disguise_judgement import judged
from pipeline.disguise_pairs import Pairs, Target
from pipeline.disguise_pieces import SOUNDS, Layout, Part
from pipeline.normalise import codes_of
from pipeline.numerals import NUMERALS, other_writings
from pipeline.parts import main_part, splits
from pipeline.sounds import initials, readings, sounds, spelt

Occurrence = tuple[int, int, int]
"""Number of the term, start and end in the folded text."""

_WORD = re.compile(r"[^\W_]+")
_HAN = re.compile(f"[{HAN}]")
_HEAD = 3
_BITS = 20
_MIXERS = (
    np.uint64(0x9E3779B97F4A7C15),
    np.uint64(0xC2B2AE3D27D4EB4F),
    np.uint64(0x165667B19E3779F9),
)
_MOST_CHOICES = 16
_MOST_INITIALS = 2
"""Characters written as initials, beside others that are not."""


class _Scan:
    """Patterns of three symbols and more, each standing for a term, found by their first three.

    Where a pattern may begin is looked up for the whole text at once, in a table in which nearly
    all that is no beginning has a false place: several times faster than an automaton, whose
    patterns are too many here for the caches.
    """

    def __init__(self, patterns: Iterable[tuple[str, Target]]) -> None:
        self._heads: dict[str, list[tuple[str, Target]]] = {}
        for pattern, target in dict.fromkeys(patterns):
            self._heads.setdefault(pattern[:_HEAD], []).append((pattern, target))
        self._maybe = np.zeros(1 << _BITS, dtype=bool)
        for head in self._heads:
            self._maybe[_slots(codes_of(head))] = True

    def __bool__(self) -> bool:
        return bool(self._heads)

    def find(self, text: str) -> Iterator[tuple[Target, int]]:
        """What may be a term, and at which unit it begins."""
        if not self._heads or len(text) < _HEAD:
            return
        for place in np.flatnonzero(self._maybe[_slots(codes_of(text))]).tolist():
            for pattern, target in self._heads.get(text[place : place + _HEAD], ()):
                if text.startswith(pattern, place):
                    yield target, place


def _slots(codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint64]:
    """For each place but the last two, where its three symbols stand in the table."""
    wide = codes.astype(np.uint64)
    mixed = (wide[:-2] * _MIXERS[0]) ^ (wide[1:-1] * _MIXERS[1]) ^ (wide[2:] * _MIXERS[2])
    slots: npt.NDArray[np.uint64] = (mixed * _MIXERS[0]) >> np.uint64(64 - _BITS)
    return slots


class _Joins:
    """Characters of terms that stand in a text as their parts."""

    def __init__(self, characters: Iterable[str]) -> None:
        whole: dict[str, str] = {}
        for char in sorted(set(characters)):
            for parts in splits(char):
                whole.setdefault(parts, _symbols(char))
        self._symbols = list(whole.values())
        self._automaton = (
            AhoCorasick(list(whole), matchkind=MatchKind.LeftmostLongest) if whole else None
        )

    def find(self, plain: str) -> list[tuple[int, int, str]]:
        """Start, end and symbol of the character."""
        if self._automaton is None:
            return []
        found = self._automaton.find_matches_as_indexes(plain)
        return [(start, end, self._symbols[parts]) for parts, start, end in found]


class EvasiveTerms:
    """All terms that are looked for in every disguise, compiled once.

    `terms` are folded. `find` returns only what is not written plainly.
    """

    def __init__(self, terms: Sequence[str]) -> None:
        self._wordings: list[tuple[list[str], int]] = []
        """Units of each way to word a term, and the number of the term."""
        pairs: list[tuple[int, Sequence[str], bool]] = []
        patterns: list[tuple[str, Target]] = []
        abbreviated: list[tuple[str, Target]] = []
        families: list[tuple[str, Target]] = []
        latin: list[tuple[str, Target]] = []
        for number, term in enumerate(terms):
            if len(term) < 2 or not _WORD.fullmatch(term):
                continue
            if not _HAN.search(term) and not term.isdigit():
                latin.append((term.translate(LATIN_SHAPES), (number, SOUNDS)))
            for wording in (term, *other_writings(term)):
                units = _units(wording.translate(VARIANTS))
                place = len(self._wordings)
                self._wordings.append((units, number))
                if len(units) == 2:
                    pairs.append((place, units, wording != term))
                    continue
                base, *others = _spoken(units)
                patterns += ((spoken, (place, SOUNDS)) for spoken in (base, *others))
                patterns += ((found, (place, layout)) for found, layout in _imitated(units, base))
                found = _with_initials(units, base)
                abbreviated += ((pattern, (place, layout)) for pattern, layout in found)
                families += ((family, (place, SOUNDS)) for family in _families(units))
        self._terms = terms
        self._pairs = Pairs(pairs)
        self._scan, self._families, self._latin = _Scan(patterns), _Scan(families), _Scan(latin)
        self._abbreviated = _Scan(abbreviated)
        self._joins = _Joins(unit for units, _ in self._wordings for unit in units)

    def find(self, folded: str) -> set[Occurrence]:
        """Disguised occurrences in a folded text."""
        found: set[Occurrence] = set()
        if not self._wordings:
            return found
        text = read(folded)
        for form in text.forms:
            if form.kind == "family":
                found.update(self._found_in(text, form, self._families.find(form.symbols)))
            else:
                found.update(self._found_in(text, form, self._scan.find(form.symbols)))
                found.update(self._found_in(text, form, self._pairs.find(text, form)))
        if text.has_letters:
            plain = text.forms[0]
            found.update(self._found_in(text, plain, self._abbreviated.find(plain.symbols)))
        if joins := self._joins.find(text.plain):
            form = joined(text.forms[0], joins)
            found.update(self._found_in(text, form, self._scan.find(form.symbols)))
            found.update(self._found_in(text, form, self._pairs.find(text, form)))
        if self._latin:
            found.update(self._find_latin(folded))
        return found

    def _found_in(
        self, text: Read, form: Form, found: Iterable[tuple[Target, int]]
    ) -> Iterator[Occurrence]:
        for (wording, layout), start in found:
            units, number = self._wordings[wording]
            term = self._terms[number]
            if layout is SOUNDS and text.folded.startswith(term, form.starts[start]):
                continue
            span = judged(text, form, units, layout, start)
            if span is not None and text.folded[slice(*span)] != term:
                yield number, *span

    def _find_latin(self, folded: str) -> Iterator[Occurrence]:
        plain = folded.translate(VARIANTS)
        for (number, _), start in self._latin.find(plain.translate(LATIN_SHAPES)):
            term = self._terms[number]
            end = start + len(term)
            same = sum(a == b for a, b in zip(term, plain[start:end], strict=True))
            altered = len(term) / 2 <= same and folded[start:end] != term
            if altered and _stands_bare(plain, start, end):
                yield number, start, end


def _stands_bare(folded: str, start: int, end: int) -> bool:
    beside = folded[max(0, start - 1) : start] + folded[end : end + 1]
    return not any(char.isascii() and (char.isalnum() or char in "@$") for char in beside)


def _spoken(units: Sequence[str]) -> list[str]:
    """How the units read: each by itself, and as in the phrase."""
    if all(len(unit) == 1 for unit in units):
        return sorted("".join(symbols) for symbols in readings("".join(units)))
    return ["".join(map(_symbols, units))]


def _imitated(units: Sequence[str], base: str) -> Iterator[tuple[str, Layout]]:
    """The term with one character for another that looks like it, and backwards."""
    for place, unit in enumerate(units):
        for alike in ALIKE.get(unit, ""):
            yield _replaced(base, {place: _symbols(alike)}), _layout(units, {place: ("shape", 1)})
    if len(units) > 2 and not NUMERALS.intersection(units):
        yield base[::-1], _layout(units, {0: ("backwards", 1)})


def _families(units: Sequence[str]) -> Iterator[str]:
    """The term by main parts; a character is the main part of others, and may have one itself."""
    ways = [dict.fromkeys((main_part(unit), unit)) for unit in units]
    return map("".join, islice(product(*ways), _MOST_CHOICES))


def _units(term: str) -> list[str]:
    """Characters, and syllables or letters of Latin runs."""
    units: list[str] = []
    for run in re.findall("[a-z]+|.", term):
        units += spelt(run) if len(run) > 1 else [run]
    return units


def _symbols(unit: str) -> str:
    """The symbols as which a unit, or a run of characters, is read."""
    table = sounds()
    if len(unit) > 1 and unit in table.syllables:
        return table.syllables[unit]
    return unit.translate(table.symbols)


def _replaced(base: Sequence[str], instead: dict[int, str]) -> str:
    return "".join(instead.get(place, symbol) for place, symbol in enumerate(base))


def _layout(units: Sequence[str], special: dict[int, Part]) -> Layout:
    return tuple(special.get(place, ("sound", 1)) for place in range(len(units)))


def _with_initials(units: Sequence[str], base: str) -> Iterator[tuple[str, Layout]]:
    size = len(units)
    letters = [initials(unit) for unit in units]
    if not all(letters):
        return
    for count in range(1, min(_MOST_INITIALS, size - 1) + 1):
        for places in combinations(range(size), count):
            for choice in product(*(letters[place] for place in places)):
                instead = dict(zip(places, choice, strict=True))
                parts: dict[int, Part] = {
                    place: ("initial", len(text)) for place, text in instead.items()
                }
                yield _replaced(base, instead), _layout(units, parts)
    yield "".join(each[0] for each in letters), (("initial", 1),) * size
