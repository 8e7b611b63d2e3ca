"""A collector among servers that fail in every way: told in one sentence, and the others go on."""

from __future__ import annotations

import gzip
import json
import os
import resource
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_address
from pathlib import Path

import pytest

from crawlers.plan import SourcePlan, Validators
from pipeline.model import RawKind, SourceKind
from tests.faulty_host import (
    ROOT,
    Answer,
    Host,
    Outcome,
    collect,
    finish,
    in_turn,
    plan,
    redirect,
    say,
    serving,
    source,
    start,
)

FEED = "<rss version='2.0'><channel><title>订阅</title></channel></rss>"


def cut_off(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def silence(host: Host) -> None:
    host.answers["/feed.xml"] = lambda handler: host.ended.wait() and None


def one_byte_at_a_time(host: Host) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not host.ended.wait(0.1):
            handler.wfile.write(b"<")

    host.answers["/feed.xml"] = answer


def half(host: Host) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(FEED.encode())
        handler.close_connection = True

    host.answers["/feed.xml"] = answer


def hang_up(host: Host) -> None:
    host.answers["/feed.xml"] = cut_off


def endless(host: Host) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not host.ended.is_set():
            handler.wfile.write(b"<item>" * 10_000)

    host.answers["/feed.xml"] = answer


def endless_headers(host: Host) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.flush_headers()
        while not host.ended.is_set():
            handler.wfile.write(b"X-Any: " + b"x" * 8000 + b"\r\n")

    host.answers["/feed.xml"] = answer


def two_gigabytes(host: Host) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(2 << 30))
        handler.end_headers()
        host.ended.wait()

    host.answers["/feed.xml"] = answer


def bomb(host: Host) -> None:
    packed = gzip.compress(bytes(100_000_000))
    host.answers["/feed.xml"] = say(packed, Content_Encoding="gzip")


def nested(host: Host) -> None:
    packed = FEED.encode()
    for _ in range(5):
        packed = gzip.compress(packed)
    host.answers["/feed.xml"] = say(packed, Content_Encoding=", ".join(["gzip"] * 5))


def loop(host: Host) -> None:
    host.answers["/feed.xml"] = redirect("/feed.xml?again")
    host.answers["/feed.xml?again"] = redirect("/feed.xml")


def to_a_file(host: Host) -> None:
    host.answers["/feed.xml"] = redirect("file:///etc/passwd")


def to_the_metadata_service(host: Host) -> None:
    host.answers["/feed.xml"] = redirect("http://169.254.169.254/latest/meta-data/")


def to_a_private_address(host: Host) -> None:
    host.answers["/feed.xml"] = redirect("http://192.168.3.4/feed.xml")


def to_a_disguised_address(host: Host) -> None:
    host.answers["/feed.xml"] = redirect("http://[::ffff:10.0.0.1]/feed.xml")


def html(host: Host) -> None:
    host.answers["/feed.xml"] = say("<!DOCTYPE html><html>请先登录</html>", ETag='"1"')


def missing(host: Host) -> None:
    host.answers["/feed.xml"] = say("没有", status=404)


def broken(host: Host) -> None:
    host.answers["/feed.xml"] = say("错误", status=500)


def busy(host: Host) -> None:
    host.answers["/feed.xml"] = say("稍后", status=429, Retry_After="120")


