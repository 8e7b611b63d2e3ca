"""What an address is that somebody wants to watch, and what to do about it. Pure.

People paste what stands in their browser: an article instead of its section, the list of feeds
instead of a feed, a page behind a login. Each is named as what it is, with the way out that the
page itself shows (feeds that it offers, the sections that it stands in, the feeds of an OPML).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin

from crawlers.page_diagnosis import diagnose_page
from crawlers.sources.base import Response
from crawlers.verdicts import MANY, Diagnosis, Failure, Suggestion, What, good, read
from pipeline.decode import decode
from pipeline.model import Source, SourceKind

_ROOT = re.compile(
    r"<(?:[\w-]+:)?(opml|urlset|sitemapindex|rss|feed|rdf|channel|html|body)\b|<!doctype\s+(html)",
    re.I,
)
_ROOT_WITHIN = 64 * 1024
_TITLE_NAMES = ("title", "headline", "name", "word", "query", "note", "subject", "keyword")
_URL_NAMES = ("url", "link", "href", "share_url", "mobileUrl", "scheme")
_TIME_NAMES = (
    "time", "pubDate", "pub_time", "publish_time", "publishTime", "created_at", "ctime", "date",
)  # fmt: skip
_TEXT_NAMES = ("summary", "desc", "description", "brief", "excerpt", "digest", "content", "text")
_KINDS = (
    (b"%PDF-", "PDF 文件"), (b"PK\x03\x04", "压缩包或 Office 文件"),
    (b"\xd0\xcf\x11\xe0", "Office 文件"),
    (b"\x89PNG", "图片"), (b"\xff\xd8\xff", "图片"), (b"GIF8", "图片"),
)  # fmt: skip


def diagnose_failure(failure: Failure) -> Diagnosis:
    """What is known of an address from which nothing came."""
    made: dict[str, tuple[What, str, str]] = {
        "robots": (
            "robots", "网站的 robots.txt 不允许采集这个地址",
            "请改用该站提供的订阅源，或与网站联系取得许可。",
        ),
        "gone": ("gone", "地址不存在", "请在浏览器中核对地址；栏目可能已搬家。"),
        "login": ("login", "地址需要登录", "请改用不必登录的公开栏目或订阅源。"),
        "address": (
            "address", "地址指向内部网络，已拒绝",
            "确需采集内部网站时，在 settings.yaml 的 allow_networks 中加入其网段。",
        ),
    }  # fmt: skip
    what, sentence, advice = made.get(
        failure.code,
        ("unreachable", "地址取不到", "请稍后再试，或在浏览器中核对地址。"),
    )
    if what == "robots":  # there is nothing more to be said of it
        return Diagnosis(what, f"{sentence}。", advice)
    return Diagnosis(what, f"{sentence}（{failure.reason}）。", advice)


def diagnose(response: Response, wanted: Source | None, source: Source) -> Diagnosis:
    """What a fetched address is.

    `response` is decompressed. `wanted` is the source as somebody configured it, None when they
    gave an address alone; `source` has the address and all that is not to be found out.
    """
    form = next((name for magic, name in _KINDS if response.body.startswith(magic)), "")
    if form or "\0" in response.body[:1024].decode("latin-1"):
        return Diagnosis(
            "document", f"这是{form or '二进制文件'}，不是网页。",
            "文件请放进“文件夹”来源的目录，或填写列出这些文件的栏目地址。",
        )  # fmt: skip
    if wanted is not None:
        listing = read(response, wanted)
        if listing.items:
            return good(wanted, listing.items, listing.problem)
    text = decode(response.body, content_type=response.content_type)
    found = _by_form(response, text, source)
    if wanted is None or (found.what == wanted.kind and not wanted.items):
        return found
    if wanted.kind is SourceKind.SEARCH and found.what in ("other", "page", "article"):
        reason = listing.problem or f"搜索“{'、'.join(wanted.terms)}”没有找到文章"
        return Diagnosis("other", f"{reason}。", "请换一个在该站一定有结果的搜索词再试。")
    return replace(found, sentence=f"按 {wanted.kind} 读取没有得到条目。{found.sentence}")


def _by_form(response: Response, text: str, source: Source) -> Diagnosis:
    if text.lstrip()[:1] in ("{", "["):
        return _of_json(response, text, source)
    root = _ROOT.search(text, 0, _ROOT_WITHIN)
    name = (root[1] or root[2]).lower() if root else ""
    if name == "opml":
        return _of_opml(text, response.url)
    if name in ("urlset", "sitemapindex"):
        return _of_sitemap(response, replace(source, kind=SourceKind.SITEMAP))
    if name in ("rss", "feed", "rdf", "channel"):
        feed = replace(source, kind=SourceKind.FEED)
        listing = read(response, feed)
        if listing.items:
            return good(feed, listing.items, listing.problem)
        return Diagnosis(
            "empty", "这是订阅源，但其中没有条目。", listing.problem or "可以先保存，等它有内容。",
            source=feed,
        )  # fmt: skip
    return diagnose_page(response, text, source)


# --- formats -----------------------------------------------------------------------------------


def _of_opml(text: str, base: str) -> Diagnosis:
    outlines = re.findall(r"<outline\b[^>]*>", text, re.I)
    feeds = []
    for outline in outlines:
        about = dict(re.findall(r"([\w-]+)\s*=\s*[\"']([^\"']*)[\"']", outline))
        address = next((value for key, value in about.items() if key.lower() == "xmlurl"), "")
        if address:
            label = about.get("title") or about.get("text") or address
            feeds.append(Suggestion(urljoin(base, _unescaped(address)), _unescaped(label)))
    return Diagnosis(
        "opml", f"这是订阅清单（OPML），列出了 {len(feeds)} 个订阅源，它本身不是来源。",
        "请从下面选需要的订阅源，逐个添加。", suggestions=tuple(feeds[:MANY]),
    )  # fmt: skip


def _unescaped(text: str) -> str:
    return text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">").strip()


def _of_sitemap(response: Response, source: Source) -> Diagnosis:
    listing = read(response, source)
    if listing.items:
        return good(source, listing.items, listing.problem)
    if listing.more:
        suggestions = tuple(Suggestion(url, url, SourceKind.SITEMAP) for url in listing.more[:MANY])
        return Diagnosis(
            "sitemap", f"这是站点地图的索引，列出了 {len(listing.more)} 个站点地图。",
            "可以直接作为来源；只要其中一部分时，选下面的一个。", suggestions, source=source,
        )  # fmt: skip
    return Diagnosis(
        "empty", "这是站点地图，但其中没有近期的页面。", listing.problem, source=source
    )


def _of_json(response: Response, text: str, source: Source) -> Diagnosis:
    try:
        value, _end = json.JSONDecoder().raw_decode(text.lstrip())
    except (ValueError, RecursionError):
        return Diagnosis("other", "内容像 JSON，但读不出来。", "请核对地址。")
    if isinstance(value, dict) and "jsonfeed.org" in str(value.get("version", "")):
        feed = replace(source, kind=SourceKind.FEED)
        listing = read(response, feed)
        if listing.items:
            return good(feed, listing.items)
    lists = sorted(_lists(value, ""), key=lambda each: -len(each[1]))
    for path, entries in lists:
        fields = _fields(entries)
        if "title" not in dict(fields):
            continue
        hotlist = replace(source, kind=SourceKind.HOTLIST, items=path or "@", fields=fields)
        listing = read(response, hotlist)
        if listing.items:
            return good(hotlist, listing.items, "items 和 fields 是猜出来的，请核对。")
    return Diagnosis(
        "other", "这是 JSON，但其中没有看出带标题的列表。", "请用 items 和 fields 写明列表的位置。"
    )


def _lists(value: Any, path: str, depth: int = 0) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Lists of objects in a JSON value, with their JMESPath."""
    if depth > 6:
        return
    if isinstance(value, list):
        entries = [each for each in value if isinstance(each, dict)]
        if entries:
            yield path, entries
    elif isinstance(value, dict):
        for key, inner in value.items():
            name = key if re.fullmatch(r"[A-Za-z_]\w*", key) else json.dumps(key)
            yield from _lists(inner, f"{path}.{name}" if path else name, depth + 1)


def _fields(entries: Sequence[dict[str, Any]]) -> tuple[tuple[str, str], ...]:
    """Which of their keys hold title, address, time and text, by the usual names."""
    found = []
    for field, names in (
        ("title", _TITLE_NAMES), ("url", _URL_NAMES), ("time", _TIME_NAMES), ("text", _TEXT_NAMES),
    ):  # fmt: skip
        for name in names:
            if sum(bool(entry.get(name)) for entry in entries) > len(entries) / 2:
                found.append((field, name))
                break
    return tuple(found)
