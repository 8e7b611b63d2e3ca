"""A collector among servers that fail in every way: told in one sentence, and the others go on."""

from __future__ import annotations

import gzip
import socket
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler

import brotli
import pytest

from pipeline.model import RawKind
from tests.faulty_host import (
    FEED,
    Host,
    Outcome,
    collect,
    redirect,
    say,
    serving,
    silence,
    source,
)


def cut_off(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


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


def brotli_bomb(host: Host) -> None:
    host.answers["/feed.xml"] = say(brotli.compress(bytes(100_000_000)), Content_Encoding="br")


def bomb_in_a_bomb(host: Host) -> None:
    """10 GB in the end: some hundred bytes that unfold to 10 MB that unfold to a thousandfold."""
    folds = zlib.compressobj(9, zlib.DEFLATED, 31)
    ten_megabytes = b"".join(folds.compress(bytes(10_000_000)) for _ in range(30)) + folds.flush()
    packed = gzip.compress(ten_megabytes)
    host.answers["/feed.xml"] = say(packed, Content_Encoding="gzip, gzip")


def in_part(host: Host) -> None:
    host.answers["/feed.xml"] = say(FEED[:20], status=206)


def without_content(host: Host) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(204)
        handler.end_headers()

    host.answers["/feed.xml"] = answer


def not_modified(host: Host) -> None:
    host.answers["/feed.xml"] = say("", status=304)


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
    brotli_bomb: "网页解压后超过10MB，未读取",
    bomb_in_a_bomb: "网页解压后超过10MB，未读取",
    in_part: "服务器答复 206",
    without_content: "服务器答复 204",
    not_modified: "服务器答复 304，但此前没有取到过内容",
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
