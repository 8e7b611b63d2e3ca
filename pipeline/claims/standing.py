"""Whether a value is told as what holds here and now.

Not so: what was, what is planned, what others do, what is asked, wished, supposed or denied, and
the day on which the news was written.
"""

from __future__ import annotations

import re
from functools import lru_cache

import rjieba

from pipeline.claims.elements import Element
from pipeline.claims.expectation import Expectation, Prepared, editions
from pipeline.claims.nearness import occurrences
from pipeline.claims.reading import Line
from pipeline.claims.scope import governing, is_over

_EARLIER = re.compile(
    r"(?:由|从(?!此)|原(?:来|先|本)?(?:的|为|需|要|是)?|此前|以前|过去|之前|往年|曾(?:经)?|"
    r"去年|前年|当年|不再是?|不是|而非|并非|"
    r"不[收交缴付]|(?:降低|提高|减少|增加|压减|缩短|上调|下调|涨|降|(?<!新)增|减|延长|省|便宜|推迟|"
    r"提前)了?(?![至到成为])|又)"
    r"[^,。至到为成]{0,3}$"
)
_DENIED = re.compile(
    r"(?:不会|(?:并?没有?|并?未)(?=[再收要涨超提降调说缴交从自于在])|不用|无需|无须|不需要?|不必|不再|别)"
    r"(?![^,。]*(?:少于|低于|超过|高于))[^,。]{0,5}$"
)
_DATELINE = re.compile(
    r"^(?:上午|下午|晚上?|凌晨|,|电|讯|\)|当天|傍晚)*[^,。]{0,10}(?:记者|获悉|从|发布|通报|"
    r"消息|印发|公布|召开|讯|电|接到|报道)"
)
_MOVED_FROM = re.compile(r"[由从自]$")
_MOVED = re.compile(r"^[^,。]{0,6}(?:延|推迟|改|调整|提前|变更)")
_KINDS_OF_PLACE = frozenset("桥路街站馆园场院湖山河村镇区店厂校")
_ONCE_MEANT = re.compile(r"(?:原(?:定|来|本|计划)|不是|而非|并非)[^,。]{0,4}$")


def stands(
    prepared: Prepared, element: Expectation, start: int, end: int, line: Line, day_year: int
) -> bool:
    """Whether what is said at `start:end` of the field is told as a fact of here and now."""
    place, found = start - line.start, line.markers
    if start >= line.asked_from or place < found.wished_at:
        return False
    if governing(found.stances, place) == "supposed":
        return False
    if element.kind != "phrase" and governing(found.places, place) == "elsewhere":
        return False
    if element.kind != "modality" and is_over(line.whole[end : line.end]):
        return False
    return not _another_time(prepared, element, place, line, day_year) and not _of_another(
        prepared, element, start, line
    )


def _another_time(
    prepared: Prepared, element: Expectation, place: int, line: Line, day_year: int
) -> bool:
    """Whether a sentence tells of an earlier or planned state at a place."""
    known = dict(prepared.editions)
    if any(known.get(measure, ordinal) != ordinal for measure, ordinal in editions(line.text)):
        return True
    times = line.markers.times
    if element.kind == "date":
        times = tuple((at, sort) for at, sort in times if not sort.endswith("月"))
    time = governing(times, place)
    if time is None or not time[0].isdigit():
        return time in ("past", "plan")
    year = int(time[:4])
    if year in prepared.years:
        return False
    since = prepared.fact.effective_from
    counted = bool(prepared.years) and time.endswith("度")
    return counted or year > day_year or (since is not None and year < since.year)


def _of_another(prepared: Prepared, element: Expectation, start: int, line: Line) -> bool:
    """城南夜市22:00闭市，滨江夜市23:30闭市: whether a sister of the subject comes in between."""
    before = line.whole[line.start : start]
    latest = max((before.rfind(subject) for subject in prepared.subjects), default=-1)
    for subject in prepared.subjects:
        head = _head(subject)
        if head is None or any(head in cue for cue in element.cues):
            continue
        place = before.rfind(head)
        passed = place > latest + len(subject) if latest >= 0 else place > 0
        if passed and _names_a_sister(before, place, prepared.subjects):
            return True
    return False


@lru_cache(maxsize=4096)
def _head(subject: str) -> str | None:
    """The noun that a subject shares with its sisters: 夜市 of 滨江夜市, 桥 of 青云桥."""
    if len(subject) == 3 and subject[-1] in _KINDS_OF_PLACE:
        return subject[-1]
    if len(subject) < 4:
        return None
    head = subject[-2:]
    words = rjieba.tag(head)
    return head if len(words) > 1 or words[0][1].startswith("n") else None


def _names_a_sister(before: str, head: int, subjects: tuple[str, ...]) -> bool:
    sister = re.search(r"(?:^|[,。:、\s比和与])([\u4e00-\u9fff]{2,4})$", before[:head])
    if sister is None or any(subject.endswith(sister[1]) for subject in subjects):
        return False
    return not re.search(r"[的在了是去个这那该本仅限只可须]", sister[1])


def is_not_meant(element: Expectation, value: Element, line: Line) -> bool:
    """A value that was, is denied, or tells when the news was written."""
    before = line.whole[line.start : value.start]
    if element.kind in ("modality", "docno"):
        return False
    if element.kind == "date" and _DATELINE.search(line.whole[value.end : line.end]):
        first, last = line.clause(value.start)
        return not any(first <= start < last for start, _ in occurrences(element, line))
    if value.moment is not None and value.moment.role is not None:
        return bool(_ONCE_MEANT.search(before))
    if element.kind == "date":
        moved = _MOVED_FROM.search(before) and _MOVED.search(line.whole[value.end : line.end])
        return bool(moved or _ONCE_MEANT.search(before) or _DENIED.search(before))
    earlier = _EARLIER.search(before)
    if earlier is not None and not any(cue in earlier[0] for cue in element.cues):
        return True
    return bool(value.high and _DENIED.search(before))
