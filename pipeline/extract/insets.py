"""The images and links of an article."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from pipeline.extract.page import Inset, Page, one_line
from pipeline.extract.text import Content
from pipeline.model import Image, Link

MOST = 200
"""Of each."""
_SOURCES = (
    "data-original", "data-src", "data-lazy-src", "data-actualsrc", "data-url", "original",
    "file", "zoomfile", "src",
)  # fmt: skip
"""Pages that load images late put the real address first into one of these."""
_ORNAMENT = re.compile(
    r"icon|logo|qr-?code|erweima|blank|loading|placeholder|avatar|spacer|pixel|share|btn|arrow"
    r"|emoji|emotion|1x1|transparent",
    re.I,
)
_FILE_NAME = re.compile(r"[\w.%~-]*\.(?:jpe?g|png|gif|webp|bmp)|[\w-]{16,}|\d+", re.I)
_CAPTION = re.compile(
    r"^[▲△↑▼（(【\[]?\s*(?:资料图|图为|图[一二三四五六七八九十\d]*\s*[:：/|丨]|图片|图源)"
    r"|(?:摄|供图|图源[:：].{1,20}|截图|制图|绘图|配图|图)\s*[）)】\]]?$|^[▲△↑]"
)
_PIXELS = re.compile(r"[0-9]{1,4}(?![0-9%])")
_SMALL = 60
"""Pixels up to which an image is an ornament."""


def find_images(page: Page, content: Content, url: str) -> tuple[Image, ...]:
    """Between headline and end of the text, without ornaments; `url` is the page's address."""
    found: dict[str, str] = {}
    for inset in _within(page, content, page.images):
        address = _absolute(url, next((v for n in _SOURCES if (v := inset.attribute(n))), ""))
        if address and not _is_ornament(inset, address):
            found.setdefault(address, _caption(page, inset))
    return tuple(Image(address, caption) for address, caption in list(found.items())[:MOST])


def find_links(page: Page, content: Content, url: str) -> tuple[Link, ...]:
    """Links in the text with what they are called; none to a place on the same page."""
    kept = set(content.blocks)
    found: dict[str, str] = {}
    for inset in page.links:
        if inset.block not in kept:
            continue
        address = _absolute(url, inset.attribute("href"))
        text = inset.text
        if address and text and address.partition("#")[0] != url.partition("#")[0]:
            found.setdefault(address, text)
    return tuple(Link(address, text) for address, text in list(found.items())[:MOST])


def _within(page: Page, content: Content, insets: list[Inset]) -> list[Inset]:
    """Those in the article's container or in the boxes around its first and last line."""
    if not content.blocks or not insets:
        return []
    first, last = content.blocks[0], content.blocks[-1]
    around = set(page.ancestors(content.element)) - {content.element}
    return [
        inset
        for inset in insets
        if first <= inset.block <= last + 1
        and (
            content.element in page.ancestors(inset.element)
            or page.elements[inset.element].parent in around
        )
    ]


def _absolute(url: str, value: str) -> str:
    try:
        address = urljoin(url, value.strip()) if value else ""
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme in ("http", "https") and parts.hostname else ""


def _is_ornament(inset: Inset, address: str) -> bool:
    sizes = (_PIXELS.match(inset.attribute(name)) for name in ("width", "height"))
    if any(size and int(size[0]) <= _SMALL for size in sizes):
        return True
    name = urlsplit(address).path.rsplit("/", 1)[-1]
    return _ORNAMENT.search(f"{name} {inset.attribute('class')}") is not None


def _caption(page: Page, inset: Inset) -> str:
    """Its figcaption, else a line below that reads like a caption, else what it is described as."""
    figure = next(
        (e for e in page.ancestors(inset.element) if page.elements[e].tag == "figure"), None
    )
    for block in page.blocks[inset.block : inset.block + 2]:
        if figure is not None and figure in page.ancestors(block.element):
            return block.text
        label = page.elements[block.element].label
        if block.size <= 80 and (_CAPTION.search(block.text) or "caption" in label):
            return block.text
        break
    described = one_line(inset.attribute("alt") or inset.attribute("title"))
    told = described and described != page.title and not _FILE_NAME.fullmatch(described)
    return described if told and described not in page.title else ""
