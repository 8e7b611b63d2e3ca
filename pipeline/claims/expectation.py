"""Official facts, folded and read once, and when a value found agrees with an official one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import rjieba

from pipeline.claims.elements import Element, elements, first_of, same_modality
from pipeline.model import ElementKind, Fact, FactElement
from pipeline.normalise import fold

_START = re.compile(
    r"^\s*(?:起|开始|后|以后|之日|,?(?:正式|全面)?(?:施行|实施|执行|生效|启用|开市|开业|启动))"
)
_END = re.compile(r"^\s*(?:前|之前|以前|止|截止|为止|结束|到期)")
_STARTING = re.compile(
    r"起|开始|启动|开市|开门|开馆|开放|开抢|开工|开通|开栓|首班|上班|营业|报名时间|施行|实施|执行"
)
_ENDING = re.compile(
    r"截止|结束|截至|之前|为止|到期|恢复|闭|关门|收摊|打烊|末班|下班|停暖|解除|来水|期限"
)
_EXCHANGED = (frozenset("个处座家所站间"), frozenset("只条头"), frozenset("项条种类份"))
"""Measure words that people exchange freely."""
_OWN = frozenset(("次", "岁", "度", "米", "公斤", "平方米", "立方米", "层", "期", "届", "级"))
"""Measure words that 个 cannot stand for."""

_ALSO = {
    "罚款": ("处罚", "最高罚", "被罚", "罚"), "处罚": ("罚款", "被罚", "最高罚"), "补贴": ("补助",),
    "补助": ("补贴",), "工本费": ("工本费用",), "办结": ("办好", "办完", "办妥"),
    "截止": ("截至", "截止到"), "举行": ("举办", "召开"), "举办": ("举行", "召开"),
    "奖励": ("奖金",), "租金": ("房租",), "票价": ("车票",), "报名费": ("报名费用",),
    "开始": ("启动", "开启"), "停暖": ("停止供暖", "停热"), "押金": ("保证金",),
    "每立方米": ("每方", "一方", "每吨"), "每平方米": ("每平米", "每平"), "报销比例": ("报销",),
}  # fmt: skip
"""Cues that people use for one another."""

Role = Literal["from", "to"]


@dataclass(frozen=True)
class Expectation:
    """An element of a fact, folded and read."""

    id: str
    kind: ElementKind
    written: str
    required: bool
    cues: tuple[str, ...]
    value: Element | None
    anchor: re.Pattern[str] | None
    """For a date without cues: what must follow it, as in the fact's own statement."""
    role: Role | None
    """For a date: which end of a span it is."""
    official: str
    """The value as the fact has it."""
    longer: tuple[str, ...] = ()
    implied: tuple[str, ...] = ()
    """Where the fact gives no cue: the words beside the value in its statement."""
    """Cues of other elements that hold one of its own: 陪产假 is not 产假."""


@dataclass(frozen=True)
class Prepared:
    fact: Fact
    subjects: tuple[str, ...]
    elements: tuple[Expectation, ...]
    statement: str

    def expected(self, element: str) -> str:
        return self.element(element).official

    def element(self, element: str) -> Expectation:
        return next(each for each in self.elements if each.id == element)

    @cached_property
    def years(self) -> frozenset[int]:
        """Years that the statement counts by: 2026年度, 2026年秋季."""
        found = re.findall(
            r"((?:19|20)\d{2})年(?:度|春季|秋季|[^\d月]{0,6}(?:招生|缴费|招聘|考试))",
            self.statement,
        )
        return frozenset(int(year) for year in found)

    @cached_property
    def editions(self) -> frozenset[tuple[str, str]]:
        """第八届, 第二批: which of a series it is about."""
        return editions(self.statement)


def editions(folded: str) -> frozenset[tuple[str, str]]:
    found = re.findall(r"第([\d一二三四五六七八九十百]{1,4})([届期批轮])", folded)
    return frozenset((measure, ordinal) for ordinal, measure in found)


def prepare(fact: Fact) -> Prepared:
    """Fold and read a fact once."""
    statement = fold(fact.statement).text
    prepared = []
    for element in fact.elements:
        written = fold(element.value).text
        value = first_of(element.kind, written)
        own = filter(None, (fold(cue).text for cue in element.cues))
        cues = tuple(dict.fromkeys(each for cue in own for each in (cue, *_ALSO.get(cue, ()))))
        stated = _stated(statement, value) if element.kind == "date" else None
        anchor = None
        if stated is not None and not cues:
            after = statement[stated.end :]
            anchor = _END if _END.search(after) else _START if _START.search(after) else None
        prepared.append(
            Expectation(
                element.id, element.kind, written, element.required, cues, value, anchor,
                _role(statement, stated, cues) if element.kind == "date" else None, element.value,
                _longer(fact, element), () if cues else _implied(statement, value, fact.subjects),
            )
        )  # fmt: skip
    subjects = tuple(filter(None, (fold(subject).text for subject in fact.subjects)))
    return Prepared(fact, subjects, tuple(prepared), statement)


