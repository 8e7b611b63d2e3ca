"""A page as a flat list of text blocks over its elements: parsed once, walked once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser

MAX_CHARACTERS = 12_000_000
MAX_DEPTH = 3_000
_MANY_TAGS = 15_000
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")

BLOCK_TAGS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
        "dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1",
        "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "html", "iframe", "legend", "li", "main",
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
_UNSEEN = frozenset(
    {
        "audio", "button", "canvas", "head", "iframe", "input", "map", "math", "noscript",
        "object", "option", "script", "select", "style", "svg", "template", "textarea", "title",
        "video",
    }
)  # fmt: skip
_SHORT = 300
"""Longer blocks keep no pieces."""
_ZERO_WIDTH = re.compile("[\u200b\u200c\u2060\ufeff]")


def one_line(text: str) -> str:
    """White space of all kinds folded to single spaces, zero-width characters gone."""
    if not text.isascii():
        text = _ZERO_WIDTH.sub("", text)
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


@dataclass(slots=True)
class Page:
    """What the other modules look at."""

    tree: LexborHTMLParser
    html: str
    elements: list[Element] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)

    def ancestors(self, element: int) -> Iterator[int]:
        """Indexes from `element` up to the body, both included."""
        while True:
            yield element
            parent = self.elements[element].parent
            if parent == element:
                return
            element = parent


def read_page(html: str) -> Page | None:
    """The page, or None when it is not worth or not safe to read (too large, nested too deep)."""
    if len(html) > MAX_CHARACTERS or _nested_too_deep(html):
        return None
    tree = LexborHTMLParser(html)
    page = Page(tree, html)
    if tree.body is not None:
        _Walk(page).run()
    return page


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
        """By node: index of the nearest block element, and whether inside a link."""
        self.parts: list[str] = []
        self.linked: list[str] = []
        self.element = 0
        self.broken = False

    def run(self) -> None:
        body = self.page.tree.body
        assert body is not None
        for node in body.traverse(include_text=True):
            tag, parent = node.tag, node.parent
            if parent is None:
                continue
            if tag == "-text":
                self._text(parent.mem_id, node.text_content or "")
            elif tag == "br" or tag == "hr":
                self.broken = True
            elif tag and tag[0] != "-" and tag not in _UNSEEN:
                self._element(node, tag, first=node.mem_id == body.mem_id)
        self._flush()

    def _element(self, node, tag: str, *, first: bool) -> None:  # type: ignore[no-untyped-def]
        elements = self.page.elements
        place = (0, False) if first else self.places.get(node.parent.mem_id)
        if place is None:
            return
        block, linked = place
        if tag in BLOCK_TAGS or first:
            attributes = node.attributes
            label = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".lower()
            style = (attributes.get("style") or "").replace(" ", "").lower()
            hidden = "display:none" in style or "hidden" in attributes
            depth = 0 if first else elements[block].depth + 1
            hidden = hidden or (not first and elements[block].hidden)
            elements.append(Element(tag, block, depth, label, hidden))
            block = len(elements) - 1
            self.broken = True
        self.places[node.mem_id] = (block, linked or tag == "a")

    def _text(self, parent: int, text: str) -> None:
        place = self.places.get(parent)
        if place is None or not text:
            return
        block, linked = place
        new = self.broken or block != self.element
        if text.isspace():
            if not new:
                self.parts.append(" ")
            return
        if new:
            self._flush()
            self.element = block
        self.parts.append(text)
        if linked:
            self.linked.append(text)

    def _flush(self) -> None:
        self.broken = False
        if not self.parts:
            return
        text = one_line("".join(self.parts))
        if text:
            size = len(text) - text.count(" ")
            linked = sum(map(len, "".join(self.linked).split())) if self.linked else 0
            pieces: tuple[str, ...] = (text,)
            if len(self.parts) > 1 and size < _SHORT:
                pieces = tuple(p for part in self.parts if (p := one_line(part)))
            self.page.blocks.append(Block(text, self.element, linked, size, pieces))
        self.parts.clear()
        self.linked.clear()
