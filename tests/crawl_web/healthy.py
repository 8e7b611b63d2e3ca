"""Sites without faults, as many ways of publishing as the web knows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote

from pipeline.model import SourceKind
from tests.crawl_web.listings import (
    PACK,
    atom,
    atom_text,
    hot_list,
    json_feed,
    list_text,
    news_list,
    pages,
    rss,
    rss_text,
    sitemap,
    sitemap_text,
    unframed,
    written,
)
from tests.crawl_web.server import Answer, in_turn, redirect, say
from tests.crawl_web.texts import Article, page
from tests.crawl_web.world import Builder, Family, Site, World, relative

_LIST: dict[str, Any] = {"kind": SourceKind.PAGE, "at": "/news/", "listing": news_list}
_RSS_KIND = "application/rss+xml"


def _rare(made: Article) -> Article:
    """A headline with a character that takes four bytes in GB18030."""
    return replace(made, title=f"{made.title}惠及𠮷祥街")


def _nul(made: Article) -> Answer:
    return say(page(made).replace("市", "市\0").replace("临江", "临\0江"))


def _nested(made: Article) -> Answer:
    return say(page(made).replace("<div class='article'>", "<div>" * 10_000))


def _dated(date: str) -> Any:
    """Pages of a server whose clock is wrong."""
    return lambda made: say(page(made), Date=date, Last_Modified=date)


def _moved(world: World, site: Site) -> None:
    """The feed and every article have moved to another path of the host."""
    entries = []
    for link, made in Family(rss, path="/new/{}.html").entries(world, site):
        path = link.removeprefix(site.url)
        site.answers[f"/old{path}"] = redirect(path, 301)
        entries.append((f"{site.url}/old{path}", made))
    site.answers["/feed.xml"] = rss(entries)
    site.answers["/rss"] = redirect("/feed.xml", 301)
    site.listing = "/rss"


def _canonical(world: World, site: Site) -> None:
    """Pages that name their canonical address; tracking parameters in the links."""
    entries = []
    for number in range(4):
        made = world.article()
        path = f"/{number}.html"
        head = f"<link rel='canonical' href='{site.url}{path}'>"
        site.answers[f"/m{path}"] = site.answers[path] = say(page(made, head=head))
        site.expect(path, made.title)
        entries += [
            (f"{site.url}/m{path}?utm_source=feed&spm=a.{number}", made),
            (f"{site.url}/m{path}", made),
        ]
    site.answers["/feed.xml"] = rss(entries)


def _index(world: World, site: Site) -> None:
    """An index of sitemaps; the second one is packed."""
    first, second = (Family(sitemap, path=f"/{n}/{{}}.html", count=3) for n in "ab")
    site.answers["/a.xml"] = sitemap(first.entries(world, site))
    site.answers["/b.xml.gz"] = say(
        PACK["gzip"](sitemap_text(second.entries(world, site)).encode()),
        kind="application/gzip",
        validator="etag",
    )
    maps = "".join(f"<sitemap><loc>{site.url}/{n}</loc></sitemap>" for n in ("a.xml", "b.xml.gz"))
    site.kind, site.listing, site.conditional = SourceKind.SITEMAP, "/sitemap.xml", False
    site.answers[site.listing] = say(
        f"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{maps}</sitemapindex>",
        kind="application/xml",
        validator="etag",
    )


def _search(world: World, site: Site) -> None:
    """A search for two terms; one article is found for both."""
    entries = Family(news_list, count=5).entries(world, site)
    found = {"市场监管局": entries[:3], "工商局": entries[2:]}
    for term, results in found.items():
        page_of_results = list_text(results).replace("<ul", f"<p>搜索“{term}”的结果</p><ul")
        site.answers[f"/search?q={quote(term)}"] = say(page_of_results, validator="etag")
    site.kind, site.listing, site.conditional = SourceKind.SEARCH, "/search?q={query}", False
    site.settings = {"terms": list(found), "links": "ul.news a"}


def _disallowing(world: World, site: Site) -> None:
    """Some of what the feed names may not be fetched."""
    family = Family(rss, count=3)
    hidden = Family(rss, path="/private/{}.html", count=2).entries(world, site)
    drafts = Family(rss, path="/x/{}.php", count=1).entries(world, site)
    site.refused = {link.removeprefix(site.url) for link, _ in hidden + drafts}
    site.articles.clear()
    site.answers["/feed.xml"] = rss(hidden + family.entries(world, site) + drafts)
    site.robots(
        "User-agent: *\nDisallow: /\n\nUser-agent: Chengqing-crawl\nDisallow: /private/\n"
        "Disallow: /*.php$\nAllow: /a/\n"
    )
    site.told, site.told_later = "该网站的 robots.txt 不允许采集此页", ""


def _reprinting(world: World, site: Site) -> None:
    """Names the articles of an agency's host beside its own."""
    wires = [each for each in world.sources if each.id.startswith("wire-")]
    wire = wires[int(site.id.rpartition("-")[2]) % len(wires)]
    theirs = [(url, replace(world.article(), title=title)) for url, title in wire.articles]
    own = Family(rss, count=2).entries(world, site)
    site.answers["/feed.xml"] = rss(theirs + own)
    site.shared = wire.shared = True


