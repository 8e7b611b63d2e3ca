"""A page as a flat list of text blocks over its elements: parsed once, walked once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.extract.structured import Described, described

MAX_CHARACTERS = 12_000_000
MAX_DEPTH = 3_000
_MANY_TAGS = 15_000
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")

BLOCK_TAGS = frozenset(
    {
        "address", "article", "aside", "blockquote", "caption", "center", "dd", "details",
        "dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1",
        "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "legend", "li", "main",
        "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot",
        "th", "thead", "tr", "ul",
    }
)  # fmt: skip
_VOID = frozenset(
    {
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param",
        "source", "track", "wbr",
    }
)  # fmt: skip
_SILENT = re.compile(r"<!--|<(script|style)\b", re.I)
_SILENT_ENDS = {
    "": re.compile("-->"),
    "script": re.compile(r"</script\s*>", re.I),
    "style": re.compile(r"</style\s*>", re.I),
}
_UNSEEN = frozenset(
    {
        "audio", "button", "canvas", "datalist", "head", "iframe", "input", "map", "math",
        "noembed", "noframes", "noscript", "object", "script", "select", "style", "svg",
        "template", "textarea", "title", "video",
    }
)  # fmt: skip
_MARKED_AUTHORS = (
    "[rel=author],[itemprop=author],[class*=uthor],[class*=nick],[class*=name],[id*=name],"
    "[id*=author],[class*=riter],[class*=who],[class*=poster],[class*=louzhu]"
)
_AUTHOR_NAME = re.compile(
    r"^(?!.*(?:source|media|site|from)).*"
    r"(?:author|nick|user-?name|[-_]name|writer|\bwho\b|poster|louzhu)",
    re.I | re.S,
)
_MOST_AUTHORS = 12
_SHORT = 300
"""Longer blocks keep no pieces."""
_ZERO_WIDTH = ("\u200b", "\u200c", "\u2060", "\ufeff", "&#8203;", "&zwnj;", "&#65279;")


def one_line(text: str) -> str:
    """White space of all kinds folded to single spaces."""
    return " ".join(text.split())


@dataclass(slots=True)
class Element:
    """A block-level element. `parent` indexes `Page.elements`; the body is its own parent."""

    tag: str
    parent: int
    depth: int
    label: str
    """class and id, lower case."""
    hidden: bool = False


@dataclass(slots=True)
class Block:
    """A run of text without a line break. `element` indexes `Page.elements`."""

    text: str
    element: int
    linked: int
    """Characters inside links, without spaces."""
    size: int
    """Characters without spaces."""
    pieces: tuple[str, ...] = ()
    """The text nodes that make it up: inline elements often part date, source and author."""

    @property
    def spaced(self) -> str:
        """The text with a space between its pieces."""
        return " ".join(self.pieces)


class Inset(NamedTuple):
    """An image or a link. `block` is the block it stands in or before; `element` as in `Block`."""

    block: int
    element: int
    node: LexborNode

    @property
    def text(self) -> str:
        return one_line(self.node.text() or "")

    def attribute(self, name: str) -> str:
        return self.node.attributes.get(name) or ""


@dataclass(slots=True)
class Page:
    """What the other modules look at."""

    tree: LexborHTMLParser
    """Without scripts, styles and comments."""
    html: str
    title: str = ""
    """Of the document."""
    language: str = ""
    """As declared."""
    described: Described = field(default_factory=Described)
    """What its structured data says of its article."""
    metas: list[dict[str, str]] = field(default_factory=list)
    """Attributes of the meta and link elements, in order."""
    elements: list[Element] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    images: list[Inset] = field(default_factory=list)
    links: list[Inset] = field(default_factory=list)
    _authors: list[str] | None = None

    @property
    def asks_for_password(self) -> bool:
        return self.tree.css_first("input[type=password]") is not None

    @property
    def authors(self) -> list[str]:
        """Texts of the first inline elements that are marked up as an author or an account."""
        if self._authors is None:
            self._authors = self._marked_authors()
        return self._authors

    def _marked_authors(self) -> list[str]:
        found: list[str] = []
        for node in self.tree.css(_MARKED_AUTHORS):
            if node.tag in BLOCK_TAGS or node.tag == "meta" or not _marks_author(node):
                continue
            found.append(one_line(node.text() or ""))
            if len(found) == _MOST_AUTHORS:
                break
        return found

    @property
    def times(self) -> list[str]:
        """Machine-readable times of the article itself."""
        found = []
        for node in self.tree.css("time[datetime]"):
            attributes = node.attributes
            sure = attributes.get("itemprop") == "datePublished" or "pubdate" in attributes
            if sure or _is_in_article(node):
                found.append(attributes.get("datetime") or "")
        return found

    def ancestors(self, element: int) -> Iterator[int]:
        """Indexes from `element` up to the body, both included."""
        while True:
            yield element
            parent = self.elements[element].parent
            if parent == element:
                return
            element = parent

    def named(self, names: frozenset[str]) -> Iterator[str]:
        """Contents of the meta elements whose name or property is among `names` (lower case)."""
        for meta in self.metas:
            name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
            if name.lower() in names and (content := one_line(meta.get("content") or "")):
                yield content


def _marks_author(node: LexborNode) -> bool:
    attributes = node.attributes
    if "author" in (attributes.get("rel"), attributes.get("itemprop")):
        return True
    names = (attributes.get("class") or "", attributes.get("id") or "")
    return any(_AUTHOR_NAME.match(name) for name in names)


def _is_in_article(node: LexborNode) -> bool:
    around = node.parent
    while around is not None:
        if around.tag in ("article", "header"):
            return True
        around = around.parent
    return False


def read_page(html: str) -> Page | None:
    """The page, or None when it is not worth or not safe to read (too large, nested too deep)."""
    if len(html) > MAX_CHARACTERS or _nested_too_deep(html):
        return None
    seen = _without_scripts(html)
    for mark in _ZERO_WIDTH:
        if mark in seen:
            seen = seen.replace(mark, "")
    tree = LexborHTMLParser(seen)
    page = Page(tree, html, described=described(html))
    if title := tree.css_first("head title") or tree.css_first("title"):
        page.title = one_line(title.text() or "")
    if tree.root is not None:
        page.language = tree.root.attributes.get("lang") or ""
    page.metas = [
        {name: value or "" for name, value in node.attributes.items()}
        for node in tree.css("meta,link")
    ]
    if tree.body is not None:
        _Walk(page).run(tree.body)
    return page


def _without_scripts(html: str) -> str:
    """Without scripts, styles and comments, so that less is parsed; one that is never closed is
    left to the parser."""
    kept: list[str] = []
    at = 0
    while start := _SILENT.search(html, at):
        end = _SILENT_ENDS[(start[1] or "").lower()].search(html, start.end())
        if end is None:
            break
        kept.append(html[at : start.start()])
        at = end.end()
    return "".join([*kept, html[at:]])


def _nested_too_deep(html: str) -> bool:
    """Parsing takes quadratic time in the depth, so it is estimated before."""
    if html.count("<") < _MANY_TAGS:
        return False
    depth = 0
    for match in _TAG.finditer(html):
        if match[2].lower() in _VOID:
            continue
        depth = max(0, depth - 1) if match[1] else depth + 1
        if depth > MAX_DEPTH:
            return True
    return False


class _Walk:
    """One pass in document order; a block ends where a block-level element starts or ends."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.places: dict[int, tuple[int, bool]] = {}
        """By node that is seen: index of the nearest block element, and whether inside a link."""
        self.parts: list[str] = []
        self.linked: list[str] = []
        self.element = 0
        """Of the block that is being gathered."""
        self.broken = False
        """A block-level element or a line break came since the last text."""

    def run(self, body: LexborNode) -> None:
        self._block(body, "body", None)
        first = body.mem_id
        places = self.places
        for node in body.traverse(include_text=True):
            tag = node.tag
            if tag == "-text":
                place = places.get(node.parent.mem_id)  # type: ignore[union-attr]
                if place is not None and (text := node.text_content):
                    self._text(text, *place)
            elif tag == "br" or tag == "hr":
                self.broken = True
            elif tag not in _UNSEEN and tag[0] != "-":  # type: ignore[index]
                mem_id = node.mem_id
                place = places.get(node.parent.mem_id) if mem_id != first else None  # type: ignore[union-attr]
                if place is None:
                    continue
                if tag in BLOCK_TAGS:
                    self._block(node, tag, place)
                elif tag == "a":
                    places[mem_id] = place[0], True
                    self.page.links.append(Inset(self._place(), place[0], node))
                elif tag == "img":
                    self.page.images.append(Inset(self._place(), place[0], node))
                else:
                    places[mem_id] = place
        self._flush()

    def _block(self, node: LexborNode, tag: str, place: tuple[int, bool] | None) -> None:
        """`place` is that of the parent; None for the body."""
        attributes = node.attributes
        label = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".lower()
        hidden = "hidden" in attributes
        if style := attributes.get("style"):
            hidden = hidden or "display:none" in style.replace(" ", "").lower()
        elements = self.page.elements
        parent, linked = place or (0, False)
        depth = 0
        if place:
            depth = elements[parent].depth + 1
            hidden = hidden or elements[parent].hidden
        self.places[node.mem_id] = len(elements), linked
        elements.append(Element(tag, parent, depth, label, hidden))
        self.broken = True

    def _place(self) -> int:
        """Index of the block that the current place is in, or that comes next."""
        return len(self.page.blocks) + (1 if self.parts and self.broken else 0)

    def _text(self, text: str, element: int, linked: bool) -> None:
        new = self.broken or element != self.element
        if text.isspace():
            if not new:
                self.parts.append(" ")
            return
        if new:
            self._flush()
            self.element = element
            self.broken = False
        self.parts.append(text)
        if linked:
            self.linked.append(text)

    def _flush(self) -> None:
        parts, linked = self.parts, self.linked
        if not parts:
            return
        text = " ".join("".join(parts).split())
        size = len(text) - text.count(" ")
        inside = 0
        if linked:
            inside = sum(map(len, "".join(linked).split())) if len(linked) < len(parts) else size
            linked.clear()
        pieces: tuple[str, ...] = (text,)
        if len(parts) > 1 and size < _SHORT:
            pieces = tuple([p for part in parts if (p := " ".join(part.split()))])
        if text:
            self.page.blocks.append(Block(text, self.element, inside, size, pieces))
        parts.clear()
