"""Decisive parts of a text — amounts, shares, durations, counts, dates, modality — as values.

All patterns read folded text (`pipeline.normalise`); spans are places in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pipeline.claims.dates import Moment, moments
from pipeline.claims.numerals import NUMBER, number
from pipeline.model import ElementKind

_RANGE = r"(?:-|~|—+|至|到)"
_MORE = r"[多余几来]"

_CURRENCIES = {
    "元": "元", "块钱": "元", "块": "元", "圆": "元", "元钱": "元", "rmb": "元", "人民币": "元",
    "美元": "美元", "美金": "美元", "港元": "港元", "港币": "港元", "欧元": "欧元", "日元": "日元",
}  # fmt: skip
_AMOUNT = r"美元|美金|港元|港币|欧元|日元|块钱|块(?![\u4e00-\u9fff])|元钱|元(?!月|旦)|圆|rmb|人民币"
_FREE = re.compile(
    r"免费|免收|免征|不收费|不收取|不再收取|不收|零收费|零费用|零元|分文不取|不要钱|不花钱|不用(?:交|缴|花)钱|"
    r"不收(?:一分|任何)|无需(?:缴费|交费|付费)|免除|全免"
)
_NOT_FREE = re.compile(r"(?:不是|不再|并非|取消|没有|停止|不)$")
_MINUTES = {
    "分钟": 1, "分": 1, "秒": 1 / 60, "秒钟": 1 / 60, "小时": 60, "钟头": 60, "天": 1440,
    "自然日": 1440, "日": 1440, "周": 10080, "星期": 10080, "礼拜": 10080,
}  # fmt: skip
_DURATION = (
    r"工作日|交易日|自然日|小时|钟头|分钟|秒钟|秒|天|星期|礼拜|周(?![一二三四五六日年])|月|季度|年|"
    r"日(?=内|以内|之内)"
)
_PEOPLE = dict.fromkeys("人名位", "人")
_MEASURES = (
    r"平方米|平方公里|公里|千米|公斤|千克|批次|人次|户次|件次|台次|个|家|户|起|例|人|名|位|件|批|项|条|所|处|"
    r"辆|台|部|份|次|吨|套|座|场|只|头|亩|米|间|栋|张|种|类|支|瓶|盒|箱|袋|期|届|m2"
)
_NOT_COUNTED = r"(?!工作日|交易日|自然日|小时|钟头|月|季度|星期|礼拜|周|百分点|半|年)"

_QUANTITY = re.compile(
    rf"(?P<about>大?约|将?近|大概|差不多)?(?P<low>{NUMBER})(?P<lowunit>{_AMOUNT}|%|{_MEASURES}|天)?"
    rf"(?P<range>{_RANGE})(?P<high>{NUMBER})(?P<unit2>"
    rf"{_AMOUNT}|%|个?(?:{_DURATION})|(?:{_MEASURES}){_NOT_COUNTED})"
    rf"|(?P<about1>大?约|将?近|大概|差不多)?(?P<value>{NUMBER})(?P<more>{_MORE})?"
    rf"(?P<unit>{_AMOUNT}|%|成(?:半)?(?![\u4e00-\u9fff])|个?(?:{_DURATION})|(?:{_MEASURES}){_NOT_COUNTED})"
    rf"(?P<half>半)?(?P<after>左右|上下|以上|以下|以内|之内)?"
)
_FRACTION = re.compile(rf"(百|千|万)分之({NUMBER})")
_SIGNED = re.compile(rf"[¥￥$]({NUMBER})")
_AND_A_HALF = re.compile(rf"({NUMBER})个半(小时|钟头|月)")
_HALF = re.compile(r"半(个月|小时|年|天|个小时|个钟头|个工作日)")
_COMPOUND = re.compile(rf"({NUMBER})(?:个)?小时({NUMBER}|半)(?:分钟?)?")
_DOCNO = re.compile(r"[\u4e00-\u9fff]{1,10}[〔\[(](\d{4})[〕\])](?:第)?(\d+)号")
_MODALITIES = (
    ("禁止", re.compile(r"不得|禁止|严禁|不准|不允许|不许|不能|不可(?!或缺|避免|信)")),
    (
        "不强制",
        re.compile(r"可以不|无须|无需|不必|不用|不需要|不强制|不要求|自愿|可选|可自行|鼓励|建议"),
    ),
    ("必须", re.compile(r"必须|应当|须(?!知)|强制|一律要|务必|需要|要求|需(?![求])")),
    ("可以", re.compile(r"可以|允许|准许|可(?=[\u4e00-\u9fff])(?![能是见靠])")),
)


@dataclass(frozen=True, slots=True)
class Element:
    """A value found in a text. Quantities are an interval `low`…`high` of one `unit`."""

    kind: ElementKind
    start: int
    end: int
    low: float = 0.0
    high: float = 0.0
    unit: str = ""
    moment: Moment | None = None


def elements(folded: str, kind: ElementKind, today: date | None = None) -> list[Element]:
    """All values of a kind, in order, none inside another."""
    found: Iterator[Element]
    match kind:
        case "amount" | "percentage" | "duration" | "count":
            found = (each for each in _quantities(folded) if each.kind == kind)
        case "date":
            found = (
                Element("date", moment.start, moment.end, moment=moment)
                for moment in moments(folded, today)
            )
        case "docno":
            found = (
                Element("docno", m.start(), m.end(), unit=f"{m[1]}-{int(m[2])}")
                for m in _DOCNO.finditer(folded)
            )
        case "modality":
            found = _modalities(folded)
        case _:
            return []
    return _outermost(found)


def _outermost(found: Iterator[Element]) -> list[Element]:
    kept: list[Element] = []
    for element in sorted(found, key=lambda each: (each.start, -each.end)):
        if not kept or element.start >= kept[-1].end:
            kept.append(element)
    return kept


def _quantities(folded: str) -> Iterator[Element]:
    yield from _special(folded)
    yield from _composed(folded)
    for match in _QUANTITY.finditer(folded):
        element = _ranged(match) if match["range"] else _single(match, folded)
        if element is not None:
            yield element


def _special(folded: str) -> Iterator[Element]:
    for match in _FREE.finditer(folded):
        if not _NOT_FREE.search(folded[max(0, match.start() - 2) : match.start()]):
            yield Element("amount", *match.span(), 0.0, 0.0, "元")
    for match in _SIGNED.finditer(folded):
        value = number(match[1])
        if value is not None:
            yield Element(
                "amount", *match.span(), value, value, "美元" if match[0][0] == "$" else "元"
            )
    for match in _FRACTION.finditer(folded):
        value = number(match[2])
        if value is not None:
            share = value * {"百": 1.0, "千": 0.1, "万": 0.01}[match[1]]
            yield Element("percentage", *match.span(), share, share, "%")


def _composed(folded: str) -> Iterator[Element]:
    for match in _COMPOUND.finditer(folded):
        hours, minutes = number(match[1]), 30.0 if match[2] == "半" else number(match[2])
        if hours is not None and minutes is not None:
            total = hours * 60 + minutes
            yield Element("duration", *match.span(), total, total, "分")
    for match in _AND_A_HALF.finditer(folded):
        value = number(match[1])
        if value is not None:
            kind, unit, scale = _unit(match[2])
            yield Element(kind, *match.span(), (value + 0.5) * scale, (value + 0.5) * scale, unit)
    for match in _HALF.finditer(folded):
        kind, unit, scale = _unit(match[1])
        if folded[match.start() - 1 : match.start()] not in ("年", "月", "天"):
            yield Element(kind, *match.span(), scale / 2, scale / 2, unit)


def _ranged(match: re.Match[str]) -> Element | None:
    low, high = number(match["low"]), number(match["high"])
    if low is None or high is None:
        return None
    kind, unit, scale = _unit(match["unit2"])
    if low > high and match["high"][-1:] in "万亿千百":
        low *= number("1" + match["high"][-1]) or 1
    return Element(kind, *match.span(), min(low, high) * scale, max(low, high) * scale, unit)


def _single(match: re.Match[str], folded: str) -> Element | None:
    value = number(match["value"])
    written = match["unit"]
    before = folded[max(0, match.start() - 1) : match.start()]
    if (
        value is None
        or before == "第"
        or (
            before
            and before in ".:/-"
            and match.start() > 1
            and (folded[match.start() - 2].isdigit())
        )
    ):
        return None
    kind, unit, scale = _unit(written)
    if (
        kind == "duration"
        and written in ("月", "年")
        and not match["more"]
        and (written == "月" or value >= 100)
    ):
        return None
    low = high = value
    if written.endswith("半") or (match["half"] and kind == "duration"):
        low = high = value + 0.5
    if match["more"]:
        high = value + _step(value) * (1 - 1e-6)
    if match["about1"] or match["after"] in ("左右", "上下"):
        low, high = low * 0.9, high * 1.1
    elif match["after"] == "以上" and kind != "duration":
        high = float("inf")
    elif match["after"] == "以下" and kind != "duration":
        low = 0.0
    return Element(kind, *match.span(), low * scale, high * scale, unit)


def _step(value: float) -> float:
    """What 多 may add: 200多 stays under 300, 20多 under 30, 3万多 under 4万."""
    step = 1.0
    while value and value % (step * 10) == 0:
        step *= 10
    return step


def _unit(written: str) -> tuple[ElementKind, str, float]:
    """Kind, common unit and factor of a unit as written."""
    if written in _CURRENCIES:
        return "amount", _CURRENCIES[written], 1.0
    if written == "%":
        return "percentage", "%", 1.0
    if written.startswith("成"):
        return "percentage", "%", 10.0
    bare = written.removeprefix("个")
    if bare in ("工作日", "交易日"):
        return "duration", bare, 1.0
    if bare in _MINUTES:
        return "duration", "分", float(_MINUTES[bare])
    if bare in ("月", "季度", "年"):
        return "duration", "月", {"月": 1.0, "季度": 3.0, "年": 12.0}[bare]
    return "count", _PEOPLE.get(written, written), 1.0


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
    if not found and kind == "amount" and (value := number(written)) is not None:
        return Element("amount", 0, len(written), value, value, "元")
    if not found and kind == "percentage" and (value := number(written)) is not None:
        return Element("percentage", 0, len(written), value, value, "%")
    return found[0] if found else None
