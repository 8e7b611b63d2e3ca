"""No request to an address that is not public, unless the source itself was configured there.

Every request passes here, also robots.txt and each hop of a redirect. Each name is resolved once in
a round and keeps its addresses: those that are checked are those that are connected to, so that a
name which answers otherwise the second time gains nothing.
"""

from __future__ import annotations

import asyncio
import socket
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy.exceptions import CannotResolveHostError
from twisted.internet.address import IPv4Address as Tcp4Address
from twisted.internet.address import IPv6Address as Tcp6Address
from twisted.internet.error import DNSLookupError
from twisted.internet.interfaces import IHostnameResolver, IHostResolution
from zope.interface import implementer  # type: ignore[import-untyped]

from crawlers.proxies import ProxyRules
from crawlers.reach import Address, AddressRefused, is_public, may_reach

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawlers.plan import Plan

RESOLVE_SECONDS = 10


@implementer(IHostnameResolver)
class PinningResolver:
    """Resolves each name once; Twisted connects to what is kept here."""

    def __init__(self, reactor: Any) -> None:
        self.reactor = reactor
        self._pinned: dict[str, asyncio.Future[tuple[Address, ...]]] = {}

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> PinningResolver:
        return cls(reactor)

    def install_on_reactor(self) -> None:
        self.reactor.installNameResolver(self)

    async def addresses(self, host: str) -> tuple[Address, ...]:
        """All addresses of a name, the same ones for the whole round; a failure is not kept.

        Raises CannotResolveHostError.
        """
        name = host.lower().strip("[]").rstrip(".")
        if name not in self._pinned:
            self._pinned[name] = asyncio.ensure_future(self._look_up(name))
        pinned = self._pinned[name]
        try:
            return await asyncio.shield(pinned)
        except (OSError, ValueError, TimeoutError) as error:
            if self._pinned.get(name) is pinned:
                del self._pinned[name]
            raise CannotResolveHostError(f"{host}: {error}") from error

    async def _look_up(self, name: str) -> tuple[Address, ...]:
        loop = asyncio.get_running_loop()
        ask = loop.getaddrinfo(name, None, type=socket.SOCK_STREAM)
        found = await asyncio.wait_for(ask, RESOLVE_SECONDS)
        return tuple(dict.fromkeys(ip_address(entry[4][0]) for entry in found))

    def resolveHostName(  # noqa: N802 - Twisted's interface
        self,
        resolutionReceiver: Any,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Any = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> _Resolution:
        resolution = _Resolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)
        task = asyncio.ensure_future(self._answer(resolutionReceiver, hostName, portNumber))
        resolution.task = task
        return resolution

    async def _answer(self, receiver: Any, host: str, port: int) -> None:
        try:
            for address in await self.addresses(host):
                kind = Tcp4Address if address.version == 4 else Tcp6Address
                receiver.addressResolved(kind("TCP", str(address), port))
        except CannotResolveHostError:
            pass  # no address: Twisted makes its own error of that
        finally:
            receiver.resolutionComplete()


@implementer(IHostResolution)
class _Resolution:
    def __init__(self, name: str) -> None:
        self.name = name
        self.task: asyncio.Task[None] | None = None

    def cancel(self) -> None:
        if self.task is not None:
            self.task.cancel()


class AddressMiddleware:
    """Refuses requests by the addresses they would go to."""

    def __init__(self, crawler: Crawler) -> None:
        plan: Plan = crawler.settings["CHENGQING_PLAN"]
        self.networks = [ip_network(network) for network in plan.allow_networks]
        self.hosts = {
            entry.source.id: urlsplit(entry.source.url).hostname or "" for entry in plan.sources
        }
        self.proxies = {
            entry.source.id: entry.source.proxy for entry in plan.sources if entry.source.proxy
        }
        self.proxy_rules = ProxyRules(self.networks, self.hosts, self._resolve)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> AddressMiddleware:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise AddressRefused(f"不采集 {parts.scheme}: 地址")
        if proxy := self.proxies.get(request.meta.get("source", "")):
            await self.proxy_rules.send_through(proxy, request)
            return
        addresses = await self._resolve(parts.hostname)
        for address in addresses:
            if not await self._allowed(request, address):
                raise AddressRefused(f"{parts.hostname} 指向内部地址，已拒绝访问")
        request.meta["address"] = addresses[0] if addresses else None

    async def process_response(self, request: Request, response: Response) -> Response:
        """The address that answered, checked once more: the pinning must never fail unnoticed."""
        address = response.ip_address
        if address is None:
            return response
        through = request.meta.get("proxy")
        allowed = (
            self.proxy_rules.may_be_proxy(address)
            if through
            else await self._allowed(request, address)
        )
        if not allowed:
            raise AddressRefused("应答来自内部地址，已丢弃")
        return response

    async def _allowed(self, request: Request, address: Address) -> bool:
        if is_public(address):
            return True
        own = self.hosts.get(request.meta.get("source", ""), "")
        hops = [urlsplit(url).hostname or "" for url in request.meta.get("redirect_urls", ())]
        return may_reach(
            address,
            networks=self.networks,
            own=await self._resolve(own) if own else (),
            via=[each for hop in hops for each in await self._resolve(hop)],
        )

    @staticmethod
    async def _resolve(host: str) -> tuple[Address, ...]:
        from twisted.internet import reactor

        resolver: Any = reactor.nameResolver
        if not isinstance(resolver, PinningResolver):  # pragma: no cover - a fault of the wiring
            raise DNSLookupError("names are not pinned")
        return await resolver.addresses(host)
