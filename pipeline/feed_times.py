"""Times as feeds write them: RFC 822, ISO 8601, asctime, and what Chinese publishers make of them.

A text is read as a whole or not at all: anything beside date, time and zone makes it unreadable. So
no date is ever invented, as feedparser 6.0.14 does for `2016/6/29 15:07:41`.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo

MAX_LENGTH = 100
Precision = Literal["minute", "day"]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"\b(?P<month>{'|'.join(_MONTHS)})[a-z]*\.?"
_WEEKDAY = re.compile(
    r"(?:星期|周|礼拜)[一二三四五六日天]|\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b",
)
_CHINESE_MONTHS = ("十二", "十一", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十")
_CHINESE_MONTH = re.compile(f"({'|'.join(_CHINESE_MONTHS)})月")
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<!\d)(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})(?!\d)\s*日?t?",
        rf"(?<!\d)(?P<day>\d{{1,2}})[\s-]+(?:{_MONTH})[\s,-]+(?P<year>\d{{4}}|\d\d)(?![\d:])",
        rf"{_MONTH}\s+(?P<day>\d{{1,2}}),?\s+(?P<year>\d{{4}})(?!\d)",
        rf"{_MONTH}\s+(?P<day>\d{{1,2}})(?=\s+\d{{1,2}}:)(?=.*\s(?P<year>\d{{4}})$)",
        r"^(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?=t|\d{4}|$)t?",
    )
)
_TIME = re.compile(
    r"(?P<half>上午|下午|am|pm)?\s*(?P<hour>\d{1,2})(?::|[时点])(?P<minute>\d{2})(?:分|(?!\d))"
    r"(?:[:]?(?P<second>\d{2})(?:[.,]\d+)?秒?(?!\d))?\s*(?P<half_after>am|pm)?"
)
_COMPACT_TIME = re.compile(r"^(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?(?=z|[+-]|$)")
_OFFSET = re.compile(r"(?:gmt|utc?)?\s*([+-])(\d{1,2})(?::?(\d{2}))?$")
_NAMED = re.compile(r"(?<![a-z])([a-z]{1,4})$")
_HOURS = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7,
    "mdt": -6, "pst": -8, "pdt": -7, "hkt": 8, "bjt": 8, "jst": 9, "kst": 9,
}  # fmt: skip


def read_time(text: str, zone: str) -> tuple[datetime, Precision] | None:
    """The moment in UTC and whether the text gives a time of day; None when it cannot be read.

    A text without an offset is in `zone` (IANA), and so is the abbreviation that `zone` uses
    itself: CST is China's time for a source in Asia/Shanghai. A date alone is its midnight.
    """
    if len(text) > MAX_LENGTH:
        return None
    rest = unicodedata.normalize("NFKC", text).strip().lower()
    if re.fullmatch(r"\d{10}|\d{13}", rest):
        return datetime.fromtimestamp(int(rest[:10]), UTC), "minute"
    rest = re.sub(r"\([a-z ]*\)", "", _WEEKDAY.sub("", rest)).strip(" ,")
    rest = _CHINESE_MONTH.sub(_month_in_place, rest)
    date, rest = _date(rest)
    if date is None:
        return None
    clock, rest = _clock(rest)
    place, rest = _zone(rest, date.get("year", ""), zone)
    if place is None or rest.strip(" ,"):
        return None
    try:
        return _moment(date, clock, place), "minute" if clock else "day"
    except (ValueError, OverflowError):
        return None


def _month_in_place(found: re.Match[str]) -> str:
    """三月 as a number in 2026年三月5日, as an English name elsewhere."""
    place = _CHINESE_MONTHS.index(found[1])
    number = {0: 12, 1: 11}.get(place, place - 1)
    after_year = found.string[: found.start()].rstrip().endswith("年")
    return f"{number}月" if after_year else _MONTHS[number - 1]


def _date(text: str) -> tuple[dict[str, str] | None, str]:
    for pattern in _DATES:
        found = pattern.search(text)
        if found:
            return found.groupdict(), f"{text[: found.start()]} {text[found.end() :]}".strip(" ,")
    return None, text


def _clock(text: str) -> tuple[tuple[int, int, int] | None, str]:
    found = _TIME.search(text) or _COMPACT_TIME.search(text)
    if found is None:
        return None, text
    parts = found.groupdict()
    hour = int(parts["hour"])
    half = parts.get("half") or parts.get("half_after")
    if half in ("下午", "pm") and hour < 12:
        hour += 12
    elif half in ("上午", "am") and hour == 12:
        hour = 0
    rest = f"{text[: found.start()]} {text[found.end() :]}".strip(" ,")
    return (hour, int(parts["minute"]), min(int(parts["second"] or 0), 59)), rest


def _zone(text: str, year: str, zone: str) -> tuple[tzinfo | None, str]:
    """The zone that the text names, else the source's; None for one that nobody knows."""
    text = re.sub(rf"\s*(?<!\d){year}$", "", text).strip(" ,") if year else text
    own = ZoneInfo(zone)
    if not text:
        return own, ""
    offset = _OFFSET.search(text)
    if offset:
        size = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        if size >= timedelta(hours=24):
            return None, text
        return timezone(size if offset[1] == "+" else -size), text[: offset.start()]
    named = _NAMED.search(text)
    if named is None:
        return own, text
    if named[1] == (datetime.now(own).tzname() or "").lower():
        return own, text[: named.start()]
    if named[1] not in _HOURS:
        return None, text
    return timezone(timedelta(hours=_HOURS[named[1]])), text[: named.start()]


def _moment(date: dict[str, str], clock: tuple[int, int, int] | None, place: tzinfo) -> datetime:
    """Raises ValueError or OverflowError for a moment that does not exist."""
    year, month = int(date["year"]), date["month"]
    if len(date["year"]) == 2:
        year += 2000 if year < 50 else 1900  # RFC 5322 §4.3
    if year < 1970:
        raise ValueError("before there were feeds")
    number = int(month) if month.isdigit() else _MONTHS.index(month) + 1
    at = datetime(year, number, int(date["day"]), *(clock or (0, 0, 0)), tzinfo=place)
    return at.astimezone(UTC)
