"""Articles in several pages: where the next page is, and how the texts of all make one. Pure.

Only an address of the article itself is followed: page 1's address with a page number added in one
of the ways that publishing systems have. A link that says "next" and leads elsewhere is the next
article, whatever it is called.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

MOST_PAGES = 50
"""No article has more; a larger number in an address is the number of something else."""
_NEXT = re.compile(
    r"(?:[(（\[【]?\s*)?(?:下一?页|后一?页|下\s*1\s*页|翻页|继续阅读|阅读下一页|next(?:\s*page)?)"
    r"(?:\s*[)）\]】])?[\s>›»→]*|[>›»→]{1,2}",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"[(（\[【]?\s*(?:(?:在本页|单页|一页|本页)?(?:显示|阅读|查看|浏览|看)?(?:全文|全部|所有页)|单页阅读|全文阅读"
    r"|(?:view|show)\s+(?:all|as\s+(?:a\s+)?single\s+page)|single\s+page)\s*[)）\]】]?[\s>›»]*",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[\[(（【第]?\s*(\d{1,2})\s*[\])）】页]?")
_PARAMETERS = frozenset(
    {"page", "p", "pg", "pn", "pageno", "page_no", "pagenum", "pageindex", "currentpage", "curpage"}
)
_WHOLE_VALUES = {"page": "all", "p": "all", "view": "all", "all": "1", "full": "1", "pager": "all"}
_SUFFIX = re.compile(r"(?:[_-]p?|/|/page/)(\d{1,2})", re.IGNORECASE)
_WHOLE_SUFFIX = re.compile(r"[_-](?:all|full|qw)|/all", re.IGNORECASE)
_EXTENSION = re.compile(r"\.(?:s?html?|php|aspx?|jsp|jhtml|xhtml)$", re.IGNORECASE)
_FORUM = re.compile(r"(?:^|[./_-])(?:bbs|forum|thread|viewthread|topic|tieba|club)", re.IGNORECASE)
"""There further pages are what others answered."""
_SCRIPTED = re.compile(
    r"createPageHTML\s*\(\s*(\d+)\s*,\s*(\d+)\s*,\s*[\"']([^\"']+)[\"']\s*,\s*[\"'](\w+)[\"']"
)
"""Page bars that a script writes: how many pages, which one this is (from 0), name, extension."""
_SIGNS = re.compile(
    rb"[?&;](?:page|p|pg|pn|pageno|page_no|pagenum|pageindex|currentpage|curpage|view|all|full)="
    rb"|createPageHTML|rel=[\"']?next",
    re.IGNORECASE,
)
_LONG = 15
"""A shorter paragraph may well be said twice; a longer one is a repetition of the page's."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A page of an article: its number as the address has it, 0 for the address without one."""

    number: int
    whole: bool = False


def continuation(html: str, url: str, *, first: str = "") -> str | None:
    """Address of the article's next page, or of all of it on one page; None when there is none.

    `first` is the address of page 1 where `url` is a later one. On a page of all there is none.
    """
    first = first or url
    base, here = _split(first), _split(url)
    if base is None or here is None or _FORUM.search(base.netloc + base.path + "?" + base.query):
        return None
    at = _place(base, here)
    if at is None or at.whole:
        return None
    tree = LexborHTMLParser(html)
    places: dict[_Place, str] = {}
    labels: dict[_Place, set[str]] = {}
    for address, label in _links(tree, url):
        split = _split(address)
        place = _place(base, split) if split is not None else None
        if place is not None:
            places.setdefault(place, address)
            labels.setdefault(place, set()).add(label)
    for place, address in places.items():
        if place.whole and "whole" in labels[place]:
            return address
    for place, address in sorted(places.items(), key=lambda each: each[0].number):
        if place.number > at.number and _is_next(place, at, labels[place]):
            return address
    return _scripted(html, base, at)


def may_continue(body: bytes, url: str) -> bool:
    """Whether it is worth while to look for a next page: a quick look at the bytes as they are, in
    whatever charset."""
    stem, _ = _stem(urlsplit(url).path.rstrip("/"))
    name = re.escape(stem.rpartition("/")[2].encode())
    numbered = name + rb"(?:[_-]p?\d|/(?:page/)?\d|(?:[_-]|/)(?:all|full|qw)\b)"
    return bool(_SIGNS.search(body) or (name and re.search(numbered, body)))


def joined(texts: Sequence[str]) -> str:
    """The texts of an article's pages in order as one, paragraphs that pages repeat once."""
    seen: set[str] = set()
    paragraphs: list[str] = []
    for text in texts:
        own = [line for line in text.split("\n") if line]
        start = 0
        while start < len(own) and own[start] in seen:  # what stands above the text of every page
            start += 1
        kept = [line for line in own[start:] if len(line) < _LONG or line not in seen]
        paragraphs += kept
        seen.update(own)
    return "\n".join(paragraphs)


