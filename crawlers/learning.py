"""Which links of a list page lead to its articles, learnt from the page alone.

Links are grouped by the form of their address (numbers made alike) or, where it is of its own kind,
by where they stand. A group is as good as its links look like headlines of articles: length of the
text, date or number in the address, a date beside it. The best group wins, and groups that are
nearly as good join it: front pages have a column for each subject.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

MIN_HEADLINE = 6
"""Letters; shorter link texts are mostly columns and buttons: nothing is learnt from them."""
_SHARED = 3
"""So many headlines with addresses of one form are a group."""
_NEARLY = 0.7
"""A group joins the best one when its links are on average at least so good beside its links."""
_CLIMB = 30
"""How far up a link's surroundings are looked at."""
_ROW_CLIMB, _ROW_LINKS, _ROW_TEXT = 5, 4, 1_000
"""A row is the largest element around a link with few links; what is read of it."""
_CHROME = ("nav", "footer", "header")
_CHROME_NAME = re.compile(
    r"nav|menu|foot|header|crumb|pag(e|ination|er)\b|login|search|friend|toolbar|copyright|sitemap",
    re.I,
)
_DATE = re.compile(
    r"(?<!\d)(?:20)?\d\d[-/.年]\s?(?:0?[1-9]|1[0-2])[-/.月]\s?(?:3[01]|[12]\d|0?[1-9])(?!\d)"
    r"|(?<![\d:])(?:0?[1-9]|1[0-2])[-/月](?:3[01]|[12]\d|0?[1-9])(?![\d-])"
    r"|\d+\s*(?:分钟|小时|天)前|[昨前]天|刚刚"
)
_DATED_ADDRESS = re.compile(r"20\d\d[-/_]?(?:0[1-9]|1[0-2])(?!\d{8})")
_NUMBERED = re.compile(r"\d{4}|[0-9a-f]{12}")
_NO_ARTICLE = re.compile(
    r"(?:^|[/_-])(?:index|list|node|col|column|channel|category|cat|tags?|topics?|author|user|space|"
    r"member|login|reg|register|search|about|help|feedback|download)(?=[/_\-.?=\d]|$)"
    r"|/20\d\d/(?:\d\d?/)?(?:\?|$)",
    re.I,
)
"""Columns, people, forms; and the articles of a month or year together."""
_COLUMN = re.compile(
    r"(?:指南|专区|专栏|频道|大厅|平台|系统|中心|分工|目录|查询|举报|信箱|服务|入口|之窗|概况|简介"
    r"|年度报告|信息公开|我们|更多|账号|首页)\W*$"
)
"""Names of columns end so; a few headlines do, but not most of a list."""
_LETTERS = re.compile(r"[^\W\d_]")


@dataclass(slots=True)
class Found:
    """One link of the page and what is known of it."""

    link: tuple[str, str]
    node: LexborNode
    place: str = ""
    shape: str = ""
    row: str = ""
    dated: bool = False
    score: float = 0.0

    @property
    def url(self) -> str:
        return self.link[0]

    @property
    def text(self) -> str:
        return self.link[1]

    @property
    def is_headline(self) -> bool:
        return len(_LETTERS.findall(self.text)) >= MIN_HEADLINE


def learnt(found: Sequence[Found], links: int, base: str, term: str) -> Iterator[tuple[str, str]]:
    """The links of articles, in order. `links` is how many the page has in all.

    With `term` only those whose row speaks of it.
    """
    around = _Surroundings(found, links)
    kept = [each for each in found if not _is_home(each.url) and not around.is_chrome(each.node)]
    for each in kept:
        each.place, each.shape = _place(each.node), _shape(each.url)
        each.row = around.row(each.node)
        each.dated = _DATE.search(each.row.replace(each.text, "", 1)) is not None
        each.score = _score(each, base)
    if term:
        kept = [each for each in kept if _speaks(each, term)]
    once = {(each.url, each.place): each for each in kept if each.is_headline}.values()
    sharing = Counter(each.shape for each in once)
    groups: dict[str, list[Found]] = defaultdict(list)
    for each in once:
        groups[each.shape if sharing[each.shape] >= _SHARED else each.place].append(each)
    chosen = _chosen(groups)
    places = {each.place for group in chosen for each in groups[group]}
    for each in kept:
        of_its_form = each.shape in chosen and len(_LETTERS.findall(each.text)) > 1
        beside = each.place in places and each.is_headline and sharing[each.shape] < _SHARED
        if of_its_form or beside:
            yield each.link


