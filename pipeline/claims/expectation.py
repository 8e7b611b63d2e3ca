"""Official facts, folded and read once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import rjieba

from pipeline.claims.agreement import agrees
from pipeline.claims.elements import Element, elements, first_of
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
_ALSO = {
    "罚款": ("处罚", "最高罚", "被罚", "罚"), "处罚": ("罚款", "被罚", "最高罚"), "补贴": ("补助",),
    "补助": ("补贴",), "工本费": ("工本费用",), "办结": ("办好", "办完", "办妥"),
    "截止": ("截至", "截止到"), "举行": ("举办", "召开"), "举办": ("举行", "召开"),
    "奖励": ("奖金",), "租金": ("房租",), "票价": ("车票",), "报名费": ("报名费用",),
    "开始": ("启动", "开启"), "停暖": ("停止供暖", "停热"), "押金": ("保证金",),
    "最低": ("起步", "至少"), "最高": ("封顶", "上限", "至多"), "封顶": ("最高",),
    "每立方米": ("每方", "一方", "每吨"), "每平方米": ("每平米", "每平"), "报销比例": ("报销",),
}  # fmt: skip
"""Cues that people use for one another."""
_SHORT = {
    "补贴": "补", "补助": "补", "奖励": "奖", "奖金": "奖", "罚款": "罚", "处罚": "罚",
    "收费": "收", "收取": "收", "缴费": "交", "缴纳": "交", "借阅": "借", "接种": "打",
    "发放": "发", "限领": "领", "领取": "领", "延长": "延", "招聘": "招", "招收": "招",
    "推出": "推",
    "扣分": "扣", "记分": "记", "涨价": "涨", "检定费": "收", "费用": "收", "工本费": "收",
    "服务费": "收", "报销": "报", "报销比例": "报", "补偿": "补", "发行": "发",
}  # fmt: skip

GROUP = re.compile(
    r"岁以[上下]|老年?人|学生|儿童|婴幼儿|未成年|军人|残疾|低保|特困|困难|孕|独生|教师|医护|志愿者|会员|"
    r"[\d一二]米[\d一二三四五]?以下|凭[^,。]{1,6}证|持[^,。]{1,6}[证卡]|首次|首年|新用户|双胞胎"
)
"""Whom a fee may be lowered for."""
_CEILING = re.compile(r"不(?:得|能|应|可)?(?:超过|超|高于|多于|大于)$")
_FLOOR = re.compile(r"不(?:得|能|应|可)?(?:低于|少于|小于)$")

Role = Literal["from", "to"]
Limit = Literal["ceiling", "floor"]


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
    """Cues of other elements that hold one of its own: 陪产假 is not 产假."""
    implied: tuple[str, ...] = ()
    """Where the fact gives no cue: the words beside the value in its statement."""
    limit: Limit | None = None
    """Whether the statement gives the value as the most or the least that is allowed."""
    for_all: bool = False
    """Whether the statement gives the value without naming a group that it is for."""
    short: tuple[str, ...] = ()
    """Single letters that stand for a cue where the number follows: 补800 for 补贴800元."""


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
                _limit(statement, value), _is_for_all(statement, written, cues),
                tuple(dict.fromkeys(_SHORT[cue] for cue in cues if cue in _SHORT)),
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


def _limit(statement: str, value: Element | None) -> Limit | None:
    """不超过300元: what costs less is no other rule."""
    if value is None or value.kind not in ("amount", "percentage", "duration", "count"):
        return None
    for found in elements(statement, value.kind):
        if agrees(value, found):
            before = statement[: found.start]
            return (
                "ceiling" if _CEILING.search(before) else "floor" if _FLOOR.search(before) else None
            )
    return None


def _is_for_all(statement: str, written: str, cues: tuple[str, ...]) -> bool:
    clause = next((c for c in re.split("[,。;(]", statement) if written in c), None)
    return clause is not None and not any(GROUP.search(part) for part in (clause, *cues))


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
