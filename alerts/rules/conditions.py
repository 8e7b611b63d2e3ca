"""Conditions of keyword rules over what a scan has found: what holds, and where it stands."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from alerts.rules.base import Place
from pipeline.model import AllOf, AnyOf, Condition, Near, NoneOf, Span

Occurrence = tuple[Place, int]
"""A place and the number of the term that stands there."""


@dataclass(frozen=True, slots=True)
class Found:
    """What one mention holds: occurrences by term, in title and text."""

    fields: tuple[Mapping[int, list[Span]], Mapping[int, list[Span]]]

    def of(self, term: int) -> list[Occurrence]:
        return [
            ((field, start, end), term)
            for field, spans in enumerate(self.fields)
            for start, end in spans.get(term, ())
        ]


Judge = Callable[[Found], list[Occurrence] | None]
"""What bears a condition out, or None when it does not hold; what holds by absence gives []."""


def compile_condition(condition: Condition, number: Callable[[str], int]) -> Judge:
    """A condition as a function; `number` gives the scan's number of a term."""
    match condition:
        case str():
            return _term(number(condition))
        case AnyOf(of):
            return _any([compile_condition(each, number) for each in of])
        case AllOf(of):
            return _all([compile_condition(each, number) for each in of])
        case NoneOf(of):
            return _none([compile_condition(each, number) for each in of])
        case Near(groups, within):
            return _near([[number(term) for term in group] for group in groups], within)


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


def _near(groups: Sequence[Sequence[int]], within: int) -> Judge:
    def judge(found: Found) -> list[Occurrence] | None:
        places: list[Occurrence] = []
        for field, spans in enumerate(found.fields):
            if any(spans.keys().isdisjoint(terms) for terms in groups):
                continue
            occurrences = sorted(
                (start, end, group, term)
                for group, terms in enumerate(groups)
                for term in terms
                for start, end in spans.get(term, ())
            )
            places += _chains(occurrences, field, len(groups), within)
        return places or None

    return judge


def _chains(
    occurrences: Sequence[tuple[int, int, int, int]], field: int, size: int, within: int
) -> list[Occurrence]:
    """Occurrences that make up a selection, one of each group, in which no two neighbours are
    more than `within` characters apart.

    Matches are met from left to right; for each set of groups covered so far only the chain that
    ends last is kept, since whatever may follow an earlier end may follow a later one.
    """
    ended: dict[int, tuple[int, tuple[Occurrence, ...]]] = {}
    open_ends: list[tuple[int, int, int, tuple[Occurrence, ...]]] = []
    complete: list[Occurrence] = []
    for order, (start, end, group, term) in enumerate(occurrences):
        while open_ends and open_ends[0][0] <= start:
            place, _, covered, chain = heapq.heappop(open_ends)
            ended[covered] = (place, chain)
        here: Occurrence = ((field, start, end), term)
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


# --- what must occur -----------------------------------------------------------------------------


def required_terms(condition: Condition) -> list[frozenset[str]]:
    """Sets of terms of each of which at least one occurs wherever the condition holds.

    An empty list: the condition can hold where none of its terms occurs.
    """
    match condition:
        case str():
            return [frozenset((condition,))]
        case AllOf(of):
            return [terms for each in of for terms in required_terms(each)]
        case AnyOf(of):
            alternatives = [required_terms(each) for each in of]
            if not all(alternatives):
                return []
            return [frozenset().union(*(rarest(each) for each in alternatives))] if of else []
        case Near(groups):
            return [frozenset(group) for group in groups]
        case NoneOf():
            return []


def rarest(sets: Sequence[frozenset[str]]) -> frozenset[str]:
    """The set that is likely to be met least: few terms, long ones."""
    return min(sets, key=lambda terms: sum(8.0 ** -min(len(term), 12) for term in terms))
