"""Where the terms of all rules stand in a text: one pass for all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from ahocorasick_rs import AhoCorasick, Implementation

from pipeline.evasion import EvasiveTerms
from pipeline.model import Span, Spelling
from pipeline.normalise import Folded, fold

_SURROGATES = re.compile("[\ud800-\udfff]")
_HAN_OR_KANA = re.compile(
    "[\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]"
)

Term = tuple[str, Spelling]


def is_letter(char: str) -> bool:
    """A letter or digit of a script that writes words apart."""
    return char.isalnum() and not _HAN_OR_KANA.match(char)


class _Automaton:
    """Plain occurrences of terms in texts of one spelling; whole words in scripts that have any.

    A ContiguousNFA: with 20,000 terms a DFA outgrows the caches (benchmarks/rules.py).
    """

    def __init__(self, terms: Mapping[str, int]) -> None:
        self._numbers = list(terms.values())
        self._edges = [(is_letter(term[0]), is_letter(term[-1])) for term in terms]
        self._automaton = (
            AhoCorasick(list(terms), implementation=Implementation.ContiguousNFA) if terms else None
        )

    def find(self, text: str) -> Iterator[tuple[int, int, int]]:
        if self._automaton is None:
            return
        edges, numbers = self._edges, self._numbers
        for index, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            left, right = edges[index]
            if left and start and is_letter(text[start - 1]):
                continue
            if right and end < len(text) and is_letter(text[end]):
                continue
            yield numbers[index], start, end


class TermScanner:
    """Finds all terms at once. A term's number is its place in `terms`.

    Terms that say nothing when folded are never found.
    """

    def __init__(self, terms: Sequence[Term]) -> None:
        exact: dict[str, int] = {}
        folded: dict[str, list[int]] = {}
        evasive: dict[str, int] = {}
        for number, (term, spelling) in enumerate(terms):
            if spelling == "exact":
                exact[_SURROGATES.sub("\ufffd", term)] = number
            elif plain := fold(term).text:
                folded.setdefault(plain, []).append(number)
                if spelling == "evasive":
                    evasive[plain] = number
        self._exact = _Automaton(exact)
        self._same = list(folded.values())
        self._folded = _Automaton({term: place for place, term in enumerate(folded)})
        self._evasive_numbers = list(evasive.values())
        self._evasive = EvasiveTerms(list(evasive))

    def find(self, text: str) -> dict[int, list[Span]]:
        """Spans in the original by term; in order, and none of one term over another of it."""
        found: dict[int, list[Span]] = {}
        if not text:
            return found
        for number, start, end in self._exact.find(_SURROGATES.sub("\ufffd", text)):
            found.setdefault(number, []).append((start, end))
        form = fold(text)
        for place, start, end in self._folded.find(form.text):
            span = form.original(start, end)
            for number in self._same[place]:
                found.setdefault(number, []).append(span)
        self._add_disguised(form, found)
        for number, spans in found.items():
            if len(spans) > 1:
                found[number] = _apart(spans)
        return found

    def _add_disguised(self, form: Folded, found: dict[int, list[Span]]) -> None:
        for place, start, end in self._evasive.find(form.text):
            found.setdefault(self._evasive_numbers[place], []).append(form.original(start, end))


def _apart(spans: list[Span]) -> list[Span]:
    """Without those that begin inside one that began before."""
    kept: list[Span] = []
    for span in sorted(spans):
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept
