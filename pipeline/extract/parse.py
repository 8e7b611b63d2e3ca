"""HTML → `Page`: parsed by lexbor, walked once."""

from __future__ import annotations

import re
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.extract.page import BLOCK_TAGS, Block, Element, Inset, Page, one_line
from pipeline.extract.structured import described

MAX_CHARACTERS = 12_000_000
MAX_DEPTH = 3_000
MAX_TAGS = 80_000
"""Opening and closing ones; portals' pages have three to seven thousand."""
_OPENS = re.compile("<")
_MANY_TAGS = 15_000
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_VOID = frozenset(
    {
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param",
        "source", "track", "wbr",
        "dd", "dt", "li", "option", "p", "tbody", "td", "th", "thead", "tr",
    }
)  # fmt: skip
"""Those that never need an end: elements without content, and those that the next one ends."""
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
_LARGE = re.compile(
    r"font-size\s*:\s*(?:(?:1[89]|[2-4]\d)(?:\.\d+)?px|(?:1[6-9]|[23]\d)pt|x+-large)"
)
_SHORT = 300
"""Longer blocks keep no pieces."""
_ZERO_WIDTH = ("\u200b", "\u200c", "\u2060", "\ufeff", "&#8203;", "&zwnj;", "&#65279;")


def read_page(html: str) -> Page | None:
    """The page, or None when it is not worth or not safe to read (too large, nested too deep).

    Of a page of very many tags the beginning is read: the article stands before what repeats.
    """
    if len(html) > MAX_CHARACTERS:
        return None
    html = _up_to(html, 2 * MAX_TAGS)
    seen = _up_to(_without_scripts(html), MAX_TAGS)
    if _nested_too_deep(seen):
        return None
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


def _up_to(html: str, tags: int) -> str:
    """The beginning of a page that has more tags than that."""
    if html.count("<") <= tags:
        return html
    return html[: next(islice(_OPENS.finditer(html), tags, None)).start()]


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
                text = node.text_content
                if not text or (self.broken and text.isspace()):
                    continue
                place = places.get(node.parent.mem_id)  # type: ignore[union-attr]
                if place is not None:
                    if "\n" in text and self.page.elements[place[0]].tag == "pre":
                        self._lines(text, *place)
                    else:
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
        large = False
        if style := attributes.get("style"):
            hidden = hidden or "display:none" in style.replace(" ", "").lower()
            large = "font" in style and _LARGE.search(style) is not None
        elements = self.page.elements
        parent, linked = place or (0, False)
        depth = 0
        if place:
            depth = elements[parent].depth + 1
            hidden = hidden or elements[parent].hidden
        self.places[node.mem_id] = len(elements), linked
        elements.append(Element(tag, parent, depth, label, hidden, large))
        self.broken = True

    def _place(self) -> int:
        """Index of the block that the current place is in, or that comes next."""
        return len(self.page.blocks) + (1 if self.parts and self.broken else 0)

    def _lines(self, text: str, element: int, linked: bool) -> None:
        """The line breaks of preformatted text are its author's."""
        for number, line in enumerate(text.split("\n")):
            self.broken = self.broken or number > 0
            if line:
                self._text(line, element, linked)

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
