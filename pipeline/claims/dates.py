"""Dates and times of day as written, with only what is said: a day without a year has none."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from pipeline.claims.clock import LATE, minutes
from pipeline.claims.numerals import number

_N = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_YEAR = r"(?:\d{4}|[一二三四五六七八九零〇]{4})"
_SAID = r"今年|明年|去年|后年|前年|当年"
_MONTHS = r"本月|下月|下个月|上月|上个月|当月|这个月"
_FESTIVALS = {
    "元旦": (1, 1), "五一": (5, 1), "劳动节": (5, 1), "国庆": (10, 1), "国庆节": (10, 1),
    "三八节": (3, 8), "妇女节": (3, 8), "六一": (6, 1), "儿童节": (6, 1), "教师节": (9, 10),
    "双十一": (11, 11), "植树节": (3, 12),
}  # fmt: skip
_DATE = re.compile(
    rf"(?:(?P<year>{_YEAR})年|(?P<said>{_SAID}))?(?P<month>{_N})月(?P<day>{_N})(?:日|号)"
    rf"|(?P<iso_year>\d{{4}})[-/.](?P<iso_month>\d{{1,2}})[-/.](?P<iso_day>\d{{1,2}})(?!\d)"
    rf"|(?:(?P<year2>{_YEAR})年|(?P<said2>{_SAID}))(?P<month2>{_N})月(?P<part2>份|底|末|初|中旬)?"
    rf"|(?<![\d个.])(?P<month4>{_N})月(?P<part4>底|末|份?(?=起|开始))"
    rf"|(?:(?P<year5>{_YEAR})年|(?P<said5>{_SAID}))?(?P<festival>元旦|五一(?=起|前|后|开|正|施|实|期|劳|,)|劳动节"
    rf"|国庆节?|三八节|妇女节|六一(?=起|前|后|期|,)|儿童节|教师节|植树节)"
    rf"|(?:(?P<year6>{_YEAR})年|(?P<said6>{_SAID}))?年底(?=前|之前|以前|完|开|建|投|截)"
    rf"|(?P<month3>\d{{1,2}})-(?P<day3>\d{{1,2}})(?![\d-])(?=日|号)"
    rf"|(?P<relative_month>{_MONTHS})(?P<day7>{_N})(?:日|号)"
    rf"|(?P<relative>今天|今日|明天|明日|后天|昨天|昨日|今晚|明晚|即日(?=起)|今(?=起))"
)
_CLOCK = re.compile(
    rf"(?P<part>凌晨|清晨|早上|早晨|早|上午|中午|下午|傍晚|晚上|晚间|晚|夜里|夜间|深夜)?"
    rf"(?:(?P<hour>\d{{1,2}}):(?P<minute>\d{{2}})(?!\d)"
    rf"|(?P<hour2>{_N}|零)(?:点(?!多|钟头|击|评|赞|[\d一二三四五六七八九]+[%个])|时(?!候|间|段|期))"
    rf"(?:(?P<minute2>{_N})分?|(?P<half>半)|(?P<quarter>一刻|三刻)|整)?)"
)
_RELATIVE = {
    "今天": 0, "今日": 0, "今晚": 0, "即日": 0, "今": 0, "明天": 1, "明日": 1, "明晚": 1, "后天": 2,
    "昨天": -1, "昨日": -1,
}  # fmt: skip
_YEARS = {"今年": 0, "当年": 0, "明年": 1, "去年": -1, "后年": 2, "前年": -2}
_CONNECTED = re.compile(r"\s*(?:起)?\s*(?:至|到|-|~|—+|―|–)\s*(?:次日|翌日|第二天|当日|当天)?\s*")
_DAY_AFTER = re.compile(
    rf"(?:至|到|-|~|—+|–)\s*({_N})(?:日|号)"
    rf"|[^,、;。\d]{{0,8}}[,、]\s*({_N})(?:日|号)(?=前|止|结束|截止|闭幕|恢复|停|[上下中]午|早|晚|凌|\d)"
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date, a time of day, or both; None is what the text leaves open."""

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    minute: int | None = None
    """Minute of the day."""
    role: Literal["from", "to"] | None = None
    """Which end of a span such as 5月18日至24日 it is."""

    def agrees(self, other: Moment) -> bool | None:
        """Whether both can mean the same; None when they have no part in common."""
        pairs = [
            (mine, theirs)
            for mine, theirs in (
                (self.year, other.year),
                (self.month, other.month),
                (self.day, other.day),
                (_clock_face(self.minute), _clock_face(other.minute)),
            )
            if mine is not None and theirs is not None
        ]
        if not pairs or (len(pairs) == 1 and pairs[0][0] is self.year and self.month is not None):
            return None
        return all(mine == theirs for mine, theirs in pairs)


