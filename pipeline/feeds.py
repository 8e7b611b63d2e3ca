"""Feeds: bytes → entries. feedparser reads; what it is known to get wrong is mended here."""

from __future__ import annotations

import re
from calendar import timegm
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

import feedparser

from pipeline.decode import decode
from pipeline.extract import plain_text
from pipeline.model import Hints

MAX_ENTRIES = 20_000
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*(\[.*?\])?\s*>", re.S | re.I)
_OFFSET = re.compile(r"(?:Z|GMT|UTC?|[ECMP][SD]T|[+-]\d{2}:?\d{2})\s*$", re.I)
_NUMERIC = re.compile(
    r"(\d{4})[-/.年]\s*(\d{1,2})[-/.月]\s*(\d{1,2})日?[T\s]*(?:(\d{1,2}):(\d{2})(?::(\d{2}))?)?"
)
_WEEKDAY = re.compile(r"(?:星期|周|礼拜)[一二三四五六日天],?\s*")
_MONTHS = dict(zip("一二三四五六七八九", range(1, 10), strict=True)) | {
    "十": 10,
    "十一": 11,
    "十二": 12,
}
_ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH = re.compile(r"(十[一二]?|[一二三四五六七八九])月")


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """`url` is absolute, or empty where the entry has no link; `content` is HTML."""

    url: str
    hints: Hints
    content: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    entries: tuple[FeedEntry, ...] = ()
    title: str = ""
    problem: str = ""
    """One sentence for the desk when the feed is not what it should be."""


def read_feed(body: bytes, *, url: str, content_type: str = "", timezone: str) -> Feed:
    """The entries of a feed, in its order. Never raises.

    Times without an offset are read in `timezone`; a time that cannot be read is left out rather
    than guessed.
    """
    text = decode(body, content_type=content_type)
    head = text[:2000].lower()
    if "<html" in head and "<rss" not in head and "<feed" not in head:
        return Feed(problem="订阅地址返回的是网页而不是订阅源，请检查网址")
    # Entities that a feed declares itself are never needed, and are how it would attack.
    text = _DOCTYPE.sub("", _DECLARATION.sub("", text, count=1), count=1)
    parsed: Any = feedparser.parse(
        text.encode("utf-8"), sanitize_html=False, resolve_relative_uris=False
    )
    entries = tuple(_entry(entry, url, timezone) for entry in parsed.entries[:MAX_ENTRIES])
    return Feed(
        tuple(entry for entry in entries if entry.url or entry.hints.title),
        plain_text(str(parsed.feed.get("title", ""))),
        _problem(parsed, entries),
    )


def _problem(parsed: Any, entries: tuple[FeedEntry, ...]) -> str:
    error = parsed.get("bozo_exception") if parsed.get("bozo") else None
    line = getattr(error, "getLineNumber", lambda: None)()
    if not entries and not parsed.version:
        return "订阅源无法读取：不是 RSS 或 Atom"
    return f"订阅源第 {line} 行格式有误，已尽量读取" if line else ""


def _entry(entry: Any, base: str, timezone: str) -> FeedEntry:
    link = str(entry.get("link") or "").strip()
    contents = [str(part.get("value") or "") for part in entry.get("content", [])]
    summary = str(entry.get("summary") or "")
    content = max([*contents, summary], key=len)
    raw = str(entry.get("published") or entry.get("updated") or entry.get("date") or "")
    parsed = entry.get("published_parsed") or entry.get("updated_parsed")
    return FeedEntry(
        url=_absolute(base, link),
        hints=Hints(
            title=plain_text(str(entry.get("title") or "")).replace("\n", " "),
            published_at=read_time(raw, parsed, timezone),
            author=plain_text(str(entry.get("author") or "")),
            summary=summary,
            guid=str(entry.get("id") or ""),
        ),
        content=content,
    )


def _absolute(base: str, link: str) -> str:
    if not link:
        return ""
    try:
        made = urljoin(base, link)
    except ValueError:
        return ""
    return made if made.startswith(("http://", "https://")) else ""


def read_time(raw: str, parsed: Any, timezone: str) -> datetime | None:
    """A feed's time as UTC. feedparser's own reading counts only where it is known to be right:
    it takes a time without offset for UTC, and invents a date for one with slashes."""
    text = _WEEKDAY.sub("", raw.strip())
    numeric = _NUMERIC.match(text)
    if numeric:
        year, month, day, hour, minute, second = (int(part or 0) for part in numeric.groups())
        offset = _offset(text[numeric.end() :])
        try:
            at = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - zone follows
        except ValueError:
            return None
        return (at - offset).replace(tzinfo=UTC) if offset is not None else _in_zone(at, timezone)
    if _MONTH.search(text):
        text = _MONTH.sub(lambda m: _ENGLISH[_MONTHS[m[1]] - 1], text)
        parsed = feedparser.datetimes._parse_date(text)
    if parsed is None:
        return None
    try:
        at = datetime.fromtimestamp(timegm(parsed), UTC)
    except (ValueError, OverflowError):
        return None
    return at if _OFFSET.search(text) else _in_zone(at.replace(tzinfo=None), timezone)


def _offset(rest: str) -> timedelta | None:
    found = re.match(r"(?:\.\d+)?\s*(Z|GMT|UTC|([+-])(\d{2}):?(\d{2}))", rest, re.I)
    if not found:
        return None
    if not found[2]:
        return timedelta()
    size = timedelta(hours=int(found[3]), minutes=int(found[4]))
    return size if found[2] == "+" else -size


def _in_zone(at: datetime, timezone: str) -> datetime:
    return at.replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC)
