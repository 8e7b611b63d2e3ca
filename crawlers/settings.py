"""Scrapy's settings for a round: polite, bounded, and without what it would do behind our back."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from crawlers.plan import Plan

MAX_REDIRECTS = 8
MAX_RESPONSE = 8 * 1024 * 1024
"""Bytes of one response, as it comes over the wire; a feed of 100,000 entries has seven million.
Several may be on their way at a time, each of them in memory."""
USUAL_DELAY = 1.0
"""Seconds between two requests to a host that no source is configured on."""


def scrapy_settings(plan: Plan) -> dict[str, Any]:
    """Settings of one round. Bodies stay as they come over the wire: no decompression here."""
    return {
        "CHENGQING_PLAN": plan,
        "USER_AGENT": plan.user_agent,
        "COOKIES_ENABLED": False,
        "HTTPPROXY_ENABLED": False,  # never by the environment; by source, see crawlers.proxies
        "METAREFRESH_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "LOG_LEVEL": "WARNING",
        "STATS_DUMP": False,
        # No limit over all hosts: waiting requests of a slow host would keep the others out.
        "CONCURRENT_REQUESTS": 0,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        # Scrapy starts so many tasks for the output of each response, 100 if not told otherwise:
        # two fifths of the processor time of a round over 200 sources.
        "CONCURRENT_ITEMS": 1,
        "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",
        "DOWNLOAD_DELAY": USUAL_DELAY,
        "DOWNLOAD_DELAY_JITTER": 0,  # half of the configured delay would be less than promised
        "DOWNLOAD_SLOTS": _slots(plan),
        "DOWNLOAD_TIMEOUT": plan.timeout,
        "DOWNLOAD_MAXSIZE": min(plan.max_bytes, MAX_RESPONSE),
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_FAIL_ON_DATALOSS": True,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "DOWNLOAD_HANDLERS": {
            **dict.fromkeys(("data", "file", "ftp", "s3")),
            **dict.fromkeys(("http", "https"), "crawlers.handler.BoundedDownloadHandler"),
        },
        "REDIRECT_MAX_TIMES": MAX_REDIRECTS,
        "RETRY_ENABLED": False,  # see crawlers.hosts
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.6",
            "Accept-Encoding": "gzip, deflate, br",
        },
        "DOWNLOADER_MIDDLEWARES": {
            "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
            "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
            "crawlers.addresses.AddressMiddleware": 50,
            "crawlers.robots.RobotsMiddleware": 100,
            "crawlers.hosts.HostMiddleware": 550,
            "crawlers.budget.BudgetMiddleware": 650,
        },
        "TWISTED_DNS_RESOLVER": "crawlers.addresses.PinningResolver",
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
    }


SHORTEST_DELAY = 0.01
"""Without any delay Scrapy 2.19 sends all that waits at once, whatever the concurrency."""


def _slots(plan: Plan) -> dict[str, dict[str, float]]:
    """The longest delay that any source on a host asks for; one request at a time where there is
    one."""
    delays: dict[str, float] = {}
    for entry in plan.sources:
        host = urlsplit(entry.source.url).hostname or ""
        delays[host] = max(delays.get(host, 0), entry.source.delay)
    return {
        host: {"delay": delay or SHORTEST_DELAY, "concurrency": 1 if delay else 2}
        for host, delay in delays.items()
    }
