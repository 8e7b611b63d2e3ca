"""The spider of a round: all due sources, their listings, and what those name that is new."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from typing import Any

from scrapy import Request, Spider

from crawlers.articles import Articles
from crawlers.browser import Browser
from crawlers.ledger import Ledger
from crawlers.listings import Listings
from crawlers.plan import Plan
from crawlers.reasons import TIME_UP
from crawlers.records import Archive
from crawlers.ways_in import WaysIn
from pipeline.spool import SpoolWriter


class RoundSpider(Spider):
    """Fetches into the spool and tells by the ledger; `leave` ends the process at once."""

    name = "round"
    custom_settings = {"HTTPERROR_ALLOW_ALL": True}  # noqa: RUF012 - Scrapy's own form

    def __init__(
        self, plan: Plan, spool: SpoolWriter, ledger: Ledger, leave: Callable[[int], None],
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(**kwargs)
        self.plan, self.ledger, self.leave = plan, ledger, leave
        archive = Archive(spool, self.end)
        browser = Browser(self._download, plan)
        self.articles = Articles(plan, archive, ledger, browser)
        self.listings = Listings(plan, archive, ledger, self.articles, browser)
        self.ways_in = WaysIn(plan, archive, ledger)

    async def start(self) -> AsyncIterator[Request]:
        loop = asyncio.get_running_loop()
        loop.call_later(self.plan.round_seconds, self.end, TIME_UP)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.end, "采集被停止，余下的下一轮继续")
        others = asyncio.ensure_future(self.ways_in.read())
        for request in self.listings.requests():
            yield request
        await others

    async def _download(self, request: Request) -> Any:
        """One request by the way that all go, outside the scheduler."""
        assert self.crawler.engine is not None
        return await self.crawler.engine.download_async(request)

    def end(self, reason: str, status: int = 0) -> None:
        """Leave at once: what was told is durable, and the rest belongs to the next round."""
        self.ledger.close(reason)
        self.leave(status)
