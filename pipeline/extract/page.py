"""A page as a flat list of text blocks over its elements, see `parse`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.extract.structured import Described

BLOCK_TAGS = frozenset(
    {
        "address", "article", "aside", "blockquote", "caption", "center", "dd", "details",
        "dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1",
        "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "legend", "li", "main",
        "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot",
        "th", "thead", "tr", "ul",
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
    large: bool = False
    """Its style makes its letters larger than a text's."""


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
