"""Decisive parts of a text — amounts, shares, durations, counts, dates, modality — as values.

All patterns read folded text (`pipeline.normalise`); spans are places in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from pipeline.claims.dates import moments
from pipeline.claims.numerals import NUMBER, number
from pipeline.claims.quantities import quantities
from pipeline.claims.values import Element
from pipeline.model import ElementKind

__all__ = ["Element", "bare_days", "bare_numbers", "elements", "first_of", "same_modality"]

_DOCNO = re.compile(r"[\u4e00-\u9fff]{1,10}[〔\[(](\d{4})[〕\])](?:第)?(\d+)号")
_MODALITIES = (
    (
        "禁止",
        re.compile(
            r"不得(?!少于|低于|超过|高于|多于)|禁止|严禁|不准|不允许|不许|不能|不可(?!或缺|避免|信)|"
            r"禁(?=[放燃行停养鸣售钓牧捕烧烟])|不让"
        ),
    ),
    (
        "不强制",
        re.compile(
            r"可以不|可不(?=[\u4e00-\u9fff])(?!是)|无须|无需|不必|不用|不需要?|不强制|(?:不是|并非)强制|可([\u4e00-\u9fff])可不\1|不要求|不再要求|自愿|"
            r"可选|可自行|鼓励|建议|免于|免(?=提交|带|交|检|审|验|$)|取消(?=[^,。]{0,4}要求)"
        ),
    ),
    (
        "必须",
        re.compile(
            r"必须|应当|应(?=[\u4e00-\u9fff]|$)(?![当急对聘用届该收付试有声邀景季变运])|须(?!知)|(?<!不)(?<!不是)(?<!并非)强制|一律要|务必|(?<!不)需要|(?<!不)(?<!再)要求|(?<![不无])需(?![求])|"
            r"都得|一律(?=[\u4e00-\u9fff]{2})(?!不|免|可)|只能"
        ),
    ),
    (
        "可以",
        re.compile(
            r"可以(?!不)|(?<!不)允许|(?<!不)准许|(?<!许)可(?=[\u4e00-\u9fff]|$)(?![能是见靠以不选自])|解禁|放开|开放(?=[\u4e00-\u9fff]{2})(?!时间|时段|日|性|式)|"
            r"取消禁|恢复(?=燃放)"
        ),
    ),
)
_BARE_DAYS = re.compile(
    rf"(?<![\d月本下上当每.])({NUMBER})日(?![\d起前后止上早晚中夜凌零至到星周(])"
)
_BARE_NUMBER = re.compile(
    rf"(?<![\d.:/第-])({NUMBER})(?![\d.:%/号路楼栋年月日时点届期折成多余几来])"
)
_ROUND = re.compile(r".[十百千万亿]")
_DOCNO_PREFIX = re.compile(r".*(?:编号|文号|根据|依据|按照|依照|关于|印发|详见|为|是|的|见|和|及)")


def elements(folded: str, kind: ElementKind, today: date | None = None) -> list[Element]:
    """All values of a kind, in order, none inside another."""
    found: Iterable[Element]
    match kind:
        case "amount" | "percentage" | "duration" | "count":
            return [each for each in _outermost(quantities(folded)) if each.kind == kind]
        case "date":
            found = (
                Element("date", moment.start, moment.end, moment=moment)
                for moment in moments(folded, today)
            )
        case "docno":
            found = _docnos(folded)
        case "modality":
            found = _modalities(folded)
        case _:
            return []
    return _outermost(found)


def _outermost(found: Iterable[Element]) -> list[Element]:
    kept: list[Element] = []
    for element in sorted(found, key=lambda each: (each.start, -each.end)):
        if not kept or element.start >= kept[-1].end:
            kept.append(element)
    return kept


def bare_days(folded: str) -> list[Element]:
    """15日 without 内: a duration where one is expected, else most often a day of a month."""
    found = []
    for match in _BARE_DAYS.finditer(folded):
        value = number(match[1])
        if value is not None:
            found.append(Element("duration", *match.span(), value * 1440, value * 1440, "分"))
    return found


def bare_numbers(folded: str, kind: ElementKind) -> list[Element]:
    """Numbers that stand without a unit, such as 最多贷70万; `unit` is empty."""
    found = []
    for match in _BARE_NUMBER.finditer(folded):
        value = number(match[1])
        if value is not None and (match[1][0].isdigit() or _ROUND.search(match[1])):
            found.append(Element(kind, *match.span(), value, value))
    return found


def _docnos(folded: str) -> Iterator[Element]:
    for match in _DOCNO.finditer(folded):
        before = _DOCNO_PREFIX.match(match[0])
        start = match.start() + (before.end() if before else 0)
        yield Element("docno", start, match.end(), unit=f"{match[1]}-{int(match[2])}")


def _modalities(folded: str) -> Iterator[Element]:
    for unit, pattern in _MODALITIES:
        for match in pattern.finditer(folded):
            yield Element("modality", *match.span(), unit=unit)


def same_modality(first: str, second: str) -> bool:
    """Whether two groups of modal words leave the reader with the same duty."""
    free = {"可以", "不强制"}
    return first == second or {first, second} <= free


def first_of(kind: ElementKind, written: str, today: date | None = None) -> Element | None:
    """The value of a fact's element as written in `facts.yaml` (folded); None if it has none."""
    found = elements(written, kind, today)
    if not found and kind == "duration":
        found = bare_days(written)
    if not found and kind == "amount" and (value := number(written)) is not None:
        return Element("amount", 0, len(written), value, value, "元")
    if not found and kind == "percentage" and (value := number(written)) is not None:
        return Element("percentage", 0, len(written), value, value, "%")
    return found[0] if found else None
