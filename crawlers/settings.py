"""Scrapy's settings for a round: polite, bounded, and without what it would do behind our back."""

from __future__ import annotations

from typing import Any

from crawlers.plan import Plan

RETRIES = 2
MAX_REDIRECTS = 8


def scrapy_settings(plan: Plan) -> dict[str, Any]:
    """Settings of one round. Bodies stay as they come over the wire: no decompression here."""
    return {
        "USER_AGENT": plan.user_agent,
        "ROBOTSTXT_OBEY": False,  # our own middleware: a robots.txt that cannot be had forbids
        "COOKIES_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "LOG_LEVEL": "WARNING",
        "CONCURRENT_REQUESTS": 16,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 2,
        "DOWNLOAD_TIMEOUT": plan.timeout,
        "DOWNLOAD_MAXSIZE": plan.max_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_FAIL_ON_DATALOSS": True,
        "REDIRECT_MAX_TIMES": MAX_REDIRECTS,
        "RETRY_TIMES": RETRIES,
        "RETRY_HTTP_CODES": [500, 502, 503, 504, 522, 524, 408],
        "HTTPCACHE_ENABLED": False,
        "CLOSESPIDER_TIMEOUT": plan.round_seconds,
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
        },
        "EXTENSIONS": {"scrapy.extensions.telnet.TelnetConsole": None},
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
    }
