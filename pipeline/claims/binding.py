"""Which values of a sentence belong to an element: those that stand nearest to its cues.

Cues and values are paired by distance in letters. A cue in the same clause counts for more than
one outside; the order in which the clause begins (fee 200元 or 200元 fee) decides between a cue
before a value and one behind it. A value that stands nearer to the cue of another element of the
same kind belongs to that one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.claims.asides import is_a_rate, is_named_otherwise, is_spent
from pipeline.claims.elements import Element
from pipeline.claims.expectation import Expectation, Prepared, agrees, follows_role
from pipeline.claims.reading import Line

_TABLE = 16
"""Values of one kind above which a sentence is a table, which is not read."""
_NEAR = 14
"""Letters between a cue and a value of another clause that still belong together."""
_ACROSS = 5
_BEHIND = 3
"""What a clause's end, and the unusual order, add to a distance."""
_ALONE = (5, 1)
"""Letters before and behind a count that leave it alone in its clause."""
_SUM_NOUN = re.compile(r"[费价金税款票补贴奖资]|低保|标准|公交")
_SET = re.compile(
    r"(?:调整?|改|涨|降|升|提高|增加|增|减|压缩|缩短|缩减|延长|放宽|扩大|下调|上调|提升|恢复|"
    r"推迟|提前|延期|延后|延|变|"
    r"定|规定|[执实]行)(?:了|成|价)?(?:到|至|为|成|在|是)?$"
)
_PAID = re.compile(r"(?:需|要|得|须)(?:[收交缴付]|收取|缴纳|支付)(?:了)?$")


@dataclass(frozen=True, slots=True)
class Topic:
    """What a fact's elements are told by: its own and, to tell them apart, the others' cues."""

    prepared: Prepared
    rivals: tuple[Expectation, ...] = ()
    """Elements of other facts of which the text speaks too."""
    others: tuple[str, ...] = ()
    """Subjects of other facts of which the text speaks."""


def bound(
    topic: Topic, element: Expectation, values: Sequence[Element], line: Line
) -> Iterator[tuple[int, Element]]:
    """(distance, value) for the values of a line that belong to the element."""
    own = [
        each
        for each in values
        if not is_a_rate(each, line)
        and not is_spent(each, line)
        and not is_named_otherwise(topic.prepared, element, each, line)
    ]
    if len(own) > _TABLE:
        return
    before: tuple[int, Element] | None = None
    for value in own:
        distance = (
            _without_cues(topic, element, value, own, line)
            if not element.cues
            else _with_cues(topic, element, value, own, line)
        )
        if distance is None and before is not None:
            distance = _parallel(*before, value, line)
        before = None if distance is None else (distance, value)
        if distance is not None:
            yield distance, value


def _parallel(distance: int, before: Element, value: Element, line: Line) -> int | None:
    """2025年度为380元，2026年度为400元: the same said of another time in the next clause."""
    first, _ = line.clause(value.start)
    opens = line.whole[first : value.start]
    timed = any(first <= at + line.start < value.start for at, _ in line.markers.times)
    if timed and before.unit == value.unit and len(opens) <= _NEAR:
        return distance + _ACROSS
    return None


def _without_cues(
    topic: Topic, element: Expectation, value: Element, values: Sequence[Element], line: Line
) -> int | None:
    moment = value.moment
    if element.anchor is not None:
        if moment is not None and moment.minute is not None and moment.day is None:
            return None
        return 0 if element.anchor.search(line.whole[value.end :]) else None
    first, last = line.clause(value.start)
    here = any(subject in line.whole[first:last] for subject in topic.prepared.subjects)
    if value.kind in ("date", "docno"):
        near = len(values) == 1
    else:
        told = replace(element, cues=element.implied)
        near = _distance(told, value, values, line) is not None
    claimed = any(
        _distance(other, value, values, line) is not None for other in _rivals(topic, element)
    )
    return 0 if (here or near) and not claimed else None


def _with_cues(
    topic: Topic, element: Expectation, value: Element, values: Sequence[Element], line: Line
) -> int | None:
    own = _distance(element, value, values, line)
    if own is None:
        own = _by_role(topic, element, value, values, line)
    if own is None:
        return _by_subject(topic, element, value, values, line)
    for rival in _rivals(topic, element):
        if _role_of(rival, value) is False:
            continue
        other = _distance(rival, value, values, line)
        if other is not None and other < own and _is_nearest(rival, value, other, values, line):
            return None
    return own