def _implied(statement: str, value: Element | None, subjects: tuple[str, ...]) -> tuple[str, ...]:
    """门票 and no more of “菊花展在翠屏公园举办，门票20元”."""
    if value is None or value.kind not in ("amount", "percentage", "duration", "count"):
        return ()
    stated = next(
        (each for each in elements(statement, value.kind) if agrees(value, each) is True), None
    )
    if stated is None:
        return ()
    before = re.split(r"[,。;、:(]", statement[: stated.start])[-1]
    behind = re.split(r"[,。;、:)]", statement[stated.end :])[0]
    words = [*rjieba.cut(before)[-1:], *rjieba.cut(behind)[:1]]
    return tuple(w for w in words if len(w) > 1 and not any(w in subject for subject in subjects))


def _longer(fact: Fact, element: FactElement) -> tuple[str, ...]:
    others = [
        e
        for e in fact.elements
        if e.id != element.id and (e.kind == element.kind or element.kind == "modality")
    ]
    terms = {fold(cue).text for other in others for cue in other.cues}
    own = {fold(cue).text for cue in element.cues}
    return tuple(sorted(t for t in terms if any(cue and cue in t and cue != t for cue in own)))


def _stated(statement: str, value: Element | None) -> Element | None:
    """Where the statement itself gives a date."""
    for found in elements(statement, "date"):
        if value and value.moment and found.moment and found.moment.agrees(value.moment):
            return found
    return None


def _role(statement: str, stated: Element | None, cues: tuple[str, ...]) -> Role | None:
    if stated is not None and stated.moment is not None and stated.moment.role:
        return stated.moment.role
    after = statement[stated.end :] if stated is not None else ""
    if _END.search(after) or any(_ENDING.search(cue) for cue in cues):
        return "to"
    if _START.search(after) or any(_STARTING.search(cue) for cue in cues):
        return "from"
    return None


def follows_role(role: Role | None, after: str) -> bool:
    """Whether 起, 前, 止 … after a date say that it is that end of a span."""
    return bool((_START if role == "from" else _END).search(after)) if role else False


def agrees(expected: Element, found: Element) -> bool | None:
    """Whether two values can be the same; None when they cannot be compared."""
    kind = expected.kind
    if kind == "modality":
        return same_modality(expected.unit, found.unit)
    if kind == "docno":
        return expected.unit == found.unit
    if kind == "date":
        if expected.moment is None or found.moment is None:
            return None
        return expected.moment.agrees(found.moment)
    if expected.unit != found.unit and found.unit and not _countable(expected, found):
        return _unlike(expected, found)
    return _same_number(expected, found)


def _countable(expected: Element, found: Element) -> bool:
    if expected.kind != "count":
        return False
    units = {expected.unit, found.unit}
    return any(units <= each for each in _EXCHANGED) or ("个" in units and not units & _OWN)


def _same_number(expected: Element, found: Element) -> bool:
    """Intervals: a bound is compared with the bound, 约200 with what lies in it."""
    slack = 1e-9 * max(1.0, abs(expected.low))
    if expected.low != expected.high and not expected.loose and not _is_bound(expected):
        inside = expected.low - slack <= found.low and found.high <= expected.high + slack
        return inside or (_is_bound(found) and _bound(found) in (expected.low, expected.high))
    if found.loose or expected.loose:
        return found.low - slack <= expected.high and expected.low - slack <= found.high
    if _is_bound(expected):
        if _is_bound(found):
            same_way = (expected.low == 0) == (found.low == 0)
            return same_way and abs(_bound(expected) - _bound(found)) <= slack
        return expected.low - slack <= found.low and found.high <= expected.high + slack
    return abs(_bound(found) - expected.low) <= slack


def _is_bound(value: Element) -> bool:
    return value.high == float("inf") or (value.low == 0 and value.high > 0)


def _bound(value: Element) -> float:
    """The number that was written; of a span its upper end."""
    return value.low if value.high == float("inf") else value.high


def _unlike(expected: Element, found: Element) -> bool | None:
    """Other units: free is free in any currency; working days and days are not the same limit."""
    if expected.kind == "amount":
        return not (expected.high or found.high)
    return False if expected.kind == "duration" else None
