"""The headline of a page, without the names of site and channel."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from pipeline.extract.page import Block, Page, one_line

_HEADINGS = {"h1": 3.0, "h2": 2.0, "h3": 1.0, "h4": 0.5}
_LABEL = re.compile(r"title|headline|\btit\b|biaoti|\bbt\b|_tit|tit_|subject|caption")
_SEPARATOR = re.compile(
    r"\s*(?:_+|\||｜|--+|——|\s[-–—·•»>]\s|»|(?<=[^\x00-\x7f])-(?=[^\x00-\x7f]))\s*"
)
_SITE = re.compile(
    r"(网|网站|新闻|频道|门户|官网|官方网站|日报|晚报|早报|时报|商报|晨报|周刊|杂志|论坛|社区"
    r"|博客|在线|平台|资讯|客户端|中心|快报|传媒"
    r"|首页|栏目|要闻|财经|政务|文化|科技|体育|娱乐|公报|动态|人民政府|政府|委员会|管理局"
    r"|公众号|电视台|数字报|数字版|电子报|电子版|局|厅|委|院|大学|公司|集团|协会|在线|\.com|\.cn|\.net)$",
    re.I,
)
_META = frozenset({"articletitle", "og:title", "twitter:title"})
_ANY_HEADING = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BYLINE = re.compile(
    r"(来源|时间|日期|作者|编辑|浏览|阅读|字号|首页|位置|栏目)\s*[:：>]|[>»]"
    r"|\d{4}[-年/.]\d{1,2}[-月/.]\d{1,2}"
)
_BRACKETED = re.compile(r"\s*(?:#[^#\s]{1,30}#\s*){0,3}【([^【】]{6,60})】")
_ACCOUNT = re.compile(r"的?微博(?:正文|视频)?$|^微博|动态$|的主页$|详情$|^分享")
_INVITES = re.compile(
    r"(?:打开|下载|安装|点击|来自|分享自).{0,12}(?:，|看|阅读|App|客户端|分享)", re.I
)
_NOT_KEY = re.compile(r"[^\w\n]+|_+")


@dataclass(frozen=True, slots=True)
class Headline:
    text: str = ""
    block: int | None = None
    """Index of the block that shows it; None when only the page's head does."""


def key(text: str) -> str:
    """What of a text counts when two spellings are compared: letters, digits, characters."""
    return unicodedata.normalize("NFKC", _NOT_KEY.sub("", text)).lower()


def keys(texts: list[str]) -> list[str]:
    """The `key` of each of many lines, in one pass."""
    return key("\n".join(texts)).split("\n") if texts else []


@dataclass(frozen=True, slots=True)
class _Head:
    """What the page's head calls it, each with its `key`."""

    document: str
    metas: tuple[str, ...]
    spelling: str
    meta_spellings: tuple[str, ...]
    parts: tuple[str, ...]
    """What separators part the document's title into, names of sites aside."""


def find_title(page: Page, noisy: list[bool], hint: str = "") -> Headline:
    """The heading in the page that its head confirms; else the head's title without site names.

    `hint` is what a link or feed called the page.
    """
    head = _head(page, hint)
    shown = _shown(page, noisy, head)
    if shown and not (key(shown.text) == head.spelling and names_site(shown.text)):
        return shown
    cleaned = without_site(head.document)
    for meta, spelling in zip(head.metas, head.meta_spellings, strict=True):
        if spelling and spelling in head.spelling and len(meta) > len(cleaned):
            cleaned = without_site(meta)
    return Headline(cleaned or next(iter(head.metas), ""))


def names_site(text: str) -> bool:
    """Whether a short title is that of a site, a channel or a body rather than of an article."""
    return len(text) < 20 and _SITE.search(text) is not None


def _head(page: Page, hint: str) -> _Head:
    others = [page.described.title, one_line(hint)]
    metas = [meta for meta in [*page.named(_META), *others] if meta]
    own = [part for part in _SEPARATOR.split(page.title) if not _SITE.search(part)]
    parts = [spelling for part in own if len(spelling := key(part)) >= 5]
    spellings = tuple(key(meta) for meta in metas)
    return _Head(page.title, tuple(metas), key(page.title), spellings, tuple(parts))


def _shown(page: Page, noisy: list[bool], head: _Head) -> Headline | None:
    best, best_score = None, 0.0
    headings = _headings(page, head.document)
    known = {*head.document, *head.spelling, *"".join(head.metas)}
    headings = [h for h in headings if h[2][0] in known or len(h[2]) >= len(head.document) > 0
                or not h[2][0].isalnum() or not known]  # fmt: skip
    spellings = keys([text for _, _, text in headings])
    for (start, end, text), spelling in zip(headings, spellings, strict=True):
        if not 2 <= len(spelling) <= 150:
            continue
        match = _match(spelling, head)
        if not match and not (len(head.spelling) >= 8 and head.spelling in spelling):
            continue
        score = match + _standing(page, noisy, start, text, known=match > 0)
        if score > best_score:
            best, best_score = Headline(text, end), score
    return best


