"""A site's own search, asked for each of the terms: the links of what it finds."""

from __future__ import annotations

import re
from urllib.parse import quote

from crawlers.links import article_links
from crawlers.sources.base import Item, Listing, Response
from pipeline.decode import decode
from pipeline.extract import plain_text
from pipeline.identity import page_key
from pipeline.model import Hints, Source

PLACE = "{query}"
"""Where in the address of a search its term goes."""
_NOTHING = re.compile(
    r"(?:没有|未能?|暂无|无)(?:找到|搜索到|查询到|检索到|查到|搜到|相关|符合|匹配|任何)"
    r"|(?:搜索|检索|查询)结果为空|共(?:找到|检索到|有)?\s*0\s*[条个篇]"
    r"|\bno (?:results?|matches)\b|\b0 results?\b",
    re.IGNORECASE,
)


def search_urls(source: Source) -> tuple[str, ...]:
    """One address for each term, escaped in the charset in which the site reads its addresses."""
    # Sites that say gb2312 read all of its successors, as browsers send them.
    charset = "gb18030" if source.charset.lower().startswith("gb") else source.charset or "utf-8"
    return tuple(
        source.url.replace(PLACE, quote(term.encode(charset, "replace"), safe=""))
        for term in source.terms
    )


def read_search_listing(response: Response, source: Source) -> Listing:
    """What a search found. A page that does not even repeat the term is no answer to it.

    Links that are learnt must stand beside the term; those of a selector are believed.
    """
    term = _term(response.asked or response.url, source)
    html = decode(response.body, content_type=response.content_type)
    shown = _squeezed(f"{plain_text(html)} {_values(html)}")
    if term and _squeezed(term) not in shown:
        return Listing(
            (), f"搜索“{term}”得到的页面里没有这个词，请检查网址、charset 或该站是否要求登录"
        )
    items: dict[str, Item] = {}
    links = article_links(html, base=response.url, selector=source.links, term=term)
    for url, text in links:
        key = page_key(url)
        items.setdefault(key, Item(key, url, Hints(title=text)))
    if not items and not _NOTHING.search(plain_text(html)):
        return Listing((), f"搜索“{term}”的结果页上没有找到文章链接，请检查网址或 links")
    return Listing(tuple(items.values()))


def _term(asked: str, source: Source) -> str:
    """The term that an address asks for; empty when none fits."""
    pairs = zip(search_urls(source), source.terms, strict=True)
    return next((term for url, term in pairs if url == asked), "")


def _values(html: str) -> str:
    """What stands in the fields of forms: many sites repeat the term only there."""
    return " ".join(re.findall(r"<input\b[^>]{0,2000}?\bvalue\s*=\s*[\"']?([^\"'>]*)", html, re.I))


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text).casefold()