def in_maintenance(host: Host) -> None:
    until = (datetime.now(UTC) + timedelta(hours=1)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    host.answers["/feed.xml"] = say("维护", status=503, Retry_After=until)


def robots_broken(host: Host) -> None:
    host.feed("/1")
    host.answers["/robots.txt"] = say("<html>503</html>", status=503)


def robots_silent(host: Host) -> None:
    host.feed("/1")
    host.answers["/robots.txt"] = lambda handler: host.ended.wait() and None


def robots_forbids(host: Host) -> None:
    host.feed("/1")
    host.answers["/robots.txt"] = say("User-agent: *\nDisallow: /", kind="text/plain")


def robots_to_a_private_address(host: Host) -> None:
    host.feed("/1")
    host.answers["/robots.txt"] = redirect("http://192.168.3.4/robots.txt")


FAULTS = {
    silence: "超时没有答复",
    one_byte_at_a_time: "超时没有答复",
    half: "连接中断，内容不全",
    hang_up: "连接中断",
    endless: "内容超过大小上限",
    endless_headers: "连接中断",
    two_gigabytes: "内容超过大小上限",
    bomb: "网页解压后超过10MB，未读取",
    nested: "网页叠加了5层压缩，最多接受3层",
    loop: "转向次数过多",
    to_a_file: "转向的地址无法采集",
    to_the_metadata_service: "169.254.169.254 指向内部地址，已拒绝访问",
    to_a_private_address: "192.168.3.4 指向内部地址，已拒绝访问",
    to_a_disguised_address: "::ffff:10.0.0.1 指向内部地址，已拒绝访问",
    html: "订阅地址返回的是网页而不是订阅源，请检查网址",
    missing: "服务器答复 404",
    broken: "服务器答复 500",
    busy: "服务器答复 429",
    in_maintenance: "服务器答复 503",
    robots_broken: "/robots.txt 取不到（服务器答复 503），本轮不采集该网站",
    robots_silent: "/robots.txt 取不到（超时没有答复），本轮不采集该网站",
    robots_forbids: "该网站的 robots.txt 不允许采集此页",
    robots_to_a_private_address: "/robots.txt 取不到（192.168.3.4 指向内部地址，已拒绝访问），本轮不采集该网站",
}
"""What a host does to the collector, and what the desk is told."""


@pytest.fixture(scope="module")
def among_faults(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Outcome, dict[str, Host]]]:
    """One round over all faulty hosts and a good one, each on an address of its own."""
    with ExitStack() as stack:
        hosts = {}
        for number, fault in enumerate(FAULTS):
            hosts[fault.__name__] = stack.enter_context(serving(f"127.0.1.{number + 1}"))
            fault(hosts[fault.__name__])
        hosts["good"] = stack.enter_context(serving("127.0.0.1"))
        hosts["good"].feed("/1", "/2", "/3")
        hosts["good"].articles("/1", "/2", "/3")
        sources = [source(name, f"{host.url}/feed.xml") for name, host in hosts.items()]
        yield collect(tmp_path_factory.mktemp("faults"), sources), hosts


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_is_one_sentence(fault: object, among_faults: tuple[Outcome, object]) -> None:
    outcome, name = among_faults[0], fault.__name__  # type: ignore[attr-defined]
    (reason,) = outcome.reasons(name)
    assert reason.endswith(FAULTS[fault])  # type: ignore[index]
    assert outcome.of(name, "listed") == []
    assert [event.what for event in outcome.events[name]][-1] == "done"
    assert len(outcome.of(name, "done")) == 1


def test_the_others_go_on(among_faults: tuple[Outcome, object]) -> None:
    outcome = among_faults[0]
    assert outcome.status == 0
    assert outcome.kinds("good") == ["article", "article", "article", "listing"]
    assert (outcome.reasons("good"), outcome.pending("good")) == ([], 0)


def test_nothing_is_fetched_without_robots(
    among_faults: tuple[Outcome, dict[str, Host]],
) -> None:
    _, hosts = among_faults
    for name in ("robots_broken", "robots_silent", "robots_forbids", "robots_to_a_private_address"):
        assert set(hosts[name].asked) == {"/robots.txt"}


def test_what_may_pass_has_three_tries_and_what_will_not_has_one(
    among_faults: tuple[Outcome, dict[str, Host]],
) -> None:
    _, hosts = among_faults
    tries = {name: host.asked.count("/feed.xml") for name, host in hosts.items()}
    assert tries["broken"] == tries["silence"] == tries["one_byte_at_a_time"] == 3
    assert min(tries["half"], tries["hang_up"]) >= 3  # Twisted itself repeats on an old connection
    assert all(tries[name] == 1 for name in ("missing", "endless", "two_gigabytes", "html"))


def test_a_host_that_asks_for_patience_gets_it(
    among_faults: tuple[Outcome, dict[str, Host]],
) -> None:
    outcome, hosts = among_faults
    assert [event.retry_after for event in outcome.of("busy", "failed")] == [120]
    (maintained,) = outcome.of("in_maintenance", "failed")
    assert 3000 < maintained.retry_after <= 3600
    assert hosts["busy"].asked.count("/feed.xml") == 1
    assert hosts["in_maintenance"].asked.count("/feed.xml") == 1


