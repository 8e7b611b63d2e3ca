"""Which addresses a source may be fetched from, and that a name keeps what was checked."""

from __future__ import annotations

import asyncio
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from scrapy.exceptions import CannotResolveHostError

from crawlers.addresses import PinningResolver
from crawlers.reach import Address, is_public, may_reach


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "0.0.0.0", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
        "198.18.0.1", "192.0.2.1", "::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::", "2002:a00:1::1", "2001:db8::1",
    ],
)  # fmt: skip
def test_inner_addresses_are_not_public(text: str) -> None:
    assert not is_public(ip_address(text))


@pytest.mark.parametrize("text", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_addresses_of_the_internet_are(text: str) -> None:
    assert is_public(ip_address(text))


PUBLIC, INNER, OTHER = (ip_address(a) for a in ("93.184.216.34", "10.0.0.5", "10.0.0.9"))
BEYOND = ip_address("192.168.0.7")


@pytest.mark.parametrize(
    ("address", "own", "via", "allowed"),
    [
        (PUBLIC, PUBLIC, [], True),
        (PUBLIC, INNER, [], True),
        (INNER, INNER, [], True),
        (OTHER, INNER, [INNER], True),
        (INNER, PUBLIC, [], False),  # the network is allowed, but not for this source
        (INNER, PUBLIC, [PUBLIC], False),
        (OTHER, INNER, [PUBLIC], False),  # sent there by somebody outside
        (OTHER, INNER, [INNER, PUBLIC], False),
        (BEYOND, INNER, [], False),  # another allowed network
        (BEYOND, BEYOND, [INNER], False),
    ],
)
def test_an_allowed_network_serves_its_own(
    address: Address, own: Address, via: list[Address], allowed: bool
) -> None:
    networks = [ip_network("10.0.0.0/24"), ip_network("192.168.0.0/24")]
    assert may_reach(address, networks=networks, own=[own], via=via) is allowed


def test_without_allowed_networks_only_the_internet_is_reached() -> None:
    assert may_reach(PUBLIC, networks=[], own=[INNER], via=[])
    assert not may_reach(INNER, networks=[], own=[INNER], via=[])


def test_a_name_with_one_inner_address_makes_its_source_foreign_there() -> None:
    networks = [ip_network("10.0.0.0/24")]
    assert not may_reach(INNER, networks=networks, own=[INNER, PUBLIC], via=[])
    assert not may_reach(INNER, networks=networks, own=[], via=[])


class Rebinding(PinningResolver):
    """A name server that answers otherwise each time."""

    def __init__(self, *answers: str | OSError) -> None:
        super().__init__(reactor=None)
        self.answers = list(answers)

    async def _look_up(self, name: str) -> tuple[Address, ...]:
        answer = self.answers.pop(0)
        await asyncio.sleep(0)
        if isinstance(answer, OSError):
            raise answer
        return (ip_address(answer),)


class Receiver:
    """What Twisted connects to."""

    def __init__(self) -> None:
        self.hosts: list[str] = []
        self.complete = asyncio.Event()

    def resolutionBegan(self, resolution: Any) -> None:  # noqa: N802 - Twisted's interface
        self.began = resolution

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        self.hosts.append(address.host)

    def resolutionComplete(self) -> None:  # noqa: N802
        self.complete.set()


def test_what_is_checked_is_what_is_connected_to() -> None:
    async def play() -> list[str]:
        resolver = Rebinding("93.184.216.34", "127.0.0.1", "10.0.0.1")
        checked = await asyncio.gather(*[resolver.addresses("News.example.") for _ in range(3)])
        assert set(checked) == {(PUBLIC,)}
        receiver = Receiver()
        resolver.resolveHostName(receiver, "news.example", 80)
        await receiver.complete.wait()
        return receiver.hosts

    assert asyncio.run(play()) == ["93.184.216.34"]


def test_a_failure_is_not_kept() -> None:
    async def play() -> None:
        resolver = Rebinding(OSError("no answer"), "93.184.216.34")
        with pytest.raises(CannotResolveHostError):
            await resolver.addresses("news.example")
        assert await resolver.addresses("news.example") == (PUBLIC,)

    asyncio.run(play())


def test_an_unknown_name_has_no_address_to_connect_to() -> None:
    async def play() -> list[str]:
        receiver = Receiver()
        Rebinding(OSError("unknown")).resolveHostName(receiver, "news.invalid", 80)
        await receiver.complete.wait()
        return receiver.hosts

    assert asyncio.run(play()) == []
