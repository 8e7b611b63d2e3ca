"""Where a request may go: addresses, names, certificates, proxies."""

from __future__ import annotations

import socket
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from select import select
from socketserver import BaseRequestHandler, ThreadingTCPServer

import pytest

from pipeline.model import SourceKind
from tests.certificates import certificate
from tests.faulty_host import (
    Host,
    collect,
    redirect,
    say,
    serving,
    source,
)


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


def test_a_name_that_answers_otherwise_the_second_time_gains_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving("127.0.0.2") as own:
        port = int(own.url.rpartition(":")[2])
        with serving("127.0.0.1", port=port) as inner:
            for host in (own, inner):
                host.feed("/1")
                host.articles("/1")
            own.answers["/away"] = redirect(f"http://inner.example:{port}/feed.xml")
            names = "first.example=127.0.0.2,127.0.0.1;last.example=127.0.0.1,127.0.0.2"
            monkeypatch.setenv("CHENGQING_TEST_NAMES", f"{names};inner.example=127.0.0.1")
            outcome = collect(
                tmp_path,
                [
                    source("first", f"http://first.example:{port}/feed.xml"),
                    source("last", f"http://last.example:{port}/feed.xml"),
                    source("away", f"http://first.example:{port}/away"),
                ],
                allow_networks=("127.0.0.2/32",),
            )
            assert inner.asked == []
    assert outcome.kinds("first") == ["article", "listing"]
    assert outcome.reasons("last") == ["last.example 指向内部地址，已拒绝访问"]
    assert outcome.reasons("away") == ["inner.example 指向内部地址，已拒绝访问"]


def test_a_name_that_nobody_knows(tmp_path: Path) -> None:
    outcome = collect(tmp_path, [source("a", "http://news.invalid/feed.xml")])
    assert outcome.reasons("a") == ["域名无法解析"]


@pytest.mark.parametrize(
    ("days", "address", "trusted", "reason"),
    [
        (1, "127.0.0.1", True, ""),
        (1, "127.0.0.1", False, "网站的安全证书不是由受信任的机构签发"),
        (-1, "127.0.0.1", True, "网站的安全证书已过期"),
        (30, "127.0.0.1", True, "网站的安全证书尚未生效，请检查本机的时钟"),
        (1, "127.0.0.9", True, "网站的安全证书属于别的网站"),
    ],
    ids=["good", "unknown", "expired", "of tomorrow", "of another"],
)
def test_certificates(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    days: int,
    address: str,
    trusted: bool,
    reason: str,
) -> None:
    tls = certificate(tmp_path / "server.pem", address, timedelta(days=days))
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "server.pem"))
    with serving("127.0.0.1", tls=tls) as host:
        host.feed()
        outcome = collect(tmp_path, [source("a", f"{host.url}/feed.xml")])
        assert bool(host.asked) is (not reason)
    told = [f"{host.url}/robots.txt 取不到（{reason}），本轮不采集该网站"] if reason else []
    assert outcome.reasons("a") == told


def proxied(proxy: Host, *paths: str, site: str = "http://news.example") -> None:
    """A proxy that has a site's feed and articles."""
    proxy.feed(*paths)
    proxy.articles(*paths)
    for path in ("/feed.xml", *paths):
        proxy.answers[f"{site}{path}"] = proxy.answers.pop(path)


def test_a_source_is_fetched_through_its_proxy(tmp_path: Path) -> None:
    with serving("127.0.0.1") as proxy:
        proxied(proxy, "/1")
        through = proxy.url.replace("http://", "http://desk:gehe%20im@")
        outcome = collect(tmp_path, [source("a", "http://news.example/feed.xml", proxy=through)])
        assert proxy.asked == [
            f"http://news.example{path}" for path in ("/robots.txt", "/feed.xml", "/1")
        ]
        secret = b64encode(b"desk:gehe im").decode()
        assert {h["Proxy-Authorization"] for h in proxy.headers} == {f"Basic {secret}"}
    assert (outcome.kinds("a"), outcome.reasons("a")) == (["article", "listing"], [])


def test_a_proxy_in_a_network_that_is_not_allowed_is_refused(tmp_path: Path) -> None:
    with serving("127.0.0.1") as proxy:
        proxied(proxy, "/1")
        outcome = collect(
            tmp_path,
            [
                source("inner", "http://news.example/feed.xml", proxy=proxy.url),
                source("odd", "http://news.example/feed.xml", proxy="socks5://127.0.0.1:1"),
            ],
            allow_networks=("127.0.0.2/32",),
        )
        assert proxy.asked == []
    assert outcome.reasons("inner") == ["代理 127.0.0.1 在内部网络，须列入 allow_networks"]
    assert outcome.reasons("odd") == ["代理地址须写成 http://主机:端口"]


def test_a_proxy_is_not_asked_for_inner_addresses(tmp_path: Path) -> None:
    names = ["10.0.0.1", "2130706433", "0x7f.1", "[::1]", "localhost", "intranet", "desk.local"]
    with serving("127.0.0.2") as proxy:
        proxy.answers["http://news.example/moved"] = redirect("http://169.254.169.254/feed.xml")
        sources = [source(each, f"http://{each}/feed.xml", proxy=proxy.url) for each in names]
        moved = source("moved", "http://news.example/moved", proxy=proxy.url)
        outcome = collect(tmp_path, [*sources, moved], allow_networks=("127.0.0.2/32",))
        assert proxy.asked == [f"http://news.example{path}" for path in ("/robots.txt", "/moved")]
    assert {name: outcome.reasons(name)[0].partition(" ")[2] for name in names} == dict.fromkeys(
        names, "指向内部地址，已拒绝访问"
    )
    assert outcome.reasons("moved") == ["169.254.169.254 指向内部地址，已拒绝访问"]


@pytest.mark.parametrize("open_", [True, False])
def test_https_goes_through_a_tunnel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_: bool
) -> None:
    tls = certificate(tmp_path / "server.pem", "127.0.0.1", timedelta(days=1))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "server.pem"))
    with serving("127.0.0.1", tls=tls) as host, tunnel("127.0.0.2", open_=open_) as (url, asked):
        host.feed("/1")
        host.articles("/1")
        outcome = collect(tmp_path, [source("a", f"{host.url}/feed.xml", proxy=url)])
        assert set(asked) == {host.url.removeprefix("https://")}
        assert bool(host.asked) is open_
    reason = f"{host.url}/robots.txt 取不到（代理没有接通），本轮不采集该网站"
    assert outcome.reasons("a") == ([] if open_ else [reason])
    assert outcome.kinds("a") == (["article", "listing"] if open_ else [])


@contextmanager
def tunnel(address: str, *, open_: bool) -> Iterator[tuple[str, list[str]]]:
    """A proxy that knows CONNECT alone: its address, and where it was asked to connect to."""
    asked: list[str] = []

    class Tunnel(BaseRequestHandler):
        def handle(self) -> None:
            request = self.request.recv(4096).split()
            asked.append(request[1].decode())
            if not open_:
                self.request.sendall(b"HTTP/1.1 403 Forbidden\r\n\r\n")
                return
            host, _, port = asked[-1].partition(":")
            with socket.create_connection((host, int(port))) as there:
                self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                ends = {self.request: there, there: self.request}
                while True:
                    for ready in select(list(ends), [], [])[0]:
                        if not (data := ready.recv(65536)):
                            return
                        ends[ready].sendall(data)

    class Server(ThreadingTCPServer):
        daemon_threads = True

    with Server((address, 0), Tunnel) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield f"http://{address}:{server.server_address[1]}", asked
        server.shutdown()
        thread.join()