def _clock_face(minute: int | None) -> int | None:
    """24:00 and 0:00 look the same."""
    return None if minute is None else minute % 1440


@lru_cache(maxsize=32)
def moments(folded: str, today: date | None = None) -> tuple[Moment, ...]:
    """Dates and times in order; `today` gives the year of 今年 and the day of 明天."""
    clocks = [each for match in _CLOCK.finditer(folded) if (each := _clock(match))]
    dates: list[Moment] = []
    for match in _DATE.finditer(folded):
        found = _date(match, today)
        if found is not None:
            dates.append(found)
            dates.extend(_day_after(folded, found))
    for place, found in enumerate(dates):
        beside = next((c for c in clocks if _is_beside(folded, found, c)), None)
        if beside is not None:
            clocks.remove(beside)
            dates[place] = replace(found, end=beside.end, minute=beside.minute)
    return tuple(_with_roles(folded, sorted([*dates, *clocks], key=lambda each: each.start)))


def _is_beside(folded: str, day: Moment, clock: Moment) -> bool:
    between = folded[day.end : clock.start]
    return day.end <= clock.start and (not between.strip() or between in (",", "的", "(", "起"))


def _day_after(folded: str, first: Moment) -> Iterator[Moment]:
    """The 24日 of 5月18日至24日; a time of day may stand between."""
    clock = _CLOCK.match(folded, first.end)
    match = _DAY_AFTER.match(folded, clock.end() if clock else first.end)
    day = _value(match[1] or match[2]) if match else None
    if match and day is not None and first.month and 1 <= day <= 31:
        start = match.start(1) if match[1] else match.start(2)
        yield Moment(start, match.end(), first.year, first.month, day)


def _with_roles(folded: str, found: list[Moment]) -> list[Moment]:
    """Neighbours joined by 至 are the two ends of a span; 下午2点到5点 is all in the afternoon."""
    for place in range(len(found) - 1):
        first, second = found[place], found[place + 1]
        if not _CONNECTED.fullmatch(folded, first.end, second.start):
            continue
        found[place] = replace(first, role="from")
        minute = second.minute
        if first.minute is not None and minute is not None and second.day is None:
            late = any(folded.startswith(part, first.start) for part in LATE)
            if late and minute <= 720 and minute + 720 > first.minute:
                minute += 720
        found[place + 1] = replace(second, role="to", minute=minute)
    return found


def _date(match: re.Match[str], today: date | None) -> Moment | None:
    part = match.groupdict()
    if part["relative"]:
        if today is None:
            return None
        day = today + timedelta(days=_RELATIVE[part["relative"]])
        end = match.end() - (part["relative"][-1] == "晚")
        return Moment(match.start(), end, day.year, day.month, day.day)
    year = _value(
        part["year"] or part["iso_year"] or part["year2"] or part["year5"] or part["year6"]
    )
    said = part["said"] or part["said2"] or part["said5"] or part["said6"]
    if said and today is not None:
        year = today.year + _YEARS[said]
    month, day_ = _month_and_day(part, today)
    if month is None or not 1 <= month <= 12 or (day_ is not None and not 1 <= day_ <= 31):
        return None
    if (part["part2"] or part["part4"]) in ("底", "末"):
        day_ = monthrange(year or 2023, month)[1]
    return Moment(*match.span(), year, month, day_)


def _month_and_day(
    part: dict[str, str | None], today: date | None
) -> tuple[int | None, int | None]:
    if part["festival"]:
        return _FESTIVALS[part["festival"]]
    if part["relative_month"]:
        if today is None:
            return None, None
        shift = {"下": 1, "上": -1}.get(part["relative_month"][0], 0)
        return (today.month - 1 + shift) % 12 + 1, _value(part["day7"])
    month = part["month"] or part["iso_month"] or part["month2"] or part["month3"]
    month = month or part["month4"]
    if month is None:
        return 12, 31
    return _value(month), _value(part["day"] or part["iso_day"] or part["day3"])


def _clock(match: re.Match[str]) -> Moment | None:
    hour = 0 if match["hour2"] == "零" else _value(match["hour"] or match["hour2"])
    minute = _value(match["minute"] or match["minute2"]) or 0
    if match["half"]:
        minute = 30
    elif match["quarter"]:
        minute = 15 if match["quarter"] == "一刻" else 45
    made = None if hour is None else minutes(match["part"], hour, minute)
    return None if made is None else Moment(*match.span(), minute=made)


def _value(written: str | None) -> int | None:
    value = number(written) if written else None
    return None if value is None else int(value)