def test_a_page_that_is_no_feed_keeps_no_validators(
    among_faults: tuple[Outcome, object],
) -> None:
    """Else the next 304 would pass for health."""
    (fetched,) = among_faults[0].of("html", "fetched")
    assert (fetched.kind, fetched.etag, fetched.last_modified) == (RawKind.LISTING, "", "")


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


def test_a_server_that_fails_once_costs_nothing(tmp_path: Path) -> None:
    with serving("127.0.0.1") as host:
        host.feed("/1", "/2")
        host.articles("/1", "/2")
        host.answers["/feed.xml"] = in_turn(say("", status=503), host.answers["/feed.xml"])
        host.answers["/2"] = in_turn(lambda handler: handler.connection.close(), host.answers["/2"])
        outcome = collect(tmp_path, [source("a", f"{host.url}/feed.xml")])
    assert outcome.kinds("a") == ["article", "article", "listing"]
    assert (outcome.reasons("a"), outcome.pending("a")) == ([], 0)


def test_an_item_that_failed_for_now_is_pending(tmp_path: Path) -> None:
    with serving("127.0.0.1") as host:
        host.feed("/1", "/2")
        host.articles("/1")
        host.answers["/2"] = say("错误", status=502)
        outcome = collect(tmp_path, [source("a", f"{host.url}/feed.xml")])
    (failed,) = outcome.of("a", "failed")
    assert (failed.key, failed.permanent) == (f"{host.url}/2", False)
    assert failed.reason == f"{host.url}/2：服务器答复 502"
    assert outcome.pending("a") == 1


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
    assert [(item.url, item.hints.guid) for item in entries] == [("", "通知1"), ("", "通知2")]


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


def test_a_delay_means_one_request_at_a_time(tmp_path: Path) -> None:
    def slowly(host: Host) -> Answer:
        def answer(handler: BaseHTTPRequestHandler) -> None:
            with host.answering():
                time.sleep(0.1)
            say("<html><p>正文。</p></html>")(handler)

        return answer

    paths = [f"/{number}" for number in range(4)]
    with serving("127.0.0.1") as polite, serving("127.0.0.2") as fast:
        for host in (polite, fast):
            host.feed(*paths)
            host.answers.update(dict.fromkeys(paths, slowly(host)))
        outcome = collect(
            tmp_path,
            [
                source("polite", f"{polite.url}/feed.xml", delay=0.01),
                source("fast", f"{fast.url}/feed.xml"),
            ],
        )
    assert (polite.busiest, fast.busiest) == (1, 2)
    assert len(outcome.kinds("polite")) == len(outcome.kinds("fast")) == 5


def test_a_host_is_left_alone_after_too_many_requests(tmp_path: Path) -> None:
    paths = [f"/{number}" for number in range(9)]
    with serving("127.0.0.1") as host:
        host.feed(*paths)
        host.answers.update(dict.fromkeys(paths, say("稍后", status=429, Retry_After="60")))
        outcome = collect(tmp_path, [source("a", f"{host.url}/feed.xml", delay=0.01)])
        asked = [path for path in host.asked if path in paths]
    assert asked == ["/0"], "the first answer is heard by all that wait"
    assert outcome.pending("a") == 9
    assert all(0 < event.retry_after <= 60 for event in outcome.of("a", "failed"))


def test_a_host_that_is_down_does_not_cost_every_item_its_tries(tmp_path: Path) -> None:
    paths = [f"/{number}" for number in range(40)]
    with serving("127.0.0.1") as host:
        host.feed(*paths)
        host.answers.update(dict.fromkeys(paths, say("错误", status=500)))
        outcome = collect(tmp_path, [source("a", f"{host.url}/feed.xml", delay=0.01)])
        asked = [path for path in host.asked if path in paths]
    assert len(asked) < 20
    assert outcome.pending("a") == 40


def test_robots_are_followed_cut_and_asked_once(tmp_path: Path) -> None:
    def endless_rules(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b"User-agent: *\nDisallow: /no\n")
        while True:
            handler.wfile.write(b"# nothing\n" * 1000)

    with serving("127.0.0.1") as host:
        host.feed("/1", "/no/2")
        host.articles("/1", "/no/2")
        host.answers["/robots.txt"] = redirect("/rules.txt")
        host.answers["/rules.txt"] = endless_rules
        outcome = collect(tmp_path, [source("a", f"{host.url}/feed.xml")])
        assert sorted(host.asked) == ["/1", "/feed.xml", "/robots.txt", "/rules.txt"]
    assert outcome.kinds("a") == ["article", "listing"]
    assert outcome.reasons("a") == [f"{host.url}/no/2：该网站的 robots.txt 不允许采集此页"]


