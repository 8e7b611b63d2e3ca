"""A page as a flat list of text blocks over its elements: parsed once, walked once.

lexbor repairs the markup; its serialisation is regular, so that one expression takes it apart
several times faster than a walk over the nodes of the tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser

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
_UNSEEN = re.compile(
    r"<!--.*?-->|<(audio|button|canvas|datalist|iframe|map|math|noembed|noframes|noscript|object"
    r"|script|select|style|svg|template|textarea|video)\b[^>]*>[^<]*(?:<(?!/\1>)[^<]*)*</\1>",
    re.S,
)
_TITLE = re.compile(r"<title\b[^>]*>([^<]*)</title>")
_HEAD_TAGS = re.compile(r"<(?:meta|link)\b([^>]*)>")
_TOKEN = re.compile(r"<(/?[a-z][^\s>]*)([^>]*)>([^<]*)")
"""A tag and the text behind it: the serialisation escapes `<` and `>` everywhere else."""
_ATTRIBUTE = re.compile(r' ([^\s>][^\s=>]*)="([^"]*)"')
_AUTHOR_MARK = re.compile(
    r' (?:rel|itemprop)="author| (?:class|id)="(?![^"]*(?:source|media|site|from))[^"]*'
    r"(?:author|nick|user-?name|[-_]name|writer|\bwho\b|poster|louzhu)",
    re.I,
)
_AUTHOR_WORDS = ("uthor", "nick", "name", "riter", "who", "poster", "louzhu")
_OPENS, _CLOSES, _BREAKS, _CLOSES_LINK = 1, 2, 3, 4
_KINDS = (
    dict.fromkeys(BLOCK_TAGS, _OPENS)
    | {f"/{tag}": _CLOSES for tag in BLOCK_TAGS}
    | {"br": _BREAKS, "hr": _BREAKS, "/a": _CLOSES_LINK}
)
_SHORT = 300
"""Longer blocks keep no pieces."""
_ZERO_WIDTH = ("\u200b", "\u200c", "\u2060", "\ufeff")


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
    """An image, a link or a time. `block` is the block it stands in or before; `element` as in
    `Block`."""

    block: int
    element: int
    attributes: str
    start: int = 0
    """A link's text is `Page.linked` from `start` to `end`."""
    end: int = 0

    def attribute(self, name: str) -> str:
        return attribute(self.attributes, name)


@dataclass(slots=True)
class Page:
    """What the other modules look at."""

    html: str
    title: str = ""
    """Of the document."""
    language: str = ""
    """As declared."""
    metas: list[dict[str, str]] = field(default_factory=list)
    """Attributes of the meta and link elements, in order."""
    elements: list[Element] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    images: list[Inset] = field(default_factory=list)
    links: list[tuple[int, int, str, int, int]] = field(default_factory=list)
    """Each makes an `Inset`: most links of a page are never looked at."""
    linked: list[str] = field(default_factory=list)
    """All text inside links, in order."""
    times: list[Inset] = field(default_factory=list)
    """The `time` elements that carry a machine-readable time."""
    authors: list[str] = field(default_factory=list)
    """Texts of inline elements marked up as an author."""
    described: Described = field(default_factory=Described)
    """What its structured data says of its article."""
    password: bool = False
    """It asks for a password."""

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


def attribute(attributes: str, name: str) -> str:
    """The value of one attribute of a serialised tag; empty when it has none."""
    start = attributes.find(f' {name}="')
    if start < 0:
        return ""
    start += len(name) + 3
    value = attributes[start : attributes.index('"', start)]
    return unescape(value) if "&" in value else value


