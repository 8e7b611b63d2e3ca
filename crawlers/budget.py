"""How many requests a source may take in a day: retries, redirects and robots.txt count too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy.exceptions import IgnoreRequest

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

    from crawlers.plan import Plan


class BudgetSpent(IgnoreRequest):
    """The source has had its requests for today; it gets new ones in `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__("今天的请求次数已用完，明天继续")
        self.seconds = seconds


class BudgetMiddleware:
    """The last one before the downloader: what passes here is sent."""

    def __init__(self, crawler: Crawler) -> None:
        plan: Plan = crawler.settings["CHENGQING_PLAN"]
        self.crawler = crawler
        self.limits = {
            entry.source.id: (entry.budget, entry.renews)
            for entry in plan.sources
            if entry.budget is not None
        }

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> BudgetMiddleware:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """A robots.txt is always asked for: other sources may need it too."""
        source = request.meta.get("source", "")
        spider: Any = self.crawler.spider
        limit, renews = self.limits.get(source, (None, 0))
        spent = limit is not None and spider.ledger.requests(source) >= limit
        if spent and "robots" not in request.meta:
            raise BudgetSpent(renews)
        spider.ledger.count_request(source)
