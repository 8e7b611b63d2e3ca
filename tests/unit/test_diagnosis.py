"""What an address is: a table of what people paste."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from crawlers.diagnosis import diagnose, diagnose_failure
from crawlers.sources.base import Response
from crawlers.verdicts import Diagnosis, Failure
from pipeline.model import Source, SourceKind

URL = "http://news.example/jsxw/2026/03/fee.html"
PARAGRAPH = (
    "临江市市场监督管理局今天答复，全市企业开办免收工本费，三个工作日内办结，"
    "窗口不得以任何名义收取费用，市民可拨打服务热线反映。"
)
ARTICLE = f"""<html><head><title>企业开办免收工本费 - 临江新闻网</title>
<link rel="alternate" type="application/rss+xml" title="要闻" href="/rss/yw.xml"></head><body>
<nav><a href="/">首页</a> <a href="/jsxw/">即时新闻</a> <a href="/jsxw/2026/">2026年</a>
<a href="/tiyu/">体育</a></nav>
<h1>企业开办免收工本费</h1><div>2026-03-05 09:30 来源：临江日报</div>
<div class="content">{"".join(f"<p>{PARAGRAPH}</p>" for _ in range(6))}</div></body></html>"""
LINKS = "".join(
    f"<li><a href='/jsxw/2026/03/{n}.html'>临江市第{n}批惠企政策今天起施行</a><span>03-0{n}</span></li>"
    for n in range(1, 9)
)
LIST = (
    f"<html><head><title>即时新闻</title></head><body><ul class='news'>{LINKS}</ul></body></html>"
)
FEED = """<rss version="2.0"><channel><title>要闻</title><item><title>夜市开市</title>
<link>http://news.example/1</link></item></channel></rss>"""
OPML = """<?xml version="1.0"?><opml version="2.0"><body><outline text="报纸">
<outline type="rss" text="临江日报" xmlUrl="http://daily.example/feed?a=1&amp;b=2"/>
<outline type="rss" title="晚报" xmlUrl="/evening.xml"/></outline></body></opml>"""
SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url>
<loc>http://news.example/1.html</loc><lastmod>2026-03-05</lastmod></url></urlset>"""
HOT = json.dumps(
    {
        "data": {
            "list": [
                {"word": f"热议话题{n}", "url": f"/t/{n}", "ctime": 1772700000} for n in range(5)
            ]
        }
    },
    ensure_ascii=False,
)
LOGIN = """<html><head><title>统一身份认证</title></head><body><form><input name="u">
<input type="password" name="p"><button>登录</button></form></body></html>"""
NOT_THERE = (
    "<html><head><title>页面不存在</title></head><body><p>您访问的页面走丢了。</p></body></html>"
)
SHELL = "<html><head><title>临江发布</title></head><body><div id='app'></div><script src='a.js'></script></body></html>"


def of(body: str | bytes, *, url: str = URL, asked: str = "", kind: str = "text/html") -> Diagnosis:
    return diagnose(response(body, url, asked, kind), None, source(SourceKind.PAGE))


def response(body: str | bytes, url: str = URL, asked: str = "", kind: str = "") -> Response:
    sent = body.encode() if isinstance(body, str) else body
    return Response(url, kind, sent, datetime(2026, 3, 5, 4, tzinfo=UTC), asked)


def source(kind: SourceKind) -> Source:
    return Source("trial", kind, "试", URL)


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (ARTICLE, "article"),
        (LIST, "page"),
        (FEED, "feed"),
        (FEED.replace("<item>", "<x>").replace("</item>", "</x>"), "empty"),
        (OPML, "opml"),
        (SITEMAP, "sitemap"),
        (HOT, "hotlist"),
        ('{"error": "denied"}', "other"),
        ("{不是", "other"),
        (LOGIN, "login"),
        (NOT_THERE, "soft404"),
        (SHELL, "shell"),
        (b"%PDF-1.7 ...", "document"),
        (b"PK\x03\x04....", "document"),
        ("", "other"),
        ("<html><body><p>欢迎光临</p></body></html>", "other"),
    ],
)
def test_an_address_is_named_as_what_it_is(body: str | bytes, what: str) -> None:
    found = of(body)
    assert found.what == what
    assert found.sentence.endswith("。")
    assert found.good is (what in ("page", "feed", "sitemap", "hotlist"))
    assert (found.source is not None) >= found.good


