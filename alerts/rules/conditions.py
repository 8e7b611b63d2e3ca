"""Conditions of keyword rules over what a scan has found: what holds, and where it stands."""

from __future__ import annotations

import heapq
import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from alerts.rules.base import Place
from alerts.rules.scan import Scanned, Term
from pipeline.model import (
    AllOf,
    AnyOf,
    Condition,
    Near,
    NoneOf,
    Phrase,
    Regex,
    Sentence,
    Spelling,
)

_SENTENCE_ENDS = re.compile("[。！？!?；;\n…]+|\\.(?=\\s)")
_LONGEST_SEPARATOR = 8

Occurrence = tuple[Place, int]
"""A place and the number of the term that stands there."""
Groups = Sequence[Sequence[int]]
"""Numbers of terms; one of each group is to be found."""


@dataclass(frozen=True, slots=True)
class Found:
    """What one mention holds, in title and text."""

    fields: tuple[Scanned, Scanned]

    def of(self, term: int) -> list[Occurrence]:
        return [
            ((field, start, end), term)
            for field, scanned in enumerate(self.fields)
            if term in scanned.terms
            for start, end in scanned.spans(term)
        ]


Judge = Callable[[Found], list[Occurrence] | None]
"""What bears a condition out, or None when it does not hold; what holds by absence gives []."""


def compile_condition(
    condition: Condition, spelling: Spelling, number: Callable[[Term], int]
) -> Judge:
    """A condition as a function; `number` gives the scan's number of a term."""

    def compiled(of: Sequence[Condition]) -> list[Judge]:
        return [compile_condition(each, spelling, number) for each in of]

    def numbered(groups: Sequence[Sequence[str]]) -> Groups:
        return [[number((term, spelling)) for term in group] for group in groups]

    match condition:
        case str() | Regex():
            return _term(number(term_of(condition, spelling)))
        case AnyOf(of):
            return _any(compiled(of))
        case AllOf(of):
            return _all(compiled(of))
        case NoneOf(of):
            return _none(compiled(of))
        case Near(groups, within):
            return _together(numbered(groups), lambda _, found, size: _chains(found, size, within))
        case Sentence(groups):
            return _together(numbered(groups), _in_one_sentence)
        case Phrase(groups):
            return _together(numbered(groups), _in_a_row)


def term_of(condition: str | Regex, spelling: Spelling) -> Term:
    """As what a leaf of a condition is scanned for."""
    if isinstance(condition, Regex):
        return condition.pattern, "exact regex" if spelling == "exact" else "regex"
    return condition, spelling


def terms_of(condition: Condition, spelling: Spelling) -> list[Term]:
    """All terms of a condition."""
    match condition:
        case str() | Regex():
            return [term_of(condition, spelling)]
        case AnyOf(of) | AllOf(of) | NoneOf(of):
            return [term for each in of for term in terms_of(each, spelling)]
        case Near(groups) | Sentence(groups) | Phrase(groups):
            return [(term, spelling) for group in groups for term in group]


def _term(term: int) -> Judge:
    return lambda found: found.of(term) or None


def _any(judges: Sequence[Judge]) -> Judge:
    def judge(found: Found) -> list[Occurrence] | None:
        borne_out = [each for one in judges if (each := one(found)) is not None]
        return [place for places in borne_out for place in places] if borne_out else None

    return judge


def _all(judges: Sequence[Judge]) -> Judge:
    def judge(found: Found) -> list[Occurrence] | None:
        places: list[Occurrence] = []
        for one in judges:
            each = one(found)
            if each is None:
                return None
            places += each
        return places

    return judge


def _none(judges: Sequence[Judge]) -> Judge:
    return lambda found: None if any(one(found) is not None for one in judges) else []


_Hit = tuple[int, int, int, int]
"""Start, end, number of the group, number of the term."""
_Selected = list[tuple[int, int, int]]
"""Start, end, number of the term."""


def _together(groups: Groups, select: Callable[[str, list[_Hit], int], _Selected]) -> Judge:
    """What is found of all groups in one field, if `select` finds it to belong together."""

    def judge(found: Found) -> list[Occurrence] | None:
        places: list[Occurrence] = []
        for field, scanned in enumerate(found.fields):
            if any(scanned.terms.isdisjoint(terms) for terms in groups):
                continue
            hits = sorted(
                (start, end, group, term)
                for group, terms in enumerate(groups)
                for term in terms
                if term in scanned.terms
                for start, end in scanned.spans(term)
            )
            places += [
                ((field, start, end), term)
                for start, end, term in select(scanned.text, hits, len(groups))
            ]
        return places or None

    return judge


def _in_one_sentence(text: str, hits: list[_Hit], size: int) -> _Selected:
    ends = [end.end() for end in _SENTENCE_ENDS.finditer(text)]
    sentences: dict[int, list[_Hit]] = {}
    for hit in hits:
        sentences.setdefault(bisect_right(ends, hit[0]), []).append(hit)
    return [
        (start, end, term)
        for held in sentences.values()
        if len({group for _, _, group, _ in held}) == size
        for start, end, _, term in held
    ]


def _in_a_row(text: str, hits: list[_Hit], size: int) -> _Selected:
    """Hits of all groups in order, with nothing but signs and spaces between neighbours."""
    rows: list[_Selected] = []
    selected: _Selected = []
    for start, end, group, term in hits:
        here = (start, end, term)
        continued = (
            [[here]]
            if group == 0
            else [
                [*row, here]
                for row in rows
                if len(row) == group and _adjoin(text, row[-1][1], start)
            ]
        )
        rows = [row for row in rows if row[-1][1] + _LONGEST_SEPARATOR >= start]
        for row in continued:
            if len(row) == size:
                selected += row
            else:
                rows.append(row)
    return selected


def _adjoin(text: str, end: int, start: int) -> bool:
    return 0 <= start - end <= _LONGEST_SEPARATOR and not any(
        char.isalnum() for char in text[end:start]
    )


def _chains(hits: list[_Hit], size: int, within: int) -> _Selected:
    """Hits that make up a selection, one of each group, in which no two neighbours are more than
    `within` characters apart.

    Matches are met from left to right; for each set of groups covered so far only the chain that
    ends last is kept, since whatever may follow an earlier end may follow a later one.
    """
    ended: dict[int, tuple[int, tuple[tuple[int, int, int], ...]]] = {}
    open_ends: list[tuple[int, int, int, tuple[tuple[int, int, int], ...]]] = []
    complete: _Selected = []
    for order, (start, end, group, term) in enumerate(hits):
        while open_ends and open_ends[0][0] <= start:
            place, _, covered, chain = heapq.heappop(open_ends)
            ended[covered] = (place, chain)
        here = (start, end, term)
        bit = 1 << group
        continued = [(bit, (here,))] + [
            (covered | bit, (*chain, here))
            for covered, (place, chain) in ended.items()
            if not covered & bit and start - place <= within
        ]
        for covered, chain in continued:
            if len(chain) == size:
                complete += chain
            else:
                heapq.heappush(open_ends, (end, order, covered, chain))
    return complete
