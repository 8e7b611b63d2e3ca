"""Which values of a sentence belong to an element: those that stand nearest to its cues.

Cues and values are paired by distance in letters (`nearness`). A value that stands nearer to the
cue of another element of the same kind belongs to that one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.claims.agreement import agrees
from pipeline.claims.asides import (
    is_a_rate,
    is_an_article,
    is_for_some,
    is_named_otherwise,
    is_spent,
)
from pipeline.claims.elements import Element
from pipeline.claims.expectation import Expectation, Prepared, follows_role
from pipeline.claims.nearness import ACROSS, NEAR, distance_to, role_of
from pipeline.claims.reading import Line

_TABLE = 16
"""Values of one kind above which a sentence is a table, which is not read."""
_SUM_NOUN = re.compile(r"[费价金税款票补贴奖资]|低保|标准|公交")
_SET = re.compile(
    r"(?:调整?|改|涨|降|升|提高|增加|增|减|压缩|缩短|缩减|延长|放宽|扩大|下调|上调|提升|恢复|"
    r"推迟|提前|延期|延后|延|变|"
    r"定|规定|[执实]行)(?:了|成|价)?(?:到|至|为|成|在|是)?$"
)
_COUNTED = re.compile(
    r"(?:[只仅就共]有?|总共|一共|合计|多达|最多|至多|[能可要需得须限]|可以)"
    r"(?:[有打借领达设建办坐乘种针]|推出|接种|办理)?$"
)
"""What makes a number that of the whole: 只有680套, 要打三针, 最多领5张."""
_COMMON_MEASURES = frozenset(("个", "人", "次", "岁", "家", "米", "分", "度", "公斤", "年"))
"""Measure words that count too many things to tell what is meant."""
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
        and not is_an_article(element, each, line)
        and not is_for_some(element, each, line)
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
    if timed and before.unit == value.unit and len(opens) <= NEAR:
        return distance + ACROSS
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
        near = distance_to(told, value, values, line) is not None
    claimed = any(
        distance_to(other, value, values, line) is not None for other in _rivals(topic, element)
    )
    return 0 if (here or near) and not claimed else None


def _with_cues(
    topic: Topic, element: Expectation, value: Element, values: Sequence[Element], line: Line
) -> int | None:
    own = distance_to(element, value, values, line)
    if own is None:
        own = _by_role(topic, element, value, values, line)
    if own is None:
        return _by_subject(topic, element, value, values, line)
    for rival in _rivals(topic, element):
        if role_of(rival, value) is False:
            continue
        other = distance_to(rival, value, values, line)
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
        other = distance_to(rival, each, values, line)
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
        return NEAR if named and alone and moment.day and _about(topic, line) else None
    if moment.role != element.role:
        return None
    span = [each for each in values if each.moment and each.moment.role]
    partners = [each for each in topic.prepared.elements if each.kind == "date" and each.role]
    cued = any(
        distance_to(partner, end, values, line) is not None for partner in partners for end in span
    )
    return NEAR if cued or _about(topic, line) else None


def _is_only_one(topic: Topic, element: Expectation, value: Element) -> bool:
    """Whether no other element can be meant by a value whose cue is not said.

    What is free is the one thing that the fact has free; a count is told by its measure word.
    """
    same = [e for e in topic.prepared.elements if e.kind == element.kind and e.value is not None]
    if value.kind == "count":
        same = [e for e in same if e.value is not None and e.value.unit == value.unit]
        return same == [element] and value.unit not in _COMMON_MEASURES
    if value.kind == "amount" and not value.high:
        same = [e for e in same if e.value is not None and not e.value.high] or same
    return same == [element]


def _about(topic: Topic, line: Line) -> bool:
    return any(subject in line.text for subject in topic.prepared.subjects)


def _by_subject(
    topic: Topic, element: Expectation, value: Element, values: Sequence[Element], line: Line
) -> int | None:
    """公交票价涨到3元: set to a value after the subject, where no other element is meant."""
    if value.kind in ("date", "modality", "docno"):
        return None
    if element.value is None or element.value.unit != value.unit:
        return None
    if not _is_only_one(topic, element, value):
        return None
    if len({(each.low, each.high) for each in values if each.unit == value.unit}) != 1:
        return None
    first, _ = line.clause(value.start)
    before = line.whole[first : value.start]
    subjects = topic.prepared.subjects
    set_to = _SET.search(before) or (value.kind == "amount" and _PAID.search(before))
    if set_to and any(subject in before for subject in subjects):
        return NEAR
    if value.kind == "count":
        alone = not before and line.clause(value.start)[1] == value.end
        if (alone or _COUNTED.search(before)) and _about(topic, line):
            return NEAR
    if not value.high and not element.value.high:
        return NEAR if _about(topic, line) else None
    named = next((subject for subject in subjects if before.endswith(subject)), None)
    if named is None or (value.kind == "amount" and not _SUM_NOUN.search(named)):
        return None
    return NEAR
