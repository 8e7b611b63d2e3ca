"""One element of a fact: where a text speaks of it, and whether it says the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from operator import itemgetter

from pipeline.claims.agreement import agrees
from pipeline.claims.binding import Topic, bound
from pipeline.claims.elements import Element, bare_days, bare_numbers, elements
from pipeline.claims.expectation import Expectation, Prepared
from pipeline.claims.nearness import occurrences
from pipeline.claims.numerals import NUMBER, number
from pipeline.claims.phrases import is_left_out, phrased
from pipeline.claims.quantities import quantities
from pipeline.claims.reading import Line, Reading
from pipeline.claims.slots import slot
from pipeline.claims.standing import is_not_meant, stands
from pipeline.claims.told_by_cue import charged, had_to

_AS_NEAR = 4
"""Letters by which a right value may stand farther off than a wrong one of the same clause."""
_LEADING = re.compile(
    r"[为是到至:达约共仅只才就要收需交缴罚贷奖补给有最高多低上限封顶一每年月天次人户可能得涨降调整标准家庭"
    r"以老的]{0,10}"
)
"""What may stand between a cue and a number without a unit that is its value."""


_LIMITS = re.compile(
    r"[不没]得?(?:超|多于|高于|低于|少于)|最[高多低少]|至[多少]|上限|下限|以[内上下]|封顶|起步|[只限]|标准|"
    r"[涨降减缩升改]|提高|提至|调|增加|延长|规定|新规|一律|统一"
)
"""Words by which a sentence tells the rule itself and not a case under it."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a text says of an element, at `start:end` of the folded field, and if it is right."""

    right: bool
    start: int
    end: int
    found: str
    in_title: bool
    value: Element | None
    firm: bool = True
    """The sentence holds no wish or opinion."""


@dataclass(frozen=True, slots=True)
class Spoken:
    about: list[Line]
    """Sentences with the subject."""
    beside: list[Line]
    """Those near them, which count where they name a cue."""


def holds(prepared: Prepared, element: str, said: Said) -> bool:
    """Whether the value that was said is this fact's."""
    own = prepared.element(element)
    if said.value is None:
        return own.written == said.found
    return own.value is not None and agrees(own.value, said.value) is True


def compare_element(topic: Topic, element: Expectation, spoken: Spoken, day: date) -> Said | None:
    """What the text says of an element; None when it does not speak of it.

    Of several sentences the first counts: what a later one says otherwise is mostly of something
    else. Sentences beside those with the subject are asked only where these say nothing of it.
    """
    beside = (
        line
        for line in spoken.beside
        if element.kind == "docno" or any(cue in line.text for cue in element.cues)
    )
    for line in (*spoken.about, *beside):
        if line.asserts:
            said = _told(topic, element, line, day)
            if said is not None:
                return said
    return None


def is_missing(
    element: Expectation, reading: Reading, day: date, subjects: tuple[str, ...]
) -> bool:
    """Whether a text says nothing of a required element, in whatever words."""
    whole = "\n".join(line.text for line in reading.lines)
    if element.value is None or element.kind in ("phrase", "place", "name"):
        return is_left_out(element.written, whole, subjects) is True
    found = elements(whole, element.kind, day)
    return not any(agrees(element.value, each) for each in found)


def speaking(topic: Topic, reading: Reading) -> Spoken:
    """The sentences of a text that may speak of a fact."""
    about = [any(s in line.text for s in topic.prepared.subjects) for line in reading.lines]
    titled = any(a and line.in_title for a, line in zip(about, reading.lines, strict=True))
    beside = [
        line
        for place, line in enumerate(reading.lines)
        if not about[place]
        and (titled or any(about[max(0, place - 3) : place + 2]))
        and not any(other in line.text for other in topic.others)
    ]
    return Spoken([line for a, line in zip(about, reading.lines, strict=True) if a], beside)


def _told(topic: Topic, element: Expectation, line: Line, day: date) -> Said | None:
    """What a line says: the value nearest to the element, or a right one of the same clause."""
    told = [
        (distance, said)
        for distance, said in _candidates(topic, element, line, day)
        if stands(topic.prepared, element, said.start, said.end, line, day.year)
    ]
    if not told:
        return None
    least, nearest = min(told, key=itemgetter(0))
    clause = line.clause(nearest.start)
    right = (
        said
        for distance, said in told
        if said.right and distance <= least + _AS_NEAR and line.clause(said.start) == clause
    )
    return next(right, nearest)


