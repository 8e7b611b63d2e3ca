"""Feeds: bytes → entries. feedparser reads; what it is known to get wrong is mended here."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import islice
from typing import Any
from urllib.parse import urljoin

import feedparser

from pipeline.decode import clean, decode
from pipeline.extract import plain_text
from pipeline.feed_times import read_time
from pipeline.model import Hints

MAX_ENTRIES = 2_000
"""What is read of a feed; real ones hold some hundred at most."""
MAX_HINT = 20_000
"""Characters kept of each hint; the whole content stands in `FeedEntry.content`."""
_ROOT = re.compile(r"<((?:[\w-]+:)?(rss|feed|rdf))\b", re.IGNORECASE)
_ENTRY = re.compile(r"<(?:[\w-]+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_HTML = re.compile(r"<(?:!doctype\s+html|html|body|head)\b", re.IGNORECASE)
_ROOT_WITHIN = 256 * 1024
_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>'


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """`url` is absolute, or empty where the entry has no web address; `content` is HTML."""

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
    """The entries of a feed, in its order, at most MAX_ENTRIES. Never raises.

    Times without an offset are read in `timezone`; a time that cannot be read is left out rather
    than guessed.
    """
    text = decode(body, content_type=content_type)
    root = _ROOT.search(text, 0, _ROOT_WITHIN)
    html = _HTML.search(text, 0, root.start() if root else _ROOT_WITHIN)
    if html:
        return Feed(problem="订阅地址返回的是网页而不是订阅源，请检查网址")
    if root is None:
        return Feed(problem="订阅源无法读取：不是 RSS 或 Atom")
    text, count = _bounded(text, root)
    # In a stream, since feedparser opens bytes that happen to name a file.
    parsed: Any = feedparser.parse(
        BytesIO(text.encode("utf-8", "replace")), sanitize_html=False, resolve_relative_uris=False
    )
    entries = [_entry(entry, url, timezone) for entry in parsed.entries]
    return Feed(
        tuple(entry for entry in entries if entry.url or entry.hints.title or entry.content),
        _line(str(parsed.feed.get("title", ""))),
        _problem(parsed, count),
    )


def _bounded(text: str, root: re.Match[str]) -> tuple[str, int]:
    """The feed from its root on, cut after MAX_ENTRIES, and how many entries it had.

    What stands before the root goes: server warnings, an encoding that is no longer true, and the
    entities that a feed declares itself, which nobody needs but an attacker. Its lines stay, so
    that errors name the right one.
    """
    starts = [found.start() for found in islice(_ENTRY.finditer(text, root.end()), 1_000_000)]
    head = _DECLARATION + "\n" * text.count("\n", 0, root.start())
    if len(starts) <= MAX_ENTRIES:
        return head + text[root.start() :], len(starts)
    close = "</channel></rss>" if root[2].lower() == "rss" else f"</{root[1]}>"
    return head + text[root.start() : starts[MAX_ENTRIES]] + close, len(starts)


def _problem(parsed: Any, count: int) -> str:
    if count > MAX_ENTRIES:
        return f"订阅源有 {count} 条，只读取了前 {MAX_ENTRIES} 条"
    error = parsed.get("bozo_exception") if parsed.get("bozo") else None
    line = getattr(error, "getLineNumber", lambda: None)()
    return f"订阅源第 {line} 行格式有误，已尽量读取" if line else ""


def _entry(entry: Any, base: str, timezone: str) -> FeedEntry:
    contents = [str(part.get("value") or "") for part in entry.get("content", [])]
    summary = clean(str(entry.get("summary") or ""))
    written = (str(dict.get(entry, key) or "") for key in ("published", "updated", "created"))
    found = next((found for text in written if (found := read_time(text, timezone))), None)
    hints = Hints(
        title=_line(str(entry.get("title") or "")),
        author=_line(str(entry.get("author") or "")),
        summary=summary[:MAX_HINT],
        guid=clean(str(entry.get("id") or "")).strip()[:MAX_HINT],
    )
    return FeedEntry(
        url=_absolute(base, clean(str(entry.get("link") or ""))),
        hints=replace(hints, published_at=found[0], published_precision=found[1])
        if found
        else hints,
        content=clean(max([*contents, summary], key=len)),
    )


def _line(html: str) -> str:
    """A title or name: the text of its HTML on one line."""
    return " ".join(plain_text(clean(html)).split())[:MAX_HINT]


def _absolute(base: str, link: str) -> str:
    if not link.strip():
        return ""
    try:
        made = urljoin(base, link.strip())
    except ValueError:
        return ""
    return made if made.startswith(("http://", "https://")) else ""
