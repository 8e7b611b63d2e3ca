"""No request to an address that is not public, unless the source itself was configured there.

Every request passes here, also robots.txt and each hop of a redirect. A name is resolved once in a
round: the address that is checked is the one that Scrapy's resolver has cached and connects to.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest
from scrapy.utils.defer import maybe_deferred_to_future

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawlers.plan import Plan


class AddressRefused(IgnoreRequest):
    """The request would reach an address that this source may not reach."""


def literal(host: str) -> IPv4Address | IPv6Address | None:
    """The address that a host is, if it is one."""
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None


class AddressMiddleware:
    """Refuses requests by the address they would go to."""

    def __init__(self, crawler: Crawler) -> None:
        plan: Plan = crawler.settings["CHENGQING_PLAN"]
        self.networks = [ip_network(network) for network in plan.allow_networks]
        self.hosts = {
            entry.source.id: urlsplit(entry.source.url).hostname or "" for entry in plan.sources
        }

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> AddressMiddleware:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("http", "https"):
            raise AddressRefused(f"不采集 {parts.scheme}: 地址")
        address = await self._resolve(parts.hostname or "")
        if not self._public(address) and not await self._inside(request, address):
            raise AddressRefused(f"{parts.hostname} 指向内部地址，已拒绝访问")

    def process_response(self, request: Request, response: Response) -> Any:
        address = response.ip_address
        if address is not None and not self._public(address) and not self._allowed(address):
            raise AddressRefused("应答来自内部地址，已丢弃")
        return response

    async def _inside(self, request: Request, address: IPv4Address | IPv6Address) -> bool:
        """An allowed network serves only the sources whose configured address lies in one."""
        own = self.hosts.get(request.meta.get("source", ""), "")
        return bool(own) and self._allowed(address) and self._allowed(await self._resolve(own))

    def _allowed(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self.networks)

    @staticmethod
    def _public(address: IPv4Address | IPv6Address) -> bool:
        mapped = getattr(address, "ipv4_mapped", None)
        return (mapped or address).is_global and not (mapped or address).is_multicast

    async def _resolve(self, host: str) -> IPv4Address | IPv6Address:
        address = literal(host)
        if address is not None:
            return address
        from twisted.internet import reactor

        resolved: Any = await maybe_deferred_to_future(reactor.resolve(host))  # type: ignore[arg-type]
        return ip_address(resolved)