def _chosen(groups: dict[str, list[Found]]) -> set[str]:
    # Menus say the same in several places: each text counts once.
    total = {
        name: sum({each.text: each.score for each in group}.values())
        for name, group in groups.items()
    }
    best = max(total, key=lambda name: total[name], default=None)
    if best is None or total[best] <= 0:
        return set()
    mean = {name: sum(each.score for each in group) / len(group) for name, group in groups.items()}
    places = {each.place for each in groups[best]}
    return {
        name
        for name, group in groups.items()
        if name == best
        or (
            mean[name] >= _NEARLY * mean[best]
            and (are_numbered(each.url for each in group) or _same_ending(name, best))
        )
        or _stands_among(group, places)
    }


def _same_ending(shape: str, best: str) -> bool:
    """The same form in another folder, as /a/0.html and /b/0.html."""
    ending = shape.rpartition("/")[2]
    return "0" in ending and ending == best.rpartition("/")[2]


def _stands_among(group: Sequence[Found], places: set[str]) -> bool:
    """Articles on another host, in the rows of the list and dated like the others."""
    return all(each.dated and each.place in places for each in group)


def are_numbered(urls: Iterable[str]) -> bool:
    """Whether most addresses name a date or a number, as those of articles do."""
    named = [_NUMBERED.search(_tail(url)) is not None for url in urls]
    return sum(named) * 2 > len(named)


def _score(found: Found, base: str) -> float:
    """How much a link looks like an article's, from about -1 to 4."""
    length = min(len(found.text), 20) / 10
    address = _tail(found.url)
    if _DATED_ADDRESS.search(address):
        named = 1.0
    elif _NUMBERED.search(address):
        named = 0.7
    else:
        named = 0.3 if re.search(r"\d", address) else 0.0
    if _NO_ARTICLE.search(address):
        named -= 1.5
    if _COLUMN.search(found.text):
        named -= 0.7
    beside = 1.0 if found.dated else 0.0
    own = _family(found.url) == _family(base)
    return (length + named + beside) * (1 if own else 0.2)


def _speaks(found: Found, term: str) -> bool:
    squeezed = re.sub(r"\s+", "", f"{found.row}{found.text}").casefold()
    return re.sub(r"\s+", "", term).casefold() in squeezed


class _Surroundings:
    """What stands around the links: navigation, rows. Each element is looked at once."""

    def __init__(self, found: Sequence[Found], links: int) -> None:
        self.links = links
        self._count: Counter[int] = Counter()
        for each in found:
            self._count.update(above.mem_id for above in _above(each.node, _CLIMB))
        self._chrome: dict[int, bool] = {}
        self._rows: dict[int, str] = {}

    def is_chrome(self, node: LexborNode) -> bool:
        """Whether a link stands in navigation, footer, page numbers.

        A mere name does not count where it holds most links: some call all that there is a page.
        """
        for above in _above(node, _CLIMB):
            if above.mem_id not in self._chrome:
                self._chrome[above.mem_id] = self._named_so(above)
            if self._chrome[above.mem_id]:
                return True
        return False

    def _named_so(self, node: LexborNode) -> bool:
        if node.tag in _CHROME:
            return True
        name = f"{node.attributes.get('class') or ''} {node.attributes.get('id') or ''}"
        few = self._count[node.mem_id] * 2 <= self.links
        return few and _CHROME_NAME.search(name) is not None

    def row(self, node: LexborNode) -> str:
        """The text of the row in which a link stands. Rows do not overlap, so that the whole page
        is read once at most."""
        row = node
        for above in _above(node, _ROW_CLIMB):
            if self._count[above.mem_id] > _ROW_LINKS:
                break
            row = above
        if row.mem_id not in self._rows:
            self._rows[row.mem_id] = row.text(separator=" ")[:_ROW_TEXT]
        return self._rows[row.mem_id]


def _above(node: LexborNode, limit: int) -> Iterator[LexborNode]:
    above = node.parent
    for _ in range(limit):
        if above is None or above.tag in ("body", "html"):
            return
        yield above
        above = above.parent


def _is_home(url: str) -> bool:
    """The front page of a site, as in lists of friends, is no article."""
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query


def _family(url: str) -> str:
    """The last two or three labels of the host: sites put their columns on names of their own."""
    labels = (urlsplit(url).hostname or "").split(".")
    second = labels[-2] if len(labels) > 1 else ""
    return ".".join(labels[-3:] if second in ("com", "gov", "org", "net", "edu") else labels[-2:])


def _tail(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def _place(node: LexborNode) -> str:
    """Tags and classes from the link up to the fourth element above it."""
    parts = [f"{node.tag}.{node.attributes.get('class') or ''}"]
    parts.extend(f"{each.tag}.{each.attributes.get('class') or ''}" for each in _above(node, 4))
    return "/".join(parts)


def _shape(url: str) -> str:
    """Host and path with runs of digits and of hexadecimal digits made alike."""
    parts = urlsplit(url)
    path = re.sub(r"[0-9a-f]*\d[0-9a-f]*", "0", parts.path)
    return f"{parts.hostname}{path}?{re.sub(r'=[^&]*', '=', parts.query)}"
