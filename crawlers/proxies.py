"""Sources that are fetched through a proxy of the agency.

The proxy resolves names, so the address behind a name is its business: it must itself refuse
private ones. Checked here: that the proxy is at a public or an allowed address, also on the
connection made; schemes; addresses written as numbers, also after each redirect; and names that
mean a private network wherever they are resolved.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from crawlers.reach import (
    Address,
    AddressRefused,
    is_public,
    may_reach,
    means_this_machine,
    written_address,
)

if TYPE_CHECKING:
    from scrapy import Request


class ProxyRules:
    """What may be asked of a proxy. `hosts` are the configured hosts by source id."""

    def __init__(
        self,
        networks: Sequence[Any],
        hosts: Mapping[str, str],
        resolve: Callable[[str], Awaitable[tuple[Address, ...]]],
    ) -> None:
        self.networks, self.hosts, self.resolve = networks, hosts, resolve

    async def send_through(self, proxy: str, request: Request) -> None:
        """Send a request through `http://[user:password@]host:port`. Raises AddressRefused."""
        where, host = urlsplit(proxy), urlsplit(request.url).hostname or ""
        if where.scheme != "http" or not where.hostname:
            raise AddressRefused("代理地址须写成 http://主机:端口")
        for address in await self.resolve(where.hostname):
            if not self.may_be_proxy(address):
                raise AddressRefused(f"代理 {where.hostname} 在内部网络，须列入 allow_networks")
        written = written_address(host)
        if means_this_machine(host) or (written and not self._allowed(request, written)):
            raise AddressRefused(f"{host} 指向内部地址，已拒绝访问")
        request.meta["proxy"] = where._replace(netloc=where.netloc.rpartition("@")[2]).geturl()
        if where.username:
            secret = f"{unquote(where.username)}:{unquote(where.password or '')}"
            request.headers["Proxy-Authorization"] = b"Basic " + b64encode(secret.encode())

    def may_be_proxy(self, address: Address) -> bool:
        return is_public(address) or any(address in network for network in self.networks)

    def _allowed(self, request: Request, address: Address) -> bool:
        """By the rule for all sources, where everything on the way is written as numbers."""
        own = written_address(self.hosts.get(request.meta.get("source", ""), ""))
        hops = [urlsplit(url).hostname or "" for url in request.meta.get("redirect_urls", ())]
        via = [each for hop in hops if (each := written_address(hop)) is not None]
        if len(via) < len(hops) or own is None:
            return is_public(address)
        return may_reach(address, networks=self.networks, own=[own], via=via)
