"""Terms written so that a filter does not see them: 工*商*局, gong商局, 公伤局, 木乔, fr4ud.

Each way of writing is one scan over one form of the text; what is found is then judged, because
ordinary text is full of accidents (税收，费用 holds 收…费, 收废品 sounds like 收费 and more). The
aim is few false hits: a character that is not written as it is must not be part of an ordinary
word, and part of the term must be written as it is. Terms of one character are never evasive.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import rjieba
from ahocorasick_rs import AhoCorasick, Implementation

from pipeline.confusables import (
    ALIKE,
    COMMON_CHARACTERS,
    FUNCTION_CHARACTERS,
    LATIN_SHAPES,
    SHAPES,
    initial,
    readings,
    sounds,
    spelt,
    splits,
)
from pipeline.model import Span

Occurrence = tuple[int, int, int]
"""Number of the term, start and end in the folded text."""

_RUN = re.compile(r"[^\W_]+")
_LATIN = re.compile(r"[a-z]+")
_HAN = re.compile(r"[\u3400-\u9fff]+")
_STRONG_SIGNS = frozenset("*_^`\\&=+")
_LONGEST_GAP = 4
_CONTEXT = 6


def _separates(sign: str) -> bool:
    """Whether a sign has no business inside a Chinese word."""
    return sign in _STRONG_SIGNS or unicodedata.category(sign) in ("So", "Sk")


@dataclass(frozen=True, slots=True)
class _Form:
    """A form of the text: each character of it stands for `starts[i]:ends[i]` of the folded one."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]


def _squeezed(folded: str) -> _Form:
    """Letters and digits alone."""
    parts, starts, ends = [], array("L"), array("L")
    for run in _RUN.finditer(folded):
        parts.append(run[0])
        starts.extend(range(run.start(), run.end()))
        ends.extend(range(run.start() + 1, run.end() + 1))
    return _Form("".join(parts), starts, ends)


def _syllabic(form: _Form) -> _Form:
    """One symbol a syllable, written as a character or as pinyin."""
    table = sounds()
    symbols = form.text.translate(table.symbols)
    parts: list[str] = []
    starts, ends = array("L"), array("L")
    place = 0
    for run in _LATIN.finditer(form.text):
        syllables = spelt(run[0]) if len(run[0]) <= 40 else None
        if syllables is None:
            continue
        parts.append(symbols[place : run.start()])
        starts.extend(form.starts[place : run.start()])
        ends.extend(form.ends[place : run.start()])
        place = run.start()
        for syllable in syllables:
            parts.append(table.syllables[syllable])
            starts.append(form.starts[place])
            place += len(syllable)
            ends.append(form.ends[place - 1])
    parts.append(symbols[place:])
    starts.extend(form.starts[place:])
    ends.extend(form.ends[place:])
    return _Form("".join(parts), starts, ends)


class _Scan:
    """Patterns over one form of the text, each standing for a term."""

    def __init__(self, patterns: set[tuple[str, int]]) -> None:
        ordered = sorted(patterns)
        self._terms = [term for _, term in ordered]
        self._automaton = (
            AhoCorasick(
                [pattern for pattern, _ in ordered], implementation=Implementation.ContiguousNFA
            )
            if ordered
            else None
        )

    def __bool__(self) -> bool:
        return self._automaton is not None

    def find(self, text: str) -> Iterator[Occurrence]:
        if self._automaton is not None:
            for pattern, start, end in self._automaton.find_matches_as_indexes(
                text, overlapping=True
            ):
                yield self._terms[pattern], start, end


class EvasiveTerms:
    """All terms that are looked for in every disguise, compiled once.

    `terms` are folded. `find` returns only what is not written plainly.
    """

    def __init__(self, terms: Sequence[str]) -> None:
        self._terms = terms
        apart: set[tuple[str, int]] = set()
        sound: set[tuple[str, int]] = set()
        parts: set[tuple[str, int]] = set()
        shape: set[tuple[str, int]] = set()
        latin: set[tuple[str, int]] = set()
        for number, term in enumerate(terms):
            letters = "".join(_RUN.findall(term))
            if len(letters) < 2 or letters != term:
                continue
            apart.add((term, number))
            if term.isascii():
                if len(term) > 2 and not term.isdigit():
                    latin.add((term.translate(LATIN_SHAPES), number))
            elif _HAN.fullmatch(term):
                sound.update((reading, number) for reading in readings(term))
                parts.update((variant, number) for variant in _in_parts(term))
                if len(term) > 2 and not ALIKE.isdisjoint(term):
                    shape.add((term.translate(SHAPES), number))
        self._apart, self._sound, self._shape = _Scan(apart), _Scan(sound), _Scan(shape)
        self._latin, self._parts = _Scan(latin), _Scan(parts)

    def find(self, folded: str) -> set[Occurrence]:
        """Disguised occurrences in a folded text."""
        if not self._apart:
            return set()
        form = _squeezed(folded)
        found = set(self._find_apart(folded, form))
        found.update(self._find_parts(form))
        found.update(self._find_altered(folded, _syllabic(form), self._sound, by_sound=True))
        if self._shape:
            looks = _Form(form.text.translate(SHAPES), form.starts, form.ends)
            found.update(self._find_altered(folded, looks, self._shape, by_sound=False))
        if self._latin:
            found.update(self._find_latin(folded))
        return found

    def _find_apart(self, folded: str, form: _Form) -> Iterator[Occurrence]:
        for number, start, end in self._apart.find(form.text):
            first, last = form.starts[start], form.ends[end - 1]
            if last - first > end - start:
                gaps = [folded[form.ends[i] : form.starts[i + 1]] for i in range(start, end - 1)]
                if _drawn_apart(folded, (first, last), gaps):
                    yield number, first, last

    def _find_parts(self, form: _Form) -> Iterator[Occurrence]:
        for number, start, end in self._parts.find(form.text):
            first, last = form.starts[start], form.ends[end - 1]
            whole_letters = not any(
                char.isascii() and char.isalpha() and beside.isascii() and beside.isalpha()
                for char, beside in (
                    (form.text[start], form.text[start - 1 : start]),
                    (form.text[end - 1], form.text[end : end + 1]),
                )
            )
            if last - first == end - start and whole_letters:
                yield number, first, last

    def _find_altered(
        self, folded: str, form: _Form, scan: _Scan, *, by_sound: bool
    ) -> Iterator[Occurrence]:
        for number, start, end in scan.find(form.text):
            term = self._terms[number]
            if folded[form.starts[start] : form.ends[end - 1]] == term:
                continue
            pieces = list(zip(form.starts[start:end], form.ends[start:end], strict=True))
            written = [folded[first:last] for first, last in pieces]
            if "".join(written) == term or not _close_enough(term, written, by_sound=by_sound):
                continue
            gaps = [folded[end_:next_] for (_, end_), (next_, _) in pairwise(pieces)]
            span = (pieces[0][0], pieces[-1][1])
            if any(gaps) and not _drawn_apart(folded, span, gaps):
                continue
            if not _cuts_latin_word(folded, span) and not _is_ordinary(folded, term, pieces):
                yield number, *span

    def _find_latin(self, folded: str) -> Iterator[Occurrence]:
        for number, start, end in self._latin.find(folded.translate(LATIN_SHAPES)):
            term = self._terms[number]
            same = sum(a == b for a, b in zip(term, folded[start:end], strict=True))
            beside = folded[max(0, start - 1) : start] + folded[end : end + 1]
            bare = not any(
                char.isdigit() or (char.isascii() and (char.isalpha() or char in "@$"))
                for char in beside
            )
            if len(term) / 2 <= same < len(term) and bare:
                yield number, start, end


