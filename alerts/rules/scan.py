"""Where the terms of all rules stand in a text: one pass for all of them.

A text is scanned once for what occurs at all; where it stands is looked up for the few terms whose
rules come into question.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import re2
from ahocorasick_rs import AhoCorasick, Implementation

from pipeline.model import Span, Spelling
from pipeline.normalise import Folded, fold

if TYPE_CHECKING:
    from pipeline.evasion import EvasiveTerms, Suspects

_SURROGATES = re.compile("[\ud800-\udfff]")
_HAN_OR_KANA = re.compile(
    "[\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]"
)
_HAN = re.compile("[\u3400-\u9fff]")

Term = tuple[str, Spelling | Literal["regex", "exact regex"]]
_Match = tuple[int, int, int]
"""Number, start and end."""
NEVER = -1
"""The number of a term that says nothing when folded, and is never found."""


@lru_cache(maxsize=8_192)
def is_letter(char: str) -> bool:
    """A letter or digit of a script that writes words apart."""
    return char.isalnum() and not _HAN_OR_KANA.match(char)


class Scanned:
    """What one text holds. A term in `terms` that is looked for in disguise may turn out not to be
    there when its spans are asked for."""

    def __init__(
        self, text: str, terms: set[int], form: Folded, matches: Sequence[_Match],
        others: Sequence[tuple[Folded | None, _Match]], disguises: _Disguises | None,
    ) -> None:  # fmt: skip
        self.text = text
        self.terms = terms
        self._form, self._matches, self._others = form, matches, others
        self._disguises = disguises
        self._spans: dict[int, list[Span]] = {}
        self._numbers: list[int] | None = None

    def spans(self, number: int) -> list[Span]:
        """Where a term stands in the original; in order, and none over another of it."""
        known = self._spans.get(number)
        if known is None:
            folded = self._plain(number)
            if self._disguises is not None and number in self._disguises.plain_of:
                folded = self._plain(self._disguises.plain_of[number])
                folded += self._disguises.spans(number)
            known = [self._form.original(start, end) for start, end in folded]
            known += [
                (start, end) if form is None else form.original(start, end)
                for form, (n, start, end) in self._others
                if n == number
            ]
            known = self._spans[number] = _apart(known) if len(known) > 1 else known
        return known

    def _plain(self, number: int) -> list[Span]:
        """Plain matches in the folded text. Seeking a number is much quicker than looking at each
        match, and few numbers are asked for."""
        if self._numbers is None:
            self._numbers = [match[0] for match in self._matches]
        found, place = [], -1
        for _ in range(self._numbers.count(number)):
            place = self._numbers.index(number, place + 1)
            found.append(self._matches[place][1:])
        return found


@dataclass(frozen=True, slots=True)
class _Disguises:
    """What a text may hold in disguise, by the numbers of the scanner."""

    suspects: Suspects
    first: int
    plain_of: Mapping[int, int]
    """Number of a term that is looked for in disguise → its number as it is written plainly."""

    def spans(self, number: int) -> list[Span]:
        return sorted(self.suspects.spans(number - self.first))


class _Plain:
    """Plain occurrences of terms in texts of one spelling; whole words in scripts that have any.

    A ContiguousNFA: with 20,000 terms a DFA outgrows the caches (benchmarks/rules.py).
    """

    def __init__(self, terms: Sequence[str]) -> None:
        self._edges = {
            number: (is_letter(term[0]), is_letter(term[-1]))
            for number, term in enumerate(terms)
            if is_letter(term[0]) or is_letter(term[-1])
        }
        self._wordy = frozenset(self._edges)
        self._automaton = (
            AhoCorasick(terms, implementation=Implementation.ContiguousNFA) if terms else None
        )

    def __bool__(self) -> bool:
        return self._automaton is not None

    def find(self, text: str) -> list[_Match]:
        if self._automaton is None or not text:
            return []
        found: list[_Match] = self._automaton.find_matches_as_indexes(text, overlapping=True)
        if not self._wordy or self._wordy.isdisjoint([match[0] for match in found]):
            return found
        wordy = self._wordy
        return [match for match in found if match[0] not in wordy or self._stands(match, text)]

    def _stands(self, match: _Match, text: str) -> bool:
        number, start, end = match
        left, right = self._edges[number]
        return not (
            (left and start and is_letter(text[start - 1]))
            or (right and end < len(text) and is_letter(text[end]))
        )


class _Expressions:
    """Regular expressions, all in one pass; where they match is looked up when asked."""

    def __init__(self, patterns: Sequence[str], *, exact: bool) -> None:
        options = expression_options(exact=exact)
        written = [pattern if exact else folded_expression(pattern) for pattern in patterns]
        self._each = [re2.compile(pattern, options) for pattern in written]
        self._all = re2.Set.SearchSet(options) if patterns else None
        if self._all is not None:
            for pattern in written:
                self._all.Add(pattern)
            self._all.Compile()

    def __bool__(self) -> bool:
        return self._all is not None

    def find(self, text: str) -> list[_Match]:
        if self._all is None or not text:
            return []
        return [
            (number, *match.span())
            for number in self._all.Match(text) or ()
            for match in self._each[number].finditer(text)
            if match.start() < match.end()
        ]


def expression_options(*, exact: bool) -> re2.Options:
    """How expressions are read; `re2.error` says what is wrong with one."""
    options = re2.Options()
    options.case_sensitive = exact
    options.log_errors = False
    return options


def folded_expression(pattern: str) -> str:
    """An expression that fits folded text: its Chinese characters are folded, its syntax is not."""
    return _HAN.sub(lambda char: fold(char[0]).text, pattern)


class TermScanner:
    """Finds all terms at once. `number` gives the number by which a term is known afterwards."""

    def __init__(self, terms: Iterable[Term]) -> None:
        kinds: dict[str, dict[str, None]] = {}
        for term, spelling in terms:
            for kind, form in _forms(term, spelling):
                if form:
                    kinds.setdefault(kind, {})[form] = None
        groups = {kind: list(kinds.get(kind, ())) for kind in _KINDS}
        self._numbers: dict[tuple[str, str], int] = {}
        for kind in _KINDS:
            for form in groups[kind]:
                self._numbers[kind, form] = len(self._numbers)
        self._first = {
            kind: self._numbers[kind, group[0]] if group else 0 for kind, group in groups.items()
        }
        self._plain = _Plain(groups["normalised"])
        self._exact = _Plain(groups["exact"])
        self._evasive = _evasive(groups["evasive"]) if groups["evasive"] else None
        self._plain_of = {
            self._numbers["evasive", form]: self._numbers["normalised", form]
            for form in groups["evasive"]
        }
        self._again = [NEVER] * len(groups["normalised"])
        for evasive, plain in self._plain_of.items():
            self._again[plain] = evasive
        self._regex = _Expressions(groups["regex"], exact=False)
        self._exact_regex = _Expressions(groups["exact regex"], exact=True)

    def number(self, term: Term) -> int:
        """The number of a term that the scanner was made with."""
        kind, form = _forms(*term)[-1]
        return self._numbers.get((kind, form), NEVER)

    @property
    def count(self) -> int:
        """How many numbers there are."""
        return len(self._numbers)

    def scan(self, text: str) -> Scanned:
        """All terms in a text. A disguised term is found where it is written plainly too."""
        form = fold(text)
        matches = self._plain.find(form.text)
        terms = {match[0] for match in matches}
        others: list[tuple[Folded | None, _Match]] = []
        disguises = None
        if self._evasive is not None:
            first = self._first["evasive"]
            suspects = self._evasive.suspects(form.text)
            disguises = _Disguises(suspects, first, self._plain_of)
            terms.update([again for term in terms if (again := self._again[term]) != NEVER])
            terms.update([first + number for number in suspects.numbers])
        if self._exact or self._exact_regex:
            written = _SURROGATES.sub("\ufffd", text)
            others += self._moved(None, "exact", self._exact.find(written))
            others += self._moved(None, "exact regex", self._exact_regex.find(written))
        if self._regex:
            others += self._moved(form, "regex", self._regex.find(form.text))
        if others:
            terms.update(match[0] for _, match in others)
        return Scanned(text, terms, form, matches, others, disguises)

    def _moved(
        self, form: Folded | None, kind: str, matches: Iterable[_Match]
    ) -> list[tuple[Folded | None, _Match]]:
        first = self._first[kind]
        return [(form, (first + number, start, end)) for number, start, end in matches]


def _evasive(terms: Sequence[str]) -> EvasiveTerms:
    from pipeline.evasion import EvasiveTerms  # its tables take 40 MB and half a second

    return EvasiveTerms(terms)


_KINDS = ("normalised", "evasive", "exact", "regex", "exact regex")


def _forms(term: str, spelling: str) -> list[tuple[str, str]]:
    """As what a term is looked for; the last is its own number."""
    if spelling == "exact":
        return [("exact", _SURROGATES.sub("\ufffd", term))]
    if spelling in ("regex", "exact regex"):
        return [(spelling, term)]
    plain = fold(term).text
    return [("normalised", plain)] + ([("evasive", plain)] if spelling == "evasive" else [])


def _apart(spans: list[Span]) -> list[Span]:
    """Without those that begin inside one that began before, long ones first."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept
