"""Bytes of a web page → what it says. Pure: no I/O, no clock, the same answer every time."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from pipeline.decode import clean, decode
from pipeline.extract.address import find_address
from pipeline.extract.language import find_language
from pipeline.extract.noise import noisy_elements
from pipeline.extract.origin import find_origin
from pipeline.extract.page import Page, read_page
from pipeline.extract.text import find_content, render
from pipeline.extract.time import find_time
from pipeline.extract.title import find_title
from pipeline.extract.verdict import is_article
from pipeline.model import Extraction, Hints

__all__ = ["extract", "extract_html", "plain_text"]

MAX_BYTES = 12 * 1024 * 1024
_NOT_HTML = (
    b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0",
    b"\x1f\x8b", b"\x00\x00\x01\x00", b"BM", b"II*\x00", b"MM\x00*", b"ID3", b"OggS", b"\x7fELF",
)  # fmt: skip
_MARKUP = re.compile(
    r"<\s*(?:!doctype|html|head|body|div|p|span|table|article|section|h[1-6]|br|meta|title)\b", re.I
)


def extract(
    body: bytes,
    *,
    url: str = "",
    content_type: str = "",
    now: datetime | None = None,
    timezone: str = "Asia/Shanghai",
    hints: Hints = Hints(),
) -> Extraction:
    """What a page says; an empty `Extraction` when it holds no article.

    `body` is decompressed. `now` is when it was fetched (None: times such as 2小时前 say nothing),
    `timezone` the zone of times written without an offset. Never raises for any bytes.
    """
    if len(body) > MAX_BYTES or body.lstrip()[:8].startswith(_NOT_HTML):
        return Extraction()
    html = decode(body, content_type=content_type)
    return extract_html(html, url=url, now=now, timezone=timezone, hints=hints)


def extract_html(
    html: str,
    *,
    url: str = "",
    now: datetime | None = None,
    timezone: str = "Asia/Shanghai",
    hints: Hints = Hints(),
) -> Extraction:
    """As `extract`, from text that is decoded already."""
    if html.lstrip()[:1] in ("{", "[") or not _MARKUP.search(html):
        return Extraction()
    page = read_page(html)
    if page is None or not page.blocks:
        return Extraction()
    return _read(page, url, now, timezone)


def _read(page: Page, url: str, now: datetime | None, timezone: str) -> Extraction:
    noisy = noisy_elements(page)
    headline = find_title(page, noisy)
    content = find_content(page, noisy, headline)
    text = render(page, content)
    published = find_time(page, noisy, headline, content, ZoneInfo(timezone), now)
    byline = published.block if published else None
    walled = page.tree.css_first("input[type=password]") is not None
    if not is_article(page, headline, content, text, dated=byline is not None, walled=walled):
        return Extraction()
    author, source = find_origin(page, headline, content, byline)
    root = page.tree.css_first("html")
    return Extraction(
        title=clean(headline.text),
        text=clean(text),
        published_at=published.at if published else None,
        published_precision=published.precision if published else None,
        author=clean(author),
        source=clean(source),
        language=find_language(text, (root.attributes.get("lang") or "") if root else ""),
        canonical_url=find_address(page, url),
    )


def plain_text(html: str) -> str:
    """The text of a fragment of HTML (a feed's summary), a line a paragraph."""
    if "<" not in html and "&" not in html:
        return clean(" ".join(html.split()))
    page = read_page(html)
    return clean("\n".join(block.text for block in page.blocks)) if page else ""
