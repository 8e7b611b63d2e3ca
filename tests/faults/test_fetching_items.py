"""What a round takes from listings: each thing once, what is new, and no more than agreed."""

from __future__ import annotations

import gzip
import json
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import brotli
import pytest

from crawlers.plan import SourcePlan, Validators
from pipeline.model import RawKind, SourceKind
from tests.faulty_host import (
    FEED,
    Answer,
    collect,
    say,
    serving,
    source,
)


def test_bodies_are_kept_as_they_came(tmp_path: Path) -> None:
    packed = gzip.compress("<html><p>夜市恢复营业</p></html>".encode("gbk"))
    with serving("127.0.0.1") as host:
        host.feed("/1")
        host.answers["/1"] = say(packed, kind="text/html; charset=gb2312", Content_Encoding="gzip")
        outcome = collect(tmp_path, [source("a", f"{host.url}/feed.xml")])
        assert all(h["User-Agent"] == "Chengqing-test/1.0" for h in host.headers)
        assert not any("Cookie" in h for h in host.headers)
    article = next(item for item in outcome.items if item.kind is RawKind.ARTICLE)
    assert article.body == packed
    assert article.headers["content-encoding"] == "gzip"
    assert article.headers["content-type"] == "text/html; charset=gb2312"
    assert (article.url, article.status, article.hints.title) == (f"{host.url}/1", 200, "标题/1")


def test_an_unchanged_listing_is_counted_and_not_stored(tmp_path: Path) -> None:
    with serving("127.0.0.1") as host:
        host.answers["/feed.xml"] = say("", status=304)
        known = Validators('"7"', "Thu, 05 Mar 2026 00:30:00 GMT")
        outcome = collect(tmp_path, [SourcePlan(source("a", f"{host.url}/feed.xml"), known)])
        conditions = host.headers[-1]
    assert conditions["If-None-Match"] == '"7"'
    assert conditions["If-Modified-Since"] == "Thu, 05 Mar 2026 00:30:00 GMT"
    assert [event.what for event in outcome.events["a"]] == ["unchanged", "done"]
    assert outcome.items == []


def test_validators_of_a_listing_are_told(tmp_path: Path) -> None:
    with serving("127.0.0.1") as host:
        host.answers["/feed.xml"] = say(FEED, ETag='W/"9"', Last_Modified="gestern")
        outcome = collect(tmp_path, [source("a", f"{host.url}/feed.xml")])
    (fetched,) = outcome.of("a", "fetched")
    assert (fetched.etag, fetched.last_modified) == ('W/"9"', "gestern")


def test_a_page_that_cannot_be_had_is_kept_from_the_feed(tmp_path: Path) -> None:
    """404, an image, too large, forbidden by robots.txt: the entry itself is the record."""
    with serving("127.0.0.1") as host:
        host.feed(
            "/gone", "/image", "/large", "/hidden/1", more="<description>摘要。</description>"
        )
        host.answers["/image"] = say(b"\x89PNG", kind="image/png")
        host.answers["/large"] = say(bytes(3_000_000))
        host.answers["/robots.txt"] = say("User-agent: *\nDisallow: /hidden/", kind="text/plain")
        outcome = collect(tmp_path, [source("a", f"{host.url}/feed.xml")])
        assert "/hidden/1" not in host.asked
    assert outcome.kinds("a") == ["entry"] * 4 + ["listing"]
    assert outcome.pending("a") == 0
    entries = [item for item in outcome.items if item.kind is RawKind.ENTRY]
    told = {item.url.removeprefix(host.url): json.loads(item.body)["content"] for item in entries}
    assert told == dict.fromkeys(("/gone", "/image", "/large", "/hidden/1"), "摘要。")


def test_a_link_without_a_page_or_content_is_told(tmp_path: Path) -> None:
    with serving("127.0.0.1") as host:
        host.answers["/list"] = say("<ul><li><a href='/gone'>夜市恢复营业了吗</a></li></ul>")
        page = source("a", f"{host.url}/list", kind=SourceKind.PAGE)
        outcome = collect(tmp_path, [page])
    (failed,) = outcome.of("a", "failed")
    assert (failed.permanent, failed.reason) == (True, f"{host.url}/gone：服务器答复 404")
    assert outcome.pending("a") == 0


def test_entries_without_a_link_are_records_of_their_own(tmp_path: Path) -> None:
    items = "".join(
        f"<item><title>通知{n}</title><description>第{n}号。</description></item>" for n in (1, 2)
    )
    with serving("127.0.0.1") as host:
        host.answers["/feed.xml"] = say(FEED.replace("</channel>", f"{items}</channel>"))
        outcome = collect(tmp_path, [source("a", f"{host.url}/feed.xml")])
    entries = [item for item in outcome.items if item.kind is RawKind.ENTRY]
    assert [(item.url, item.hints.title) for item in entries] == [("", "通知1"), ("", "通知2")]
    assert len({item.hints.guid for item in entries}) == 2


