"""Values that say nothing of any element: what a rate is counted by, what somebody spent, and
sums that have a name of their own."""

from __future__ import annotations

import re

from pipeline.claims.elements import Element
from pipeline.claims.expectation import GROUP, Expectation, Prepared
from pipeline.claims.reading import Line

_SPENT = re.compile(r"(?:花|掏|用|省|赚|捡|借|欠|赔|奖金|酬谢)了?$")
_BOUGHT = re.compile(
    r"^(?:钱)?(?:买|打的|打车|吃|请|租|入手|淘|的(?!标准|罚款|押金|补贴|补助|奖励|费))"
)
_SUM = r"[\u4e00-\u9fff]{1,3}(?:费|金|税|款|券)"
_NAMED_BEFORE = re.compile(rf"({_SUM})(?:用|标准)?(?:为|是|:|涨到|涨至|提高到|降到)?$")
_NAMED_BEHIND = re.compile(rf"(?:的)?({_SUM})")
_GENERIC = frozenset(
    ("收费", "费用", "交费", "缴费", "罚款", "现金", "付费", "自费", "资金", "免费")
)
_CAPPED = re.compile(r"^内?(?:最高)?(?:封顶|\d+(?:元|块))")
_COUNTING = re.compile(r"[只仅就才共足]有?|[减改降缩][少成为到]|最多|限|[每为到至]$")
_ONE = re.compile(r"(?:一|1)(?![\d十百千万点.])")
_RATE = re.compile(r"^[\u4e00-\u9fff]{0,2}?(?:\d|[一二两三四五六七八九十][十百千万元块]|封顶)")


def is_a_rate(value: Element, line: Line) -> bool:
    """一天封顶40元, 600元一个月: the time is what the amount is for."""
    written = line.whole[value.start : value.end]
    after = line.whole[value.end : min(line.end, value.end + 8)]
    if value.kind == "duration" and _CAPPED.search(after):
        return True
    if value.kind not in ("duration", "count") or not _ONE.match(written):
        return False
    return bool(_RATE.search(after)) or line.whole[value.start - 1] in "元块次每毛"


def is_named_otherwise(
    prepared: Prepared, element: Expectation, value: Element, line: Line
) -> bool:
    """伙食费300元, 450元校服费: a sum with a name of its own that is none of the cues."""
    if value.kind != "amount" or not element.cues:
        return False
    first, last = line.clause(value.start)
    before = _NAMED_BEFORE.search(line.whole[first : value.start])
    behind = _NAMED_BEHIND.match(line.whole[value.end : last])
    known = (*element.cues, *prepared.subjects)
    named = before or behind
    if named is None or any(each in line.whole[first:last] for each in element.cues):
        name = before[1] if before else ""
        return bool(name) and not any(_akin(name, each) for each in known)
    return not any(_akin(named[1], each) for each in known)


def _akin(name: str, term: str) -> bool:
    """Whether one of two names of sums may stand for the other."""
    return name in term or term in name or name[-2:] in _GENERIC or name[-2:] in term


def is_for_some(element: Expectation, value: Element, line: Line) -> bool:
    """65岁以上老人免费 says nothing of what the others pay."""
    if not element.for_all or (value.kind, value.high > 0) not in (
        ("amount", False),
        ("percentage", True),
    ):
        return False
    first, _ = line.clause(value.start)
    return GROUP.search(line.whole[first : value.start]) is not None


def is_an_article(element: Expectation, value: Element, line: Line) -> bool:
    """一名学生 counts nobody where the fact counts many; 只有一名 does."""
    if value.kind != "count" or element.value is None or element.value.low < 2 * value.low:
        return False
    single = line.whole[value.start] == "一" and value.end - value.start == 2
    return single and not _COUNTING.search(line.whole[line.start : value.start])


def is_spent(value: Element, line: Line) -> bool:
    """花3200元买了车 is what somebody paid for something else."""
    if value.kind != "amount" or not value.high:
        return False
    before = line.whole[line.start : value.start]
    return bool(_BOUGHT.search(line.whole[value.end : line.end])) and bool(
        _SPENT.search(before) or "买" in line.whole[value.end : value.end + 2]
    )
