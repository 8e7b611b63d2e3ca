"""Amounts, shares, durations and counts in folded text, in common units."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pipeline.claims.numerals import NUMBER, number
from pipeline.claims.values import Element
from pipeline.model import ElementKind

_RANGE = r"(?:-|~|—+|至|到)"
_MORE = r"[多余几来]"

_CURRENCIES = {
    "元": "元", "块钱": "元", "块": "元", "圆": "元", "元钱": "元", "rmb": "元", "人民币": "元",
    "美元": "美元", "美金": "美元", "港元": "港元", "港币": "港元", "欧元": "欧元", "日元": "日元",
}  # fmt: skip
_PARTS = {"角": 0.1, "毛": 0.1, "毛钱": 0.1, "分钱": 0.01}
_AMOUNT = (
    r"美元|美金|港元|港币|欧元|日元|块钱|块(?![\u4e00-\u9fff])|块(?=一|每|左右|以上|以下|的|了|就|都|才|不|封)|"
    r"元钱|元(?!月|旦|宵|素|老|帅)|圆|rmb|人民币|毛钱|角(?![\u4e00-\u9fff])|毛(?![\u4e00-\u9fff])|分钱"
)
_FREE = re.compile(
    r"免费|免收|免征|不收费|不收取|不再收取|不收(?:一分|任何)|不收|零收费|零费用|零元|分文不取|不要钱|不花钱|不用(?:交|缴|花)钱|"
    r"无需(?:缴费|交费|付费)|免除|全免|免(?!疫|检)(?=[\u4e00-\u9fff]{0,3}(?:费|门票|押金|票))|"
    r"(?:不用|不要|不必|不需要?|无需|无须|没有|没|无|零)(?:再|任何)?(?:交|缴|付|收)?"
    r"(?=[\u4e00-\u9fff]{0,3}(?:费|门票|押金)(?!用?[高低贵]|率))|"
    r"一分(?:钱)?(?:都|也)?不(?:用|要|收|花|交)|不(?:另|再|额外)?(?:加|收)钱|"
    r"(?:财政|政府)(?:统一|全额)?(?:出|承担|负担|买单)|取消(?:了)?(?=[\u4e00-\u9fff]{0,3}(?:费|押金))"
)
_NOT_FREE = re.compile(r"(?:不是|不再|并非|取消|没有|停止|不)$")
_MINUTES = {
    "分钟": 1, "秒": 1 / 60, "秒钟": 1 / 60, "小时": 60, "钟头": 60, "天": 1440,
    "自然日": 1440, "日": 1440, "周": 10080, "星期": 10080, "礼拜": 10080,
}  # fmt: skip
_DURATION = (
    r"工作日|交易日|自然日|小时|钟头|分钟|秒钟|秒|天|星期|礼拜|周(?![一二三四五六日年岁])|月|季度|"
    r"年(?!级|代|份|底|初)|日(?=内|以内|之内)"
)
_COMMON: dict[str, tuple[str, float]] = {
    **dict.fromkeys("人名位", ("人", 1.0)), "周岁": ("岁", 1.0), "针": ("剂", 1.0),
    "剂次": ("剂", 1.0), "本": ("册", 1.0), "批次": ("批", 1.0), "部": ("台", 1.0),
    "辆": ("台", 1.0),
    "公里": ("米", 1000.0), "千米": ("米", 1000.0), "厘米": ("米", 0.01), "平米": ("平方米", 1.0),
    "m2": ("平方米", 1.0), "平方公里": ("平方米", 1e6), "公顷": ("平方米", 1e4),
    "吨": ("公斤", 1000.0), "千克": ("公斤", 1.0), "斤": ("公斤", 0.5), "克": ("公斤", 0.001),
    "方": ("立方米", 1.0),
    "摄氏度": ("度", 1.0), "℃": ("度", 1.0), "°c": ("度", 1.0),
}  # fmt: skip
_MEASURES = (
    r"平方米|平方公里|立方米|平米|公里|千米|厘米|公斤|千克|公顷|摄氏度|°c|批次|剂次|周岁|人次|户次|件次|台次|"
    r"个|家|户|起|例|人|名|位|件|批|项|条|所|处|辆|台|部|份|次|吨|套|座|场|只|头|亩|米|间|栋|张|种|类|支|瓶|"
    r"盒|箱|袋|期|届|m2|岁|剂|针|册|本(?!市|区|人|地|次|月|年|轮)|站|笔|宗|枚|斤|克|度|层|方(?![案式面法便向针才形位程圆])|"
    r"分(?![钟钱之局店公别为成布开享类期行级组院部手店两三])"
)
_NOT_COUNTED = r"(?!工作日|交易日|自然日|小时|钟头|月|季度|星期|礼拜|周(?!岁)|百分点|半|年)"
_UNIT = rf"{_AMOUNT}|%|‰|个?(?:{_DURATION})|(?:{_MEASURES}){_NOT_COUNTED}"
_ABOUT = r"大?约|将近|近|大概|差不多|(?<![不得没])超过|逾|突破|不到|不足"

_QUANTITY = re.compile(
    rf"(?P<about>{_ABOUT})?(?P<low>{NUMBER})(?P<lowunit>{_AMOUNT}|%|{_MEASURES}|天)?"
    rf"(?P<range>以上(?:至|到|,|、|不满|不超过)?|{_RANGE})(?P<high>{NUMBER})(?P<unit2>{_UNIT})"
    rf"(?P<below>以下)?"
    rf"|(?P<about1>{_ABOUT})?(?P<value>{NUMBER})(?P<more>{_MORE})?"
    rf"(?P<unit>{_UNIT})(?P<half>半)?(?P<after>左右|上下|以上|以下|以内|之内|及以上|及以下)?"
)
_NOT_A_TENTH = r"(?![功立为员绩本果都人交品长效就语年名套组分熟一了批])"
_TENTHS = re.compile(
    rf"([一二两三四五六七八九\d])成(半|[一二三四五六七八九](?=[^\d一-龥]|$))?{_NOT_A_TENTH}"
)
_REBATE = re.compile(
    r"(?<![\d.])([一二三四五六七八九]{1,2}|\d(?:\.\d)?)折(?![叠扣腾磨射返线旧算合断])"
)
_HALVED = re.compile(r"半价|减半|对折|一半")
_FRACTION = re.compile(rf"(百|千|万)分之({NUMBER})")
_SIGNED = re.compile(rf"[¥￥$]({NUMBER})")
_SPLIT_PRICE = re.compile(
    rf"({NUMBER})[块元](\d|[一二三四五六七八九])(?:(?:毛|角)(\d|[一二三四五六七八九])?)?(?:分|钱)?(?![\d\u4e00-\u9fff])"
)
_AND_A_HALF = re.compile(rf"({NUMBER})个半(小时|钟头|月)")
_HALF = re.compile(r"半(个月|小时|年|天|个小时|个钟头|个工作日|周)")
_EVERY = re.compile(r"每个?(年|月|季度|周|天)(?=[\u4e00-\u9fff]{0,4}(?:一|1)次)")
_COMPOUND = re.compile(rf"({NUMBER})(?:个)?小时(?:({NUMBER})分钟?|半)")
_YEARS_AND_MONTHS = re.compile(rf"({NUMBER})年(?:零)?({NUMBER})个月")
_SHARES = {"百": 1.0, "千": 0.1, "万": 0.01}


@lru_cache(maxsize=32)
def quantities(folded: str) -> tuple[Element, ...]:
    """All quantities, some inside others: the longest at a place is the one that is meant.

    Kept for the sentences of one text, which every element asks for.
    """
    return tuple(_quantities(folded))


def _quantities(folded: str) -> Iterator[Element]:
    yield from _free_and_signed(folded)
    yield from _shares(folded)
    yield from _composed(folded)
    for match in _QUANTITY.finditer(folded):
        element = _ranged(match) if match["range"] else _single(match, folded)
        if element is not None:
            yield element


def _exact(kind: ElementKind, match: re.Match[str], value: float, unit: str) -> Element:
    return Element(kind, *match.span(), value, value, unit)


def _free_and_signed(folded: str) -> Iterator[Element]:
    for match in _FREE.finditer(folded):
        if not _NOT_FREE.search(folded[max(0, match.start() - 2) : match.start()]):
            yield _exact("amount", match, 0.0, "元")
    for match in _SIGNED.finditer(folded):
        value = number(match[1])
        if value is not None:
            yield _exact("amount", match, value, "美元" if match[0][0] == "$" else "元")


def _shares(folded: str) -> Iterator[Element]:
    for match in _FRACTION.finditer(folded):
        value = number(match[2])
        if value is not None:
            yield _exact("percentage", match, value * _SHARES[match[1]], "%")
    for match in _TENTHS.finditer(folded):
        tenths = number(match[1]) or 0.0
        rest = 0.5 if match[2] == "半" else (number(match[2]) or 0.0) / 10 if match[2] else 0.0
        yield _exact("percentage", match, (tenths + rest) * 10, "%")
    for match in _REBATE.finditer(folded):
        value = number(match[1])
        if value is not None:
            yield _exact("percentage", match, value if value >= 10 else value * 10, "%")
    for match in _HALVED.finditer(folded):
        yield _exact("percentage", match, 50.0, "%")


def _composed(folded: str) -> Iterator[Element]:
    for match in _COMPOUND.finditer(folded):
        hours, minutes = number(match[1]), number(match[2]) if match[2] else 30.0
        if hours is not None and minutes is not None:
            yield _exact("duration", match, hours * 60 + minutes, "分")
    for match in _YEARS_AND_MONTHS.finditer(folded):
        years, months = number(match[1]), number(match[2])
        if years is not None and months is not None and years < 100:
            yield _exact("duration", match, years * 12 + months, "月")
    for match in _SPLIT_PRICE.finditer(folded):
        whole, tenth, cent = (number(part) if part else 0.0 for part in match.groups())
        if whole is not None and tenth is not None and cent is not None:
            yield _exact("amount", match, whole + tenth / 10 + cent / 100, "元")
    for match in _EVERY.finditer(folded):
        kind, unit, scale = _unit(match[1])
        yield _exact(kind, match, scale, unit)
    for match in _AND_A_HALF.finditer(folded):
        value = number(match[1])
        if value is not None:
            kind, unit, scale = _unit(match[2])
            yield _exact(kind, match, (value + 0.5) * scale, unit)
    for match in _HALF.finditer(folded):
        kind, unit, scale = _unit(match[1])
        if folded[match.start() - 1 : match.start()] not in ("年", "月", "天"):
            yield _exact(kind, match, scale / 2, unit)


def _ranged(match: re.Match[str]) -> Element | None:
    low, high = number(match["low"]), number(match["high"])
    if low is None or high is None:
        return None
    kind, unit, scale = _unit(match["unit2"])
    if low > high and match["high"][-1:] in "万亿千百":
        low *= number("1" + match["high"][-1]) or 1
    return Element(kind, *match.span(), min(low, high) * scale, max(low, high) * scale, unit)


def _single(match: re.Match[str], folded: str) -> Element | None:
    value, written = number(match["value"]), match["unit"]
    if value is None or _is_part_of_a_name(match, folded):
        return None
    kind, unit, scale = _unit(written)
    if written == "月" or (written == "年" and value >= 100 and not match["more"]):
        return None
    if match["half"] and kind == "duration":
        value += 0.5
    low, high, loose = _interval(value, match)
    return Element(kind, *match.span(), low * scale, high * scale, unit, loose=loose)


def _is_part_of_a_name(match: re.Match[str], folded: str) -> bool:
    """第3个, 3.15.2026."""
    start = match.start()
    before = folded[max(0, start - 1) : start]
    joined = before != "" and before in ".:/-" and start > 1 and folded[start - 2].isdigit()
    return before == "第" or joined


def _interval(value: float, match: re.Match[str]) -> tuple[float, float, bool]:
    """What 约, 多, 左右, 以上, 以下, 不到 … make of a number, and whether it is only about so."""
    about, after = match["about1"], match["after"] or ""
    if match["more"] or about in ("超过", "逾", "突破"):
        return value, value + _step(value) * (1 - 1e-6), True
    if about in ("不到", "不足"):
        return value * 0.8, value * (1 - 1e-6), True
    if about or after in ("左右", "上下"):
        return value * 0.9, value * 1.1, True
    if after.endswith("以上"):
        return value, float("inf"), False
    return (0.0 if after.endswith("以下") else value), value, False


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
    if written in _PARTS:
        return "amount", "元", _PARTS[written]
    if written in ("%", "‰"):
        return "percentage", "%", 1.0 if written == "%" else 0.1
    bare = written.removeprefix("个")
    if bare in ("工作日", "交易日"):
        return "duration", bare, 1.0
    if bare in _MINUTES:
        return "duration", "分", float(_MINUTES[bare])
    if bare in ("月", "季度", "年"):
        return "duration", "月", {"月": 1.0, "季度": 3.0, "年": 12.0}[bare]
    unit, scale = _COMMON.get(written, (written, 1.0))
    return "count", unit, scale
