"""Terms written so that a filter does not see them: 工*商*局, gong商局, 公伤局, 木乔, fr4ud.

The text is read in the ways in which it may be meant (`pipeline.disguise_forms`), each is scanned
for all terms at once, and what is found is judged (`pipeline.disguise_judgement`), because ordinary
text is full of accidents. Terms of one character are never evasive.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, islice, product

from ahocorasick_rs import AhoCorasick, Implementation

from pipeline.confusables import ALIKE, LATIN_SHAPES, VARIANTS
from pipeline.disguise_forms import HAN, read
from pipeline.disguise_judgement import judged
from pipeline.disguise_pieces import SOUNDS, Layout, Part
from pipeline.numerals import NUMERALS, other_writings
from pipeline.parts import main_part, splits
from pipeline.sounds import initials, readings, sounds, spelt

Occurrence = tuple[int, int, int]
"""Number of the term, start and end in the folded text."""
_Target = tuple[int, Layout]
"""Number of the wording, and how the units found make it up."""

_WORD = re.compile(r"[^\W_]+")
_HAN = re.compile(f"[{HAN}]")
_MOST_SPLITS = 2
_MOST_CHOICES = 81
_MOST_INITIALS = 2
"""Characters written as initials, beside others that are not."""


class _Scan:
    """Patterns over one form of the text, each standing for one or more targets."""

    def __init__(self, patterns: Iterable[tuple[str, _Target]]) -> None:
        targets: dict[str, list[_Target]] = {}
        for pattern, target in dict.fromkeys(patterns):
            targets.setdefault(pattern, []).append(target)
        self._targets = list(targets.values())
        self._automaton = (
            AhoCorasick(list(targets), implementation=Implementation.ContiguousNFA)
            if targets
            else None
        )

    def __bool__(self) -> bool:
        return self._automaton is not None

    def find(self, text: str) -> Iterator[tuple[list[_Target], int]]:
        if self._automaton is not None:
            for pattern, start, _ in self._automaton.find_matches_as_indexes(
                text, overlapping=True
            ):
                yield self._targets[pattern], start


class EvasiveTerms:
    """All terms that are looked for in every disguise, compiled once.

    `terms` are folded. `find` returns only what is not written plainly.
    """

    def __init__(self, terms: Sequence[str]) -> None:
        self._wordings: list[tuple[list[str], int]] = []
        """Units of each way to word a term, and the number of the term."""
        patterns: list[tuple[str, _Target]] = []
        families: list[tuple[str, _Target]] = []
        latin: list[tuple[str, _Target]] = []
        for number, term in enumerate(terms):
            if len(term) < 2 or not _WORD.fullmatch(term):
                continue
            if not _HAN.search(term) and not term.isdigit():
                latin.append((term.translate(LATIN_SHAPES), (number, SOUNDS)))
            for wording in (term, *other_writings(term)):
                units = _units(wording.translate(VARIANTS))
                place = len(self._wordings)
                self._wordings.append((units, number))
                patterns += ((found, (place, layout)) for found, layout in _patterns(units))
                if len(units) > 2:
                    families += ((family, (place, SOUNDS)) for family in _families(units))
        self._terms = terms
        self._scan, self._families, self._latin = _Scan(patterns), _Scan(families), _Scan(latin)

    def find(self, folded: str) -> set[Occurrence]:
        """Disguised occurrences in a folded text."""
        found: set[Occurrence] = set()
        if not self._scan:
            return found
        text = read(folded)
        for form in text.forms:
            scan = self._families if form.kind == "family" else self._scan
            for targets, start in scan.find(form.symbols):
                for wording, layout in targets:
                    units, number = self._wordings[wording]
                    span = judged(text, form, units, layout, start)
                    if span is not None and folded[slice(*span)] != self._terms[number]:
                        found.add((number, *span))
        if self._latin:
            found.update(self._find_latin(folded))
        return found

    def _find_latin(self, folded: str) -> Iterator[Occurrence]:
        plain = folded.translate(VARIANTS)
        for targets, start in self._latin.find(plain.translate(LATIN_SHAPES)):
            for number, _ in targets:
                term = self._terms[number]
                end = start + len(term)
                same = sum(a == b for a, b in zip(term, plain[start:end], strict=True))
                altered = len(term) / 2 <= same and folded[start:end] != term
                if altered and _stands_bare(plain, start, end):
                    yield number, start, end


def _stands_bare(folded: str, start: int, end: int) -> bool:
    beside = folded[max(0, start - 1) : start] + folded[end : end + 1]
    return not any(char.isascii() and (char.isalnum() or char in "@$") for char in beside)


def _patterns(units: Sequence[str]) -> Iterator[tuple[str, Layout]]:
    """How the units of a disguised term may read, and what each of them is then."""
    bases = set(_readings(units))
    for base in bases:
        yield "".join(base), SOUNDS
    base, size = min(bases), len(units)
    for place, unit in enumerate(units):
        for alike in ALIKE.get(unit, ""):
            yield _replaced(base, {place: _symbols(alike)}), _layout(size, {place: ("shape", 1)})
        for parts in splits(unit):
            part: Part = ("parts", len(parts))
            yield _replaced(base, {place: _symbols(parts)}), _layout(size, {place: part})
    yield from _in_parts(units)
    yield from _with_initials(units, base)
    if size > 2 and not NUMERALS.intersection(units):
        yield "".join(reversed(base)), _layout(size, {0: ("backwards", 1)})


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


def _readings(units: Sequence[str]) -> Iterator[tuple[str, ...]]:
    if all(len(unit) == 1 for unit in units):
        yield from readings("".join(units))
    else:
        yield tuple(_symbols(unit) for unit in units)


def _symbols(unit: str) -> str:
    """The symbols as which a unit, or a run of characters, is read."""
    table = sounds()
    if len(unit) > 1 and unit in table.syllables:
        return table.syllables[unit]
    return unit.translate(table.symbols)


def _replaced(base: Sequence[str], instead: dict[int, str]) -> str:
    return "".join(instead.get(place, symbol) for place, symbol in enumerate(base))


def _layout(size: int, special: dict[int, Part]) -> Layout:
    return tuple(special.get(place, ("sound", 1)) for place in range(size))


def _in_parts(units: Sequence[str]) -> Iterator[tuple[str, Layout]]:
    """The term with two or more characters split, as others of it may be too."""
    ways = [(unit, *splits(unit)[:_MOST_SPLITS]) for unit in units]
    for choice in islice(product(*ways), _MOST_CHOICES):
        sizes = [
            1 if parts == unit else len(parts) for parts, unit in zip(choice, units, strict=True)
        ]
        if sum(size > 1 for size in sizes) > 1:
            yield (
                "".join(map(_symbols, choice)),
                tuple(("parts" if size > 1 else "sound", size) for size in sizes),
            )


def _with_initials(units: Sequence[str], base: Sequence[str]) -> Iterator[tuple[str, Layout]]:
    size = len(units)
    letters = [initials(unit) for unit in units]
    if size < 3 or not all(letters):
        return
    for count in range(1, min(_MOST_INITIALS, size - 1) + 1):
        for places in combinations(range(size), count):
            for choice in product(*(letters[place] for place in places)):
                instead = dict(zip(places, choice, strict=True))
                yield (
                    _replaced(base, instead),
                    _layout(
                        size, {place: ("initial", len(text)) for place, text in instead.items()}
                    ),
                )
    yield "".join(each[0] for each in letters), (("initial", 1),) * size