def _elsewhere(world: World, site: Site) -> None:
    """Its articles lie on a host of which no source is configured: the usual delay holds there."""
    archive = world.site(f"archive-of-{site.id}")
    archive.listed, archive.spacing = False, 1.0
    site.answers["/feed.xml"] = rss(Family(rss, count=3).entries(world, archive))
    site.articles, archive.articles = archive.articles, site.articles


def _slow_robots(world: World, site: Site) -> None:
    Family(rss)(world, site)
    site.answers["/robots.txt"] = say("User-agent: *\nAllow: /\n", kind="text/plain", after=1)


def _huge_robots(world: World, site: Site) -> None:
    """What stands in the first half megabyte holds."""
    _disallowing(world, site)
    rules = "User-agent: Chengqing-crawl\nDisallow: /private/\nDisallow: /*.php$\n"
    site.robots(rules + "# und so weiter\n" * 200_000)


def _guids_anew(world: World, site: Site) -> None:
    """Every fetch gives the entries other ids."""
    entries = Family(rss).entries(world, site)
    site.conditional = False
    site.answers["/feed.xml"] = in_turn(
        *(
            say(rss_text(entries, more=f"<guid>{time}-{{}}</guid>"), kind=_RSS_KIND)
            for time in range(3)
        )
    )


def _without_links(world: World, site: Site) -> None:
    """Entries that are all there is; what they say is the article."""
    entries = [("", world.article()) for _ in range(4)]
    text = "".join(
        f"<item><title>{made.title}</title><guid isPermaLink='false'>n{number}</guid>"
        f"<description>{made.paragraphs[0]}</description></item>"
        for number, (_, made) in enumerate(entries)
    )
    site.answers["/feed.xml"] = say(
        f"<rss version='2.0'><channel><title>快讯</title>{text}</channel></rss>",
        kind=_RSS_KIND,
        validator="etag",
    )
    for _, made in entries:
        site.expect("", made.title)


def _titles_in_html(world: World, site: Site) -> None:
    """Pages that cannot be had: the titles come from the feed, marked up and escaped twice."""
    made = world.article()
    site.answers["/feed.xml"] = say(
        "<rss version='2.0'><channel><title>快讯</title><item>"
        f"<title>&lt;b&gt;{made.title}&lt;/b&gt;&lt;script&gt;x()&lt;/script&gt;</title>"
        f"<description>{made.paragraphs[0]}</description></item></channel></rss>",
        kind=_RSS_KIND,
        validator="etag",
    )
    site.expect("", made.title)


def _dates(text: str) -> Any:
    """Feeds whose dates are missing or cannot be."""

    def listing(entries: Any) -> Answer:
        items = "".join(
            f"<item><title>{made.title}</title><link>{link}</link>{text}</item>"
            for link, made in entries
        )
        return say(
            f"<rss version='2.0'><channel><title>快讯</title>{items}</channel></rss>",
            kind=_RSS_KIND,
            validator="etag",
        )

    return listing