def test_only_what_is_new_and_no_more_than_agreed_is_fetched(tmp_path: Path) -> None:
    with serving("127.0.0.1") as host:
        paths = [f"/{number}" for number in range(6)]
        host.feed(*paths)
        host.articles(*paths)
        entry = SourcePlan(
            source("a", f"{host.url}/feed.xml", max_items=3),
            seen=frozenset({f"{host.url}/0", f"{host.url}/2"}),
        )
        outcome = collect(tmp_path, [entry])
        assert sorted(set(host.asked) - {"/feed.xml", "/robots.txt"}) == ["/1", "/3", "/4"]
    (listed,) = outcome.of("a", "listed")
    assert (listed.found, listed.new, listed.left) == (6, 4, 1)
    assert listed.listed_keys == tuple(f"{host.url}{path}" for path in paths)


@pytest.mark.parametrize(("known", "told"), [("/3", False), ("/old", True), ("", False)])
def test_a_list_that_has_moved_on_entirely_is_told(tmp_path: Path, known: str, told: bool) -> None:
    with serving("127.0.0.1") as host:
        host.feed("/0", "/1", "/2", "/3", "/4")
        host.articles("/0", "/1", "/2", "/3", "/4")
        seen = frozenset({f"{host.url}{known}"}) if known else frozenset()
        outcome = collect(tmp_path, [SourcePlan(source("a", f"{host.url}/feed.xml"), seen=seen)])
    reasons = outcome.reasons("a")
    assert reasons == (
        ["列表中没有一条是上次见过的，其间可能有遗漏，请缩短采集间隔"] if told else []
    )
    assert outcome.kinds("a").count("article") == (4 if known == "/3" else 5)


def test_what_several_sources_name_is_fetched_once(tmp_path: Path) -> None:
    with serving("127.0.0.1") as host:
        host.feed("/1", "/2")
        host.articles("/1", "/2", "/3")
        links = (
            "<ul><li><a href='/2'>夜市恢复营业</a></li></ul><ol><li><a href='/3'>抽检</a></li></ol>"
        )
        host.answers["/list"] = say(links)
        outcome = collect(
            tmp_path,
            [
                source("a", f"{host.url}/feed.xml"),
                source("b", f"{host.url}/feed.xml"),
                source("c", f"{host.url}/list", kind=SourceKind.PAGE, links="ul a"),
                source("d", f"{host.url}/list", kind=SourceKind.PAGE, links="ol a"),
            ],
        )
        asked = sorted(host.asked)
    assert asked == ["/1", "/2", "/3", "/feed.xml", "/list", "/robots.txt"]
    keys = {
        name: sorted(e.key for e in outcome.of(name, "fetched") if e.kind is RawKind.ARTICLE)
        for name in "abcd"
    }
    one, two, three = (f"{host.url}/{number}" for number in (1, 2, 3))
    assert keys == {"a": [one, two], "b": [one, two], "c": [two], "d": [three]}
    assert len(outcome.items) == 5


def test_a_source_with_an_impossible_selector_is_told(tmp_path: Path) -> None:
    with serving("127.0.0.1") as host:
        host.answers["/list"] = say("<a href='/1'>一个足够长的标题在此</a>")
        page = source("a", f"{host.url}/list", kind=SourceKind.PAGE)
        outcome = collect(tmp_path, [replace(page, links="ul[")])
    assert outcome.reasons("a") == ["列表页上没有与 links（ul[）相符的链接，页面可能已改版"]


def of_1970(body: str, kind: str) -> Answer:
    """An answer of a server that has lost its clock, and hands out cookies."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response_only(200)
        handler.send_header("Date", "Thu, 01 Jan 1970 00:00:09 GMT")
        handler.send_header("Last-Modified", "Thu, 01 Jan 1970 00:00:00 GMT")
        handler.send_header("Expires", "Thu, 01 Jan 1970 00:00:00 GMT")
        handler.send_header("Set-Cookie", "id=7; path=/")
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body.encode())))
        handler.end_headers()
        handler.wfile.write(body.encode())

    return answer


def test_the_clock_of_a_server_does_not_matter_and_no_cookie_goes_back(tmp_path: Path) -> None:
    with serving("127.0.0.1") as host:
        host.feed("/1")
        item = "<item><title>夜市</title><link>/1</link></item>"
        host.answers["/feed.xml"] = of_1970(
            FEED.replace("</channel>", f"{item}</channel>"), "text/xml"
        )
        host.answers["/1"] = of_1970("<html><p>正文。</p></html>", "text/html")
        outcome = collect(tmp_path, [source("a", f"{host.url}/feed.xml")])
        assert not any("Cookie" in each for each in host.headers)
    assert outcome.kinds("a") == ["article", "listing"]
    assert all(abs(datetime.now(UTC) - item.fetched_at).days == 0 for item in outcome.items)


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate"])
def test_compression_is_offered_and_what_comes_is_read(tmp_path: Path, encoding: str) -> None:
    squeeze = {"gzip": gzip.compress, "br": brotli.compress, "deflate": zlib.compress}[encoding]
    with serving("127.0.0.1") as host:
        host.feed("/1")
        body = FEED.replace(
            "</channel>", "<item><title>夜市</title><link>/1</link></item></channel>"
        )
        host.answers["/feed.xml"] = say(squeeze(body.encode()), Content_Encoding=encoding)
        host.articles("/1")
        outcome = collect(tmp_path, [source("a", f"{host.url}/feed.xml")])
        assert encoding in host.headers[-1]["Accept-Encoding"]
    assert outcome.kinds("a") == ["article", "listing"]
