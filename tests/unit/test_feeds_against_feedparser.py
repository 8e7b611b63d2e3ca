"""What feedparser reads of a feed is read here too: as many entries, the same links and titles."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from urllib.parse import urljoin

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract import plain_text
from pipeline.feeds import read_feed

URL = "http://news.example/rss/feed.xml"
ATOM = "xmlns='http://www.w3.org/2005/Atom'"
RDF = "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'"
ITEM = "<item><title>夜市恢复营业</title><link>http://news.example/1</link></item>"
ENTRY = "<entry><title>夜市恢复营业</title><link href='http://news.example/1'/><id>u:1</id></entry>"

HAND_WRITTEN = {
    "rss 0.91": f"<?xml version='1.0'?><!DOCTYPE rss PUBLIC '-//Netscape Communications//DTD RSS 0.91//EN' 'http://my.netscape.com/publish/formats/rss-0.91.dtd'><rss version='0.91'><channel>{ITEM}</channel></rss>",
    "rss 0.92 without titles": "<rss version='0.92'><channel><item><description>今晚开市</description></item></channel></rss>",
    "rss 1.0": f"<rdf:RDF {RDF}><channel rdf:about='http://news.example/'><title>日报</title></channel><item rdf:about='http://news.example/1'><title>夜市</title><link>http://news.example/1</link></item><item rdf:about='http://news.example/2'><title>早市</title></item></rdf:RDF>",
    "rss 0.90": "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://my.netscape.com/rdf/simple/0.9/'><item><title>夜市</title><link>http://news.example/1</link></item></rdf:RDF>",
    "rss with namespaces": "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:media='http://search.yahoo.com/mrss/' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel><item><title>夜市</title><media:title>图片</media:title><dc:title>另名</dc:title><link>http://news.example/1</link><content:encoded><![CDATA[<p>今晚</p>]]></content:encoded></item></channel></rss>",
    "elements with a prefix": "<a:feed xmlns:a='http://www.w3.org/2005/Atom'><a:entry><a:title>夜市</a:title><a:link href='http://news.example/1'/></a:entry></a:feed>",
    "prefixes without declaration": "<rss version='2.0'><channel><item><title>夜市</title><link>http://news.example/1</link><dc:creator>王</dc:creator><media:content url='x'/></item></channel></rss>",
    "atom 0.3": "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry><title mode='escaped'>夜市 &amp;amp; 早市</title><link rel='alternate' type='text/html' href='http://news.example/1'/><issued>2026-03-05T08:30:00+08:00</issued></entry></feed>",
    "atom 1.0": f"<feed {ATOM}><title>日报</title>{ENTRY}</feed>",
    "atom link relations": f"<feed {ATOM}><entry><title>夜市</title><link rel='enclosure' href='http://news.example/1.mp3'/><link rel='self' href='http://news.example/self'/><link rel='alternate' href='http://news.example/1'/></entry></feed>",
    "atom xml:base": f"<feed {ATOM} xml:base='http://news.example/archive/'><entry xml:base='2026/'><title>夜市</title><link href='1.html'/></entry></feed>",
    "atom html title": f"<feed {ATOM}><entry><title type='html'>&lt;b&gt;夜市&lt;/b&gt; 开放</title><link href='http://news.example/1'/></entry></feed>",
    "atom xhtml title": f"<feed {ATOM}><entry><title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>夜<em>市</em></div></title><link href='http://news.example/1'/></entry></feed>",
    "cdf": "<channel href='http://news.example/'><item href='http://news.example/1'><title>夜市</title></item></channel>",
    "channel without rss": f"<channel><title>日报</title>{ITEM}</channel>",
    "items without a root": ITEM + ITEM,
    "feed inside a page": f"<html><body><rss version='2.0'><channel>{ITEM}</channel></rss></body></html>",
    "upper case": "<RSS VERSION='2.0'><CHANNEL><ITEM><TITLE>夜市</TITLE><LINK>http://news.example/1</LINK></ITEM></CHANNEL></RSS>",
    "cdata": "<rss><channel><item><title><![CDATA[夜市 & 早市]]></title><link><![CDATA[http://news.example/1?a=1&b=2]]></link></item></channel></rss>",
    "unclosed cdata": f"<rss><channel>{ITEM}<item><title><![CDATA[早市</title></item></channel></rss>",
    "html entities": "<rss><channel><item><title>夜市&nbsp;&middot;&hellip;早市&copy;</title><link>http://news.example/1</link></item></channel></rss>",
    "numeric entities": "<rss><channel><item><title>&#22812;&#x5E02;</title><link>http://news.example/1</link></item></channel></rss>",
    "safe entities of its own": '<!DOCTYPE rss [\n<!ENTITY point "&#183;">\n<!ENTITY city "临江">\n]>\n<rss><channel><item><title>&city;&point;夜市</title><link>http://news.example/1</link></item></channel></rss>',
    "junk after the end": f"<rss><channel>{ITEM}</channel></rss><script>var a = 1 < 2;</script>广告",
    "junk before": f"\n\n  <rss><channel>{ITEM}</channel></rss>",
    "missing end tags": f"<rss><channel>{ITEM}<item><title>早市<link>http://news.example/2</link>",
    "tags that cross": "<rss><channel><item><title>夜<b>市</title></b><link>http://news.example/1</link></item></channel></rss>",
    "bare ampersands": "<rss><channel><item><title>夜市 & 早市</title><link>http://news.example/1?a=1&b=2</link></item></channel></rss>",
    "bare angle brackets": "<rss><channel><item><title>价格 < 5 元</title><link>http://news.example/1</link></item></channel></rss>",
    "attributes without quotes": f"<feed {ATOM}><entry><title type=text>夜市</title><link href=http://news.example/1 /></entry></feed>",
    "comments and instructions": f"<rss><!-- <item><title>旧</title></item> --><channel><?php echo 1 ?>{ITEM}</channel></rss>",
    "comment before the root": f"<!-- a feed with an <item> --><rss><channel>{ITEM}</channel></rss>",
    "permalink ids": "<rss><channel><item><title>夜市</title><guid>http://news.example/1</guid></item><item><title>早市</title><guid isPermaLink='false'>http://news.example/2</guid></item></channel></rss>",
    "enclosures only": "<rss><channel><item><title>第一期</title><enclosure url='http://news.example/1.mp3' type='audio/mpeg' length='1'/></item></channel></rss>",
    "the same id twice": f"<feed {ATOM}>{ENTRY}{ENTRY}</feed>",
    "two links and titles": "<rss><channel><item><title>夜市</title><title>早市</title><link>http://news.example/1</link><link>http://news.example/2</link></item></channel></rss>",
    "relative links": "<rss><channel><item><title>夜市</title><link>/1</link></item><item><title>早市</title><link>2.html</link></item></channel></rss>",
    "white space around": "<rss><channel><item><title>\n  夜市\n</title><link>\n  http://news.example/1\n</link></item></channel></rss>",
    "items outside of the channel": f"<rss><channel><title>日报</title></channel>{ITEM}</rss>",
    "picture with a link": "<rss><channel><image><link>http://news.example/logo</link></image><item><title>夜市</title><image><title>图</title><link>http://news.example/pic</link></image><link>http://news.example/1</link></item></channel></rss>",
    "source of an entry": f"<feed {ATOM}><entry><title>夜市</title><link href='http://news.example/1'/><source><title>他报</title><link href='http://other.example/'/></source></entry></feed>",
    "empty entry": f"<feed {ATOM}><entry></entry>{ENTRY}</feed>",
    "empty": "<rss version='2.0'><channel></channel></rss>",
}  # fmt: skip


def theirs(body: bytes) -> list[tuple[str, str]]:
    parsed: Any = feedparser.parse(BytesIO(body))
    found = []
    for entry in parsed.entries:
        link = urljoin(URL, str(entry.get("link") or "").strip()) if entry.get("link") else ""
        link = link if link.startswith("http") else ""
        title = " ".join(plain_text(str(entry.get("title") or "")).split())
        if link or title or entry.get("summary") or entry.get("content"):
            found.append((link, title))
    return found


def ours(body: bytes) -> list[tuple[str, str]]:
    feed = read_feed(body, url=URL, timezone="Asia/Shanghai")
    return [(entry.url, entry.hints.title) for entry in feed.entries]


@pytest.mark.parametrize("name", HAND_WRITTEN)
def test_the_dialects(name: str) -> None:
    body = HAND_WRITTEN[name].encode()
    assert ours(body) == theirs(body)


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-8", ""), ("utf-8", "\ufeff"), ("utf-16", ""), ("gb2312", ""), ("gbk", ""),
     ("gb18030", ""), ("big5", "")],
)  # fmt: skip
def test_the_encodings(encoding: str, mark: str) -> None:
    body = f"{mark}<?xml version='1.0' encoding='{encoding}'?><rss><channel><item><title>中文文字</title><link>http://news.example/1</link></item></channel></rss>"
    raw = body.encode(encoding)
    assert ours(raw) == theirs(raw) == [("http://news.example/1", "中文文字")]


TEXT = st.text(alphabet="夜市开放 ab1&<>\"';-#x!?[]/", max_size=12)
WORDS = st.text(alphabet="夜市开放ab1 ", min_size=1, max_size=12)
LINK = st.sampled_from(
    ["http://news.example/1", "/2", "3.html", "?id=4", "http://news.example/5?a=1&amp;b=2"]
)
TITLES = st.one_of(
    WORDS,
    WORDS.map(lambda text: f"<![CDATA[{text}]]>"),
    WORDS.map(lambda text: f"&lt;b&gt;{text}&lt;/b&gt;"),
    WORDS.map(lambda text: f"{text}&nbsp;&amp;amp; {text}"),
)
PARTS = st.one_of(
    TITLES.map(lambda text: f"<title>{text}</title>"),
    LINK.map(lambda url: f"<link>{url}</link>"),
    LINK.map(lambda url: f"<link rel='alternate' href='{url}'/>"),
    WORDS.map(lambda text: f"<description>{text}</description>"),
    WORDS.map(lambda text: f"<dc:creator>{text}</dc:creator>"),
    st.just("<enclosure url='http://news.example/1.mp3' length='1' type='audio/mpeg'/>"),
    st.just("<pubDate>Thu, 05 Mar 2026 08:30:00 +0800</pubDate>"),
    st.just("<category domain='x'>民生</category>"),
)
BREAKS = st.sampled_from(["", "", "", "</b>", "<b>", "&", "<br>", "<!-- x -->", "<hr/>"])


@st.composite
def feeds(draw: st.DrawFn, *, broken: bool) -> bytes:
    items = []
    for parts in draw(st.lists(st.lists(PARTS, max_size=5), max_size=5)):
        between = [draw(BREAKS) if broken else "" for _ in parts]
        inner = "".join(part + gap for part, gap in zip(parts, between, strict=True))
        items.append(f"<{{item}}>{inner}</{{item}}>")
    head, item, foot = draw(
        st.sampled_from(
            [
                (
                    "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel>",
                    "item",
                    "</channel></rss>",
                ),
                (f"<feed {ATOM} xmlns:dc='http://purl.org/dc/elements/1.1/'>", "entry", "</feed>"),
                (
                    f"<rdf:RDF {RDF} xmlns:dc='http://purl.org/dc/elements/1.1/'>",
                    "item",
                    "</rdf:RDF>",
                ),
            ]
        )
    )
    foot = "" if broken and draw(st.booleans()) else foot
    junk = draw(TEXT) if broken and foot else ""
    return (head + "".join(items).replace("{item}", item) + foot + junk).encode()


@given(feeds(broken=False))
def test_well_formed_feeds(body: bytes) -> None:
    assert ours(body) == theirs(body)


@given(feeds(broken=True))
def test_ill_formed_feeds(body: bytes) -> None:
    assert ours(body) == theirs(body)
