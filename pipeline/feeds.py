"""Feeds: bytes → entries. feedparser reads; what it is known to get wrong is mended here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import islice
from typing import Any
from urllib.parse import urljoin

import feedparser

from pipeline.decode import clean, decode
from pipeline.extract import plain_text
from pipeline.feed_times import read_time
from pipeline.json_feeds import read_json_feed
from pipeline.model import Hints

MAX_ENTRIES = 2_000
"""What is read of a feed; real ones hold some hundred at most."""
MAX_TAGS = 200_000
"""What is read of a feed; feedparser needs up to 20 µs for each."""
MAX_REFERENCES = 1_000_000
"""The same for `&`, of which escaped HTML has many: up to 5 µs each."""
MAX_ATTRIBUTES = 500
"""Of one element: the time that Python's reader of XML takes grows with the square."""
MAX_HINT = 20_000
"""Characters kept of each hint; the whole content stands in `FeedEntry.content`."""
_ROOT = re.compile(r"<((?:[\w-]+:)?(rss|feed|rdf|channel))\b", re.IGNORECASE)
_ENTRY = re.compile(r"<(?:[\w-]+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_HTML = re.compile(r"<(?:!doctype\s+html|html|body|head)\b", re.IGNORECASE)
_OTHER = (
    (
        re.compile(r"<opml\b", re.IGNORECASE),
        "地址返回的是订阅清单（OPML），请填写其中一个订阅源的地址",
    ),
    (
        re.compile(r"<(?:urlset|sitemapindex)\b", re.IGNORECASE),
        "地址返回的是网站地图，请把 kind 改为 sitemap",
    ),
)
_OFFERED = re.compile(
    r"<link\b(?=[^>]{0,500}\btype\s*=\s*[\"']?application/(?:rss|atom|feed)\+(?:xml|json))"
    r"[^>]{0,500}?\bhref\s*=\s*[\"']?([^\"'\s>]+)",
    re.IGNORECASE,
)
_ATTRIBUTES = re.compile(r"(?<!\s)(?:\s++[^\s=<>\"'/]++\s*+=\s*+(?:\"[^\"<]*\"|'[^'<]*'))++")
_ENTITY = re.compile(r'<!ENTITY\s+(\w{1,40})\s+"(&#\w{1,8};|[^&%"<>]{0,30})"\s*>')
"""The entities that feedparser counts as safe; one that needs another could grow."""
_MAX_ENTITIES = 300
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
    """The entries of a feed (RSS, Atom, RDF, CDF, JSON Feed), in its order, at most MAX_ENTRIES.

    Never raises, and takes seconds at most whatever the body. Times without an offset are read in
    `timezone`; a time that cannot be read is left out rather than guessed.
    """
    text = decode(body, content_type=content_type)
    if text.lstrip()[:1] == "{":
        return _from_json(text, url, timezone)
    root = _ROOT.search(text, 0, _ROOT_WITHIN) or _ENTRY.search(text, 0, _ROOT_WITHIN)
    html = _HTML.search(text, 0, root.start() if root else _ROOT_WITHIN)
    if root is None or html:
        return Feed(problem=_no_feed(text, url, html is not None))
    if _overloaded(text):
        return Feed(problem=f"订阅源里有超过 {MAX_ATTRIBUTES} 个属性的标记，未读取")
    text, count, cut = _bounded(text, root)
    try:
        # In a stream, since feedparser opens bytes that happen to name a file.
        parsed: Any = feedparser.parse(
            BytesIO(text.encode("utf-8", "replace")),
            # With a base ids become addresses too: only where the feed itself speaks of one.
            response_headers={"content-location": url} if "xml:base" in text else {},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
        entries = _kept(_entry(entry, url, timezone) for entry in parsed.entries)
    except Exception:  # noqa: BLE001 - whatever a feed does to its reader, it is the feed's fault
        return Feed(problem="订阅源的格式错误太多，无法读取")
    title = _line(str(parsed.feed.get("title", "")))
    if count > MAX_ENTRIES:
        return Feed(entries, title, f"订阅源有 {count} 条，只读取了前 {len(entries)} 条")
    if cut:
        return Feed(entries, title, f"订阅源过大，只读取了开头的 {len(entries)} 条")
    return Feed(entries, title, _problem(parsed))


def _kept(entries: Iterable[FeedEntry]) -> tuple[FeedEntry, ...]:
    return tuple(
        entry
        for entry in islice(entries, MAX_ENTRIES)
        if entry.url or entry.hints.title or entry.content
    )


def _no_feed(text: str, url: str, html: bool) -> str:
    """What an address gave instead of a feed."""
    for form, sentence in _OTHER:
        if form.search(text, 0, _ROOT_WITHIN):
            return sentence
    if not html:
        return "订阅源无法读取：不是 RSS 或 Atom"
    offered = _OFFERED.search(text, 0, _ROOT_WITHIN)
    address = _absolute(url, offered[1]) if offered else ""
    if address:
        return f"订阅地址返回的是网页而不是订阅源，该网页给出的订阅源是 {address}"
    return "订阅地址返回的是网页而不是订阅源，请检查网址"


def _overloaded(text: str) -> bool:
    """Whether an element has so many attributes that reading it would take hours."""
    return any(
        found[0].count("=") > MAX_ATTRIBUTES
        for found in _ATTRIBUTES.finditer(text)
        if len(found[0]) > 5 * MAX_ATTRIBUTES
    )


def _bounded(text: str, root: re.Match[str]) -> tuple[str, int, bool]:
    """The feed from its root on within the limits, how many entries it had, and whether it was cut.

    What stands before the root goes: server warnings, an encoding that is no longer true, and the
    entities that a feed declares itself, save those that stand for a character or a few words. Its
    lines stay, so that errors name the right one.
    """
    starts = [found.start() for found in islice(_ENTRY.finditer(text, root.start()), 1_000_000)]
    head = _DECLARATION + _entities(text[: root.start()])
    head += "\n" * (text.count("\n", 0, root.start()) - head.count("\n"))
    end = min(_place_of(text, "<", MAX_TAGS, root), _place_of(text, "&", MAX_REFERENCES, root))
    cut = end < len(text)
    if cut:
        # The last entry is left out rather than read in part, unless it is the only one.
        end = max((start for start in starts[1:] if start <= end), default=end)
    if len(starts) > MAX_ENTRIES:
        end = min(end, starts[MAX_ENTRIES])
    if end == len(text):
        return head + text[root.start() :], len(starts), False
    close = "</channel></rss>" if root[0].lower() == "<rss" else ""
    if not close and root.re is _ROOT:
        close = f"</{root[1]}>"
    return head + text[root.start() : end] + close, len(starts), cut


def _place_of(text: str, char: str, limit: int, root: re.Match[str]) -> int:
    """Where the character stands for the time after `limit`; the end of the text if it does not."""
    if text.count(char, root.start()) <= limit:
        return len(text)
    found = islice(re.finditer(re.escape(char), text[root.start() :]), limit, None)
    return root.start() + next(found).start()


def _entities(head: str) -> str:
    declared = [found[0] for found in islice(_ENTITY.finditer(head), _MAX_ENTITIES)]
    return f"<!DOCTYPE feed [{' '.join(declared)}]>" if declared else ""


def _problem(parsed: Any) -> str:
    error = parsed.get("bozo_exception") if parsed.get("bozo") else None
    line = getattr(error, "getLineNumber", lambda: None)()
    return f"订阅源第 {line} 行格式有误，已尽量读取" if line else ""


def _from_json(text: str, url: str, timezone: str) -> Feed:
    read = read_json_feed(text)
    if read is None:
        return Feed(problem="订阅源无法读取：不是 RSS 或 Atom，也不是 JSON Feed")
    title, found = read
    entries = _kept(
        FeedEntry(
            url=_absolute(url, clean(each.url)),
            hints=_hints(
                (each.title, each.author, clean(each.summary), each.guid), each.dates, timezone
            ),
            content=clean(each.content or each.summary),
        )
        for each in found
    )
    if len(found) > MAX_ENTRIES:
        return Feed(
            entries, _line(title), f"订阅源有 {len(found)} 条，只读取了前 {len(entries)} 条"
        )
    return Feed(entries, _line(title))


def _entry(entry: Any, base: str, timezone: str) -> FeedEntry:
    contents = [str(part.get("value") or "") for part in entry.get("content", [])]
    summary = clean(str(entry.get("summary") or ""))
    # feedparser takes one key for another where it is missing; the dictionary itself does not.
    dates = [str(dict.get(entry, key) or "") for key in ("published", "updated", "created")]
    about = (
        str(entry.get("title") or ""), str(entry.get("author") or ""), summary,
        str(entry.get("id") or ""),
    )  # fmt: skip
    return FeedEntry(
        url=_absolute(base, _link(entry)),
        hints=_hints(about, dates, timezone),
        content=clean(max([*contents, summary], key=len)),
    )


def _link(entry: Any) -> str:
    """The link of an entry; its id only where that can be an address."""
    link = clean(str(entry.get("link") or "")).strip()
    is_id = entry.get("guidislink") and link == str(entry.get("id") or "").strip()
    return "" if is_id and not link.startswith(("http://", "https://", "/")) else link


def _hints(about: tuple[str, str, str, str], dates: Iterable[str], timezone: str) -> Hints:
    """`about` is title, author, summary and id as written; the first date that is one counts."""
    title, author, summary, guid = about
    hints = Hints(
        title=_line(title),
        author=_line(author),
        summary=summary[:MAX_HINT],
        guid=clean(guid).strip()[:MAX_HINT],
    )
    found = next((found for text in dates if (found := read_time(text, timezone))), None)
    if found is None:
        return hints
    return replace(hints, published_at=found[0], published_precision=found[1])


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
