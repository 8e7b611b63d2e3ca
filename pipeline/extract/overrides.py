"""What the configuration says of how a site's pages are read (`sites.yaml`)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, tzinfo
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from pipeline.extract.moment import moments
from pipeline.extract.page import one_line
from pipeline.extract.parse import read_page
from pipeline.model import Extraction, Site, Sites


def site_of(url: str, sites: Sites) -> Site | None:
    """The entry for the host of `url`, or for the nearest domain above it."""
    if not sites:
        return None
    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        return None
    while host:
        if host in sites:
            return sites[host]
        host = host.partition(".")[2]
    return None


def problem_of(selector: str) -> str:
    """Why a CSS selector cannot be used; empty when it can."""
    try:
        LexborHTMLParser("<p>").css(selector)
    except SelectolaxError:
        return f"“{selector}” is not a CSS selector"
    return ""


def without_removed(html: str, site: Site) -> str:
    """The page without what the site's entry takes out."""
    if not site.remove:
        return html
    tree = LexborHTMLParser(html)
    for node in tree.css(", ".join(site.remove)):
        node.decompose()
    return tree.html or ""


def overridden(
    page: Extraction, html: str, site: Site, zone: tzinfo, now: datetime | None
) -> Extraction:
    """`page` with the fields that the site's selectors find."""
    tree = LexborHTMLParser(html)
    text = "\n".join(line for node in _found(tree, site.text) for line in _lines(node))
    if not text and not page.text:
        return page
    page = replace(
        page,
        title=_first(tree, site.title) or page.title,
        text=text or page.text,
        author=_first(tree, site.author) or page.author,
        source=_first(tree, site.source) or page.source,
        confidence=1.0 if text else page.confidence,
    )
    times = moments(_first(tree, site.time), zone, now, compact=True)
    if times:
        return replace(page, published_at=times[0].at, published_precision=times[0].precision)
    return page


def _found(tree: LexborHTMLParser, selector: str) -> list[LexborNode]:
    return tree.css(selector) if selector else []


def _first(tree: LexborHTMLParser, selector: str) -> str:
    """The text of the first match, or what its attributes say where it has none."""
    for node in _found(tree, selector):
        attributes = node.attributes
        said = node.text() or attributes.get("content") or attributes.get("datetime") or ""
        if line := one_line(said):
            return line
    return ""


def _lines(node: LexborNode) -> list[str]:
    page = read_page(f"<body>{node.html}</body>")
    return [block.text for block in page.blocks] if page else []