def test_an_article_shows_its_sections_and_feeds() -> None:
    found = of(ARTICLE)
    assert [each.url for each in found.suggestions] == [
        "http://news.example/rss/yw.xml",
        "http://news.example/jsxw/2026/",
        "http://news.example/jsxw/",
    ]
    assert found.suggestions[0].kind is SourceKind.FEED
    assert found.suggestions[1].kind is SourceKind.PAGE
    assert found.sentence == "这是一篇文章（企业开办免收工本费），不是列表。"


def test_a_list_that_offers_a_feed_says_so() -> None:
    head = "<link rel='alternate' type='application/atom+xml' href='atom.xml'>"
    found = of(LIST.replace("</head>", head + "</head>"), url="http://news.example/jsxw/")
    assert found.what == "page"
    assert [each.url for each in found.suggestions] == ["http://news.example/jsxw/atom.xml"]
    assert "订阅源" in found.advice


def test_the_feeds_of_an_opml_are_offered() -> None:
    assert [(each.url, each.label) for each in of(OPML).suggestions] == [
        ("http://daily.example/feed?a=1&b=2", "临江日报"),
        ("http://news.example/evening.xml", "晚报"),
    ]


def test_a_json_list_is_found_with_its_fields() -> None:
    found = of(HOT, kind="application/json").source
    assert found is not None
    assert found.items == "data.list"
    assert dict(found.fields) == {"title": "word", "url": "url", "time": "ctime"}


def test_places_that_hold_nothing_are_said_beside_those_that_were_guessed() -> None:
    wanted = replace(source(SourceKind.HOTLIST), items="data.lst", fields=(("title", "word"),))
    found = diagnose(response(HOT), wanted, wanted)
    assert found.sentence.startswith("按 hotlist 读取没有得到条目。")
    assert found.source is not None
    assert found.source.items == "data.list"


def test_a_search_that_finds_nothing_says_for_which_word() -> None:
    wanted = replace(source(SourceKind.SEARCH), url=f"{URL}?q={{query}}", terms=("公告",))
    found = diagnose(response("<html><p>首页</p></html>", asked=f"{URL}?q=%E5%85%AC%E5%91%8A"), wanted, wanted)  # fmt: skip
    assert (found.what, "公告" in found.sentence, "搜索词" in found.advice) == ("other", True, True)


def test_being_sent_to_a_login_is_a_login() -> None:
    page = "<html><head><title>请先登录</title></head><body>扫码</body></html>"
    found = of(page, url="http://passport.example/login?to=x", asked="http://news.example/")
    assert found.what == "login"


def test_a_kind_that_reads_nothing_is_said_with_what_it_is() -> None:
    feed = source(SourceKind.FEED)
    found = diagnose(response(ARTICLE), feed, feed)
    assert found.what == "article"
    assert found.sentence.startswith("按 feed 读取没有得到条目。")
    good = diagnose(response(FEED), feed, feed)
    assert good.good
    assert good.source == feed


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("robots", "robots"),
        ("gone", "gone"),
        ("login", "login"),
        ("address", "address"),
        ("", "unreachable"),
    ],
)
def test_what_did_not_come_is_told_with_what_to_do(code: str, what: str) -> None:
    found = diagnose_failure(Failure("服务器答复", code))
    assert found.what == what
    assert ("服务器答复" in found.sentence) is (code != "robots"), "said once is enough"
    assert found.advice