_HOT: dict[str, Any] = {
    "kind": SourceKind.HOTLIST,
    "at": "/api/hot",
    "settings": {"items": "data.list", "fields": {"title": "name", "url": "link.pc"}},
}

HEALTHY: dict[str, tuple[int, Builder]] = {
    "rss": (20, Family(rss)),
    "atom": (10, Family(atom)),
    "json-feed": (5, Family(json_feed)),
    "sitemap": (4, Family(sitemap, kind=SourceKind.SITEMAP, at="/sitemap.xml")),
    "sitemap-index": (1, _index),
    "hot-list": (3, Family(hot_list, **_HOT)),
    "search": (2, _search),
    "wire": (3, Family(rss, path="/wire/{}.html", count=4)),
    "reprint": (6, _reprinting),
    "rss-gzip": (6, Family(written(rss_text, pack="gzip", kind=_RSS_KIND), pages(pack="gzip"))),
    "rss-br": (5, Family(written(rss_text, pack="br", kind=_RSS_KIND), pages(pack="br"))),
    "rss-deflate": (2, Family(written(rss_text, pack="deflate", kind=_RSS_KIND))),
    "chunked": (4, Family(written(atom_text, chunked=True), pages(chunked=True, pack="gzip"))),
    "rss-gbk": (4, Family(written(rss_text, "gbk", kind="text/xml"), pages("gbk", "gb2312"))),
    "gbk-pages": (4, Family(rss, pages("gbk", "gb2312", kind="text/html"))),
    "lying": (3, Family(rss, pages("gbk", "utf-8", kind="text/html; charset=utf-8"))),
    "four-bytes": (2, Family(rss, pages("gb18030", "gb2312", kind="text/html"), _rare)),
    "utf-16": (1, Family(rss, pages("utf-16-le", kind="text/html"))),
    "nul": (1, Family(rss, _nul)),
    "nested": (1, Family(rss, _nested, count=2)),
    "by-date": (4, Family(written(rss_text, kind=_RSS_KIND, validator="date"))),
    "no-validator": (
        4, Family(written(rss_text, kind=_RSS_KIND, validator=""), conditional=False),
    ),
    "moved": (4, _moved),
    "canonical": (2, _canonical),
    "relative": (4, Family(rss, link=relative, path="/2026{}.html")),
    "learnt": (10, Family(**_LIST)),
    "learnt-relative": (3, Family(**_LIST, link=relative, path="/news/2026{}.html")),
    "selected": (8, Family(**_LIST, settings={"links": "ul.news a"})),
    "list-gbk": (
        3,
        Family(**_LIST | {"listing": written(list_text, "gbk", kind="text/html")}),
    ),
    "list-gzip": (2, Family(**_LIST | {"listing": written(list_text, pack="gzip")})),
    "closing": (2, Family(rss, pages(close=True))),
    "unframed": (2, Family(rss, unframed)),
    "crawl-delay": (4, Family(rss, robots="User-agent: *\nCrawl-delay: 0.5\n", spacing=0.5)),
    "crawl-delay-1": (2, Family(atom, robots="User-agent: *\nCrawl-delay: 1\n", spacing=1)),
    "delay": (3, Family(rss, settings={"delay": 0.6}, spacing=0.6)),
    "disallowing": (5, _disallowing),
    "elsewhere": (1, _elsewhere),
    "slow-robots": (1, _slow_robots),
    "huge-robots": (1, _huge_robots),
    "guids-anew": (1, _guids_anew),
    "without-links": (1, _without_links),
    "titles-in-html": (1, _titles_in_html),
    "no-dates": (1, Family(_dates(""))),
    "future": (1, Family(_dates("<pubDate>Fri, 01 Jan 2100 00:00:00 GMT</pubDate>"))),
    "one-guid": (1, Family(_dates("<guid isPermaLink='false'>same</guid>"))),
    "clock-1970": (1, Family(rss, _dated("Thu, 01 Jan 1970 00:00:00 GMT"))),
    "clock-ahead": (1, Family(rss, _dated("Sat, 01 Jan 2028 00:00:00 GMT"))),
}  # fmt: skip
"""Name → how many such sites, and how one is made."""
