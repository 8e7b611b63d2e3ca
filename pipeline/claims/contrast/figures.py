"""Numbers and dates of a sentence as values, and whether two of them can mean the same.

Unlike `pipeline.claims.elements`, which looks for the values that a fact asks for, every figure of
a sentence is read here, also a bare number, a day without a month and a weekday.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import floor, log10

from pipeline.claims.numerals import NUMBER, number

_N = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_YEAR = r"(?:\d{4}|[一二三四五六七八九零〇]{4})"
_PART = r"凌晨|清晨|早上|早晨|早|上午|中午|正午|下午|傍晚|晚上|晚间|晚|夜里|夜间|深夜|午夜"
_DATE = re.compile(
    rf"(?P<iso>(?<![\d.])(?P<y0>\d{{4}})(?P<sep>[-/.])(?P<m0>\d{{1,2}})(?P=sep)(?P<d0>\d{{1,2}})(?![\d.]))"
    rf"|(?P<since>(?<!\d)\d{{4}}(?=[-~至到]\d{{4}}年))"
    rf"|(?:(?P<year>{_YEAR})年(?!代)|(?P<said>今年|明年|去年|后年|前年|本年|上年))?"
    rf"(?:(?P<month>{_N})月(?:份|底|初|上旬|中旬|下旬|末)?)?(?:(?P<day>{_N})(?:日(?!均|常|元|本|报|内|以内|之内)|号(?!楼|线|院|门|厅|文|公告|机|馆|车|台|店|码)))?"
    rf"|(?P<weekday>(?:本|这|上|下)?(?:周|星期|礼拜)[一二三四五六日天末](?!期))"
    rf"|(?P<relative>今天|今日|明天|明日|后天|昨天|昨日|前天|今晚|今早|昨晚|明晚|明早|本月|上月|下月|上个月|下个月|本周|上周|下周)"
)
_CLOCK = re.compile(
    rf"(?P<part>{_PART})?(?:(?P<hour>\d{{1,2}}):(?P<minute>\d{{2}})(?!\d)"
    rf"|(?P<hour2>{_N})(?:点(?![\d一二三四五六七八九]*(?:个|%|[名条项]))|时(?!候|间|段|期|代|常|刻|任))"
    rf"(?:(?P<minute2>{_N})分?|(?P<half>半)|(?P<quarter>一刻|三刻)|整)?)"
)
_LATE = ("下午", "傍晚", "晚上", "晚间", "晚", "夜里", "夜间", "深夜")
_RELATIVE = {
    "今天": 0, "今日": 0, "今晚": 0, "今早": 0, "明天": 1, "明日": 1, "明晚": 1, "明早": 1,
    "后天": 2, "昨天": -1, "昨日": -1, "昨晚": -1, "前天": -2, "本月": 100, "上月": 99,
    "上个月": 99, "下月": 101, "下个月": 101, "本周": 200, "上周": 199, "下周": 201,
}  # fmt: skip
_WEEKS = {"本": 200, "这": 200, "上": 199, "下": 201}
_YEARS = {"今年": 0, "本年": 0, "明年": 1, "去年": -1, "上年": -1, "后年": 2, "前年": -2}
_LEXICAL = re.compile(
    r"一(?:起|线|些|样|直|定|般|旦|并|律|切|致|同|方面|带一路|边|下|度|手|向|时|贯|经|体|流|带|行|心|路|刀切|把手|再|半|味)|"
    r"统一|万一|千万(?!元|人|美|吨|亩|[只个张名剂])|十分(?!钟|之)|百姓|三亚|四川|九江|五金|百货|百度|千里|万里|四处|百分|千古|"
    r"双十一|两会|三农|四季|八方|七夕|六一|五一|十一(?!月|日|个|人|名|例|号)|万众|千家万户|一万个|两岸|两地|三峡|三元|五粮液|六安|百年|三甲|二维|三维"
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
_PATTERN = re.compile(
    rf"(?P<of>百分之|千分之|万分之)(?P<share>{NUMBER})"
    rf"|(?P<parts>{NUMBER})分之(?P<part>{NUMBER})"
    rf"|(?P<ordinal>第)?(?P<value>{NUMBER})(?P<more>[多余几](?![\u4e00-\u9fff]{{0,1}}(?:样|次三番)))?"
    rf"(?P<tenths>成(?:半)?(?![为立员功本果长就千都绩熟人]))?(?P<scale>[万亿])?(?P<and>个半(?=小时|钟头|月))?(?P<unit>{_UNIT})?(?P<half>半)?"
    rf"|(?P<first>首)(?=[套次批个家例期届针])"
    rf"|(?P<halfunit>半)(?P<unit2>个?小时|个?月|年|天|个?钟头)"
)
_CHINESE = frozenset("一二两三四五六七八九十零〇百千万亿")
_MEASURES = frozenset(
    "个例名人位家户起件批项条所处辆台部份次吨套座场只头亩间栋张种类支瓶盒箱袋期届号楼级线路岁倍折层轮季组队排桌双对"
    "副艘架枚颗棵株片块本册页篇章节大多成两万千百亿省市区县国校镇村城厂店员班站床幅封句声者地天"
)
MANY = frozenset("百千万亿")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number (`low` = `high` unless it says 多 or 余) with its unit, or a date.

    `moment` holds year, month, day and minute of the day, weekday and relative day; None is what
    the text leaves open.
    """

    start: int
    end: int
    value: float = 0.0
    unit: str = ""
    rounded: bool = False
    moment: tuple[int | None, ...] = ()

    @property
    def is_date(self) -> bool:
        return bool(self.moment)

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for figures that are the same without looking at notation."""
        return self.moment or (round(self.value, 6), self.unit)


def figures(folded: str, start: int = 0, end: int | None = None) -> list[Figure]:
    """The figures of `folded[start:end]` in order, none inside another."""
    end = len(folded) if end is None else end
    found = list(_dates(folded, start, end))
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


def _dates(folded: str, start: int, end: int) -> Iterator[Figure]:
    clocks = {
        match.start(): made
        for match in _CLOCK.finditer(folded, start, end)
        if (made := _clock(match)) is not None
    }
    for match in _DATE.finditer(folded, start, end):
        if match.start() == match.end():
            continue
        made = _date(match)
        if made is None:
            continue
        clock = clocks.pop(made.end, None)
        if clock is not None:
            moment = (*made.moment[:3], clock.moment[3], *made.moment[4:])
            yield Figure(made.start, clock.end, moment=moment)
        else:
            yield made
    yield from clocks.values()


def _date(match: re.Match[str]) -> Figure | None:
    part = match.groupdict()
    weekday = relative = None
    if part["weekday"]:
        weekday = "一二三四五六日天末".index(part["weekday"][-1])
        weekday = 6 if weekday == 7 else weekday
        relative = _WEEKS.get(part["weekday"][0])
    elif part["relative"]:
        relative = _RELATIVE[part["relative"]]
    year = _whole(part["y0"] or part["year"] or part["since"])
    if part["said"]:
        relative = 1000 + _YEARS[part["said"]]
    month, day = _whole(part["m0"] or part["month"]), _whole(part["d0"] or part["day"])
    if (month is not None and not 1 <= month <= 12) or (day is not None and not 1 <= day <= 31):
        return None
    if year is not None and not 1900 <= year <= 2100 and month is None:
        return None
    return Figure(*match.span(), moment=(year, month, day, None, weekday, relative))


def _clock(match: re.Match[str]) -> Figure | None:
    alone = match["hour2"] and not match["part"] and len(match["minute2"] or "") == 1
    if alone and not match[0].endswith("分"):  # 四点五 is a number
        return None
    hour = _whole(match["hour"] or match["hour2"])
    minute = _whole(match["minute"] or match["minute2"]) or 0
    if match["half"]:
        minute = 30
    elif match["quarter"]:
        minute = 15 if match["quarter"] == "一刻" else 45
    if hour is None or hour > 24 or minute > 59:
        return None
    if match["part"] in _LATE and 1 <= hour < 12:
        hour += 12
    return Figure(*match.span(), moment=(None, None, None, hour * 60 + minute, None, None))


def _number(match: re.Match[str], lexical: set[int]) -> Figure | None:
    if match["of"] or match["parts"]:
        return _share(match)
    if match["first"]:
        return Figure(*match.span(), 1.0, "第")
    if match["halfunit"]:
        unit, scale = _SCALES[match["unit2"].removeprefix("个")]
        return Figure(*match.span(), scale / 2, unit)
    value = number(match["value"])
    if value is None or _is_word(match, lexical):
        return None
    start, end = match.span()
    if match["scale"]:
        value *= 1e4 if match["scale"] == "万" else 1e8
    unit, scale = "第" if match["ordinal"] else "", 1.0
    if match["tenths"]:
        unit, scale = "%", 10.0
        value += 0.5 if match["tenths"].endswith("半") else 0.0
    elif match["unit"]:
        unit, scale = _SCALES[match["unit"].removeprefix("个")]
    if match["and"] or (match["half"] and unit == "分"):
        value += 0.5
    elif match["half"]:
        end -= 1
    return Figure(start, end, value * scale, unit, rounded=bool(match["more"]))


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
    if len(written) > 1 or match["ordinal"] or match["unit"] or match["tenths"]:
        return False
    return match.string[match.end("value") : match.end("value") + 1] not in _MEASURES


def _whole(written: str | None) -> int | None:
    value = number(written) if written else None
    return None if value is None else int(value)


def agree(official: Figure, mention: Figure, *, hedged: bool = False) -> bool:
    """Whether a figure can stand for another: same value, part of the same date, rounded.

    `hedged`: the mention says that its number is not exact (约, 近, 超过 …).
    """
    if official.is_date != mention.is_date:
        return False
    if official.is_date:
        return _same_moment(official, mention)
    if official.unit != mention.unit and (official.unit and mention.unit):
        return False
    first, second = official.value, mention.value
    if abs(first - second) <= 1e-6 * max(abs(first), abs(second)):
        return True
    if official.unit == mention.unit == "分" and max(first, second) >= 43200:
        return abs(first - second) <= 0.03 * max(first, second)
    return (hedged or (mention.rounded and not official.rounded)) and _is_rounding(first, second)


def _same_moment(official: Figure, mention: Figure) -> bool:
    """Dates agree where both say something; a relative day and an absolute one can be the same."""
    pairs = [
        (mine, theirs)
        for mine, theirs in zip(official.moment, mention.moment, strict=True)
        if mine is not None and theirs is not None
    ]
    if not pairs:
        return {_of_kind(official), _of_kind(mention)} == {"date", "relative"}
    return all(mine == theirs for mine, theirs in pairs)


def _of_kind(figure: Figure) -> str:
    *day, minute, weekday, relative = figure.moment
    if relative is not None or weekday is not None:
        return "relative"
    return "clock" if minute is not None and not any(day) else "date"


def _is_rounding(exact: float, rounded: float) -> bool:
    """Whether a number is another one to fewer digits, up, down or to the nearest."""
    if exact <= 0 or rounded <= 0 or not 0.5 < rounded / exact < 2:
        return False
    kept = _digits(rounded)
    if kept >= _digits(exact):
        return False
    step = 10.0 ** (floor(log10(exact)) - kept + 1)
    return abs(exact - rounded) < step * 1.000001


def _digits(value: float) -> int:
    """Significant digits: 3 for 4.23万."""
    written = f"{value:.6f}".replace(".", "").strip("0")
    return max(1, len(written))


def is_rounding(official: Figure, mention: Figure) -> bool:
    """Whether the mention's number is the official one to two or more digits, unhedged."""
    return (
        not official.is_date
        and not mention.is_date
        and official.unit == mention.unit
        and 2 <= _digits(mention.value) <= _digits(official.value) - 2
        and _is_rounding(official.value, mention.value)
        and abs(official.value - mention.value) <= 0.02 * official.value
    )
