"""What a web page is that somebody wants to watch: a list, an article, a login, a shell … Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from crawlers.sources.base import Response
from crawlers.verdicts import MANY, Diagnosis, Suggestion, good, read
from pipeline.extract import extract
from pipeline.model import Source, SourceKind

_FEW = 3
"""A page with fewer article links is no list."""
_OFFERED = ("application/rss+xml", "application/atom+xml", "application/feed+json")
_NOT_THERE = re.compile(
    r"\b404\b|not\s*found"
    r"|(?:页面|网页|文章|内容|帖子)[^，。]{0,8}(?:不存在|已删除|被删除|找不到|已失效|走丢)"
    r"|(?:找不到|未找到)[^，。]{0,6}(?:页面|网页|内容)",
    re.I,
)
_LOGIN_ADDRESS = re.compile(
    r"(?:^|[./_-])(?:login|signin|sign-in|passport|sso|cas)(?:[./?_-]|$)", re.I
)
_LOGIN_TITLE = re.compile(r"登录|登陆|统一身份认证|sign\s*in|log\s*in", re.I)
_SHOWN_OF_SHELL = 200
"""Characters: a page of scripts alone shows fewer."""


def diagnose_page(response: Response, text: str, source: Source) -> Diagnosis:
    """What the page is; `text` is its body decoded."""
    tree = LexborHTMLParser(text)
    offered = _offered(tree, response.url)
    title = _title(tree)
    shown = _shown(text)
    if _is_login(tree, response, title, shown):
        return Diagnosis(
            "login", f"打开的是登录页（{title or response.url}）。",
            "请改用不必登录的公开栏目或订阅源；封闭平台可由本单位自建的订阅桥接入。", offered,
        )  # fmt: skip
    page = replace(source, kind=SourceKind.PAGE)
    article = extract(
        response.body, url=response.url, content_type=response.content_type, now=response.at,
        timezone=source.timezone,
    )  # fmt: skip
    if not article.is_article and _NOT_THERE.search(title) and len(shown) < 1500:
        return Diagnosis(
            "soft404", f"服务器答复正常，但页面说内容不存在（{title}）。",
            "请在浏览器中核对地址；栏目可能已搬家。", offered,
        )  # fmt: skip
    if article.is_article:
        sections = _sections(tree, response.url)
        advice = "请填写它所在栏目的地址"
        advice += "，可能是下面的一个。" if sections else "。"
        return Diagnosis(
            "article", f"这是一篇文章（{article.title[:40]}），不是列表。", advice,
            (*offered, *sections),
        )  # fmt: skip
    listing = read(response, page)
    if len(listing.items) >= _FEW:
        advice = "该页也提供订阅源，通常比列表页更全、更省。" if offered else ""
        return replace(good(page, listing.items, advice), suggestions=offered)
    if tree.css_first("script") is not None and len(shown) < _SHOWN_OF_SHELL:
        return Diagnosis(
            "shell", "页面本身几乎没有文字，内容由脚本载入。",
            "请设 browser: true 用浏览器打开，或找到它取数据的 JSON 接口作为 hotlist 来源。",
            offered,
        )  # fmt: skip
    return Diagnosis(
        "other", "页面上没有找到文章列表。",
        "该页提供下面的订阅源。" if offered else "请核对地址，或用 links 写明文章链接的位置。",
        offered,
    )  # fmt: skip


def _title(tree: LexborHTMLParser) -> str:
    node = tree.css_first("title")
    return " ".join(node.text().split())[:60] if node else ""


def _shown(text: str) -> str:
    """What a reader sees of a page without scripts."""
    tree = LexborHTMLParser(text)
    for node in tree.css("script, style, noscript, template, head"):
        node.decompose()
    return " ".join(tree.root.text(separator=" ").split()) if tree.root else ""


def _is_login(tree: LexborHTMLParser, response: Response, title: str, shown: str) -> bool:
    """A password is asked for and little else is there, or we were sent to a page for that."""
    sent = bool(response.asked) and response.asked.rstrip("/") != response.url.rstrip("/")
    parts = urlsplit(response.url)
    address = bool(_LOGIN_ADDRESS.search(f"{parts.netloc}{parts.path}"))
    asks = tree.css_first("input[type=password]") is not None
    named = bool(_LOGIN_TITLE.search(title))
    return (asks and (address or named or len(shown) < 600)) or (sent and address and named)


def _offered(tree: LexborHTMLParser, base: str) -> tuple[Suggestion, ...]:
    """Feeds (and sitemaps) that the page names in its head."""
    found = []
    for node in tree.css("link[rel][href]"):
        relations = (node.attributes.get("rel") or "").lower().split()
        form = (node.attributes.get("type") or "").lower().split(";")[0].strip()
        address = _absolute(base, node.attributes.get("href") or "")
        label = node.attributes.get("title") or ""
        if "alternate" in relations and form in _OFFERED and address:
            found.append(Suggestion(address, label or "订阅源"))
        elif "sitemap" in relations and address:
            found.append(Suggestion(address, label or "站点地图", SourceKind.SITEMAP))
    return tuple(_unique(found))[:MANY]


def _sections(tree: LexborHTMLParser, url: str) -> tuple[Suggestion, ...]:
    """Links of an article's page to pages above it, the nearest first."""
    here = urlsplit(url)
    found = []
    for node in tree.css("a[href]"):
        address = _absolute(url, node.attributes.get("href") or "")
        there = urlsplit(address)
        folder = re.sub(r"(?:index|default|list)[\w-]*\.\w+$", "", there.path)
        label = " ".join(node.text().split())[:30]
        above = folder.endswith("/") and here.path.startswith(folder) and len(folder) > 1
        if there.netloc == here.netloc and above and not there.query and label:
            found.append((len(folder), Suggestion(address, label, SourceKind.PAGE)))
    nearest = [each for _length, each in sorted(found, key=lambda pair: -pair[0])]
    return tuple(_unique(nearest))[:_FEW]


def _absolute(base: str, href: str) -> str:
    try:
        made = urljoin(base, href.strip())
    except ValueError:
        return ""
    return made if made.startswith(("http://", "https://")) else ""


def _unique(found: Iterable[Suggestion]) -> list[Suggestion]:
    return list({each.url: each for each in reversed(list(found))}.values())[::-1]
