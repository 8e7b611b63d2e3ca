"""Feeds as publishers really write them, and as attackers would."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.feed_times import read_time
from pipeline.feeds import MAX_ENTRIES, MAX_REFERENCES, MAX_TAGS, Feed, read_feed

BEIJING = ZoneInfo("Asia/Shanghai")
URL = "http://news.example/rss/feed.xml"


def rss(items: str, head: str = "<?xml version='1.0' encoding='utf-8'?>\n") -> bytes:
    channel = f"<channel><title>临江日报</title>{items}</channel>"
    return f"{head}<rss version='2.0'>{channel}</rss>".encode()


def item(title: str = "夜市恢复营业", more: str = "<link>/a/1.html</link>") -> str:
    return f"<item><title>{title}</title>{more}</item>"


def read(body: bytes, **about: str) -> Feed:
    return read_feed(body, url=URL, timezone="Asia/Shanghai", **about)


def titles(feed: Feed) -> list[str]:
    return [entry.hints.title for entry in feed.entries]


def test_rss() -> None:
    feed = read(
        rss(
            item(
                more="<link>https://news.example/a/1.html</link><guid>a-1</guid>"
                "<author>记者 王小临</author><pubDate>Thu, 05 Mar 2026 08:30:00 +0800</pubDate>"
                "<description>&lt;p&gt;今晚七点开市。&lt;/p&gt;</description>"
            )
        )
    )
    (entry,) = feed.entries
    assert (feed.title, feed.problem) == ("临江日报", "")
    assert entry.url == "https://news.example/a/1.html"
    assert entry.content == "<p>今晚七点开市。</p>" == entry.hints.summary
    assert (entry.hints.title, entry.hints.guid) == ("夜市恢复营业", "a-1")
    assert entry.hints.author == "记者 王小临"
    assert entry.hints.published_at == datetime(2026, 3, 5, 8, 30, tzinfo=BEIJING)


def test_atom_prefers_the_page_over_the_feed_and_content_over_summary() -> None:
    feed = read(
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>临江日报</title><entry>"
        "<title>夜市恢复营业</title><link rel='self' href='/feed/1'/><link href='/a/1.html'/>"
        "<id>tag:news.example,2026:1</id><updated>2026-03-05T08:30:00+08:00</updated>"
        "<summary>今晚开市。</summary><content type='html'>&lt;p&gt;今晚七点开市，九点收市。&lt;/p&gt;"
        "</content></entry></feed>".encode()
    )
    (entry,) = feed.entries
    assert entry.url == "http://news.example/a/1.html"
    assert entry.content == "<p>今晚七点开市，九点收市。</p>"
    assert entry.hints.published_at == datetime(2026, 3, 5, 8, 30, tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2016/6/29 15:07:41", "2016-06-29T15:07:41+08:00"),
        ("2026-03-05 08:30:00", "2026-03-05T08:30:00+08:00"),
        ("2026-3-5 8:30", "2026-03-05T08:30:00+08:00"),
        ("2026.03.05 08:30", "2026-03-05T08:30:00+08:00"),
        ("2026年3月5日 08:30", "2026-03-05T08:30:00+08:00"),
        ("2026年3月5日08时30分15秒", "2026-03-05T08:30:15+08:00"),
        ("2026年三月5日 下午3:05", "2026-03-05T15:05:00+08:00"),
        ("２０２６－０３－０５ ０８：３０", "2026-03-05T08:30:00+08:00"),
        ("星期四, 05 三月 2026 08:30:00 +0800", "2026-03-05T08:30:00+08:00"),
        ("周四, 05 十一月 2026 08:30:00 GMT", "2026-11-05T16:30:00+08:00"),
        ("Thu, 05 Mar 2026 00:30:00 GMT", "2026-03-05T08:30:00+08:00"),
        ("Thu, 5 Mar 26 08:30 +0800", "2026-03-05T08:30:00+08:00"),
        ("Thu, 05 Mar 2026 08:30:00 +0800 (CST)", "2026-03-05T08:30:00+08:00"),
        ("Thu, 05 Mar 2026 08:30:00 EST", "2026-03-05T21:30:00+08:00"),
        ("Thu Mar  5 08:30:00 2026", "2026-03-05T08:30:00+08:00"),
        ("Thu Mar 05 08:30:00 CST 2026", "2026-03-05T08:30:00+08:00"),
        ("Thu Mar 05 2026 08:30:00 GMT+0800 (China Standard Time)", "2026-03-05T08:30:00+08:00"),
        ("March 5, 2026 8:30 PM", "2026-03-05T20:30:00+08:00"),
        ("2026-03-05T00:30:00Z", "2026-03-05T08:30:00+08:00"),
        ("2026-03-05T08:30:00.250+08:00", "2026-03-05T08:30:00+08:00"),
        ("20260305T083000", "2026-03-05T08:30:00+08:00"),
        ("1772670600", "2026-03-05T08:30:00+08:00"),
        ("1772670600000", "2026-03-05T08:30:00+08:00"),
    ],
)
def test_times_as_they_are_written(text: str, expected: str) -> None:
    assert read_time(text, "Asia/Shanghai") == (datetime.fromisoformat(expected), "minute")


@pytest.mark.parametrize("text", ["2026-03-05", "2026/3/5", "2026年3月5日", "05 Mar 2026"])
def test_a_date_alone_is_a_day(text: str) -> None:
    assert read_time(text, "Asia/Shanghai") == (datetime(2026, 3, 5, tzinfo=BEIJING), "day")


def test_the_precision_of_a_time_goes_with_it() -> None:
    dates = ["2026-03-05", "2026-03-05 08:30"]
    items = "".join(
        item(more=f"<link>/{n}</link><pubDate>{d}</pubDate>") for n, d in enumerate(dates)
    )
    assert [e.hints.published_precision for e in read(rss(items)).entries] == ["day", "minute"]


def test_cst_is_the_zone_of_the_source_only_where_it_is_called_so() -> None:
    text = "Thu, 05 Mar 2026 08:30:00 CST"
    assert read_time(text, "Asia/Shanghai") == (
        datetime.fromisoformat("2026-03-05T08:30:00+08:00"),
        "minute",
    )
    assert read_time(text, "Europe/Berlin") == (
        datetime.fromisoformat("2026-03-05T08:30:00-06:00"),
        "minute",
    )


@pytest.mark.parametrize(
    "text",
    [
        "", "刚刚", "2 hours ago", "昨天 08:30", "2026", "2026-03", "03/05/2026 08:30", "08:30",
        "2026-02-30 08:30", "2026/3/5 25:00", "05 Mai 2026 08:30", "2026-03-05 08:30 XYZ",
        "2026-03-05 08:30 更新", "0001-01-01 00:00:00", "9999-12-31 23:59 -1200", "2026-03-05" * 20,
        "Thu, 05 Mar 2026 08:30:00 +9900",
    ],
)  # fmt: skip
def test_no_time_is_invented(text: str) -> None:
    assert read_time(text, "Asia/Shanghai") is None
    (entry,) = read(rss(item(more=f"<link>/a</link><pubDate>{text}</pubDate>"))).entries
    assert entry.hints.published_at is None


@given(st.text(alphabet="0123456789:/-. ,+ZTgmtcst年月日三五上下午marjn()周四", max_size=40))
def test_any_text_is_a_time_or_none(text: str) -> None:
    found = read_time(text, "Asia/Shanghai")
    assert found is None or found[0].utcoffset() is not None


@pytest.mark.parametrize("declared", ["utf-8", "gb2312", "iso-8859-1", ""])
def test_gb18030_under_any_declaration_is_readable(declared: str) -> None:
    head = f"<?xml version='1.0' encoding='{declared}'?>" if declared else ""
    text = rss(item("临江市场监管局公布镕喆㐂商行处罚结果"), head).decode()
    feed = read(text.encode("gb18030"), content_type=f"text/xml; charset={declared}")
    assert titles(feed) == ["临江市场监管局公布镕喆㐂商行处罚结果"]
    assert feed.title == "临江日报"


def test_utf_16_with_a_mark() -> None:
    assert titles(read(rss(item()).decode().encode("utf-16"))) == ["夜市恢复营业"]


@pytest.mark.parametrize("bad", ["\x00", "\x0b", "&#0;", "&#11;", "\ufffe"])
def test_control_characters_are_gone_and_the_item_stays(bad: str) -> None:
    (entry,) = read(rss(item(f"夜市{bad}恢复营业", f"<link>/a</link><guid>a{bad}1</guid>"))).entries
    assert entry.hints.title in ("夜市恢复营业", "夜市�恢复营业")
    assert "\x00" not in entry.hints.guid
    assert "\x0b" not in entry.hints.guid


def test_markup_in_titles_becomes_text() -> None:
    feed = read(
        rss(
            item("&lt;b&gt;夜市&lt;/b&gt;&amp;amp;早市")
            + item("<![CDATA[<em>夜市</em><script>alert(1)</script>]]>", "<link>/a/2</link>")
        )
    )
    assert titles(feed) == ["夜市&早市", "夜市"]


def test_broken_markup_costs_no_item_and_its_line_is_named() -> None:
    body = rss(
        "\n" + item("夜市 & 早市", "<link>/a?x=1&y=2</link>")
        + "\n<item><title>电梯<b>验收</title><link>/a/2</link></item>\n" + item("抽检", "<link>/a/3</link>")
    ) + "<script>广告</script>".encode()  # fmt: skip
    feed = read(body)
    assert titles(feed) == ["夜市 & 早市", "电梯验收", "抽检"]
    assert [entry.url for entry in feed.entries] == [
        "http://news.example/a?x=1&y=2",
        "http://news.example/a/2",
        "http://news.example/a/3",
    ]
    assert feed.problem == "订阅源第 3 行格式有误，已尽量读取"


def test_server_warnings_before_the_feed_do_no_harm() -> None:
    body = b"<br />\n<b>Warning</b>: mysql_connect() in /x.php\n" + rss(item())
    feed = read(body)
    assert (titles(feed), feed.problem) == (["夜市恢复营业"], "")


def test_links_are_absolute_and_web_addresses_only() -> None:
    links = ["a.html", "//cdn.example/b", "?id=3", "javascript:alert(1)", "file:///etc/passwd"]
    feed = read(
        rss("".join(item(f"第{n}条", f"<link>{link}</link>") for n, link in enumerate(links)))
    )
    assert [entry.url for entry in feed.entries] == [
        "http://news.example/rss/a.html",
        "http://cdn.example/b",
        "http://news.example/rss/feed.xml?id=3",
        "",
        "",
    ]


def test_an_entry_without_a_link_keeps_its_content() -> None:
    (entry,) = read(
        rss(item(more="<guid isPermaLink='false'>n-7</guid><description>今晚开市。</description>"))
    ).entries
    assert (entry.url, entry.hints.guid, entry.content) == ("", "n-7", "今晚开市。")


def test_no_more_than_the_limit_is_read_and_that_is_told() -> None:
    body = rss("".join(item(f"第{n}条", f"<link>/a/{n}</link>") for n in range(100_000)))
    feed = read(body)
    assert titles(feed) == [f"第{n}条" for n in range(MAX_ENTRIES)]
    assert feed.problem == f"订阅源有 100000 条，只读取了前 {MAX_ENTRIES} 条"


@pytest.mark.parametrize("place", ["before", "inside"])
def test_entities_of_the_feed_open_nothing(tmp_path: Path, place: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("机密")
    doctype = f"<!DOCTYPE rss [<!ENTITY x SYSTEM '{secret.as_uri()}'><!ENTITY y '拼上'>]>"
    items = item("夜市&x;&y;恢复营业")
    body = rss(items, doctype) if place == "before" else rss(doctype + items, "")
    (title,) = titles(read(body))
    assert title.startswith("夜市")
    assert "机密" not in title
    assert "拼上" not in title


def test_a_billion_laughs_stay_unlaughed() -> None:
    levels = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 12))
    body = rss(item("夜市&l11;"), f"<!DOCTYPE rss [<!ENTITY l0 '哈哈哈哈'>{levels}]>")
    (title,) = titles(read(body))
    assert len(title) < 20


def test_a_body_that_names_a_file_opens_none(tmp_path: Path) -> None:
    file = tmp_path / "<rss"
    file.write_bytes(rss(item("机密")))
    assert read(str(file).encode()).entries == ()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<!DOCTYPE html><html><body><h1>404</h1></body></html>", "网页"),
        ("<html><head><title>请登录</title></head></html>".encode(), "网页"),
        (b'{"code": 500}', "不是 RSS 或 Atom"),
        (b"", "不是 RSS 或 Atom"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "不是 RSS 或 Atom"),
    ],
)
def test_what_is_no_feed_is_one_sentence(body: bytes, words: str) -> None:
    feed = read(body)
    assert feed.entries == ()
    assert words in feed.problem


def test_an_empty_feed_is_no_problem() -> None:
    assert read(rss("")) == Feed((), "临江日报", "")


@given(st.binary(max_size=300))
def test_any_bytes_are_read_without_an_error(body: bytes) -> None:
    assert isinstance(read(b"<rss><channel><item><title>" + body), Feed)


def test_a_json_feed() -> None:
    feed = read(
        '\ufeff{"version": "https://jsonfeed.org/version/1", "title": "临江发布", "items": ['
        '{"id": "http://news.example/1", "title": "夜市恢复", "author": {"name": "王小临"},'
        '"content_text": "今晚开市", "date_published": "2026-03-05 08:30"},'
        '{"id": 2, "external_url": "http://other.example/2", "summary": "转发"},'
        '{"id": 3}, "x", {"title": 4}]}'.encode()
    )
    first, second, third = feed.entries
    assert (feed.title, feed.problem) == ("临江发布", "")
    assert (first.url, first.hints.title, first.content) == ("http://news.example/1", "夜市恢复", "今晚开市")  # fmt: skip
    assert first.hints.published_at == datetime(2026, 3, 5, 8, 30, tzinfo=BEIJING)
    assert first.hints.author == "王小临"
    assert (second.url, second.hints.guid, second.content) == (
        "http://other.example/2",
        "2",
        "转发",
    )
    assert third.hints.title == "4"


def test_a_json_feed_is_bounded() -> None:
    items = ",".join(f'{{"id": "{n}", "title": "第{n}条"}}' for n in range(3_000))
    feed = read(f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{items}]}}'.encode())
    assert len(feed.entries) == MAX_ENTRIES
    assert feed.problem == f"订阅源有 3000 条，只读取了前 {MAX_ENTRIES} 条"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<opml version='2.0'><body><outline xmlUrl='http://a.example/'/></body></opml>", "OPML"),
        (
            "<?xml version='1.0'?><urlset><url><loc>http://a.example/</loc></url></urlset>",
            "网站地图",
        ),
        (
            "<!doctype html><head><link rel='alternate' type='application/rss+xml' href='/rss.xml'></head>",
            "该网页给出的订阅源是 http://news.example/rss.xml",
        ),
        ("{" * 100_000, "不是 RSS 或 Atom，也不是 JSON Feed"),
    ],
)
def test_a_wrong_address_is_named_as_what_it_is(body: str, words: str) -> None:
    feed = read(body.encode())
    assert feed.entries == ()
    assert words in feed.problem


@pytest.mark.parametrize(
    "flood",
    [
        "<b>" * (MAX_TAGS + 1),
        "<" * (MAX_TAGS + 1),
        "&lt;" * (MAX_REFERENCES + 1),
    ],
    ids=["tags", "angles", "references"],
)
def test_a_flood_of_markup_is_cut_off(flood: str) -> None:
    """Reading ten megabytes of it would take feedparser a minute."""
    feed = read(rss(item() + item("洪水", f"<description>{flood}</description>") + item("之后")))
    assert titles(feed) == ["夜市恢复营业"]
    assert feed.problem == "订阅源过大，只读取了开头的 1 条"


def test_an_element_with_very_many_attributes_is_refused() -> None:
    """Python's reader of XML would need hours for them."""
    many = " ".join(f"a{n}='1'" for n in range(100_000))
    feed = read(rss(item(more=f"<link {many}>/a</link>")))
    assert (feed.entries, feed.problem) == ((), "订阅源里有超过 500 个属性的标记，未读取")
    few = " ".join(f"a{n}='1'" for n in range(400))
    assert titles(read(rss(item(more=f"<link {few}>/a</link>")))) == ["夜市恢复营业"]


def test_a_relative_base_counts_from_the_feed() -> None:
    feed = read(
        b"<feed xmlns='http://www.w3.org/2005/Atom' xml:base='/archive/'><entry><title>a</title>"
        b"<link href='1.html'/></entry></feed>"
    )
    assert [entry.url for entry in feed.entries] == ["http://news.example/archive/1.html"]
