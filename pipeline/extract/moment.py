"""Expressions of time in a line of text → instants."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from datetime import timezone as fixed
from typing import Literal

_CLOCK = (
    r"(?:\s*(?:北京时间)?\s*(?P<half>凌晨|早上|早晨|清晨|上午|中午|下午|傍晚|晚上|晚间|晚|夜间)?\s*"
    r"(?P<hour>[01]?\d"
    r"|2[0-4])\s*(?:[:：]\s*(?P<minute>[0-5]\d)(?:\s*[:：]\s*(?P<second>[0-5]\d)(?:[.,]\d+)?)?"
    r"|[时点]\s*(?P<minute2>[0-5]?\d)\s*分?)(?![\d:：])"
    r"\s*(?P<ampm>[AaPp]\.?[Mm]\.?(?![a-zA-Z]))?"
    r"\s*(?P<offset>Z\b|(?:UTC|GMT)?[+-]\d{2}:?\d{2}(?!\d)|UTC\b|GMT\b)?)"
)
_WEEKDAY = r"(?:\s*[(（\[]?(?:星期|周)[一二三四五六日天][)）\]]?)?"
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"

_FULL = re.compile(
    r"(?<![\d.])(?P<year>(?:19|20)\d{2})(?:\s*(?:[-/.年]|－)\s*"
    r"|\s+(?=\d{1,2}\s*[-/月]))(?P<month>0?[1-9]|1[0-2])\s*(?:[-/.月]|－)\s*"
    r"(?P<day>3[01]|[12]\d|0?[1-9])(?!\d)\s*日?" + _WEEKDAY + r"(?:[T,，\s-]*" + _CLOCK + ")?"
)
_TWO_DIGITS = re.compile(
    r"(?<![\d.:-])(?P<year>\d{2})-(?P<month>0[1-9]|1[0-2])-(?P<day>3[01]|[12]\d|0[1-9])" + _CLOCK
)
_COMPACT = re.compile(
    r"(?<!\d)(?P<year>20\d{2})(?P<month>0[1-9]|1[0-2])(?P<day>3[01]|[12]\d|0[1-9])"
    r"(?:\s*T?(?P<hour>[01]\d|2[0-3]):?(?P<minute>[0-5]\d)(?::?(?P<second>[0-5]\d))?)?(?!\d)"
)
_ENGLISH = re.compile(
    r"\b(?:(?P<day1>\d{1,2})(?:st|nd|rd|th)?\s+" + _MONTH + r"|" + _MONTH.replace("month", "month2")
    + r"\s+(?P<day2>\d{1,2})(?:st|nd|rd|th)?),?\s+(?P<year>(?:19|20)\d{2})"
    + r"(?:[\s,]*(?:at\s+)?" + _CLOCK + ")?",
    re.I,
)  # fmt: skip
_SHORT = re.compile(
    r"(?<![\d年./-])(?P<month>0?[1-9]|1[0-2])\s*(?:月|[-/])\s*(?P<day>3[01]|[12]\d"
    r"|0?[1-9])(?!\d)\s*日?"
    + _WEEKDAY + r"[,，\s]*" + _CLOCK
)  # fmt: skip
_DAYS = {"今天": 0, "今日": 0, "昨天": 1, "昨日": 1, "前天": 2, "today": 0, "yesterday": 1}
_DAY = re.compile(
    r"(?P<day>今天|今日|昨天|昨日|前天|\btoday|\byesterday)(?:(?:\s+at)?[,，\s]*" + _CLOCK + ")?",
    re.I,
)
_AGO = re.compile(
    r"(?P<number>\d{1,3}|半|[一二两三四五六七八九十])\s*个?\s*"
    r"(?:(?P<unit>秒钟?|分钟?|小时|钟头|天|日|周|星期)\s*(?:之?前|以前)|(?P<unit2>second"
    r"|minute|min|hour|day|week)s?\s+ago)",
    re.I,
)
_NOW = re.compile(r"刚刚|刚才|\bjust now\b", re.I)
_LAST = re.compile(
    r"(?P<week>上上|上|本|这)(?:个)?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])(?:[,，\s]*"
    + _CLOCK
    + ")?"
)
_WIDE = str.maketrans("０１２３４５６７８９－／．", "0123456789-/.")
_SECOND, _MINUTE, _HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
_DAY_LONG, _WEEK = timedelta(days=1), timedelta(weeks=1)
_UNITS = {
    "秒": _SECOND, "分": _MINUTE, "小": _HOUR, "钟": _HOUR, "天": _DAY_LONG, "日": _DAY_LONG,
    "周": _WEEK, "星": _WEEK,
    "s": _SECOND, "m": _MINUTE, "h": _HOUR, "d": _DAY_LONG, "w": _WEEK,
}  # fmt: skip
"""By the first letter of the unit."""
_NUMBERS = {"半": 0.5, "两": 2.0} | {
    char: float(n) for n, char in enumerate("一二三四五六七八九十", 1)
}


@dataclass(frozen=True, slots=True)
class Moment:
    """A time found in a text; `start` and `end` tell where. Seconds are cut off."""

    at: datetime
    precision: Literal["minute", "day"]
    start: int
    end: int


def moments(
    text: str, zone: tzinfo, now: datetime | None, *, compact: bool = False
) -> list[Moment]:
    """All times spoken of in `text`, in order; without `now` only those with a year.

    Times without an offset are in `zone`. `compact` also reads 20260305 and 20260305083000.
    """
    text = text.translate(_WIDE)
    found = [m for m in _absolute(text, zone, compact) if m]
    if now is not None:
        taken = [(m.start, m.end) for m in found]
        for moment in _relative(text, now.astimezone(zone)):
            if not any(start < moment.end and moment.start < end for start, end in taken):
                found.append(moment)
                taken.append((moment.start, moment.end))
    return sorted(found, key=lambda m: m.start)


def from_epoch(number: int, zone: tzinfo) -> datetime | None:
    """Seconds or milliseconds since 1970, when they lie between 1995 and 2100."""
    seconds = number / 1000 if number > 10**11 else number
    if not 788_918_400 < seconds < 4_102_444_800:
        return None
    return (
        datetime.fromtimestamp(int(seconds), UTC).astimezone(zone).replace(second=0, microsecond=0)
    )


def _absolute(text: str, zone: tzinfo, compact: bool) -> Iterator[Moment | None]:
    for match in _FULL.finditer(text):
        yield _moment(match, int(match["year"]), int(match["month"]), int(match["day"]), zone)
    for match in _TWO_DIGITS.finditer(text):
        yield _moment(
            match, 2000 + int(match["year"]), int(match["month"]), int(match["day"]), zone
        )
    if compact:
        for match in _COMPACT.finditer(text):
            yield _compact_moment(match, zone)
    if "20" in text or "19" in text:
        for match in _ENGLISH.finditer(text):
            month = _MONTHS.index((match["month"] or match["month2"])[:3].lower()) + 1
            day = int(match["day1"] or match["day2"])
            yield _moment(match, int(match["year"]), month, day, zone)


def _compact_moment(match: re.Match[str], zone: tzinfo) -> Moment | None:
    try:
        at = datetime(
            int(match["year"]), int(match["month"]), int(match["day"]),
            int(match["hour"] or 0), int(match["minute"] or 0), tzinfo=zone,
        )  # fmt: skip
    except ValueError:
        return None
    return Moment(at, "minute" if match["hour"] else "day", match.start(), match.end())


def _moment(match: re.Match[str], year: int, month: int, day: int, zone: tzinfo) -> Moment | None:
    """A date with the clock that the match may hold; None when there is no such day."""
    try:
        midnight = datetime(year, month, day, tzinfo=zone)
    except ValueError:
        return None
    clock = _clock(match)
    if clock is None:
        return Moment(midnight, "day", match.start(), match.end())
    offset = match["offset"]
    if offset:
        midnight = midnight.replace(tzinfo=_offset(offset))
    at = midnight + clock
    if at.tzinfo is UTC:
        at = at.astimezone(zone)
    return Moment(at, "minute", match.start(), match.end())


def _clock(match: re.Match[str]) -> timedelta | None:
    if not match["hour"]:
        return None
    hour, minute = int(match["hour"]), int(match["minute"] or match["minute2"] or 0)
    half, ampm = match["half"] or "", (match["ampm"] or "").lower()
    late = half in ("下午", "傍晚", "晚上", "晚间", "晚", "夜间") or ampm.startswith("p")
    if (late and hour < 12) or (half == "中午" and hour < 3):
        hour += 12
    elif ampm.startswith("a") and hour == 12:
        hour = 0
    return timedelta(hours=hour, minutes=minute)


def _offset(text: str) -> tzinfo:
    sign = re.search(r"([+-])(\d{2}):?(\d{2})", text)
    if sign is None:
        return UTC
    delta = timedelta(hours=int(sign[2]), minutes=int(sign[3]))
    return fixed(delta if sign[1] == "+" else -delta) if delta < timedelta(hours=24) else UTC


def _relative(text: str, now: datetime) -> Iterator[Moment]:
    """`now` is in the zone that the times are meant in."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for match in _SHORT.finditer(text):
        if moment := _this_year(match, now):
            yield moment
    for match in _DAY.finditer(text):
        day = midnight - timedelta(days=_DAYS[match["day"].lower()])
        yield _on(match, day)
    for match in _LAST.finditer(text):
        weeks = {"上上": 2, "上": 1}.get(match["week"], 0)
        monday = midnight - timedelta(days=midnight.weekday() + 7 * weeks)
        yield _on(
            match, monday + timedelta(days="一二三四五六日".find(match["day"].replace("天", "日")))
        )
    for match in _AGO.finditer(text):
        number = _NUMBERS.get(match["number"]) or float(match["number"])
        unit = _UNITS[(match["unit"] or match["unit2"].lower())[0]]
        at = now - number * unit
        if unit >= timedelta(days=1):
            at = at.replace(hour=0, minute=0)
        at = at.replace(second=0, microsecond=0)
        precise: Literal["minute", "day"] = "minute" if unit < timedelta(days=1) else "day"
        yield Moment(at, precise, match.start(), match.end())
    for match in _NOW.finditer(text):
        yield Moment(now.replace(second=0, microsecond=0), "minute", match.start(), match.end())


def _on(match: re.Match[str], day: datetime) -> Moment:
    clock = _clock(match)
    at = day if clock is None else day + clock
    return Moment(at, "day" if clock is None else "minute", match.start(), match.end())


def _this_year(match: re.Match[str], now: datetime) -> Moment | None:
    """A day without a year is the last such day that is not in the future."""
    for year in (now.year, now.year - 1, now.year - 4):
        moment = _moment(match, year, int(match["month"]), int(match["day"]), now.tzinfo or UTC)
        if moment and moment.at <= now + timedelta(hours=1):
            return moment
    return None