def _in_parts(term: str) -> Iterator[str]:
    """The term with one or all characters split, or one character as its initial letter."""
    variants = [splits(char) for char in term]
    for place, pairs in enumerate(variants):
        for pair in pairs:
            yield term[:place] + pair + term[place + 1 :]
        if len(term) > 2 and (letter := initial(term[place])):
            yield term[:place] + letter + term[place + 1 :]
    if sum(map(bool, variants)) > 1:
        yield "".join(
            pairs[0] if pairs else char for char, pairs in zip(term, variants, strict=True)
        )


def _drawn_apart(folded: str, span: Span, gaps: Sequence[str]) -> bool:
    """Whether a term is pulled apart on purpose, not by a sentence's own punctuation."""
    if any(len(gap) > _LONGEST_GAP for gap in gaps):
        return False
    filled = [gap for gap in gaps if gap]
    if all(_separates(sign) for gap in filled for sign in gap.replace(" ", "") or "。"):
        return True
    if len(filled) < len(gaps) or len({gap[0] for gap in gaps}) > 1:
        return False
    single_letters = span[1] - span[0] <= len(gaps) + 1 + sum(map(len, gaps))
    if single_letters and folded[span[0] : span[1]].isascii():
        return len(gaps) > 2
    return len(gaps) > 1 or (gaps[0][0] not in "、,。;:!?\n" and _stands_alone(folded, span))


def _stands_alone(folded: str, span: Span) -> bool:
    beside = folded[max(0, span[0] - 1) : span[0]] + folded[span[1] : span[1] + 1]
    return not any(char.isalnum() for char in beside)


def _close_enough(term: str, written: Sequence[str], *, by_sound: bool) -> bool:
    """Whether enough of the term is written as it is, for what the rest has in common with it."""
    size = len(term)
    as_is = sum(char == piece for char, piece in zip(term, written, strict=True))
    latin = sum(piece.isascii() for piece in written)
    if latin == size:
        return size > 2
    if size == 2:
        return as_is == 1 and (latin == 1 or (by_sound and _same_tones(term, written)))
    if 2 * as_is >= size:
        return True
    return as_is > 0 and by_sound and _same_tones(term, written)


def _same_tones(term: str, written: Sequence[str]) -> bool:
    tones = sounds().tones
    return all(
        piece.isascii() or tones.get(piece) == tones.get(char)
        for char, piece in zip(term, written, strict=True)
    )


def _cuts_latin_word(folded: str, span: Span) -> bool:
    """Whether pinyin at the edge of a match is only part of a word."""
    return any(
        len(pair) == 2 and pair.isascii() and pair.isalpha()
        for pair in (folded[max(0, edge - 1) : edge + 1] for edge in span if edge)
    )


def _is_ordinary(folded: str, term: str, pieces: Sequence[Span]) -> bool:
    """Whether an altered character is usual in itself or belongs to a word of its own.

    Words are the dictionary's alone. A word made of altered characters only, inside the match, may
    be the disguise itself (公伤 for 工商); one that reaches out of it or takes a plain character
    along (工伤, 登机) is meant as it stands.
    """
    start, end = pieces[0][0], pieces[-1][1]
    altered = {
        first
        for (first, last), char in zip(pieces, term, strict=True)
        if folded[first:last] != char and not folded[first:last].isascii()
    }
    usual = COMMON_CHARACTERS if len(term) == 2 else FUNCTION_CHARACTERS
    if any(folded[first] in usual for first in altered):
        return True
    if not altered:
        return False
    place = max(0, start - _CONTEXT)
    for word in rjieba.cut(folded[place : end + _CONTEXT], False):
        span = range(place, place + len(word))
        place += len(word)
        if len(word) < 2 or altered.isdisjoint(span):
            continue
        if len(term) == 2 or not altered.issuperset(span):
            return True
    return False