def read_page(html: str) -> Page | None:
    """The page, or None when it is not worth or not safe to read (too large, nested too deep)."""
    if len(html) > MAX_CHARACTERS or _nested_too_deep(html):
        return None
    page = Page(html, described=described(html))
    seen = _UNSEEN.sub("", LexborHTMLParser(_without_scripts(html)).html or "")
    for mark in _ZERO_WIDTH:
        if mark in seen:
            seen = seen.replace(mark, "")
    if title := _TITLE.search(seen):
        page.title = one_line(unescape(title[1]))
    body = seen.find("<body")
    html_tag = seen.find("<html")
    page.language = attribute(seen[html_tag : seen.find(">", html_tag)], "lang")
    for attributes in _HEAD_TAGS.findall(seen):
        found = _ATTRIBUTE.findall(attributes)
        page.metas.append({name: unescape(value) for name, value in found})
    if body >= 0:
        seen = seen[body:].replace("&nbsp;", " ")
        _Walk(page).run(_TITLE.sub("", seen) if "<title" in seen else seen)
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
        self.parts: list[str] = []
        self.linked = page.linked
        self.counted = 0
        """So much of `linked` belongs to blocks that are done."""
        self.element = 0
        """Of the block that is being gathered."""
        self.broken = True
        """A block-level element began or ended since the last text."""
        self.open = [0]
        """Block elements around the current place."""
        self.labels: dict[str, tuple[str, bool]] = {}
        self.anchor: tuple[int, int, str, int] | None = None
        """The link around the current place."""
        self.marked = False
        """The next text is that of an element marked up as the author."""
        self.marks: dict[str, bool] = {}

    def run(self, html: str) -> None:
        """`html` begins with the tag of the body."""
        label, hidden = self._label(html[: html.find(">")])
        opened = self.open
        self.page.elements.append(Element("body", 0, 0, label, hidden))
        tokens = iter(_TOKEN.split(html))
        next(tokens)
        kinds = _KINDS.get
        # One flat list of strings: a tuple for each tag would keep the garbage collector busy.
        for tag, attributes, text, _ in zip(tokens, tokens, tokens, tokens, strict=True):
            kind = kinds(tag)
            if kind is _OPENS:
                self._open(tag, attributes)
            elif kind is _CLOSES or kind is _BREAKS:
                self.broken = True
                if kind is _CLOSES and len(opened) > 1:
                    opened.pop()
            elif kind is _CLOSES_LINK:
                self._close_link()
            elif attributes or tag == "a":
                self._inline(tag, attributes)
            if text and not text.isspace():
                self._text(text)
            elif text and not self.broken:
                self.parts.append(" ")
        self._close_link()
        self._flush()

    def _open(self, tag: str, attributes: str) -> None:
        label, hidden = self._label(attributes)
        parent, elements = self.open[-1], self.page.elements
        above = elements[parent]
        self.open.append(len(elements))
        elements.append(Element(tag, parent, above.depth + 1, label, hidden or above.hidden))
        self.broken = True

    def _label(self, attributes: str) -> tuple[str, bool]:
        if not attributes:
            return " ", False
        known = self.labels.get(attributes)
        if known is None:
            names = f"{attribute(attributes, 'class')} {attribute(attributes, 'id')}".lower()
            hidden = ' hidden="' in attributes
            if not hidden and ' style="' in attributes:
                style = attribute(attributes, "style").replace(" ", "").lower()
                hidden = "display:none" in style
            known = self.labels[attributes] = names, hidden
        return known

    def _text(self, text: str) -> None:
        if self.broken:
            self._flush()
            self.element = self.open[-1]
            self.broken = False
        if "&" in text:
            text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        self.parts.append(text)
        if self.anchor is not None:
            self.linked.append(text)
        if self.marked:
            self.marked = False
            self.page.authors.append(one_line(text))

    def _inline(self, tag: str, attributes: str) -> None:
        page = self.page
        if tag == "a":
            self._close_link()
            self.anchor = self._place(), self.open[-1], attributes, len(self.linked)
        elif tag == "img":
            page.images.append(Inset(self._place(), self.open[-1], attributes))
        elif tag == "time":
            if ' datetime="' in attributes:
                page.times.append(Inset(self._place(), self.open[-1], attributes))
        elif tag == "input":
            page.password = page.password or 'type="password"' in attributes
        if len(attributes) > 8 and len(page.authors) < 12:
            mark = self.marks.get(attributes)
            if mark is None:
                mark = any(word in attributes for word in _AUTHOR_WORDS)
                mark = mark and _AUTHOR_MARK.search(attributes) is not None
                self.marks[attributes] = mark
            self.marked = self.marked or mark

    def _place(self) -> int:
        """Index of the block that the current place is in, or that comes next."""
        return len(self.page.blocks) + (1 if self.parts and self.broken else 0)

    def _close_link(self) -> None:
        if self.anchor is not None:
            self.page.links.append((*self.anchor, len(self.linked)))
            self.anchor = None

    def _flush(self) -> None:
        if not self.parts:
            return
        parts = self.parts
        text = " ".join("".join(parts).split())
        size = len(text) - text.count(" ")
        inside = 0
        if len(self.linked) > self.counted:
            own = self.linked[self.counted :]
            inside = sum(map(len, "".join(own).split())) if len(own) < len(parts) else size
            self.counted = len(self.linked)
        pieces: tuple[str, ...] = (text,)
        if len(parts) > 1 and size < _SHORT:
            pieces = tuple([p for part in parts if (p := " ".join(part.split()))])
        if text:
            self.page.blocks.append(Block(text, self.element, inside, size, pieces))
        parts.clear()