def test_an_allowed_network_serves_only_its_own_sources(tmp_path: Path) -> None:
    with (
        serving("127.0.0.1") as elsewhere,
        serving("127.0.0.2") as own,
        serving("127.0.0.3") as other,
    ):
        for host in (elsewhere, own, other):
            host.feed("/1")
            host.articles("/1")
        own.answers["/to-other"] = redirect(f"{other.url}/feed.xml")
        own.answers["/to-own"] = redirect(f"{own.url}/feed.xml")
        own.answers["/list"] = say(f"<a href='{other.url}/1'>一个足够长的标题在此</a>")
        outcome = collect(
            tmp_path,
            [
                source("elsewhere", f"{elsewhere.url}/feed.xml"),
                source("own", f"{own.url}/feed.xml"),
                source("to-own", f"{own.url}/to-own"),
                source("to-other", f"{own.url}/to-other"),
                source("link", f"{own.url}/list", kind=SourceKind.PAGE),
            ],
            allow_networks=("127.0.0.2/32", "127.0.0.3/32"),
        )
        assert elsewhere.asked == other.asked == []
    assert outcome.kinds("own") == outcome.kinds("to-own") == ["article", "listing"]
    assert outcome.reasons("elsewhere") == ["127.0.0.1 指向内部地址，已拒绝访问"]
    assert outcome.reasons("to-other") == ["127.0.0.3 指向内部地址，已拒绝访问"]
    assert outcome.reasons("link") == [f"{other.url}/1：127.0.0.3 指向内部地址，已拒绝访问"]


def test_names_of_inner_addresses_are_refused_too(tmp_path: Path) -> None:
    with serving("127.0.0.1") as host:
        port = host.url.rpartition(":")[2]
        names = ["localhost", "127.1", "2130706433", "0x7f.0.0.1", "[::1]", "0.0.0.0"]
        sources = [source(name, f"http://{name}:{port}/feed.xml") for name in names]
        outcome = collect(tmp_path, sources, allow_networks=())
        assert host.asked == []
    assert {name: outcome.reasons(name)[0].partition(" ")[2] for name in names} == dict.fromkeys(
        names, "指向内部地址，已拒绝访问"
    )


def test_a_name_that_nobody_knows(tmp_path: Path) -> None:
    outcome = collect(tmp_path, [source("a", "http://news.invalid/feed.xml")])
    assert outcome.reasons("a") == ["域名无法解析"]


@pytest.mark.parametrize(
    ("days", "address", "trusted", "reason"),
    [
        (1, "127.0.0.1", True, ""),
        (1, "127.0.0.1", False, "网站的安全证书无效或已过期"),
        (-1, "127.0.0.1", True, "网站的安全证书无效或已过期"),
        (1, "127.0.0.9", True, "网站的安全证书无效或已过期"),
    ],
    ids=["good", "unknown", "expired", "of another"],
)
def test_certificates(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    days: int,
    address: str,
    trusted: bool,
    reason: str,
) -> None:
    tls = _certificate(tmp_path / "server.pem", address, timedelta(days=days))
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "server.pem"))
    with serving("127.0.0.1", tls=tls) as host:
        host.feed()
        outcome = collect(tmp_path, [source("a", f"{host.url}/feed.xml")])
        assert bool(host.asked) is (not reason)
    told = [f"{host.url}/robots.txt 取不到（{reason}），本轮不采集该网站"] if reason else []
    assert outcome.reasons("a") == told


