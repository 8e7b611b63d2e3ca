"""Numbers and dates of a sentence as values.

Unlike `pipeline.claims.elements`, which looks for the values that a fact asks for, every figure of
a sentence is read here, also a bare number, a day without a month and a weekday.
"""

from __future__ import annotations

import re

from pipeline.claims.contrast.figure import Figure
from pipeline.claims.contrast.moments import moments
from pipeline.claims.numerals import NUMBER, number

_LEXICAL = re.compile(
    r"一(?:起|线|些|样|直|定|般|旦|并|律|切|致|同|方面|带一路|边|下|度|手|向|时|贯|经|体|流|带|行|心|路|刀切|把手|再|半|味)|"
    r"统一|万一|千万(?!元|人|美|吨|亩|[只个张名剂])|十分(?!钟|之)|百姓|三亚|四川|九江|五金|百货|百度|千里|万里|四处|百分|千古|第一时间|安全第一|生命第一|"
    r"双十一|两会|三农|四季|八方|七夕|六一|五一|十一(?![月日个人名例号小天年周岁家所起元万项条处次点分届批辆台余多吨亩公米])|万众|千家万户|一万个|两岸|两地|三峡|三元|五粮液|六安|百年|三甲|二维|三维"
)
_UNIT = (
    r"%|倍(?!数|率|受)|个?百分点|美元|美金|港元|港币|欧元|日元|英镑|块钱|块(?![\u4e00-\u9fff])|元钱|元(?!月|旦)|"
    r"人民币|角(?!度)|"
    r"个?工作日|个?交易日|个?自然日|个?小时|个?钟头|刻钟|分钟|秒钟|秒|天|日(?=内|以内|之内)|个?星期|"
    r"个?礼拜|周(?![一二三四五六日年岁边期围])|个?季度|个?月|年(?!级|代|度|轻)|"
    r"平方公里|平方千米|平方米|公顷|亩|公里|千米|厘米|毫米|米|公斤|千克|斤|克|吨|升|毫升"
)
_SCALES: dict[str, tuple[str, float]] = {
    "%": ("%", 1), "倍": ("%", 100), "百分点": ("百分点", 1),
    "美元": ("美元", 1), "美金": ("美元", 1), "港元": ("港元", 1), "港币": ("港元", 1),
    "欧元": ("欧元", 1), "日元": ("日元", 1), "英镑": ("英镑", 1), "块钱": ("元", 1),
    "块": ("元", 1),
    "元钱": ("元", 1), "元": ("元", 1), "人民币": ("元", 1), "角": ("元", 0.1),
    "工作日": ("工作日", 1), "交易日": ("工作日", 1), "自然日": ("分", 1440), "小时": ("分", 60),
    "钟头": ("分", 60), "分钟": ("分", 1), "秒钟": ("分", 1 / 60), "秒": ("分", 1 / 60),
    "天": ("分", 1440), "日": ("分", 1440), "星期": ("分", 10080), "礼拜": ("分", 10080),
    "周": ("分", 10080), "刻钟": ("分", 15), "季度": ("分", 131400), "月": ("分", 43800),
    "年": ("分", 525600),
    "平方公里": ("平方米", 1e6), "平方千米": ("平方米", 1e6), "平方米": ("平方米", 1),
    "公顷": ("平方米", 1e4), "亩": ("平方米", 10000 / 15), "公里": ("米", 1e3), "千米": ("米", 1e3),
    "米": ("米", 1), "厘米": ("米", 0.01), "毫米": ("米", 0.001), "公斤": ("克", 1e3),
    "千克": ("克", 1e3), "斤": ("克", 500), "克": ("克", 1), "吨": ("克", 1e6), "升": ("升", 1),
    "毫升": ("升", 0.001),
}  # fmt: skip
_ONE = r"[\d一二两三四五六七八九]"
_PATTERN = re.compile(
    rf"(?P<of>百分之|千分之|万分之)(?P<share>{NUMBER})"
    rf"|(?:(?P<yuan>{NUMBER})[元块])?(?P<jiao>{_ONE})[角毛](?P<fen>{_ONE})分?"
    rf"|(?P<parts>{NUMBER})分之(?P<part>{NUMBER})"
    rf"|(?P<ordinal>第)?(?P<value>{NUMBER})(?P<more>[多余几](?![\u4e00-\u9fff]{{0,1}}(?:样|次三番)))?"
    rf"(?P<tenths>成(?:半|[一二三四五六七八九](?![\u4e00-\u9fff]))?(?![为立员功本果长就千都绩熟人]))?(?P<scale>[万亿])?(?P<and>个半(?=小时|钟头|月))?(?P<rank>[级档]|折(?![叠扣腾磨射返线旧算合断]))?(?P<unit>{_UNIT})?(?P<half>半)?"
    rf"|翻(?P<doubled>[一两二三])番|(?P<halved>半价|对折)"
    rf"|(?P<first>首)(?=[套次批个家例期届针])"
    rf"|(?P<halfunit>半)(?P<unit2>个?小时|个?月|年|天|个?钟头)"
)
_CHINESE = frozenset("一二两三四五六七八九十零〇百千万亿")
_MEASURES = frozenset(
    "个例名人位家户起件批项条所处辆台部份次吨套座场只头亩番间栋张种类支瓶盒箱袋期届号楼级线路岁倍折层轮季组队排桌双对"
    "副艘架枚颗棵株片块本册页篇章节大多成两万千百亿省市区县国校镇村城厂店员班站床幅封句声者地天"
)
MANY = frozenset("百千万亿")


