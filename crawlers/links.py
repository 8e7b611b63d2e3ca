"""The article links of a list page."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

Link = tuple[str, str]
"""Absolute address and text."""

MAX_LINKS = 3_000
"""What is looked at of a page; a list has some hundred at most."""
MIN_HEADLINE = 6
"""Shorter link texts are mostly columns and buttons: nothing is learnt from them."""
_SHARED = 3
"""So many headlines with addresses of one shape are a group."""
_MAX_TEXT = 200
_CLIMB = 30
"""How far up a link's surroundings are looked at."""
_CHROME = ("nav", "footer", "header", "aside")
_CHROME_NAME = re.compile(r"nav|menu|foot|header|crumb|pag(e|ination|er)\b|login|search", re.I)
_ARTICLE_LIKE = re.compile(r"\d{4}")
_ADDRESSES = re.compile(r"https?://[^/]", re.I)


def article_links(html: str, *, base: str, selector: str | None) -> list[Link]:
    """Links in the page's order, each address once; none to the page itself.

    `selector` names the links or what holds them. Without one they are learnt: addresses of one
    shape (the same but for numbers) are a group; those with a shape of their own are grouped by
    where they stand (tags and classes above them). The group with the most headline text wins, and
    takes along what stands among its links with an address of its own shape.
    """
    tree = LexborHTMLParser(html)
    named = tree.css_first("base[href]")
    if named is not None:
        base = _joined(base, named.attributes.get("href") or "") or base
    if selector is not None:
        return _unique(_selected(tree, selector, base))
    return _learnt(tree, base)


def _selected(tree: LexborHTMLParser, selector: str, base: str) -> Iterable[Link]:
    try:
        nodes = tree.css(selector)
    except SelectolaxError:
        return
    for node in nodes[:MAX_LINKS]:
        for anchor in [node] if node.tag == "a" else node.css("a[href]"):
            link = _link(anchor, base)
            if link is not None:
                yield link


def _learnt(tree: LexborHTMLParser, base: str) -> list[Link]:
    anchors = tree.css("a[href]")[:MAX_LINKS]
    chrome = _Chrome(len(anchors))
    found = [
        _Found(link, _place(node), _shape(link[0]))
        for node in anchors
        if (link := _link(node, base)) and not _is_home(link[0]) and not chrome.holds(node)
    ]
    once = {(each.url, each.place): each for each in found if each.is_headline}.values()
    sharing = Counter(each.shape for each in once)
    weights: dict[str, float] = defaultdict(float)
    for each in once:
        group = each.shape if sharing[each.shape] >= _SHARED else each.place
        weights[group] += _weight(each, base)
    best = max(weights, key=lambda group: weights[group], default=None)
    places = {each.place for each in once if best in (each.shape, each.place)}
    return _unique(
        (each.url, each.text)
        for each in found
        if (each.shape == best and len(each.text) > 1 and not each.text.isdigit())
        or (each.place in places and each.is_headline and sharing[each.shape] < _SHARED)
    )


@dataclass(frozen=True, slots=True)
class _Found:
    link: Link
    place: str
    shape: str

    @property
    def url(self) -> str:
        return self.link[0]

    @property
    def text(self) -> str:
        return self.link[1]

    @property
    def is_headline(self) -> bool:
        return len(self.text) >= MIN_HEADLINE


class _Chrome:
    """What surrounds the content: navigation, footer, page numbers.

    A mere name does not count where it holds most links: some call all that there is a page.
    """

    def __init__(self, links: int) -> None:
        self.links = links
        self._known: dict[int, bool] = {}

    def holds(self, node: LexborNode) -> bool:
        above = node.parent
        for _ in range(_CLIMB):
            if above is None or above.tag in ("body", "html"):
                return False
            if above.mem_id not in self._known:
                self._known[above.mem_id] = self._is_chrome(above)
            if self._known[above.mem_id]:
                return True
            above = above.parent
        return False

    def _is_chrome(self, node: LexborNode) -> bool:
        name = f"{node.attributes.get('class') or ''} {node.attributes.get('id') or ''}"
        if node.tag in _CHROME:
            return True
        return bool(_CHROME_NAME.search(name)) and len(node.css("a[href]")) * 2 <= self.links


def _is_home(url: str) -> bool:
    """The front page of a site, as in lists of friends, is no article."""
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query


def _weight(found: _Found, base: str) -> float:
    """How much a headline looks like an article's: its text, less on other hosts, more with a
    number or date in the address."""
    parts = urlsplit(found.url)
    own = parts.hostname == urlsplit(base).hostname
    numbered = _ARTICLE_LIKE.search(f"{parts.path}?{parts.query}") is not None
    return min(len(found.text), 40) * (1 if own else 0.2) * (2 if numbered else 1)


def _link(node: LexborNode, base: str) -> Link | None:
    url = _joined(base, (node.attributes.get("href") or "").strip())
    if url is None or url.partition("#")[0].rstrip("/") == base.rstrip("/"):
        return None
    shown = " ".join(node.text(separator=" ").split())
    title = " ".join((node.attributes.get("title") or "").split())
    return url.partition("#")[0], max(title, shown, key=len)[:_MAX_TEXT]


def _joined(base: str, href: str) -> str | None:
    """The web address that a reference means; None for a place in the page and other schemes."""
    if not href or href.startswith("#"):
        return None
    try:
        url = urljoin(base, href)
        valid = _ADDRESSES.match(url) and urlsplit(url).hostname
    except ValueError:
        return None
    return url if valid else None


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


def _unique(links: Iterable[Link]) -> list[Link]:
    """Each address once, at its first place, with its longest text (a picture has none)."""
    seen: dict[str, str] = {}
    for url, text in links:
        if len(text) > len(seen.setdefault(url, text)):
            seen[url] = text
    return list(seen.items())
