"""One element of a fact: where a text speaks of it, and whether it says the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.claims.elements import Element, elements, first_of, same_modality
from pipeline.claims.reading import Line, Reading
from pipeline.model import Fact, FactElement
from pipeline.normalise import fold

_NEAR = 14
"""Letters between a cue and a value of another clause that still belong together."""
_EARLIER = re.compile(
    r"(?:由|从|原(?:来|先|本)?(?:的|为|需|要|是)?|此前|以前|过去|之前|往年|曾(?:经)?|去年|前年|当年|不再是?|不是|而非|"
    r"并非|降低了?|提高了?|减少了?|增加了?|压减了?|缩短了?|上调了?|下调了?|涨了|降了)[^,。]{0,3}$"
)
_PAST = re.compile(r"去年|前年|往年|过去|以前|曾经|此前|原来|原先|当年|早先|前几年|多年前")
_PLANNED = re.compile(r"拟(?!定)|计划|征求意见|明年|下一步|力争|争取|目标")
_YEAR = re.compile(r"(?<!\d)(\d{4})年")
_CHARGED = (
    r"(?:要|需要?|得|须|必须|开始|将|恢复|被|强制|照样|照旧|仍然?|还)(?:另外?|再|先|统一|额外)?"
    r"(?:收取?|加收|交纳?|缴纳?|支付|付|掏)(?:[^,。]{0,4})"
)
_NEGATED = re.compile(r"(?:不|无|没有?|免|未|勿|别|停止|禁止|严禁)[^,。]{0,3}$")
_START = re.compile(
    r"^\s*(?:起|开始|后|以后|之日|,?(?:正式|全面)?(?:施行|实施|执行|生效|启用|开市|开业))"
)
_END = re.compile(r"^\s*(?:前|之前|以前|止|截止|为止|结束|到期)")
_WIDE = ("全市", "全省", "全国", "全区", "全县", "所有", "全部", "全体", "一律", "各类", "任何")
_NARROW = re.compile(r"(?:仅限?|只限?|只有|限于|仅对|只对|部分|个别|少数)[^,。;]{0,10}")


@dataclass(frozen=True, slots=True)
class Said:
    """What a text says of an element, at `start:end` of the folded field, and if it is right."""

    right: bool
    start: int
    end: int
    found: str
    in_title: bool
    value: Element | None


@dataclass(frozen=True, slots=True)
class Expectation:
    """An element of a fact, folded and read."""

    id: str
    kind: str
    written: str
    required: bool
    source: FactElement
    cues: tuple[str, ...]
    value: Element | None
    anchor: re.Pattern[str] | None
    """For a date without cues: what must follow it, as in the fact's own statement."""


@dataclass(frozen=True, slots=True)
class Prepared:
    fact: Fact
    subjects: tuple[str, ...]
    elements: tuple[Expectation, ...]

    def expected(self, element: str) -> str:
        return next(each.source.value for each in self.elements if each.id == element)

    def holds(self, element: str, said: Said, day: date) -> bool:
        """Whether the value that was said is this fact's."""
        own = next(each for each in self.elements if each.id == element)
        if said.value is None:
            return own.written == said.found
        return own.value is not None and agrees(own.value, said.value, own.kind) is True


def prepare(fact: Fact) -> Prepared:
    """Fold and read a fact once."""
    statement = fold(fact.statement).text
    prepared = []
    for element in fact.elements:
        written = fold(element.value).text
        value = first_of(element.kind, written)
        anchor = None
        if element.kind == "date" and not element.cues:
            stated = elements(statement, "date")
            after = next((statement[e.end :] for e in stated if _same_day(e, value)), "")
            anchor = _END if _END.search(after) else _START
        cues = tuple(filter(None, (fold(cue).text for cue in element.cues)))
        prepared.append(
            Expectation(
                element.id, element.kind, written, element.required, element, cues, value, anchor
            )
        )
    subjects = tuple(filter(None, (fold(subject).text for subject in fact.subjects)))
    return Prepared(fact, subjects, tuple(prepared))


def _same_day(found: Element, value: Element | None) -> bool:
    return bool(found.moment and value and value.moment and found.moment.agrees(value.moment))


def agrees(expected: Element, found: Element, kind: str) -> bool | None:
    """Whether two values can be the same; None when they cannot be compared."""
    if kind == "modality":
        return same_modality(expected.unit, found.unit)
    if kind == "docno":
        return expected.unit == found.unit
    if kind == "date":
        if expected.moment is None or found.moment is None:
            return None
        return expected.moment.agrees(found.moment)
    if expected.unit != found.unit:
        return _unlike(expected, found, kind)
    slack = 1e-9 * max(1.0, abs(expected.low))
    if expected.low == expected.high:
        return found.low - slack <= expected.low <= found.high + slack
    return expected.low - slack <= found.low and found.high <= expected.high + slack


def _unlike(expected: Element, found: Element, kind: str) -> bool | None:
    """Other units: free is free in any currency; working days and days are not the same limit."""
    if kind == "amount":
        return not (expected.high or found.high)
    return False if kind == "duration" else None


def compare_element(
    prepared: Prepared, element: Expectation, reading: Reading, day: date
) -> Said | None:
    """What the text says of an element; None when it does not speak of it.

    Of several sentences the first that contradicts counts, unless it also has the right value.
    """
    agreeing: Said | None = None
    for line in _speaking_lines(prepared, element, reading):
        if not line.asserts or _another_time(prepared.fact, element, line, day):
            continue
        said = list(_said_in(prepared, element, line, day))
        right = next((each for each in said if each.right), None)
        wrong = next((each for each in said if not each.right), None)
        if wrong is not None and right is None:
            return wrong
        agreeing = agreeing or right
    return agreeing