def _certificate(path: Path, address: str, valid: timedelta) -> ssl.SSLContext:
    """A certificate that signs itself, of an address, valid until `valid` from now."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, address)])
    until = datetime.now(UTC) + valid
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(until - timedelta(days=3))
        .not_valid_after(until)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def test_the_round_ends_by_itself(tmp_path: Path) -> None:
    with serving("127.0.0.1") as good, serving("127.0.0.2") as silent:
        good.feed("/1")
        good.articles("/1")
        silence(silent)
        sources = [source(n, f"{h.url}/feed.xml") for n, h in (("good", good), ("silent", silent))]
        outcome = collect(tmp_path, sources, timeout=60, round_seconds=3)
    assert outcome.status == 0
    assert outcome.kinds("good") == ["article", "listing"]
    assert outcome.reasons("silent") == ["本轮时间用尽，余下的下一轮继续"]
    assert outcome.pending("silent") == 1


def test_a_signal_ends_the_round_in_order(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    with serving("127.0.0.1") as host:
        host.feed("/1", "/2")
        host.articles("/1")
        host.answers["/2"] = lambda handler: host.ended.wait() and None
        made = plan(folder, [source("a", f"{host.url}/feed.xml", delay=0.01)], timeout=60)
        child = start(made, tmp_path / "log")
        assert child.stdout is not None
        told = [child.stdout.readline() for _ in range(3)]
        child.send_signal(signal.SIGTERM)
        outcome = finish(child, folder)
    assert '"kind": "article"' in told[-1]
    assert outcome.status == 0
    assert outcome.reasons("a") == ["采集被停止，余下的下一轮继续"]
    assert outcome.pending("a") == 1
    assert len(outcome.items) == 2


def test_a_collector_ends_with_its_parent(tmp_path: Path) -> None:
    script = (
        "import sys, time\nfrom pathlib import Path\n"
        "from crawlers.plan import Plan\nfrom tests.faulty_host import start\n"
        "child = start(Plan.from_json(sys.argv[1]), Path(sys.argv[2]))\n"
        "print(child.stdout.readline(), child.pid, flush=True)\ntime.sleep(60)\n"
    )
    with serving("127.0.0.1") as host:
        host.feed("/1")
        host.answers["/1"] = lambda handler: host.ended.wait() and None
        made = plan(tmp_path / "spool", [source("a", f"{host.url}/feed.xml")], timeout=60)
        parent = subprocess.Popen(
            [sys.executable, "-c", script, made.to_json(), str(tmp_path / "log")],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        assert parent.stdout is not None
        with parent.stdout:
            parent.stdout.readline()
            pid = int(parent.stdout.readline())
        parent.kill()
        parent.wait()
        deadline = time.monotonic() + 30
        while _runs(pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not _runs(pid)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_full_disk_ends_the_round_with_a_sentence(tmp_path: Path) -> None:
    folder, log = tmp_path / "spool", tmp_path / "log"
    with serving("127.0.0.1") as host:
        host.feed("/1", "/2")
        host.articles("/1")
        host.answers["/2"] = say(os.urandom(60_000))
        made = plan(folder, [source("a", f"{host.url}/feed.xml", delay=0.01)])
        limit = (30_000, 30_000)
        child = start(
            made, log, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        )
        outcome = finish(child, folder)
    assert outcome.status == 1
    assert outcome.reasons("a") == ["存档无法写入，采集已停止，请检查磁盘空间"]
    assert outcome.pending("a") == 1
    assert outcome.kinds("a") == ["article", "listing"]
    assert len(outcome.items) == 2
    assert "cannot be written (File too large)" in log.read_text("utf-8")


def test_a_second_collector_on_one_spool_is_refused(tmp_path: Path) -> None:
    folder, log = tmp_path / "spool", tmp_path / "log"
    with serving("127.0.0.1") as host:
        host.feed("/1")
        host.answers["/1"] = lambda handler: host.ended.wait() and None
        made = plan(folder, [source("a", f"{host.url}/feed.xml")], timeout=60)
        first = start(made, tmp_path / "first.log")
        assert first.stdout is not None
        first.stdout.readline()
        second = finish(start(made, log), folder)
        first.terminate()
        finish(first, folder)
    assert second.status == 1
    assert second.events == {}
    assert "another process is writing to this spool" in log.read_text("utf-8")
    assert "Traceback" not in log.read_text("utf-8")


def test_a_source_with_an_impossible_selector_is_told(tmp_path: Path) -> None:
    with serving("127.0.0.1") as host:
        host.answers["/list"] = say("<a href='/1'>一个足够长的标题在此</a>")
        page = source("a", f"{host.url}/list", kind=SourceKind.PAGE)
        outcome = collect(tmp_path, [replace(page, links="ul[")])
    assert outcome.reasons("a") == ["列表页上没有与 links（ul[）相符的链接，页面可能已改版"]
