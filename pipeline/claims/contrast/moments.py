"""Dates, times of day and weekdays of a sentence, with only what is said."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.claims.clock import minutes
from pipeline.claims.contrast.figure import Figure
from pipeline.claims.numerals import number

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
_CONNECTED = re.compile(r"(?:起)?(?:至|到|-|~|—+|–|、|和)")
_RELATIVE = {
    "今天": 0, "今日": 0, "今晚": 0, "今早": 0, "明天": 1, "明日": 1, "明晚": 1, "明早": 1,
    "后天": 2, "昨天": -1, "昨日": -1, "昨晚": -1, "前天": -2, "本月": 100, "上月": 99,
    "上个月": 99, "下月": 101, "下个月": 101, "本周": 200, "上周": 199, "下周": 201,
}  # fmt: skip
_WEEKS = {"本": 200, "这": 200, "上": 199, "下": 201}
_YEARS = {"今年": 0, "本年": 0, "明年": 1, "去年": -1, "上年": -1, "后年": 2, "前年": -2}


def moments(folded: str, start: int, end: int) -> Iterator[Figure]:
    clocks = {
        match.start(): made
        for match in _CLOCK.finditer(folded, start, end)
        if (made := _clock(match)) is not None
    }
    before: Figure | None = None
    for match in _DATE.finditer(folded, start, end):
        if match.start() == match.end():
            continue
        made = _date(match)
        if made is None:
            continue
        if before is not None and _CONNECTED.fullmatch(folded, before.end, made.start):
            made = _in_same_month(before, made)
        before = made
        clock = clocks.pop(made.end, None)
        if clock is not None:
            moment = (*made.moment[:3], clock.moment[3], *made.moment[4:])
            before = Figure(made.start, clock.end, moment=moment)
            yield before
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


def _in_same_month(first: Figure, second: Figure) -> Figure:
    """The 27日 of 3月20日至27日 is in March."""
    if second.moment[2] is None or second.moment[1] is not None:
        return second
    return Figure(second.start, second.end, moment=(None, first.moment[1], *second.moment[2:]))


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
    made = None if hour is None else minutes(match["part"], hour, minute)
    return (
        None if made is None else Figure(*match.span(), moment=(None, None, None, made, None, None))
    )


def _whole(written: str | None) -> int | None:
    value = number(written) if written else None
    return None if value is None else int(value)