def figures(folded: str, start: int = 0, end: int | None = None) -> list[Figure]:
    """The figures of `folded[start:end]` in order, none inside another."""
    end = len(folded) if end is None else end
    found = list(moments(folded, start, end))
    taken = {place for each in found for place in range(each.start, each.end)}
    lexical = {
        place
        for match in _LEXICAL.finditer(folded, start, end)
        if not any(char.isdigit() for char in match[0])
        for place in range(*match.span())
    }
    for match in _PATTERN.finditer(folded, start, end):
        if match.start() in taken or match.end() - 1 in taken:
            continue
        figure = _number(match, lexical)
        if figure is not None:
            found.append(figure)
    return sorted(found, key=lambda each: each.start)


def _number(match: re.Match[str], lexical: set[int]) -> Figure | None:
    if match["value"] is None:
        return _composed(match)
    value = number(match["value"])
    if value is None or _is_word(match, lexical):
        return None
    start, end = match.span()
    if match["scale"]:
        value *= 1e4 if match["scale"] == "万" else 1e8
    unit, scale = "第" if match["ordinal"] or match["rank"] in ("级", "档") else "", 1.0
    if match["rank"] == "折":
        unit, scale = "%", 10.0 if value < 10 else 1.0
    if match["tenths"]:
        unit, scale = "%", 10.0
        last = match["tenths"][1:]
        value += 0.5 if last == "半" else (number(last) or 0.0) / 10 if last else 0.0
    elif match["unit"]:
        unit, scale = _SCALES[match["unit"].removeprefix("个")]
    if match["and"] or (match["half"] and unit == "分"):
        value += 0.5
    elif match["half"]:
        end -= 1
    return Figure(start, end, value * scale, unit, rounded=bool(match["more"]), written=value)


def _composed(match: re.Match[str]) -> Figure | None:
    """Shares, doublings, 1角8分, 半年: numbers that are no numeral with a unit."""
    if match["of"] or match["parts"]:
        return _share(match)
    if match["jiao"]:
        parts = (match["yuan"], match["jiao"], match["fen"])
        whole, tenth, cent = ((number(part) or 0.0) if part else 0.0 for part in parts)
        return Figure(*match.span(), whole + tenth / 10 + cent / 100, "元")
    if match["doubled"]:
        return Figure(*match.span(), (2.0 ** (number(match["doubled"]) or 1) - 1) * 100, "%")
    if match["halved"]:
        return Figure(*match.span(), 50.0, "%")
    if match["first"]:
        return Figure(*match.span(), 1.0, "第")
    if match["halfunit"]:
        unit, scale = _SCALES[match["unit2"].removeprefix("个")]
        return Figure(*match.span(), scale / 2, unit)
    return None


def _share(match: re.Match[str]) -> Figure | None:
    """百分之五, 三分之一 as a percentage."""
    written = match["share"] or match["part"]
    part = 100.0 if written == "百" else number(written)
    if match["of"]:
        whole: float | None = {"百": 1e2, "千": 1e3, "万": 1e4}[match["of"][0]]
    else:
        whole = number(match["parts"])
    return None if part is None or not whole else Figure(*match.span(), part / whole * 100, "%")


def _is_word(match: re.Match[str], lexical: set[int]) -> bool:
    """Whether Chinese numerals count nothing: 一起, 千万, the name 张三."""
    written = match["value"]
    if written[0] not in _CHINESE:
        return False
    if match.start("value") in lexical or written in MANY:
        return True
    if len(written) > 1 or any(match[each] for each in ("ordinal", "unit", "tenths", "rank")):
        return False
    return match.string[match.end("value") : match.end("value") + 1] not in _MEASURES
