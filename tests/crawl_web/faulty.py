"""Sites with a fault each, and what the desk must be told of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from tests.crawl_web.faulty_feeds import FEED_FAULTS, NO_FEED
from tests.crawl_web.listings import news_list, rss
from tests.crawl_web.misbehaving import (
    brotli_bomb,
    endless,
    endless_headers,
    gzip_bomb,
    half,
    hang_up,
    nested,
    not_asked,
    one_byte_at_a_time,
    packed,
    silence,
    two_gigabytes,
)
from tests.crawl_web.server import Answer, in_turn, redirect, say
from tests.crawl_web.world import TRAPS, Builder, Family, Site, World

GONE = "服务器答复 404"
REFUSED = "指向内部地址，已拒绝访问"
TIMEOUT = "超时没有答复"
LARGE = "内容超过大小上限"
NO_ARTICLE = "页面上没有读到文章"
NO_ROBOTS = "/robots.txt 取不到（{}），本轮不采集该网站"


# --- where the fault lies ----------------------------------------------------------------------


def in_listing(make: Callable[[Site], Answer]) -> Builder:
    def build(world: World, site: Site) -> None:
        site.answers["/feed.xml"] = make(site)
        site.conditional = False

    return build


def in_article(make: Callable[[Site], Answer], *, passing: bool = False) -> Builder:
    """A healthy site but for one article, which its feed names first.

    A fault that may be `passing` is met again in the second round; others are told once.
    """

    def build(world: World, site: Site) -> None:
        good = Family(rss, count=3).entries(world, site)
        site.answers["/bad.html"] = make(site)
        site.answers["/feed.xml"] = rss([(f"{site.url}/bad.html", world.article()), *good])
        site.conditional, site.told_later = not passing, None if passing else ""

    return build


def in_robots(make: Callable[[Site], Answer]) -> Builder:
    def build(world: World, site: Site) -> None:
        Family(rss, count=3)(world, site)
        site.answers["/robots.txt"] = make(site)
        site.refused = set(site.answers) - {"/robots.txt"}
        site.articles.clear()
        site.conditional = False

    return build


def always(answer: Answer) -> Callable[[Site], Answer]:
    return lambda site: answer


def to(url: str) -> Callable[[Site], Answer]:
    return lambda site: redirect(url.format(port=site.port))


def loop(site: Site) -> Answer:
    site.answers["/round"] = redirect("/bad.html")
    site.answers["/bad.html"] = redirect("/round")
    return redirect("/round")


def five_times(site: Site) -> Answer:
    return packed(nested(b"<html>"), ", ".join(["gzip"] * 5))


def _soon(world: World, site: Site) -> None:
    """503 with a short Retry-After, once: it is waited for."""
    Family(rss, count=3)(world, site)
    site.answers["/feed.xml"] = in_turn(
        say("维护", status=503, Retry_After="1"), site.answers["/feed.xml"]
    )


def _article_later(world: World, site: Site) -> None:
    """The same for one article: pending until the second round."""
    Family(rss, count=2)(world, site)
    first = ("/a/1.html", site.answers["/a/1.html"])
    site.answers[first[0]] = in_turn(*[say("忙", status=502)] * 3, first[1])
    site.later.update([key for key in site.articles if key[0].endswith(first[0])])
    site.articles -= site.later
    site.conditional, site.told_later = False, ""


def _from_feed(world: World, site: Site) -> None:
    """A page that is a PDF: what the feed says of it is kept."""
    made = world.article()
    site.answers["/bad.html"] = say(b"%PDF-1.7\n%\xe2\xe3", kind="application/pdf")
    site.answers["/feed.xml"] = say(
        f"<rss version='2.0'><channel><title>公报</title><item><title>{made.title}</title>"
        f"<link>/bad.html</link><description>{made.paragraphs[0]}</description>"
        "</item></channel></rss>",
        kind="application/rss+xml",
        validator="etag",
    )
    site.expect("/bad.html", made.title)


def _trap_in_list(world: World, site: Site) -> None:
    """A list that names an address outside the allowed network."""
    entries = Family(news_list, count=4).entries(world, site)
    trap = f"http://{TRAPS[1]}:{site.port}/secret.html"
    Family(news_list, kind=site.kind.PAGE, at="/news/", count=0, settings={"links": "ul.news a"})(
        world, site
    )
    site.answers["/news/"] = news_list([*entries, (trap, world.article())])
    site.told_later = ""


# --- sources that cannot be ------------------------------------------------------------------

_ONLY_NAVIGATION = (
    "<!DOCTYPE html><html><body><div class='nav'><a href='/'>首页</a></div></body></html>"
)


def _list_without_articles(world: World, site: Site) -> None:
    site.kind, site.listing, site.conditional = site.kind.PAGE, "/news/", False
    site.answers["/news/"] = say(_ONLY_NAVIGATION)


def _nobody_there(world: World, site: Site) -> None:
    """No server listens at the address."""
    site.settings["url"] = f"http://{site.host}:9/feed.xml"
    site.conditional = False


def _no_such_name(world: World, site: Site) -> None:
    site.settings["url"] = "http://news.invalid/feed.xml"
    site.conditional = False


def _outside(world: World, site: Site) -> None:
    """The name of the source leads outside the allowed network."""
    site.settings["url"] = f"http://localhost:{site.port}/feed.xml"
    site.conditional = False


def secured(address: str = "", *, days: int) -> Builder:
    """A feed on https; its certificate is for `address` (else the site's own) and ends in `days`."""

    def build(world: World, site: Site) -> None:
        world.secure(site, address or site.host, timedelta(days=days))
        Family(rss, count=2)(world, site)
        if address or days < 0:
            site.articles.clear()
            site.conditional, site.refused = False, set(site.answers)

    return build


SOFT_404 = (
    "<html><head><title>页面不存在</title></head><body><h1>404</h1><p>抱歉，您访问的页面不存在或已被"
    "删除。</p><a href='/'>返回首页</a></body></html>"
)
LOGIN = (
    "<html><head><title>用户登录</title></head><body><form action='/login' method='post'>"
    "<label>用户名<input name='user'></label><label>密码<input type='password' name='pw'></label>"
    "<button>登录</button></form><p>请登录后继续访问。</p></body></html>"
)
SCRIPT = (
    "<html><head><title>临江日报</title></head><body><div id='app'></div>"
    "<script src='/static/app.js'></script><noscript>请启用 JavaScript</noscript></body></html>"
)

FAULTS: dict[str, tuple[Builder, str]] = {
    "silent": (in_listing(always(silence)), TIMEOUT),
    "silent-article": (in_article(always(silence), passing=True), f"/bad.html：{TIMEOUT}"),
    "slow": (in_listing(always(one_byte_at_a_time)), TIMEOUT),
    "slow-article": (in_article(always(one_byte_at_a_time), passing=True), f"/bad.html：{TIMEOUT}"),
    "half": (in_listing(always(half)), "连接中断，内容不全"),
    "half-article": (in_article(always(half), passing=True), "/bad.html：连接中断，内容不全"),
    "hang-up": (in_listing(always(hang_up)), "连接中断"),
    "endless": (in_listing(always(endless)), LARGE),
    "endless-article": (in_article(always(endless)), f"/bad.html：{LARGE}"),
    "endless-headers": (in_listing(always(endless_headers)), "连接中断"),
    "two-gigabytes": (in_listing(always(two_gigabytes)), LARGE),
    "two-gigabytes-article": (in_article(always(two_gigabytes)), f"/bad.html：{LARGE}"),
    "gzip-bomb": (
        in_listing(lambda site: packed(gzip_bomb(1), "gzip")), "网页解压后超过10MB，未读取",
    ),
    "gzip-bomb-article": (
        in_article(lambda site: packed(gzip_bomb(1), "gzip")),
        "/bad.html：网页解压后超过12MB，未读取",
    ),
    "gzip-bomb-10": (in_listing(lambda site: packed(gzip_bomb(10), "gzip")), LARGE),
    "gzip-bomb-10-article": (
        in_article(lambda site: packed(gzip_bomb(10), "gzip")), f"/bad.html：{LARGE}",
    ),
    "brotli-bomb": (
        in_listing(lambda site: packed(brotli_bomb(), "br")), "网页解压后超过10MB，未读取",
    ),
    "brotli-bomb-article": (
        in_article(lambda site: packed(brotli_bomb(), "br")),
        "/bad.html：网页解压后超过12MB，未读取",
    ),
    "packed-five-times": (in_listing(five_times), "网页叠加了5层压缩，最多接受3层"),
    "packed-five-times-article": (
        in_article(five_times), "/bad.html：网页叠加了5层压缩，最多接受3层",
    ),
    "loop": (in_listing(loop), "转向次数过多"),
    "loop-article": (in_article(loop), "转向次数过多"),
    "to-a-file": (in_listing(to("file:///etc/passwd")), "转向的地址无法采集"),
    "to-this-machine": (in_listing(to("http://127.0.0.1:{port}/secret")), f"127.0.0.1 {REFUSED}"),
    "to-this-machine-article": (
        in_article(to("http://127.0.0.1:{port}/secret")), f"127.0.0.1 {REFUSED}",
    ),
    "to-a-name-of-it": (in_listing(to("http://localhost:{port}/secret")), f"localhost {REFUSED}"),
    "to-another-network": (in_listing(to("http://127.9.9.9:{port}/")), f"127.9.9.9 {REFUSED}"),
    "to-a-number": (in_listing(to("http://2130706433:{port}/")), f"2130706433 {REFUSED}"),
    "to-mapped": (in_listing(to("http://[::ffff:127.0.0.1]:{port}/")), REFUSED),
    "to-metadata": (
        in_article(to("http://169.254.169.254/latest/")), f"169.254.169.254 {REFUSED}",
    ),
    "to-private": (in_listing(to("http://192.168.3.4/feed.xml")), f"192.168.3.4 {REFUSED}"),
    "link-outside": (_trap_in_list, f"127.9.9.9 {REFUSED}"),
    "outside": (_outside, f"localhost {REFUSED}"),
    "busy": (in_listing(always(say("忙", status=429, Retry_After="3600"))), "服务器答复 429"),
    "maintained": (in_listing(always(say("维护", status=503, Retry_After="7200"))), "服务器答复 503"),
    "back-soon": (_soon, ""),
    "article-back-soon": (_article_later, "/a/1.html：服务器答复 502"),
    "not-asked-304": (in_listing(always(not_asked)), "服务器答复 304，但此前没有取到过内容"),
    "not-asked-304-article": (
        in_article(always(not_asked), passing=True), "/bad.html：服务器答复 304，但此前没有取到过内容",
    ),
    "missing": (in_listing(always(say("没有", status=404))), GONE),
    "missing-article": (in_article(always(say("没有", status=404))), f"/bad.html：{GONE}"),
    "broken": (in_listing(always(say("错误", status=500))), "服务器答复 500"),
    "large-page": (in_article(lambda site: say(b"<p>" + b"x" * 30_000_000)), f"/bad.html：{LARGE}"),
    "pdf": (in_article(always(say(b"%PDF-1.7\n%\xe2\xe3\n1 0 obj"))), f"/bad.html：{NO_ARTICLE}"),
    "image": (
        in_article(always(say(b"\x89PNG\r\n\x1a\n" + bytes(500)))), f"/bad.html：{NO_ARTICLE}",
    ),
    "json": (in_article(always(say('{"code":0,"data":[]}'))), f"/bad.html：{NO_ARTICLE}"),
    "pdf-from-feed": (_from_feed, ""),
    "soft-404": (in_article(always(say(SOFT_404))), f"/bad.html：{NO_ARTICLE}"),
    "login": (in_article(always(say(LOGIN))), f"/bad.html：{NO_ARTICLE}"),
    "script": (in_article(always(say(SCRIPT))), f"/bad.html：{NO_ARTICLE}"),
    "empty-article": (in_article(always(say(""))), f"/bad.html：{NO_ARTICLE}"),
    "robots-silent": (in_robots(always(silence)), NO_ROBOTS.format(TIMEOUT)),
    "robots-500": (in_robots(always(say("", status=500))), NO_ROBOTS.format("服务器答复 500")),
    "robots-forbids": (
        in_robots(always(say("User-agent: *\nDisallow: /", kind="text/plain"))),
        "该网站的 robots.txt 不允许采集此页",
    ),
    "robots-outside": (
        in_robots(to("http://127.9.9.9:{port}/robots.txt")),
        NO_ROBOTS.format(f"127.9.9.9 {REFUSED}"),
    ),
    "secured": (secured(days=1), ""),
    "expired": (secured(days=-1), NO_ROBOTS.format("网站的安全证书已过期")),
    "of-another": (secured("127.1.9.9", days=1), NO_ROBOTS.format("网站的安全证书属于别的网站")),
    "no-server": (_nobody_there, NO_ROBOTS.format("连接被拒绝")),
    "no-name": (_no_such_name, "域名无法解析"),
    "html-for-a-feed": (in_listing(always(say(LOGIN))), NO_FEED),
    "list-without-articles": (_list_without_articles, "列表页上没有找到文章链接，请检查网址，或用 links 写明链接的位置"),
    **FEED_FAULTS,
}  # fmt: skip
"""Name → how the site is made, and what is told of it ("" where nothing is amiss for the desk)."""
