"""Sitemaps (sitemaps.org 0.9) and news sitemaps: what is recent in them.

A sitemap names all that a site ever published: only what is dated in the last days is taken, the
newest first. Where nothing is dated, a date in the addresses counts, and without any the order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from urllib.parse import urljoin, urlsplit

from lxml import etree

from crawlers.sources.base import Item, Listing, Response
from crawlers.sources.feed import read_feed_listing
from pipeline.decode import clean, decode, decompress
from pipeline.feed_times import read_time
from pipeline.identity import page_key
from pipeline.model import Hints, Source

MAX_BYTES = 50 * 1024 * 1024
"""Of one sitemap unfolded, as the protocol has it."""
MAX_ITEMS = 2_000
MAX_CHILDREN = 20
"""Sitemaps that are followed from one index."""
RECENT = timedelta(days=14)
_AHEAD = timedelta(days=1)
"""A date further in the future tells nothing."""
_ROOT = re.compile(
    rb"<(?:[\w-]+:)?(urlset|sitemapindex|rss|feed|rdf|html)\b|<!doctype\s+html", re.I
)
_DATED = re.compile(r"(20\d\d)[-/_]?(0[1-9]|1[0-2])(?:[-/_]?(3[01]|[12]\d|0[1-9]))?(?!\d)")
_TEXT_LINE = re.compile(r"\s*https?://\S+\s*$", re.I)
_DECLARATION = re.compile(rb"<!DOCTYPE[^>\[]*(?:\[.{0,100000}?\]\s*)?>", re.I | re.S)
_HEAD = 64 * 1024


@dataclass(frozen=True, slots=True)
class _Place:
    """One `url` or `sitemap` element."""

    url: str
    modified: datetime | None
    hints: Hints = field(default_factory=Hints)


def read_sitemap_listing(response: Response, source: Source) -> Listing:
    """The recent pages of a sitemap, or the sitemaps that an index names."""
    body = response.body
    if body[:2] == b"\x1f\x8b":
        body = decompress(body, "gzip", limit=MAX_BYTES)
    root = _ROOT.search(body, 0, 64 * 1024)
    kind = (root[1] or b"html").lower() if root else b""
    if kind == b"html":
        return Listing((), "网站地图的地址返回的是网页，请检查网址")
    if kind in (b"rss", b"feed", b"rdf"):
        return read_feed_listing(
            Response(response.url, response.content_type, body, response.at), source
        )
    if kind:
        places = list(_places(body, response, source.timezone))
    else:
        places = _lines(decode(body, content_type=response.content_type))
    if not places:
        problem = "" if kind else "不是网站地图：既没有 urlset，也不是一行一个网址的文本"
        return Listing((), problem)
    recent = _recent(places, response.at)
    if kind == b"sitemapindex":
        return Listing((), more=tuple(place.url for place in recent[:MAX_CHILDREN]))
    return _listing(recent)


def _listing(recent: list[_Place]) -> Listing:
    items: dict[str, Item] = {}
    for place in recent[:MAX_ITEMS]:
        key = page_key(place.url)
        items.setdefault(key, Item(key, place.url, place.hints))
    if len(recent) > MAX_ITEMS:
        problem = f"网站地图里有 {len(recent)} 个近期网址，只读取了前 {MAX_ITEMS} 个"
        return Listing(tuple(items.values()), problem)
    return Listing(tuple(items.values()))


def _recent(places: list[_Place], now: datetime) -> list[_Place]:
    """Those of the last days, newest first; in their order where nothing tells their age."""
    dated = [(at, place) for place in places if (at := _age(place, now)) and at <= now + _AHEAD]
    if not dated:
        return places
    dated = [(at, place) for at, place in dated if at >= now - RECENT]
    return [place for _, place in sorted(dated, key=lambda each: each[0], reverse=True)]


def _age(place: _Place, now: datetime) -> datetime | None:
    """When a page was published or changed last; else by the date in its address.

    A day or month is as good as its last moment: what is in it may be new.
    """
    if place.hints.published_at or place.modified:
        return place.hints.published_at or place.modified
    found = _DATED.search(urlsplit(place.url).path)
    if found is None:
        return None
    try:
        start = datetime(int(found[1]), int(found[2]), int(found[3] or 1), tzinfo=UTC)
    except ValueError:
        return None
    length = timedelta(days=1 if found[3] else 31)
    return start if start > now else min(start + length, now)


def _without_entities(body: bytes) -> bytes:
    """Without the declaration, of which a document has one: seeking its end from each of a million
    that have none would take hours."""
    begin = body[:_HEAD].upper().find(b"<!DOCTYPE")
    found = _DECLARATION.match(body, begin) if begin >= 0 else None
    return body[:begin] + body[found.end() :] if found else body


def _places(body: bytes, response: Response, zone: str) -> Iterator[_Place]:
    """The elements one after the other; each is forgotten before the next is read."""
    text = _without_entities(body)
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        text = decode(text, content_type=response.content_type).encode("utf-8", "replace")
    reading = etree.iterparse(
        BytesIO(text), events=("end",), recover=True, encoding="utf-8", resolve_entities=False,
        no_network=True, load_dtd=False, huge_tree=False,
    )  # fmt: skip
    try:
        for _, element in reading:
            if _name(element) not in ("url", "sitemap"):
                continue
            place = _place(element, response.url, zone)
            if place is not None:
                yield place
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError:
        return  # what came before the break counts


def _place(element: etree._Element, base: str, zone: str) -> _Place | None:
    parts = {_name(child): child for child in element}
    url = _address(base, _text(parts.get("loc")))
    if not url:
        return None
    modified = read_time(_text(parts.get("lastmod")), zone)
    news = {_name(child): child for child in parts["news"]} if "news" in parts else {}
    published = read_time(_text(news.get("publication_date")), zone)
    hints = Hints(title=" ".join(_text(news.get("title")).split()))
    if published is not None:
        hints = Hints(hints.title, published[0], published_precision=published[1])
    return _Place(url, modified[0] if modified else None, hints)


def _lines(text: str) -> list[_Place]:
    """A text sitemap: one address a line, and nothing else."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not all(map(_TEXT_LINE.match, lines)):
        return []
    return [_Place(line.strip(), None) for line in lines]


def _name(element: etree._Element) -> str:
    """The local name; with its prefix for pictures and videos, whose `loc` is not the page's."""
    tag = element.tag if isinstance(element.tag, str) else ""
    space, _, name = tag.rpartition("}")
    prefix, _, bare = name.rpartition(":")
    if "image" in space or "video" in space or prefix in ("image", "video"):
        return f"media:{bare}"
    return bare.lower()


def _text(element: etree._Element | None) -> str:
    return "" if element is None else clean("".join(element.itertext())).strip()


def _address(base: str, link: str) -> str:
    try:
        made = urljoin(base, link) if link else ""
    except ValueError:
        return ""
    return made if made.startswith(("http://", "https://")) else ""
