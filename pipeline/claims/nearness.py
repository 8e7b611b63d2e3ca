"""How far a value stands from the cues of an element, in letters.

A cue in the same clause counts for more than one outside; the order in which the clause begins
(fee 200元 or 200元 fee) decides between a cue before a value and one behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipeline.claims.elements import Element
from pipeline.claims.expectation import Expectation
from pipeline.claims.numerals import NUMBER
from pipeline.claims.reading import Line

NEAR = 14
"""Letters between a cue and a value of another clause that still belong together."""
ACROSS = 5
_BEHIND = 3
"""What a clause's end, and the unusual order, add to a distance."""
_LEADS = re.compile(rf"(?:给|到|至|够|满)?(?:你|您|咱)?(?=[¥￥]?(?:{NUMBER}))")
"""What follows a cue that is cut to one letter: its number."""
_ALONE = (5, 1)
"""Letters before and behind a count that leave it alone in its clause."""


def distance_to(
    element: Expectation, value: Element, values: Sequence[Element], line: Line
) -> int | None:
    """Letters to the nearest cue: any in the same clause, near ones elsewhere in the sentence."""
    if role_of(element, value) is False:
        return None
    first, last = line.clause(value.start)
    best: int | None = None
    for start, end in occurrences(element, line):
        if start < value.end and value.start < end:
            continue
        gap = start - value.end if start >= value.end else value.start - end
        if value.kind == "count" and start == value.end:
            cost = -1
        elif first <= start < last:
            cost = gap + _BEHIND * _is_unusual(element, value, values, start, line)
        elif _reaches(value, gap, start, line) and not _between(values, value, start, end, line):
            cost = gap + ACROSS + _BEHIND * (start >= value.end)
        else:
            continue
        if best is None or cost < best:
            best = cost
    return best


def _reaches(value: Element, gap: int, cue: int, line: Line) -> bool:
    """Whether a cue of another clause may mean a value: not one that its own clause goes on with.

    A count must stand nearly alone, and a modal word has its verb in its own clause.
    """
    if gap > NEAR or value.kind == "modality":
        return False
    first, last = line.clause(value.start)
    before, behind = _ALONE
    if value.kind == "count":
        return value.start - first <= before and last - value.end <= behind
    return cue < value.start or (value.kind != "amount" and last - value.end <= 2 * behind)


def _is_unusual(
    element: Expectation, value: Element, values: Sequence[Element], cue: int, line: Line
) -> bool:
    """Whether cue and value stand in the other order than the clause begins; 须 comes first."""
    if value.kind == "modality":
        return cue < value.start
    first, _ = line.clause(value.start)
    return (cue >= value.end) == _cue_first(element, values, line, first)


def _cue_first(element: Expectation, values: Sequence[Element], line: Line, clause: int) -> bool:
    """Whether the clause begins with a cue rather than with a value."""
    first_value = min((v.start for v in values if v.start >= clause), default=line.end)
    first_cue = min((s for s, _ in occurrences(element, line) if s >= clause), default=line.end)
    return first_cue < first_value


def _between(values: Iterable[Element], value: Element, start: int, end: int, line: Line) -> bool:
    """Whether the cue's own clause, or the way to it, holds another value, which it then means."""
    first, last = line.clause(start)
    low, high = min(end, value.end), max(start, value.start)
    return any(
        each is not value and (first <= each.start < last or low <= each.start < high)
        for each in values
    )


def occurrences(element: Expectation, line: Line) -> list[tuple[int, int]]:
    """Where cues of an element stand in a line."""
    found = _places(element.cues, line)
    for term in element.short:
        found += [at for at in _places((term,), line) if _LEADS.match(line.whole, at[1], line.end)]
    if not element.longer:
        return found
    longer = _places(element.longer, line)
    return [(s, e) for s, e in found if not any(a <= s and e <= b for a, b in longer)]


def _places(terms: Iterable[str], line: Line) -> list[tuple[int, int]]:
    found = []
    for term in terms:
        place = line.whole.find(term, line.start, line.end)
        while place >= 0:
            found.append((place, place + len(term)))
            place = line.whole.find(term, place + 1, line.end)
    return found


def role_of(element: Expectation, value: Element) -> bool | None:
    """False when a date stands at the other end of a span."""
    moment = value.moment
    if moment is None or moment.role is None or element.role is None:
        return None
    return moment.role == element.role
