"""Patience: an address is tried again after a pause, a host that asks for it is left alone."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from twisted.internet.error import ConnectError, ConnectionDone, ConnectionLost
from twisted.python.failure import Failure

from crawlers.certificates import INVALID, CertificateRefused, is_certificate, what_is_wrong
from crawlers.settings import SHORTEST_DELAY

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawlers.plan import Plan

RETRIES = 2
STRIKES = 6
"""Failures in a row after which a host is left alone for the rest of the round."""
MAX_RETRY_AFTER = 6 * 3600.0
SHORT_WAIT = 15.0
"""Seconds that are waited within the round when a host asks for them; longer means next time."""
WAITS = 2
"""How often a host may ask for a short wait in a round."""
_TRY_AGAIN = (408, 425, 429, 500, 502, 503, 504, 522, 524)
_PASSING = (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    ConnectError,
    ConnectionDone,
    ConnectionLost,
)
"""Failures that may be gone at the next try."""


class HostResting(IgnoreRequest):
    """The host is left alone for now; `seconds` when it said for how long, else 0."""

    def __init__(self, reason: str, seconds: float = 0) -> None:
        super().__init__(reason)
        self.seconds = seconds


def retry_after(text: str, *, now: float) -> float:
    """Seconds of a Retry-After header, a number or an HTTP date; 0 when there is none that can be
    read (RFC 9110 §10.2.3). `now` is in seconds since 1970."""
    try:
        stated = float(text) if text.isdecimal() else parsedate_to_datetime(text).timestamp() - now
    except (ValueError, TypeError, OverflowError):
        return 0
    return min(max(stated, 0), MAX_RETRY_AFTER)


class HostMiddleware:
    """In the place of Scrapy's own retry, which neither pauses nor hears Retry-After."""

    def __init__(self, crawler: Crawler) -> None:
        plan: Plan = crawler.settings["CHENGQING_PLAN"]
        self.crawler = crawler
        self.pause = plan.pause
        self.strikes: dict[str, int] = {}
        self.resting: dict[str, tuple[str, float]] = {}
        """Host → why it rests, and until when (monotonic; 0 where it did not say)."""
        self.waits: Counter[str] = Counter()
        self.certificates: dict[str, asyncio.Future[str]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> HostMiddleware:
        made = cls(crawler)
        crawler.signals.connect(made.response_downloaded, signal=signals.response_downloaded)
        return made

    def process_request(self, request: Request) -> None:
        host = _host(request)
        if host in self.resting:
            raise self._refusal(host)

    def _rest(self, host: str, reason: str, until: float = 0) -> None:
        """Nothing more is asked of the host, not even what already waits for its turn."""
        self.resting.setdefault(host, (reason, until))
        assert self.crawler.engine is not None
        slot = self.crawler.engine.downloader.slots.get(host)
        while slot is not None and slot.queue:
            _, waiting = slot.queue.popleft()
            waiting.errback(Failure(self._refusal(host)))  # type: ignore[no-untyped-call]

    def _refusal(self, host: str) -> HostResting:
        reason, until = self.resting[host]
        return HostResting(reason, max(until - time.monotonic(), 0) if until else 0)

    def response_downloaded(self, response: Response, request: Request) -> None:
        """Hears a host that asks for patience, before the next request goes out.

        A delay counts from the answer. Scrapy counts from when a request leaves the queue, and a
        busy moment before it leaves the machine would bring the next one too soon after it.
        """
        assert self.crawler.engine is not None
        slot = self.crawler.engine.downloader.slots.get(_host(request))
        if slot is not None and slot.delay > SHORTEST_DELAY:
            slot.lastseen = max(slot.lastseen, time.monotonic())
        header = (response.headers.get("Retry-After") or b"").decode("latin-1")
        wait = retry_after(header, now=time.time())
        if response.status == 429 or (response.status == 503 and wait):
            host = _host(request)
            self.waits[host] += 1
            if slot is not None and 0 < wait <= SHORT_WAIT and self.waits[host] <= WAITS:
                # Scrapy sends nothing before `delay` after `lastseen`: the whole host waits.
                slot.lastseen = time.monotonic() + wait - slot.delay
                return
            until = time.monotonic() + wait if wait else 0
            self._rest(host, "网站要求稍后再来，本轮不再访问", until)

    async def process_response(self, request: Request, response: Response) -> Response | Request:
        host = _host(request)
        if response.status not in _TRY_AGAIN:
            self.strikes.pop(host, None)
            return response
        if response.status == 429 and host in self.resting:
            return response
        return await self._again(request, host) or response

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        if is_certificate(exception):
            raise CertificateRefused(await self._why(request)) from exception
        if not isinstance(exception, _PASSING):
            return None
        return await self._again(request, _host(request))

    async def _again(self, request: Request, host: str) -> Request | None:
        """The request once more, after a pause that doubles; None when it has had its tries."""
        self.strikes[host] = self.strikes.get(host, 0) + 1
        if self.strikes[host] >= STRIKES:
            self._rest(host, "网站连续没有正常答复，本轮不再访问")
        tries = request.meta.get("tries", 0)
        if tries >= RETRIES or host in self.resting:
            return None
        jitter = random.uniform(0.5, 1.5)  # noqa: S311 - several hosts of one site spread out
        await asyncio.sleep(self.pause * 2**tries * jitter)
        again = request.replace(dont_filter=True, priority=request.priority - 1)
        again.meta["tries"] = tries + 1
        return again

    async def _why(self, request: Request) -> str:
        """What is wrong with a certificate; asked once a site, by a handshake of its own."""
        parts = urlsplit(request.url)
        site = parts.netloc
        if request.meta.get("proxy"):
            return INVALID
        if site not in self.certificates:
            address, host = str(request.meta["address"]), parts.hostname or ""
            asking = asyncio.to_thread(what_is_wrong, address, parts.port or 443, host)
            self.certificates[site] = asyncio.ensure_future(asking)
        return await self.certificates[site]


def _host(request: Request) -> str:
    return urlsplit(request.url).hostname or ""