def _speaking_lines(prepared: Prepared, element: Expectation, reading: Reading) -> Iterator[Line]:
    """Sentences with the subject, and those near them that name a cue of the element."""
    about = [any(s in line.sentence.text for s in prepared.subjects) for line in reading.lines]
    titled = any(a and line.in_title for a, line in zip(about, reading.lines, strict=True))
    for place, line in enumerate(reading.lines):
        beside = titled or any(about[max(0, place - 2) : place + 2])
        if about[place] or (beside and any(cue in line.sentence.text for cue in element.cues)):
            yield line


def _another_time(fact: Fact, element: Expectation, line: Line, day: date) -> bool:
    """Whether a sentence tells of an earlier or planned state."""
    if element.kind == "date":
        return False
    text = line.sentence.text
    years = [int(year) for year in _YEAR.findall(text)]
    since = fact.effective_from
    past = bool(_PAST.search(text)) and not re.search(r"现在|如今|目前|今年|仍|还是|依然", text)
    old = bool(years) and since is not None and max(years) < since.year
    return past or old or bool(_PLANNED.search(text)) or any(year > day.year for year in years)


def _said_in(prepared: Prepared, element: Expectation, line: Line, day: date) -> Iterator[Said]:
    if element.kind in ("phrase", "place", "name"):
        yield from _phrase_in(element, line)
        return
    if element.value is None:
        return
    start, end = line.sentence.start, line.sentence.end
    values = [
        _moved(each, start) for each in elements(line.sentence.text, element.source.kind, day)
    ]
    for value in values:
        if not _belongs(prepared, element, value, values, line):
            continue
        if element.kind != "modality" and _EARLIER.search(line.whole[start : value.start]):
            continue
        verdict = agrees(element.value, value, element.kind)
        if verdict is not None:
            yield _said(verdict, line, value.start, value.end, value)
    if element.kind == "amount" and element.value.high == 0 and not values:
        yield from _charged(element, line, end)


def _moved(element: Element, offset: int) -> Element:
    """The element at its place in the whole field."""
    return Element(
        element.kind,
        element.start + offset,
        element.end + offset,
        element.low,
        element.high,
        element.unit,
        element.moment,
    )


def _said(right: bool, line: Line, start: int, end: int, value: Element | None) -> Said:
    return Said(right, start, end, line.whole[start:end], line.in_title, value)


def _charged(element: Expectation, line: Line, end: int) -> Iterator[Said]:
    """A charge without an amount, where the fact says that there is none."""
    for cue in element.cues:
        pattern = re.compile(_CHARGED + re.escape(cue))
        for match in pattern.finditer(line.whole, line.sentence.start, end):
            if not _NEGATED.search(line.whole[line.sentence.start : match.start()]):
                yield _said(False, line, match.start(), match.end(), None)


def _phrase_in(element: Expectation, line: Line) -> Iterator[Said]:
    offset = line.sentence.start
    place = line.sentence.text.find(element.written)
    if place >= 0:
        yield _said(True, line, offset + place, offset + place + len(element.written), None)
    elif element.kind == "phrase" and element.written in _WIDE:
        match = _NARROW.search(line.sentence.text)
        if match and any(cue in line.sentence.text for cue in element.cues or (match[0],)):
            yield _said(False, line, offset + match.start(), offset + match.end(), None)


def _belongs(
    prepared: Prepared,
    element: Expectation,
    value: Element,
    values: Sequence[Element],
    line: Line,
) -> bool:
    """Whether a value is the one that the element is about: its cue is the nearest to it."""
    if element.anchor is not None:
        if element.source.kind == "date" and value.moment and value.moment.minute is not None:
            return value.moment.day is None
        return bool(element.anchor.search(line.whole[value.end :]))
    if not element.cues:
        clause = _clause(value, line)
        near = line.whole[clause[0] : clause[1]]
        same_unit = [v for v in values if v.unit == value.unit]
        return any(s in near for s in prepared.subjects) or len(same_unit) == 1
    own = _distance(element.cues, value, line)
    if own is None:
        return False
    for other in prepared.elements:
        if other.id != element.id and other.kind == element.kind:
            rival = _distance(other.cues, value, line)
            if rival is not None and rival < own:
                return False
    return not any(
        other is not value
        and (distance := _distance(element.cues, other, line)) is not None
        and distance < own
        and _clause(other, line) != _clause(value, line)
        for other in values
    )


def _clause(value: Element, line: Line) -> tuple[int, int]:
    return next(
        ((start, end) for start, end in line.clauses if start <= value.start < end),
        (line.sentence.start, line.sentence.end),
    )


def _distance(cues: Sequence[str], value: Element, line: Line) -> int | None:
    """Letters to the nearest cue: any in the same clause, near ones elsewhere in the sentence."""
    first, last = _clause(value, line)
    best: int | None = None
    for cue in cues:
        place = line.whole.find(cue, line.sentence.start, line.sentence.end)
        while place >= 0:
            gap = max(0, place - value.end, value.start - place - len(cue))
            inside = first <= place < last
            if (inside or gap <= _NEAR) and (best is None or gap + (not inside) * 5 < best):
                best = gap + (not inside) * 5
            place = line.whole.find(cue, place + 1, line.sentence.end)
    return best
