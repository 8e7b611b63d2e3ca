"""Terms written so that a filter does not see them: 工*商*局, gong商局, 公伤局, 木乔, fr4ud.

The text is read in the ways in which it may be meant (`pipeline.disguise_forms`), each is scanned
for all terms at once, and what is found is judged (`pipeline.disguise_judgement`), because ordinary
text is full of accidents. Terms of one character are never evasive.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from ahocorasick_rs import AhoCorasick, MatchKind

from pipeline.confusables import LATIN_SHAPES, VARIANTS
from pipeline.disguise_forms import HAN, Form, Read, by_shape, joined, read
from pipeline.disguise_judgement import judged
from pipeline.disguise_pairs import Pairs
from pipeline.disguise_patterns import (
    abbreviated,
    by_family,
    imitated,
    spoken,
    symbols_of,
    units_of,
)
from pipeline.disguise_pieces import SOUNDS, Pattern
from pipeline.model import Span
from pipeline.normalise import codes_of
from pipeline.numerals import other_writings
from pipeline.parts import splits
from pipeline.sieve import Index, Places, triples

Occurrence = tuple[int, int, int]
"""Number of the term, start and end in the folded text."""
Wording = tuple[Sequence[str], int]
"""Units of a way to word a term, and the number of the term."""

_WORD = re.compile(r"[^\W_]+")
_HAN = re.compile(f"[{HAN}]")
_HEAD = 3


class _Scan:
    """Patterns of three symbols and more, found by their first three. They are too many for an
    automaton, which would outgrow the caches."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self.patterns = [each for each in dict.fromkeys(patterns) if len(each[0]) >= _HEAD]
        heads = "".join(pattern[:_HEAD] for pattern, _ in self.patterns)
        self._index = Index(triples(codes_of(heads))[::_HEAD])

    def find(self, codes: npt.NDArray[np.uint32]) -> tuple[Places, Places]:
        """Units at which a pattern may begin, and which of `patterns`."""
        return self._index.find(triples(codes))


class _Joins:
    """Characters of terms that stand in a text as their parts."""

    def __init__(self, characters: Iterable[str]) -> None:
        whole: dict[str, str] = {}
        for char in sorted(set(characters)):
            for parts in splits(char):
                whole.setdefault(parts, symbols_of(char))
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


@dataclass(frozen=True, slots=True)
class _Found:
    """Patterns that may be in a form: the unit at which each begins, and the number of its term."""

    form: Form
    patterns: Sequence[Pattern]
    places: Places
    numbers: Places
    terms: Places


class Suspects:
    """What of one text may be terms in disguise. Each is judged only when its term is asked for,
    since most terms do not matter: their rules lack something else."""

    def __init__(
        self, text: Read, terms: Sequence[str], wordings: Sequence[Wording], found: Sequence[_Found]
    ) -> None:
        self._text, self._terms, self._wordings, self._found = text, terms, wordings, found

    @property
    def numbers(self) -> set[int]:
        """Numbers of the terms that may be there."""
        return {number for found in self._found for number in found.terms.tolist()}

    def spans(self, number: int) -> set[Span]:
        """Where a term is meant, in the folded text; not where it stands as it is."""
        return {
            span
            for found in self._found
            for at in (found.terms == number).nonzero()[0].tolist()
            if (span := self._judged(found, at, self._terms[number])) is not None
        }

    def _judged(self, found: _Found, at: int, term: str) -> Span | None:
        form, text, start = found.form, self._text, int(found.places[at])
        pattern, (wording, layout) = found.patterns[found.numbers[at]]
        if not form.symbols.startswith(pattern, start):
            return None
        if form.kind == "shapes":
            span = _in_latin(text, start, term)
        elif layout is SOUNDS and text.folded.startswith(term, form.starts[start]):
            return None
        else:
            span = judged(text, form, self._wordings[wording][0], layout, start)
        return None if span is None or text.folded[slice(*span)] == term else span


class EvasiveTerms:
    """All terms that are looked for in every disguise, compiled once.

    `terms` are folded. What is written plainly is not found.
    """

    def __init__(self, terms: Sequence[str]) -> None:
        self._terms = terms
        self._wordings: list[Wording] = []
        pairs: list[tuple[int, Sequence[str], bool]] = []
        sounding: list[Pattern] = []
        short: list[Pattern] = []
        families: list[Pattern] = []
        latin: list[Pattern] = []
        for number, term in enumerate(terms):
            if len(term) < 2 or not _WORD.fullmatch(term):
                continue
            if not _HAN.search(term) and not term.isdigit():
                latin.append((term.translate(LATIN_SHAPES), (len(self._wordings), SOUNDS)))
            for wording in (term, *other_writings(term)):
                units = units_of(wording.translate(VARIANTS))
                place = len(self._wordings)
                self._wordings.append((units, number))
                if len(units) == 2:
                    pairs.append((place, units, wording != term))
                    continue
                base, *others = spoken(units)
                sounding += ((each, (place, SOUNDS)) for each in (base, *others))
                sounding += ((each, (place, layout)) for each, layout in imitated(units, base))
                short += ((each, (place, layout)) for each, layout in abbreviated(units, base))
                families += ((family, (place, SOUNDS)) for family in by_family(units))
        self._pairs = Pairs(pairs)
        self._sounding, self._short = _Scan(sounding), _Scan(short)
        self._families, self._latin = _Scan(families), _Scan(latin)
        self._term_of = {
            scan: np.array([self._wordings[target[0]][1] for _, target in scan.patterns], np.intp)
            for scan in (self._pairs, self._sounding, self._short, self._families, self._latin)
        }
        self._joins = _Joins(unit for units, _ in self._wordings for unit in units)

    def suspects(self, folded: str) -> Suspects:
        """What of a folded text may be terms in disguise."""
        text = read(folded)
        plain, found = text.forms[0], list[_Found]()

        def add(form: Form, scan: Pairs | _Scan, places: Places, numbers: Places) -> None:
            if len(places):
                terms = self._term_of[scan].take(numbers)
                found.append(_Found(form, scan.patterns, places, numbers, terms))

        joins = self._joins.find(text.plain)
        for form in (*text.forms, *([joined(plain, joins)] if joins else ())):
            if form.kind == "family":
                add(form, self._families, *self._families.find(form.codes))
            else:
                add(form, self._sounding, *self._sounding.find(form.codes))
                add(form, self._pairs, *self._pairs.find(text, form))
        if text.has_letters:
            add(plain, self._short, *self._short.find(plain.codes))
        if self._latin.patterns:
            form = by_shape(text)
            add(form, self._latin, *self._latin.find(form.codes))
        return Suspects(text, self._terms, self._wordings, found)

    def find(self, folded: str) -> set[Occurrence]:
        """Disguised occurrences of all terms in a folded text."""
        found = self.suspects(folded)
        return {(number, *span) for number in found.numbers for span in found.spans(number)}


def _in_latin(text: Read, start: int, term: str) -> Span | None:
    """A word of Latin letters that stands by itself, at least half of it as it is."""
    end = start + len(term)
    written = text.folded[start:end].translate(VARIANTS)
    around = text.folded[max(0, start - 1) : start] + text.folded[end : end + 1]
    same = sum(a == b for a, b in zip(term, written, strict=True))
    bare = not any(
        char.isascii() and (char.isalnum() or char in "@$") for char in around.translate(VARIANTS)
    )
    return (start, end) if bare and len(term) / 2 <= same else None