def _scripted(html: str, base: SplitResult, at: _Place) -> str | None:
    """The next page by a page bar that a script writes."""
    found = _SCRIPTED.search(html)
    if found is None or int(found[2]) != at.number or not 1 < int(found[1]) <= MOST_PAGES:
        return None
    number, name, extension = at.number + 1, found[3], found[4]
    if number >= int(found[1]) or _stem(base.path)[0].rpartition("/")[2] != name:
        return None
    return urljoin(base.geturl(), f"{name}_{number}.{extension}")


def _is_next(place: _Place, at: _Place, labels: set[str]) -> bool:
    """Systems count the pages after the first from 1 or from 2; a label decides which it is."""
    if "next" in labels:
        return place.number <= at.number + 2 if at.number == 0 else place.number == at.number + 1
    if at.number == 0:
        return "2" in labels and place.number in (1, 2)
    return place.number == at.number + 1 and bool(
        {str(place.number), str(place.number + 1)} & labels
    )


def _links(tree: LexborHTMLParser, url: str) -> Iterator[tuple[str, str]]:
    """Address and meaning ("next", "whole" or a number) of each link that may lead to a page."""
    for node in tree.css("link[rel=next], a[href]"):
        meaning = "next" if node.tag == "link" else _meaning(node)
        href = (node.attributes.get("href") or "").strip()
        if not meaning or not href or href.startswith(("#", "javascript:")):
            continue
        try:
            yield urljoin(url, href), meaning
        except ValueError:
            continue


def _meaning(node: LexborNode) -> str:
    text = (node.text() or "").strip() or (node.attributes.get("title") or "").strip()
    if len(text) > 20:
        return ""
    if "next" in (node.attributes.get("rel") or "").lower().split() or _NEXT.fullmatch(text):
        return "next"
    if _WHOLE.fullmatch(text):
        return "whole"
    number = _NUMBER.fullmatch(text)
    return str(int(number[1])) if number else ""


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and parts.netloc else None


def _place(base: SplitResult, other: SplitResult) -> _Place | None:
    """Which page of the article at `base` an address is; None when it is something else."""
    if base.netloc.lower() != other.netloc.lower():
        return None
    if base.query != other.query or "page" in base.query:
        return _place_by_query(base, other)
    if base.path == other.path:
        return _Place(0)
    return _place_by_path(base.path, other.path)


def _place_by_path(base: str, other: str) -> _Place | None:
    stem, extension = _stem(base)
    rest, other_extension = _stem(other)
    if not stem.strip("/") or not rest.startswith(stem):
        return None
    suffix = rest[len(stem) :].rstrip("/")
    if not extension and stem.endswith("/"):
        suffix = "/" + suffix
    elif extension != other_extension:
        return None
    if _WHOLE_SUFFIX.fullmatch(suffix):
        return _Place(0, whole=True)
    found = _SUFFIX.fullmatch(suffix)
    return _numbered(found[1]) if found else None


def _stem(path: str) -> tuple[str, str]:
    found = _EXTENSION.search(path)
    return (path[: found.start()], found[0].lower()) if found else (path, "")


def _place_by_query(base: SplitResult, other: SplitResult) -> _Place | None:
    if base.path != other.path:
        return None
    own, own_page = _parameters(base.query)
    its, page = _parameters(other.query)
    if own != its:
        return None
    if page is None:
        return _Place(0)
    name, value = page
    if _WHOLE_VALUES.get(name) == value.lower():
        return _Place(0, whole=True)
    if not value.isdecimal() or name not in _PARAMETERS or int(value) > MOST_PAGES:
        return None
    number = int(value)
    first = own_page is not None and own_page[1].isdecimal() and int(own_page[1]) == number
    return (
        _Place(0) if number == 0 or first or (number == 1 and own_page is None) else _Place(number)
    )


def _parameters(query: str) -> tuple[list[tuple[str, str]], tuple[str, str] | None]:
    """All but the page number in their order, and the page number."""
    pairs = parse_qsl(query, keep_blank_values=True)
    pages = [(n.lower(), v) for n, v in pairs if n.lower() in _PARAMETERS | _WHOLE_VALUES.keys()]
    others = sorted((n, v) for n, v in pairs if n.lower() not in _PARAMETERS | _WHOLE_VALUES.keys())
    return others, pages[0] if len(pages) == 1 else None


def _numbered(text: str) -> _Place | None:
    number = int(text)
    return _Place(number) if 0 < number <= MOST_PAGES else None
