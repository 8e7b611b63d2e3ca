"""Feeds that are not what they should be, and what the desk must be told of them."""

from __future__ import annotations

from tests.crawl_web.listings import rss
from tests.crawl_web.server import in_turn, say
from tests.crawl_web.texts import page
from tests.crawl_web.world import Builder, Family, Site, World

NO_FEED = "订阅地址返回的是网页而不是订阅源，请检查网址"


def in_feed(text: str, *, good: int = 2, titles: str = "{title}") -> Builder:
    """A feed with something before its root, in its titles or after its entries.

    `text` holds {items} once; {port} is that of the traps.
    """

    def build(world: World, site: Site) -> None:
        entries = Family(rss, count=good).entries(world, site)
        items = "".join(
            f"<item><title>{titles.format(title=made.title)}</title><link>{link}</link></item>"
            for link, made in entries
        )
        body = text.replace("{items}", items).replace("{port}", str(site.port))
        site.answers["/feed.xml"] = say(body, kind="application/rss+xml", validator="etag")
        site.told_later = ""

    return build


_RSS = "<rss version='2.0'><channel><title>快讯</title>{items}</channel></rss>"
_XXE = (
    "<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/hostname'>"
    "<!ENTITY y SYSTEM 'http://127.9.9.9:{port}/x'>]>"
)
_LAUGHS = (
    "<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY l0 '哈哈哈哈哈哈哈哈哈哈'>"
    + "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
    + "]>"
)
_DTD = "<?xml version='1.0'?><!DOCTYPE rss SYSTEM 'http://127.9.9.9:{port}/rss.dtd'>"


def _hundred_thousand(world: World, site: Site) -> None:
    """A feed of 100,000 entries; a round takes its budget of them, in the feed's order."""
    each_round = 15
    made = [world.article() for _ in range(2 * each_round)]
    for number, each in enumerate(made):
        site.answers[f"/{number}.html"] = say(page(each))
        site.expect(f"/{number}.html", each.title)
    items = "".join(
        f"<item><title>第{n}条</title><link>/{n}.html</link></item>" for n in range(100_000)
    )
    site.answers["/feed.xml"] = say(_RSS.replace("{items}", items), kind="application/rss+xml")
    site.later.update(list(site.articles)[each_round:])
    site.articles -= site.later
    site.settings["max_items"] = each_round
    site.conditional = False


def _becomes_html(world: World, site: Site) -> None:
    Family(rss, count=3)(world, site)
    site.answers["/feed.xml"] = in_turn(
        site.answers["/feed.xml"], say("<!DOCTYPE html><html><h1>网站改版</h1></html>")
    )
    site.conditional, site.told_later = False, NO_FEED


FEED_FAULTS: dict[str, tuple[Builder, str]] = {
    "xxe": (in_feed(_XXE + _RSS, titles="{title}&x;&y;"), "订阅源第 1 行格式有误，已尽量读取"),
    "laughs": (in_feed(_LAUGHS + _RSS, titles="{title}&l9;"), "订阅源第 1 行格式有误，已尽量读取"),
    "dtd": (in_feed(_DTD + _RSS), ""),
    "broken-xml": (in_feed(_RSS.replace("</channel>", "<item><title>a<b")), "格式有误，已尽量读取"),
    "hundred-thousand": (_hundred_thousand, "订阅源有 100000 条，只读取了前 2000 条"),
    "becomes-html": (_becomes_html, ""),
}  # fmt: skip
"""As in `faulty.FAULTS`."""
