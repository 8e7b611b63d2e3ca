"""Sitemaps, site searches, hot lists and feeds as sites and attackers write them."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.sources import SOURCE_TYPES, listing_urls
from crawlers.sources.base import Listing, Response
from crawlers.sources.sitemap import MAX_CHILDREN, MAX_ITEMS
from pipeline.model import Source, SourceKind

BASE = "http://news.linjiang.example/x"
NOW = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)
SEARCH = Source("s", SourceKind.SEARCH, "搜索", f"{BASE}?q={{query}}", terms=("临江市监",))
HOT = Source(
    "h", SourceKind.HOTLIST, "热榜", BASE, items="data",
    fields=(("title", "t"), ("url", "u"), ("id", "i"), ("time", "at")),
)  # fmt: skip


def read(source: Source, body: str | bytes, asked: str = "") -> Listing:
    raw = body.encode() if isinstance(body, str) else body
    return SOURCE_TYPES[source.kind](Response(BASE, "", raw, NOW, asked), source)


def of(kind: SourceKind, body: str | bytes) -> Listing:
    return read(Source("a", kind, "甲", BASE), body)


def urls(listing: Listing) -> list[str]:
    return [item.url.removeprefix("http://news.linjiang.example") for item in listing.items]


# --- sitemaps ------------------------------------------------------------------------------------


def urlset(*entries: tuple[str, str]) -> str:
    rows = "".join(
        f"<url><loc>{loc}</loc>{f'<lastmod>{mod}</lastmod>' if mod else ''}</url>"
        for loc, mod in entries
    )
    return f"<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{rows}</urlset>"


def test_a_sitemap_gives_what_is_recent_newest_first() -> None:
    body = urlset(("/old", "2025-12-01"), ("/day", "2026-03-04"), ("/now", "2026-03-05T08:59:00+08:00"), ("/static", ""), ("/odd", "2031-01-01"))  # fmt: skip
    assert urls(of(SourceKind.SITEMAP, body)) == ["/now", "/day"]


def test_without_dates_those_in_the_addresses_count() -> None:
    body = urlset(
        ("/2019/0101/1.html", ""),
        ("/202602/t20260228_2.html", ""),
        ("/202603/5.html", ""),
        ("/2026-03-05/3.html", ""),
        ("/about", ""),
    )
    assert urls(of(SourceKind.SITEMAP, body)) == [
        "/202603/5.html", "/2026-03-05/3.html", "/202602/t20260228_2.html",
    ]  # fmt: skip


def test_without_any_date_a_sitemap_keeps_its_order() -> None:
    assert urls(of(SourceKind.SITEMAP, urlset(("/b", ""), ("/a", "")))) == ["/b", "/a"]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_sitemaps_also_come_packed_or_as_text(pack: type[bytes]) -> None:
    lines = b"http://news.linjiang.example/1\nhttp://news.linjiang.example/2\n"
    assert urls(of(SourceKind.SITEMAP, pack(lines))) == ["/1", "/2"]
    assert urls(of(SourceKind.SITEMAP, pack(urlset(("/1", "")).encode()))) == ["/1"]


def test_a_feed_may_stand_for_a_sitemap() -> None:
    feed = "<rss version='2.0'><channel><item><title>夜市</title><link>/1</link></item></channel></rss>"
    assert urls(of(SourceKind.SITEMAP, feed)) == ["/1"]


def test_an_index_names_a_bounded_number_of_sitemaps() -> None:
    rows = "".join(f"<sitemap><loc>/s{n}.xml</loc></sitemap>" for n in range(100))
    listing = of(SourceKind.SITEMAP, f"<sitemapindex>{rows}</sitemapindex>")
    assert (listing.items, listing.problem, len(listing.more)) == ((), "", MAX_CHILDREN)


def test_a_huge_sitemap_is_bounded_and_that_is_told() -> None:
    body = urlset(*[(f"/{n}", "2026-03-05") for n in range(50_000)])
    listing = of(SourceKind.SITEMAP, body)
    assert len(listing.items) == MAX_ITEMS
    assert listing.problem == "网站地图里有 50000 个近期网址，只读取了前 2000 个"


def test_entities_and_broken_markup_of_a_sitemap_do_no_harm() -> None:
    levels = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 12))
    head = f"<!DOCTYPE urlset [<!ENTITY l0 'ha'><!ENTITY f SYSTEM 'file:///etc/passwd'>{levels}]>"
    body = f"{head}<urlset><url><loc>/1&l11;&f;</loc></url><url><loc>/2?a=1&b=2</loc></url><url><loc>/3</loc>"
    found = urls(of(SourceKind.SITEMAP, body))
    assert found[1:2] == ["/2?a=1&b=2"] or found[1:2] == ["/2?a=1=2"]
    assert all(len(url) < 40 and "root" not in url for url in found)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<!doctype html><html><body>404</body></html>", "网页"),
        ("{}", "不是网站地图"),
        ("", "不是网站地图"),
        ("<urlset></urlset>", ""),
    ],
)
def test_what_is_no_sitemap_is_one_sentence(body: str, words: str) -> None:
    listing = of(SourceKind.SITEMAP, body)
    assert listing.items == ()
    assert words in listing.problem
    assert bool(words) is bool(listing.problem)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_sitemap_or_a_sentence(tail: bytes) -> None:
    for head in (b"", b"<urlset><url><loc>"):
        listing = of(SourceKind.SITEMAP, head + tail)
        assert all(item.url.startswith("http") for item in listing.items)


# --- searches ------------------------------------------------------------------------------------


def test_a_search_asks_once_for_each_term_in_the_charset_of_the_site() -> None:
    two = replace(SEARCH, terms=("临江 市监", "a&b"))
    assert listing_urls(two) == (
        f"{BASE}?q=%E4%B8%B4%E6%B1%9F%20%E5%B8%82%E7%9B%91",
        f"{BASE}?q=a%26b",
    )
    assert listing_urls(replace(SEARCH, charset="gbk")) == (f"{BASE}?q=%C1%D9%BD%AD%CA%D0%BC%E0",)
    assert listing_urls(replace(SEARCH, charset="gb2312", terms=("镕",))) == (f"{BASE}?q=%E9F",)


def results(rows: str, said: str = "搜索“临江市监”") -> str:
    return f"<html><body><p>{said}</p><div>{rows}</div></body></html>"


def row(number: int, title: str, text: str) -> str:
    return f"<div class='r'><a href='/a/{number}.html'>{title}</a><p>{text}</p></div>"


def test_only_links_beside_the_term_are_learnt() -> None:
    found = "".join(
        row(n, f"第{n}号夜市公告发布", "临江<em>市监</em>提醒市民") for n in range(10_000, 10_004)
    )
    other = "".join(row(n, f"第{n}号招聘信息汇总如下所列", "双休") for n in range(20_000, 20_009))
    listing = read(SEARCH, results(found + other), listing_urls(SEARCH)[0])
    assert urls(listing) == [f"/a/{n}.html" for n in range(10_000, 10_004)]


def test_a_highlighted_word_does_not_split_a_title() -> None:
    html = results(row(10_001, "临江<em>市监</em>公布结果", "今天"))
    listing = read(replace(SEARCH, links=".r a"), html, listing_urls(SEARCH)[0])
    assert listing.items[0].hints.title == "临江市监公布结果"


@pytest.mark.parametrize(
    ("html", "problem"),
    [
        ("<html><body><a href='/1'>请先登录再使用搜索</a></body></html>", "得到的页面里没有这个词"),
        (results(""), "结果页上没有找到文章链接"),
        (results("", "抱歉，没有找到与“临江市监”相关的内容"), ""),
        ("<input value='临江市监'><p>共找到 0 条结果</p>", ""),
    ],
)
def test_an_empty_search_is_told_from_a_failed_one(html: str, problem: str) -> None:
    listing = read(SEARCH, html, listing_urls(SEARCH)[0])
    assert listing.items == ()
    assert problem in listing.problem
    assert bool(problem) is bool(listing.problem)


# --- hot lists -----------------------------------------------------------------------------------


def hot(*items: object, source: Source = HOT) -> Listing:
    return read(source, json.dumps({"data": items}))


def test_items_with_and_without_an_address_have_keys_of_their_own() -> None:
    listing = hot(
        {"t": "夜市", "u": "/1?utm_source=hot"}, {"t": "早市", "i": 7}, {"t": "集市"}, {"t": "集市"}
    )
    assert [(item.key, item.url) for item in listing.items] == [
        ("https://news.linjiang.example/1", "http://news.linjiang.example/1?utm_source=hot"),
        ("7", ""),
        ("集市", ""),
    ]


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        (1772670600, "2026-03-05T00:30"),
        ("1772670600", "2026-03-05T00:30"),
        (1772670600123, "2026-03-05T00:30"),
        (1772670600123456, "2026-03-05T00:30"),
        ("2026-03-05T08:30:00+08:00", "2026-03-05T00:30"),
        ("2026年3月5日 08:30", "2026-03-05T00:30"),
        ("20分钟前", "2026-03-05T00:40"),
        ("昨天 23:50", "2026-03-04T15:50"),
    ],
)
def test_times_of_a_hot_list(time: object, expected: str) -> None:
    (item,) = hot({"t": "夜市", "at": time}).items
    assert item.hints.published_at is not None
    assert item.hints.published_at.isoformat()[:16] == expected


@pytest.mark.parametrize("time", [7, True, None, "很久以前", [], {}, "9" * 400, 1e300])
def test_no_time_is_invented_for_a_hot_list(time: object) -> None:
    (item,) = hot({"t": "夜市", "at": time}).items
    assert item.hints.published_at is None


def test_json_in_a_call_is_read_and_titles_may_be_the_items() -> None:
    plain = replace(HOT, items="[]", fields=(("title", "@"),))
    listing = read(plain, 'cb_1(["夜市", "早市"]);')
    assert [item.hints.title for item in listing.items] == ["夜市", "早市"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<html>登录</html>", "不是 JSON"),
        ('{"data": {"list": []}}', "没有找到列表"),
        ('{"data": [{"name": "夜市"}]}', "取不到标题"),
        ('{"data": []}', ""),
        ("[" * 100_000, "不是 JSON"),
        ('{"data": [' + "9" * 5_000 + "]}", "不是 JSON"),
    ],
)
def test_a_hot_list_that_changed_is_one_sentence(body: str, words: str) -> None:
    listing = read(HOT, body)
    assert listing.items == ()
    assert words in listing.problem
    assert bool(words) is bool(listing.problem)


def test_an_address_of_another_scheme_is_none() -> None:
    assert [item.url for item in hot({"t": "夜市", "u": "javascript:alert(1)"}).items] == [""]


# --- feeds ---------------------------------------------------------------------------------------


def feed(*entries: str) -> Listing:
    items = "".join(f"<item>{entry}</item>" for entry in entries)
    return of(SourceKind.FEED, f"<rss version='2.0'><channel>{items}</channel></rss>")


def keys(listing: Listing) -> list[str]:
    return [item.key for item in listing.items]


def test_ids_that_change_at_each_request_make_nothing_new() -> None:
    entry = (
        "<title>夜市</title><guid isPermaLink='false'>{}</guid><description>今晚开市</description>"
    )
    linked = entry + "<link>http://news.linjiang.example/1</link>"
    for form in (entry, linked):
        assert keys(feed(form.format("a1"))) == keys(feed(form.format("b2")))


@pytest.mark.parametrize(
    "guid", ["http://news.linjiang.example/1", "https://news.linjiang.example/1"]
)
def test_a_guid_that_is_the_link_keeps_its_key_when_its_scheme_flips(guid: str) -> None:
    listing = feed(f"<title>夜市</title><guid>{guid}</guid>")
    assert keys(listing) == ["https://news.linjiang.example/1"]


def test_an_id_that_is_no_address_is_not_fetched() -> None:
    listing = feed("<title>夜市</title><guid>notice-7</guid>")
    assert urls(listing) == [""]


def test_entries_that_all_lead_to_the_front_page_stay_apart() -> None:
    front = "<link>http://news.linjiang.example/</link>"
    listing = feed(f"<title>夜市</title>{front}", f"<title>早市</title>{front}")
    assert urls(listing) == ["", ""]
    assert len(set(keys(listing))) == 2


def test_the_posts_of_a_live_blog_stay_apart() -> None:
    posts = [f"<title>第{n}条</title><link>/live.html#{n}</link>" for n in range(3)]
    listing = feed(*posts)
    assert urls(listing) == ["", "", ""]
    assert len(set(keys(listing))) == 3


def test_a_hundred_entries_are_a_hundred_items() -> None:
    listing = feed(*[f"<title>第{n}条</title><link>/{n}</link>" for n in range(100)])
    assert urls(listing) == [f"/{n}" for n in range(100)]


def test_an_entry_of_the_future_is_kept() -> None:
    at = (NOW + timedelta(days=730)).strftime("%Y-%m-%d %H:%M:%S")
    (item,) = feed(f"<title>夜市</title><link>/1</link><pubDate>{at}</pubDate>").items
    assert item.hints.published_at is not None
    assert item.hints.published_at > NOW


def test_a_hot_list_of_headlines_alone_says_its_headlines() -> None:
    body = json.dumps({"data": [{"t": "夜市要关停"}, {"t": "电梯困人", "u": "/1"}]})
    assert [(item.url[-2:], item.content) for item in read(HOT, body).items] == [
        ("", "夜市要关停"), ("/1", ""),
    ]  # fmt: skip


def test_a_list_behind_a_login_is_said_to_be_one() -> None:
    body = "<html><form><input name=u><input class='x' type='password'></form></html>"
    assert "登录页" in of(SourceKind.PAGE, body).problem


def test_a_million_spaces_in_the_place_of_json() -> None:
    source = Source("hot", SourceKind.HOTLIST, "热榜", "http://news.example/", items="data")
    for body in (b" " * 1_000_000 + b"x", b"x" + b" " * 1_000_000, b"x &&" + b" " * 1_000_000):
        listing = SOURCE_TYPES[source.kind](Response(source.url, "", body), source)
        assert "不是 JSON" in listing.problem


def test_a_sitemap_of_declarations_without_end() -> None:
    source = Source("map", SourceKind.SITEMAP, "地图", "http://news.example/")
    body = b"<urlset>" + b"<!DOCTYPE[" * 500_000
    assert SOURCE_TYPES[source.kind](Response(source.url, "", body), source).items == ()
