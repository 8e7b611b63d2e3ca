"""How listings and pages are written: forms, character sets, compression."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from email.utils import format_datetime
from html import escape
from typing import Any

import brotli

from tests.crawl_web.server import Answer, Exchange, say
from tests.crawl_web.texts import Article, page
from tests.crawl_web.world import Entries, Listing, Pages

PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "br": brotli.compress,
    "deflate": zlib.compress,
}


def rss_text(entries: Entries, *, charset: str = "utf-8", more: str = "", head: str = "") -> str:
    """`more` goes into each entry, {} being its place; `head` before the root."""
    items = "".join(
        f"<item><title>{escape(made.title)}</title><link>{escape(link)}</link>"
        f"<pubDate>{format_datetime(made.at)}</pubDate>{more.format(number)}</item>"
        for number, (link, made) in enumerate(entries)
    )
    return (
        f"<?xml version='1.0' encoding='{charset}'?>{head}<rss version='2.0'><channel>"
        f"<title>临江日报</title>{items}</channel></rss>"
    )


def atom_text(entries: Entries) -> str:
    items = "".join(
        f"<entry><id>tag:linjiang.example,2026:{number}</id><title>{escape(made.title)}</title>"
        f"<link href='{escape(link)}'/><updated>{made.at.isoformat()}</updated></entry>"
        for number, (link, made) in enumerate(entries)
    )
    return (
        "<?xml version='1.0' encoding='utf-8'?><feed xmlns='http://www.w3.org/2005/Atom'>"
        f"<title>临江日报</title>{items}</feed>"
    )


def list_text(entries: Entries, *, charset: str = "utf-8", head: str = "") -> str:
    links = "".join(
        f"<li><a href='{escape(link)}'>{escape(made.title)}</a> <i>{made.date}</i></li>"
        for link, made in entries
    )
    return (
        f"<!DOCTYPE html><html><head><meta charset='{charset}'><title>要闻</title>{head}</head>"
        "<body><div class='nav'><a href='/'>首页</a><a href='/about.html'>关于我们</a></div>"
        f"<ul class='news'>{links}</ul>"
        "<div class='footer'><a href='/legal.html'>法律声明与版权</a></div></body></html>"
    )


def rss(entries: Entries) -> Answer:
    return say(rss_text(entries), kind="application/rss+xml", validator="etag")


def atom(entries: Entries) -> Answer:
    return say(atom_text(entries), kind="application/atom+xml", validator="etag")


def json_feed(entries: Entries) -> Answer:
    items = [
        {"id": link, "url": link, "title": made.title, "date_published": made.at.isoformat()}
        for link, made in entries
    ]
    about = {"version": "https://jsonfeed.org/version/1.1", "title": "临江日报", "items": items}
    return say(
        json.dumps(about, ensure_ascii=False), kind="application/feed+json", validator="etag"
    )


def sitemap_text(entries: Entries) -> str:
    urls = "".join(
        f"<url><loc>{escape(link)}</loc><lastmod>{made.at.isoformat()}</lastmod></url>"
        for link, made in entries
    )
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f"<?xml version='1.0' encoding='utf-8'?><urlset xmlns='{space}'>{urls}</urlset>"


def sitemap(entries: Entries) -> Answer:
    return say(sitemap_text(entries), kind="application/xml", validator="etag")


def hot_list(entries: Entries) -> Answer:
    items = [{"name": made.title, "link": {"pc": link}} for link, made in entries]
    about = {"code": 0, "data": {"list": items}}
    return say(json.dumps(about), kind="application/json", validator="etag")


def news_list(entries: Entries) -> Answer:
    return say(list_text(entries), validator="etag")


def written(
    text: Callable[..., str], charset: str = "utf-8", pack: str = "", **about: Any
) -> Listing:
    """A listing in a character set, perhaps compressed."""

    def listing(entries: Entries) -> Answer:
        declared = {"charset": charset} if charset != "utf-8" else {}
        return _coded(text(entries, **declared).encode(charset), pack, about)

    return listing


def pages(charset: str = "utf-8", declared: str = "", pack: str = "", **about: Any) -> Pages:
    """Pages in a character set, which they may declare by another name."""

    def answer(made: Article) -> Answer:
        return _coded(page(made, charset=declared or charset).encode(charset), pack, about)

    return answer


def _coded(body: bytes, pack: str, about: dict[str, Any]) -> Answer:
    if pack:
        body, about = PACK[pack](body), {"Content_Encoding": pack, **about}
    return say(body, **{"validator": "etag", **about})


def unframed(made: Article) -> Answer:
    """A page whose end is the end of the connection, as in HTTP/1.0."""

    async def answer(exchange: Exchange) -> None:
        exchange.last = True
        await exchange.head(200, Content_Type="text/html", Connection="close")
        await exchange.send(page(made).encode())

    return answer
