"""The article links of a list page."""

from __future__ import annotations

import re
from collections import defaultdict
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

Link = tuple[str, str]
"""Absolute address and text."""

HEADLINE = 6
"""Shorter link texts do not tell where the headlines stand: columns and buttons have them too."""
_CHROME = ("nav", "footer", "header", "aside")
_CHROME_NAME = re.compile(r"nav|menu|foot|header|crumb|pag(e|ination|er)\b|login|search", re.I)


def article_links(html: str, *, base: str, selector: str | None) -> list[Link]:
    """Links in the page's order, each once.

    Without a selector the links are learnt: links are grouped by where they stand in the page (tags
    and classes above them), and the group with the most headline text wins, together with groups
    whose addresses have the same shape.
    """
    tree = LexborHTMLParser(html)
    found_base = tree.css_first("base[href]")
    if found_base is not None:
        base = urljoin(base, found_base.attributes.get("href") or "")
    if selector is not None:
        return _unique(_selected(tree, selector, base))
    return _learnt(tree, base)


def _selected(tree: LexborHTMLParser, selector: str, base: str) -> list[Link]:
    try:
        nodes = tree.css(selector)
    except SelectolaxError:
        return []
    anchors = [n if n.tag == "a" else n.css_first("a[href]") for n in nodes]
    return [link for node in anchors if node is not None and (link := _link(node, base))]


def _learnt(tree: LexborHTMLParser, base: str) -> list[Link]:
    groups: dict[str, list[Link]] = defaultdict(list)
    order: list[tuple[str, Link]] = []
    for node in tree.css("a[href]"):
        link = _link(node, base)
        if link is None or len(link[1]) < 2 or _in_chrome(node):
            continue
        if link[0].rstrip("/") == base.rstrip("/"):
            continue
        place = _place(node)
        groups[place].append(link)
        order.append((place, link))
    weight = {
        place: sum(min(len(text), 40) for _, text in set(links) if len(text) >= HEADLINE)
        for place, links in groups.items()
    }
    if not any(weight.values()):
        return []
    best = max(weight, key=lambda place: weight[place])
    shapes = {_shape(url) for url, _ in groups[best]}
    return _unique([link for place, link in order if place == best or _shape(link[0]) in shapes])


def _link(node: LexborNode, base: str) -> Link | None:
    href = (node.attributes.get("href") or "").strip()
    if not href or href.startswith(("#", "javascript:", "mailto:", "tel:")):
        return None
    try:
        url = urljoin(base, href)
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    text = node.attributes.get("title") or node.text(separator=" ")
    return url.partition("#")[0], " ".join(text.split())


def _in_chrome(node: LexborNode) -> bool:
    above: LexborNode | None = node.parent
    while above is not None and above.tag not in ("body", "html"):
        name = f"{above.attributes.get('class') or ''} {above.attributes.get('id') or ''}"
        if above.tag in _CHROME or _CHROME_NAME.search(name):
            return True
        above = above.parent
    return False


def _place(node: LexborNode) -> str:
    """Tags and classes from the link up to the fourth element above it."""
    parts = []
    above: LexborNode | None = node
    for _ in range(5):
        if above is None or above.tag == "html":
            break
        parts.append(f"{above.tag}.{above.attributes.get('class') or ''}")
        above = above.parent
    return "/".join(parts)


def _shape(url: str) -> str:
    """Host and path with runs of digits and of hexadecimal digits made alike."""
    parts = urlsplit(url)
    path = re.sub(r"[0-9a-f]*\d[0-9a-f]*", "0", parts.path)
    return f"{parts.hostname}{path}?{re.sub(r'=[^&]*', '=', parts.query)}"


def _unique(links: list[Link]) -> list[Link]:
    seen: dict[str, Link] = {}
    for link in links:
        seen.setdefault(link[0], link)
    return list(seen.values())
