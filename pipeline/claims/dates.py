"""Dates and times of day as written, with only what is said: a day without a year has none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.claims.numerals import number

_N = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_YEAR = r"(?:\d{4}|[一二三四五六七八九零〇]{4})"
_DATE = re.compile(
    rf"(?:(?P<year>{_YEAR})年|(?P<said>今年|明年|去年|后年|前年))?(?P<month>{_N})月(?P<day>{_N})(?:日|号)"
    rf"|(?P<iso_year>\d{{4}})[-/.](?P<iso_month>\d{{1,2}})[-/.](?P<iso_day>\d{{1,2}})(?!\d)"
    rf"|(?:(?P<year2>{_YEAR})年|(?P<said2>今年|明年|去年|后年|前年))(?P<month2>{_N})月(?:份|底|初|中旬)?"
    rf"|(?P<month3>\d{{1,2}})-(?P<day3>\d{{1,2}})(?![\d-])(?=日|号)"
    rf"|(?P<relative>今天|今日|明天|明日|后天|昨天|昨日)"
)
_CLOCK = re.compile(
    rf"(?P<part>凌晨|清晨|早上|早晨|早|上午|中午|下午|傍晚|晚上|晚间|晚|夜里|夜间|深夜)?"
    rf"(?:(?P<hour>\d{{1,2}}):(?P<minute>\d{{2}})(?!\d)"
    rf"|(?P<hour2>{_N})(?:点|时(?!候|间|段|期))(?:(?P<minute2>{_N})分?|(?P<half>半)|(?P<quarter>一刻|三刻)|整)?)"
)
_LATE = ("下午", "傍晚", "晚上", "晚间", "晚", "夜里", "夜间", "深夜")
_DAYS = {"今天": 0, "今日": 0, "明天": 1, "明日": 1, "后天": 2, "昨天": -1, "昨日": -1}
_YEARS = {"今年": 0, "明年": 1, "去年": -1, "后年": 2, "前年": -2}


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

    def agrees(self, other: Moment) -> bool | None:
        """Whether both can mean the same; None when they have no part in common."""
        pairs = [
            (mine, theirs)
            for mine, theirs in (
                (self.year, other.year),
                (self.month, other.month),
                (self.day, other.day),
                (self.minute, other.minute),
            )
            if mine is not None and theirs is not None
        ]
        if not pairs or (len(pairs) == 1 and pairs[0][0] is self.year and self.month is not None):
            return None
        return all(mine == theirs for mine, theirs in pairs)


def moments(folded: str, today: date | None = None) -> Iterator[Moment]:
    """Dates and times in order; `today` gives the year of 今年 and the day of 明天."""
    clocks = [each for match in _CLOCK.finditer(folded) if (each := _clock(match))]
    for match in _DATE.finditer(folded):
        found = _date(match, today)
        if found is None:
            continue
        beside = next(
            (c for c in clocks if folded[found.end : c.start].isspace() or c.start == found.end),
            None,
        )
        if beside is None:
            yield found
        else:
            clocks.remove(beside)
            yield Moment(found.start, beside.end, found.year, found.month, found.day, beside.minute)
    yield from clocks


def _date(match: re.Match[str], today: date | None) -> Moment | None:
    part = match.groupdict()
    if part["relative"]:
        if today is None:
            return None
        day = today + timedelta(days=_DAYS[part["relative"]])
        return Moment(*match.span(), day.year, day.month, day.day)
    said = part["said"] or part["said2"]
    year = _value(part["year"] or part["iso_year"] or part["year2"])
    if said and today is not None:
        year = today.year + _YEARS[said]
    month = _value(part["month"] or part["iso_month"] or part["month2"] or part["month3"])
    day_ = _value(part["day"] or part["iso_day"] or part["day3"])
    if month is None or not 1 <= month <= 12 or (day_ is not None and not 1 <= day_ <= 31):
        return None
    return Moment(*match.span(), year, month, day_)


def _clock(match: re.Match[str]) -> Moment | None:
    hour = _value(match["hour"] or match["hour2"])
    minute = _value(match["minute"] or match["minute2"]) or 0
    if match["half"]:
        minute = 30
    elif match["quarter"]:
        minute = 15 if match["quarter"] == "一刻" else 45
    if hour is None or hour > 24 or minute > 59:
        return None
    if match["part"] in _LATE and 1 <= hour < 12:
        hour += 12
    return Moment(*match.span(), minute=hour * 60 + minute)


def _value(written: str | None) -> int | None:
    value = number(written) if written else None
    return None if value is None else int(value)