def _candidates(
    topic: Topic, element: Expectation, line: Line, day: date
) -> Iterator[tuple[int, Said]]:
    if element.kind == "phrase":
        phrase = phrased(element.written, element.cues, line.text)
        if phrase is not None:
            yield 0, _said(phrase.right, line, phrase.start + line.start, phrase.end + line.start)
    elif element.kind in ("place", "name"):
        subjects = topic.prepared.subjects
        filled = slot(element.kind, element.written, element.cues, subjects, line.text)
        if filled is not None:
            yield 0, _said(filled.right, line, filled.start + line.start, filled.end + line.start)
    elif element.kind == "docno" and element.written in line.text:
        place = line.start + line.text.index(element.written)
        yield 0, _said(True, line, place, place + len(element.written), element.value)
    elif element.value is not None:
        if element.kind == "modality":
            for span in had_to(element, line):
                yield 1, _said(True, line, *span, element.value)
        values = _values(element, line, day)
        yield from _bound(topic, element, values, line)
        if element.kind == "amount" and element.value.high == 0 and not values:
            for span in charged(element, line):
                yield 0, _said(False, line, *span)


def _bound(
    topic: Topic, element: Expectation, values: list[Element], line: Line
) -> Iterator[tuple[int, Said]]:
    for distance, value in bound(topic, element, values, line):
        bare = not value.unit and value.kind in ("amount", "count")
        subjects = topic.prepared.subjects
        if bare and not _leads_to(element, value, subjects, line):
            continue
        if is_not_meant(element, value, line):
            continue
        verdict = _verdict(element, value, line)
        if verdict is not None:
            yield distance, _said(verdict, line, value.start, value.end, value)


def _leads_to(element: Expectation, value: Element, subjects: tuple[str, ...], line: Line) -> bool:
    """Whether a number without a unit stands right behind a cue."""
    ends = [end for _, end in occurrences(element, line) if end <= value.start]
    if not ends:
        return False
    between = line.whole[max(ends) : value.start]
    for subject in subjects:
        between = between.replace(subject, "")
    return bool(_LEADING.fullmatch(between))


def _values(element: Expectation, line: Line, day: date) -> list[Element]:
    """Values of the element's kind in a line; those without a unit where a clause has no other."""
    found = elements(line.text, element.kind, day)
    if element.kind == "duration":
        found += [e for e in bare_days(line.text) if not _overlaps(e, found)]
    if element.kind in ("amount", "count") and element.cues:
        taken = [*quantities(line.text), *elements(line.text, "date", day)]
        clauses = {line.clause(each.start + line.start) for each in found}
        scale = _scale(element)
        found += [
            replace(each, low=each.low * scale, high=each.high * scale)
            for each in bare_numbers(line.text, element.kind)
            if not _overlaps(each, taken) and line.clause(each.start + line.start) not in clauses
        ]
    return [replace(v, start=v.start + line.start, end=v.end + line.start) for v in found]


def _overlaps(value: Element, taken: list[Element]) -> bool:
    return any(value.start < each.end and each.start < value.end for each in taken)


def _scale(element: Expectation) -> float:
    """What the unit of the official value makes of its number: 60公里 are 60,000 metres."""
    match = re.search(NUMBER, element.written)
    written = number(match[0]) if match else None
    assert element.value is not None
    return element.value.low / written if written else 1.0


def _verdict(element: Expectation, value: Element, line: Line) -> bool | None:
    assert element.value is not None
    verdict = agrees(element.value, value)
    if verdict is False and element.limit and not _LIMITS.search(line.text):
        within = (
            value.high < element.value.low
            if element.limit == "ceiling"
            else value.low > element.value.high
        )
        return None if within else False
    if element.kind != "docno" or element.cues:
        return verdict
    issuer = re.split(r"[〔\[(]", element.written)[0]
    return verdict if issuer in line.whole[value.start : value.end] else None


def _said(right: bool, line: Line, start: int, end: int, value: Element | None = None) -> Said:
    firm = all(sort != "supposed" for _, sort in line.markers.stances)
    return Said(right, start, end, line.whole[start:end], line.in_title, value, firm)
