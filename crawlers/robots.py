"""robots.txt as RFC 9309 has it: 4xx allows everything, a server that fails forbids everything."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request, signals
from scrapy.exceptions import IgnoreRequest, StopDownload
from scrapy.http.request import NO_CALLBACK

from pipeline.decode import decompress
from pipeline.errors import PipelineError

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawlers.plan import Plan

MAX_BYTES = 512 * 1024
"""What is read of a robots.txt, however long it is (RFC 9309 §2.5 asks for at least 500 KiB)."""
MAX_DELAY = 60.0


class RobotsForbidden(IgnoreRequest):
    """The site does not want this address fetched."""


class RobotsUnreachable(IgnoreRequest):
    """robots.txt cannot be had, so nothing may be fetched from this site now.

    `why` is the status of the answer, or what was raised instead of one.
    """

    def __init__(self, site: str, why: int | Exception) -> None:
        super().__init__(f"{site}/robots.txt: {why}")
        self.site, self.why = site, why


class RobotsMiddleware:
    """Asks the robots.txt of each site once in a round; honours its crawl-delay."""

    def __init__(self, crawler: Crawler) -> None:
        plan: Plan = crawler.settings["CHENGQING_PLAN"]
        self.agent = plan.user_agent
        self.crawler = crawler
        self.rules: dict[tuple[str, str | None], asyncio.Task[Protego | int | Exception]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        made = cls(crawler)
        crawler.signals.connect(made.bytes_received, signal=signals.bytes_received)
        return made

    async def process_request(self, request: Request) -> None:
        if "robots" in request.meta:
            return
        parts = urlsplit(request.url)
        site = f"{parts.scheme}://{parts.netloc}"
        way = site, request.meta.get("proxy")
        if way not in self.rules:
            self.rules[way] = asyncio.ensure_future(self._ask(site, request))
        rules = await self.rules[way]
        if not isinstance(rules, Protego):
            raise RobotsUnreachable(site, rules)
        if not rules.can_fetch(request.url, self.agent):
            raise RobotsForbidden("该网站的 robots.txt 不允许采集此页")

    def bytes_received(self, data: bytes, request: Request) -> None:
        """Stops reading a robots.txt at the limit; what came until then counts."""
        if "robots" in request.meta:
            request.meta["robots"] += len(data)
            if request.meta["robots"] > MAX_BYTES:
                raise StopDownload(fail=False)

    async def _ask(self, site: str, request: Request) -> Protego | int | Exception:
        """The rules of a site, or why it must be left alone."""
        meta = {
            "robots": 0,
            "source": request.meta.get("source"),
            "redirect_urls": list(request.meta.get("redirect_urls", ())),
        }
        ask = Request(f"{site}/robots.txt", callback=NO_CALLBACK, priority=1000, meta=meta)
        assert self.crawler.engine is not None
        try:
            response = await self.crawler.engine.download_async(ask)
        except Exception as error:  # noqa: BLE001 - whatever went wrong on the net forbids
            return error
        if response.status >= 500 or response.status == 429:
            return response.status
        return self._read(response, urlsplit(site).hostname or "")

    def _read(self, response: Any, host: str) -> Protego:
        if response.status != 200:
            return Protego.parse("")
        encoding = (response.headers.get("Content-Encoding") or b"").decode("latin-1")
        try:
            body = decompress(response.body[:MAX_BYTES], encoding, limit=MAX_BYTES)
        except PipelineError:
            body = b""
        rules = Protego.parse(body.decode("utf-8", "replace"))
        self._slow_down(host, min(float(rules.crawl_delay(self.agent) or 0), MAX_DELAY))
        return rules

    def _slow_down(self, host: str, delay: float) -> None:
        """A longer delay for a host, also when Scrapy forgets its slot and makes another one."""
        assert self.crawler.engine is not None
        downloader = self.crawler.engine.downloader
        usual = downloader.settings.getfloat("DOWNLOAD_DELAY")
        known = downloader.per_slot_settings.setdefault(host, {"delay": usual})
        if delay <= known["delay"]:
            return
        known.update(delay=delay, concurrency=1)
        slot = downloader.slots.get(host)
        if slot is not None:
            slot.delay, slot.concurrency = delay, 1
            slot.lastseen = time.monotonic()  # the delay counts from this answer, too
