"""Bytes of a web page → what it says. Pure: no I/O, no clock, the same answer every time."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from pipeline.decode import clean, decode, is_utf16
from pipeline.extract.address import find_address
from pipeline.extract.insets import find_images, find_links
from pipeline.extract.language import find_language
from pipeline.extract.origin import find_origin
from pipeline.extract.overrides import overridden, site_of, without_removed
from pipeline.extract.parse import read_page
from pipeline.extract.reading import read
from pipeline.model import NO_SITES, Extraction, Hints, Sites

__all__ = ["extract", "extract_html", "plain_text"]

MAX_BYTES = 12 * 1024 * 1024
_NOT_HTML = (
    b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0",
    b"\x1f\x8b", b"\x00\x00\x01\x00", b"II*\x00", b"MM\x00*", b"ID3", b"OggS", b"\x7fELF",
)  # fmt: skip
_OTHER_FORMAT = re.compile(
    r"\s*(?:[{\[]|(?:<\?xml[^>]*>\s*)?(?:<!--.{0,500}?-->\s*)?<(?:rss|feed|rdf:RDF|urlset)\b)", re.S
)
_CONTROL = bytes([*range(1, 9), *range(14, 27), *range(28, 32)])
_MARKUP = re.compile(
    r"<(?:!doctype|html|head|body|div|p|span|table|article|section|h[1-6]|br|meta|title)\b", re.I
)


def extract(
    body: bytes,
    *,
    url: str = "",
    content_type: str = "",
    now: datetime | None = None,
    timezone: str = "Asia/Shanghai",
    hints: Hints = Hints(),  # noqa: B008 - frozen
    sites: Sites = NO_SITES,
) -> Extraction:
    """What a page says; an empty `Extraction` when it holds no article.

    `body` is decompressed. `now` is when it was fetched (None: times such as 2小时前 say nothing),
    `timezone` the zone of times written without an offset, `sites` what the configuration says of
    single hosts. Never raises for any bytes.
    """
    if len(body) > MAX_BYTES or _is_binary(body):
        return Extraction()
    html = decode(body, content_type=content_type)
    return extract_html(html, url=url, now=now, timezone=timezone, hints=hints, sites=sites)


def _is_binary(body: bytes) -> bool:
    """By its first bytes, or by control characters that no text holds (but in UTF-16)."""
    head = body[:4096]
    control = len(head) - len(head.translate(None, _CONTROL))
    if head.lstrip().startswith(_NOT_HTML):
        return True
    return control > len(head) // 40 and not is_utf16(body)


def extract_html(
    html: str,
    *,
    url: str = "",
    now: datetime | None = None,
    timezone: str = "Asia/Shanghai",
    hints: Hints = Hints(),  # noqa: B008 - frozen
    sites: Sites = NO_SITES,
) -> Extraction:
    """As `extract`, from text that is decoded already."""
    if _OTHER_FORMAT.match(html) or not _MARKUP.search(html):
        return Extraction()
    zone = ZoneInfo(timezone)
    site = site_of(url, sites)
    if site is None:
        return _general(html, url, zone, now, hints)
    html = without_removed(html, site)
    return overridden(_general(html, url, zone, now, hints), html, site, zone, now)


def _general(html: str, url: str, zone: tzinfo, now: datetime | None, hints: Hints) -> Extraction:
    reading = read(html, title=hints.title, zone=zone, now=now)
    if reading is None or not reading.is_article:
        return Extraction()
    page, published = reading.page, reading.published
    author, source = find_origin(page, reading.headline, reading.content, reading.byline)
    return Extraction(
        title=clean(reading.headline.text),
        text=clean(reading.text),
        published_at=published.at if published else None,
        published_precision=published.precision if published else None,
        author=clean(author),
        source=clean(source),
        language=find_language(reading.text, page.language),
        canonical_url=find_address(page, url),
        images=find_images(page, reading.content, url),
        links=find_links(page, reading.content, url),
        confidence=reading.confidence,
    )


def plain_text(html: str) -> str:
    """The text of a fragment of HTML (a feed's summary), a line a paragraph."""
    if "<" not in html and "&" not in html:
        return clean("\n".join(" ".join(line.split()) for line in html.split("\n"))).strip()
    page = read_page(html)
    return clean("\n".join(block.text for block in page.blocks)) if page else ""
