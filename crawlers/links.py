"""The article links of a list page: named by a selector, or learnt."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit

from lxml import etree
from lxml import html as lxml_html
from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from crawlers.embedded import embedded_links
from crawlers.learning import Found, are_numbered, learnt

Link = tuple[str, str]
"""Absolute address and text."""

MAX_LINKS = 3_000
"""What is looked at of a page; a list has some hundred at most."""
MAX_DEPTH = 20_000
"""A page nested deeper is not read: the time that its reader takes grows with the square."""
_MAX_TEXT = 200
_NESTING = re.compile(
    r"<(/?)(?!/|(?:area|base|br|col|dd|dt|embed|hr|img|input|li|link|meta|option|p|param|source|td|th"
    r"|tr|track|wbr)\b)[a-z]",
    re.I,
)
"""Elements that are open until they are closed."""
_ADDRESSES = re.compile(r"https?://[^/]", re.I)
_INLINE = frozenset(("-text", "a", "b", "em", "font", "i", "img", "mark", "strong", "u"))
"""Elements that do not part a word."""


def article_links(html: str, *, base: str, selector: str | None, term: str = "") -> list[Link]:
    """Links in the page's order, each address once; none to the page itself.

    `selector` (CSS, or XPath when it begins with / . or a bracket) names the links or what holds
    them. Without one they are learnt, see `crawlers.learning`; from the JSON in the page where its
    markup holds none that look like articles. With `term` only links count whose surroundings
    speak of it.
    """
    if _is_too_deep(html):
        return []
    if selector is not None and is_xpath(selector):
        return _unique(_by_xpath(html, selector, base))
    tree = LexborHTMLParser(html)
    named = tree.css_first("base[href]")
    if named is not None:
        base = joined(base, named.attributes.get("href") or "") or base
    if selector is not None:
        return _unique(_by_css(tree, selector, base))
    anchors = tree.css("a[href]")[:MAX_LINKS]
    found = [Found(link, node) for node in anchors if (link := _link(node, base))]
    shown = _unique(learnt(found, len(anchors), base, term))
    if are_numbered(url for url, _ in shown):
        return shown
    carried = _unique(
        (url, text)
        for href, text in embedded_links(html)
        if (url := joined(base, href)) and term in text
    )
    return carried if not shown or are_numbered(url for url, _ in carried) else shown


def _is_too_deep(html: str) -> bool:
    if html.count("<") <= MAX_DEPTH:
        return False
    depth = 0
    for found in _NESTING.finditer(html):
        depth = max(depth - 1, 0) if found[1] else depth + 1
        if depth > MAX_DEPTH:
            return True
    return False


def is_xpath(selector: str) -> bool:
    return selector.lstrip().startswith(("/", "./", ".//", "("))


def selector_problem(selector: str) -> str | None:
    """What is wrong with a selector, in a few words; None when it can be used."""
    if is_xpath(selector):
        try:
            found = etree.XPath(selector)(etree.XML("<p/>"))
        except etree.XPathError as error:
            return f"no valid XPath ({error})"
        return None if isinstance(found, list) else "an XPath that names no elements"
    try:
        LexborHTMLParser("<p></p>").css(selector)
    except (SelectolaxError, ValueError):
        return "no valid CSS selector (an XPath begins with //)"
    return None


def joined(base: str, href: str) -> str | None:
    """The web address that a reference means; None for a place in the page and other schemes."""
    href = href.strip()
    if not href or href.startswith("#"):
        return None
    try:
        url = urljoin(base, href)
        valid = _ADDRESSES.match(url) and urlsplit(url).hostname
    except ValueError:
        return None
    return url if valid else None


def _by_css(tree: LexborHTMLParser, selector: str, base: str) -> Iterable[Link]:
    try:
        nodes = tree.css(selector)
    except SelectolaxError:
        return
    for node in nodes[:MAX_LINKS]:
        for anchor in [node] if node.tag == "a" else node.css("a[href]")[:MAX_LINKS]:
            link = _link(anchor, base)
            if link is not None:
                yield link


def _by_xpath(html: str, selector: str, base: str) -> Iterable[Link]:
    """Elements, or the addresses themselves as in //li/a/@href."""
    try:
        tree = lxml_html.document_fromstring(html.encode("utf-8"), parser=_parser())
        found = tree.xpath(selector)
    except (etree.LxmlError, ValueError, AssertionError):
        return
    base = joined(base, tree.findtext(".//base[@href]") or "") or base
    for node in found[:MAX_LINKS] if isinstance(found, list) else ():
        if isinstance(node, str):
            url = joined(base, node) if getattr(node, "is_attribute", False) else None
            if url is not None:
                yield url.partition("#")[0], ""
            continue
        for anchor in [node] if node.tag == "a" else list(node.iter("a"))[:MAX_LINKS]:
            link = _made(
                base, anchor.get("href") or "", anchor.text_content(), anchor.get("title") or ""
            )
            if link is not None:
                yield link


def _parser() -> lxml_html.HTMLParser:
    return lxml_html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)


def _link(node: LexborNode, base: str) -> Link | None:
    inline = all(each.tag in _INLINE for each in node.traverse(include_text=True))
    shown = node.text(separator="" if inline else " ")
    attributes = node.attributes
    return _made(base, attributes.get("href") or "", shown, attributes.get("title") or "")


def _made(base: str, href: str, shown: str, title: str) -> Link | None:
    url = joined(base, href)
    if url is None or url.partition("#")[0].rstrip("/") == base.rstrip("/"):
        return None
    texts = [" ".join(text.split()) for text in (title, shown)]
    return url.partition("#")[0], max(texts, key=len)[:_MAX_TEXT]


def _unique(links: Iterable[Link]) -> list[Link]:
    """Each address once, at its first place, with its longest text (a picture has none)."""
    seen: dict[str, str] = {}
    for url, text in links:
        if len(text) > len(seen.setdefault(url, text)):
            seen[url] = text
    return list(seen.items())