def _is_nearest(
    rival: Expectation, value: Element, distance: int, values: Sequence[Element], line: Line
) -> bool:
    """Whether a rival has no other value that is as near to it and comes first."""
    for each in values:
        if each is value:
            return True
        other = _distance(rival, each, values, line)
        if other is not None and other <= distance:
            return False
    return True


def _rivals(topic: Topic, element: Expectation) -> Iterator[Expectation]:
    for other in (*topic.prepared.elements, *topic.rivals):
        if other is element or other.kind != element.kind:
            continue
        if (
            other.value is None
            or element.value is None
            or agrees(element.value, other.value) is None
        ):
            continue
        if element.kind != "date" or _shape(element.value) == _shape(other.value):
            yield other


def _shape(value: Element) -> bool:
    """Whether a date has a day, or is a time of day only."""
    return value.moment is not None and value.moment.day is not None


def _by_role(
    topic: Topic, element: Expectation, value: Element, values: Sequence[Element], line: Line
) -> int | None:
    """The end of 5月18日至24日 that the element is, or a date followed by 起 or 前 as it is."""
    moment = value.moment
    if moment is None or element.role is None:
        return None
    if moment.role is None:
        alone = (
            sum(
                each.kind == "date" and each.role == element.role
                for each in topic.prepared.elements
            )
            == 1
        )
        named = follows_role(element.role, line.whole[value.end : value.end + 6])
        return _NEAR if named and alone and moment.day and _about(topic, line) else None
    if moment.role != element.role:
        return None
    span = [each for each in values if each.moment and each.moment.role]
    partners = [each for each in topic.prepared.elements if each.kind == "date" and each.role]
    cued = any(
        _distance(partner, end, values, line) is not None for partner in partners for end in span
    )
    return _NEAR if cued or _about(topic, line) else None


def _role_of(element: Expectation, value: Element) -> bool | None:
    """False when a date stands at the other end of a span."""
    moment = value.moment
    if moment is None or moment.role is None or element.role is None:
        return None
    return moment.role == element.role


def _about(topic: Topic, line: Line) -> bool:
    return any(subject in line.text for subject in topic.prepared.subjects)


def _by_subject(
    topic: Topic, element: Expectation, value: Element, values: Sequence[Element], line: Line
) -> int | None:
    """公交票价涨到3元: set to a value after the subject, where no other element is meant."""
    same = [e for e in topic.prepared.elements if e.kind == element.kind]
    if len(same) != 1 or value.kind in ("date", "modality", "docno"):
        return None
    if element.value is None or element.value.unit != value.unit:
        return None
    if len({(each.low, each.high) for each in values}) != 1:
        return None
    first, _ = line.clause(value.start)
    before = line.whole[first : value.start]
    subjects = topic.prepared.subjects
    set_to = _SET.search(before) or (value.kind == "amount" and _PAID.search(before))
    if set_to and any(subject in before for subject in subjects):
        return _NEAR
    if not value.high and not element.value.high:
        return _NEAR if _about(topic, line) else None
    named = next((subject for subject in subjects if before.endswith(subject)), None)
    if named is None or (value.kind == "amount" and not _SUM_NOUN.search(named)):
        return None
    return _NEAR


def _distance(
    element: Expectation, value: Element, values: Sequence[Element], line: Line
) -> int | None:
    """Letters to the nearest cue: any in the same clause, near ones elsewhere in the sentence."""
    if _role_of(element, value) is False:
        return None
    first, last = line.clause(value.start)
    best: int | None = None
    for start, end in occurrences(element, line):
        if start < value.end and value.start < end:
            continue
        gap = start - value.end if start >= value.end else value.start - end
        if first <= start < last:
            cost = gap + _BEHIND * _is_unusual(element, value, values, start, line)
        elif _reaches(value, gap, start, line) and not _between(values, value, start, end, line):
            cost = gap + _ACROSS + _BEHIND * (start >= value.end)
        else:
            continue
        if best is None or cost < best:
            best = cost
    return best


def _reaches(value: Element, gap: int, cue: int, line: Line) -> bool:
    """Whether a cue of another clause may mean a value: not one that its own clause goes on with.

    A count must stand nearly alone, and a modal word has its verb in its own clause.
    """
    if gap > _NEAR or value.kind == "modality":
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
