"""robots.txt as RFC 9309 has it: 4xx allows everything, a server that fails forbids everything."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from crawlers.addresses import AddressRefused
from pipeline.decode import decompress
from pipeline.errors import PipelineError

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawlers.plan import Plan

MAX_BYTES = 512 * 1024
"""What is read of a robots.txt (RFC 9309 asks for at least 500 KiB)."""
MAX_DELAY = 60.0


class RobotsForbidden(IgnoreRequest):
    """The site does not want this address fetched."""


class RobotsUnreachable(IgnoreRequest):
    """robots.txt cannot be had, so nothing may be fetched from this site now."""


class RobotsMiddleware:
    """Asks the robots.txt of each site once in a round; honours its crawl-delay."""

    def __init__(self, crawler: Crawler) -> None:
        plan: Plan = crawler.settings["CHENGQING_PLAN"]
        self.agent = plan.user_agent
        self.crawler = crawler
        self.rules: dict[str, asyncio.Task[Protego | None]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if request.meta.get("robots"):
            return
        parts = urlsplit(request.url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self.rules:
            self.rules[site] = asyncio.ensure_future(self._ask(site, request))
        rules = await self.rules[site]
        if rules is None:
            raise RobotsUnreachable(f"{site}/robots.txt 取不到，本轮不采集该网站")
        if not rules.can_fetch(request.url, self.agent):
            raise RobotsForbidden("该网站的 robots.txt 不允许采集此页")

    async def _ask(self, site: str, request: Request) -> Protego | None:
        """The rules of a site; None when it must be left alone."""
        meta = {"robots": True, "source": request.meta.get("source"), "handle_httpstatus_all": True}
        ask = Request(f"{site}/robots.txt", callback=NO_CALLBACK, priority=1000, meta=meta)
        assert self.crawler.engine is not None
        try:
            response = await self.crawler.engine.download_async(ask)
        except AddressRefused:
            raise
        except Exception:  # noqa: BLE001 - whatever went wrong on the net, the answer is the same
            return None
        if response.status >= 500 or response.status == 429:
            return None
        return self._read(response, urlsplit(site).hostname or "")

    def _read(self, response: Any, host: str) -> Protego:
        if response.status >= 400:
            return Protego.parse("")
        encoding = (response.headers.get("Content-Encoding") or b"").decode("latin-1")
        try:
            body = decompress(response.body[:MAX_BYTES], encoding, limit=MAX_BYTES)
        except PipelineError:
            body = b""
        rules = Protego.parse(body.decode("utf-8", "replace"))
        self._slow_down(host, float(rules.crawl_delay(self.agent) or 0))
        return rules

    def _slow_down(self, host: str, delay: float) -> None:
        assert self.crawler.engine is not None
        slot = self.crawler.engine.downloader.slots.get(host)
        if slot is not None and delay > slot.delay:
            slot.delay = min(delay, MAX_DELAY)
