"""Where a request may go: addresses, names, certificates, proxies."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.model import SourceKind
from tests.certificates import certificate
from tests.faulty_host import (
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