def _headings(page: Page, document: str) -> list[tuple[int, int, str]]:
    """Blocks, and runs of blocks that share one heading element: first, last, text."""
    found: list[tuple[int, int, str]] = []
    blocks = page.blocks
    for index, block in enumerate(blocks):
        if block.size > 150 or _is_link_elsewhere(page, block):
            continue
        found.append((index, index, block.text))
        if len(block.pieces) > 1:
            longest = max(block.pieces, key=len)
            if len(longest) >= 0.6 * len(block.text):
                found.append((index, index, longest))
        end, text = index, block.text
        while (
            end + 1 < len(blocks)
            and end - index < 3
            and blocks[end + 1].element == block.element
            and blocks[end + 1].size < 80
        ):
            end += 1
            text = _joined(text, blocks[end].text, document)
            found.append((index, end, text))
    return found


def _is_link_elsewhere(page: Page, block: Block) -> bool:
    """Menus are most of the blocks of many pages, and no headlines."""
    tag = page.elements[block.element].tag
    return block.linked >= block.size and tag not in _ANY_HEADING


def _joined(first: str, second: str, document: str) -> str:
    """Two lines of a headline as the page's head writes them, else without a space in Chinese."""
    apart = f"{first} {second}"
    ascii_edge = first[-1].isascii() and second[0].isascii()
    return apart if ascii_edge or apart in document else first + second


def _match(spelling: str, head: _Head) -> float:
    """How well a block's text agrees with what the head says; 0 when it does not."""
    document = head.spelling
    if spelling in head.meta_spellings or spelling == document:
        return 12.0
    if document.startswith(spelling) and len(spelling) >= 4:
        return 6.0 + 5.0 * len(spelling) / len(document)
    if spelling in head.parts:
        return 5.0 + 3.0 * len(spelling) / max(len(document), 1)
    if len(spelling) < 8:
        return 0.0
    if spelling in document or any(spelling in meta for meta in head.meta_spellings):
        return 5.0 + 3.0 * len(spelling) / max(len(document), 1)
    return 0.0


def _standing(page: Page, noisy: list[bool], index: int, text: str, *, known: bool) -> float:
    """How much the block looks like a headline. `known`: the head has the whole of its text;
    otherwise it has the beginning, and only a heading may be longer than that."""
    block = page.blocks[index]
    chain = list(page.ancestors(block.element))[:2]
    heading = max((_HEADINGS.get(page.elements[e].tag, 0.0) for e in chain), default=0.0)
    named = any(_LABEL.search(page.elements[e].label) for e in chain)
    if not known and not heading:
        return -1.0
    score = heading + named + (0.0 if known else 6.0) - index / 10_000
    if names_site(text):
        score -= 4
    if block.linked > 0.6 * block.size:
        score -= 5
    if noisy[block.element]:
        score -= 3
    if page.elements[block.element].hidden:
        score -= 3
    return score


def title_beside(page: Page, below: int, noisy: list[bool], headline: Headline) -> Headline | None:
    """A heading close above the block `below`, where the page's head names no headline."""
    vague = (
        len(key(headline.text)) < 8
        or _SITE.search(headline.text) is not None
        or _INVITES.match(headline.text) is not None
    )
    plainest: Headline | None = None
    for index in range(below - 1, max(below - 7, -1), -1):
        block = page.blocks[index]
        chain = [page.elements[e] for e in list(page.ancestors(block.element))[:2]]
        heading = any(e.tag in _ANY_HEADING or _LABEL.search(e.label) for e in chain)
        plain = block.linked < 0.5 * block.size and not noisy[block.element]
        if not plain or not 6 <= block.size <= 80 or _BYLINE.search(block.text):
            continue
        if heading:
            return Headline(block.text, index)
        if vague and (plainest is None or len(block.text) > len(plainest.text)):
            plainest = Headline(block.text, index)
    return plainest


def large_title(page: Page, below: int, noisy: list[bool]) -> Headline | None:
    """A line in large letters close above the block `below`, which comes behind the date."""
    for index in range(below - 1, max(below - 7, -1), -1):
        block = page.blocks[index]
        large = page.elements[block.element].large and not noisy[block.element]
        if large and 4 <= block.size <= 80 and block.linked < 0.5 * block.size:
            return Headline(block.text, index)
    return None


def title_in_brackets(line: str, headline: Headline) -> Headline | None:
    """【…】 at the beginning of a post, where the head only names the account or the site."""
    match = _BRACKETED.match(line)
    vague = len(key(headline.text)) < 8 or _ACCOUNT.search(headline.text) is not None
    return Headline(match[1]) if match and vague else None


def without_site(title: str) -> str:
    """`标题_频道_某某网` → `标题`; what has no such parts stays."""
    parts = _SEPARATOR.split(title)
    if len(parts) < 2:
        return title
    while len(parts) > 1 and (
        _SITE.search(parts[-1]) or (len(parts[-1]) <= 6 and len("".join(parts[:-1])) >= 8)
    ):
        parts.pop()
    kept = title
    for cut in range(len(title), 0, -1):
        if key(title[:cut]) == key("".join(parts)):
            kept = title[:cut]
            break
    return kept.rstrip(" _|-–—·»｜>")
