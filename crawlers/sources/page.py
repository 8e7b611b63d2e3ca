"""A list page: the links of its articles, named by a selector or learnt from the page."""

from __future__ import annotations

import re

from crawlers.links import article_links
from crawlers.sources.base import Item, Listing, Response
from pipeline.decode import decode
from pipeline.identity import page_key
from pipeline.model import Hints, Source

_PASSWORD = re.compile(r"<input\b[^>]{0,500}?\btype\s*=\s*[\"']?password\b", re.I)


def read_page_listing(response: Response, source: Source) -> Listing:
    """The article links of a list page, in the page's order."""
    html = decode(response.body, content_type=response.content_type)
    items: dict[str, Item] = {}
    for url, text in article_links(html, base=response.url, selector=source.links):
        key = page_key(url)
        items.setdefault(key, Item(key, url, Hints(title=text)))
    if items:
        return Listing(tuple(items.values()))
    if _PASSWORD.search(html):
        return Listing((), "打开的是登录页，没有文章链接；请改用不必登录的栏目或订阅源")
    if source.links is not None:
        return Listing((), f"列表页上没有与 links（{source.links}）相符的链接，页面可能已改版")
    return Listing((), "列表页上没有找到文章链接，请检查网址，或用 links 写明链接的位置")
