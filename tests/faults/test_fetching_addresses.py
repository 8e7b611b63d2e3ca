"""Where a request may go: addresses, names, certificates, proxies."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest

from pipeline.model import SourceKind
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
