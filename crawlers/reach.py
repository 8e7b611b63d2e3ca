"""Which addresses may be reached, and what they are when written as numbers. Pure."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from scrapy.exceptions import IgnoreRequest

Address = IPv4Address | IPv6Address
_NAT64 = ip_network("64:ff9b::/96")


class AddressRefused(IgnoreRequest):
    """The request would reach an address that this source may not reach."""


def is_public(address: Address) -> bool:
    """Whether an address of the internet; also one wrapped in it (mapped, 6to4, Teredo, NAT64)."""
    if isinstance(address, IPv6Address):
        inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in _NAT64:
            inner.append(IPv4Address(int(address) & 0xFFFFFFFF))
        wrapped = [each for each in inner if each is not None]
        if wrapped:
            return all(map(is_public, wrapped))
    return address.is_global and not address.is_multicast


def may_reach(
    address: Address, *, networks: Iterable[Any], own: Sequence[Address], via: Sequence[Address]
) -> bool:
    """Whether a source may be served from `address`.

    A public one always. Another one only in an allowed network in which the source's configured
    address (`own`) lies, and only when no hop before it (`via`) came from outside that network.
    """
    if is_public(address):
        return True
    return bool(own) and any(
        all(each in network for each in (address, *own, *via)) for network in networks
    )


def written_address(host: str) -> Address | None:
    """The address that a host name spells out, also in the forms that C libraries read (127.1,
    0x7f000001, 2130706433); None for a name."""
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except (OSError, UnicodeError):
        return None


def means_this_machine(host: str) -> bool:
    """Names that are private wherever they are resolved: of one label, or kept for such use
    (RFC 6761, RFC 6762, RFC 8375, ICANN's .internal)."""
    if written_address(host) is not None:
        return False
    name = host.lower().rstrip(".")
    return "." not in name or name.endswith((".localhost", ".local", ".internal", ".home.arpa"))
