"""The spider of a round: all due sources, their listings, and what those name that is new."""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from scrapy import Request, Spider
from scrapy.exceptions import IgnoreRequest
from twisted.python.failure import Failure

from crawlers.addresses import AddressRefused
from crawlers.plan import Event, Plan, SourcePlan
from crawlers.robots import RobotsForbidden, RobotsUnreachable
from crawlers.sources import SOURCE_TYPES
from crawlers.sources.base import Item, Listing
from crawlers.sources.base import Response as ListingResponse
from pipeline.decode import decompress
from pipeline.errors import PipelineError
from pipeline.model import Hints, RawItem, RawKind
from pipeline.spool import SpoolWriter

MAX_RETRY_AFTER = 6 * 3600.0
MAX_LISTING_BYTES = 64 * 1024 * 1024
_TEXT_TYPES = ("html", "xml", "text", "json")
_PASSING = (408, 425, 429)


@dataclass
class _Progress:
    """What a source still owes in this round."""

    open: int = 0
    pending: int = 0


@dataclass
class _Wanted:
    """An article that is being fetched, and the sources that named it."""

    by: list[tuple[str, Item]] = field(default_factory=list)


class RoundSpider(Spider):
    name = "round"
    custom_settings = {"HTTPERROR_ALLOW_ALL": True}  # noqa: RUF012 - Scrapy's own form

    def __init__(self, plan: Plan, spool: SpoolWriter, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.plan, self.spool = plan, spool
        self.progress = {entry.source.id: _Progress() for entry in plan.sources}
        self.wanted: dict[str, _Wanted] = {}
        self.had: dict[str, str] = {}
        """Items of this round by key: where their record stands."""

    async def start(self) -> AsyncIterator[Request]:
        """One request for each listing; sources of one address share it."""
        sharing: dict[str, list[SourcePlan]] = defaultdict(list)
        for entry in self.plan.sources:
            sharing[entry.source.url.rstrip("/")].append(entry)
        for entries in sharing.values():
            first = entries[0]
            headers = {}
            if first.validators.etag:
                headers["If-None-Match"] = first.validators.etag
            if first.validators.last_modified:
                headers["If-Modified-Since"] = first.validators.last_modified
            self.progress[first.source.id].open += 1
            yield Request(
                first.source.url,
                callback=self.parse_listing,
                errback=self.listing_failed,
                headers=headers,
                dont_filter=True,
                meta={
                    "source": first.source.id,
                    "entries": entries,
                    "handle_httpstatus_list": [304],
                },
            )

    # --- listings ------------------------------------------------------------------------------

    def parse_listing(self, response: Any) -> Iterator[Request]:
        entries: list[SourcePlan] = response.meta["entries"]
        source = entries[0].source
        if response.status == 304:
            self._settle(entries, lambda other: self._tell("unchanged", other, url=response.url))
            return
        if response.status != 200:
            self._listing_lost(entries, response.url, *_judge_status(response))
            return
        try:
            encoding = _header(response, "Content-Encoding")
            body = decompress(response.body, encoding, limit=MAX_LISTING_BYTES)
            read = SOURCE_TYPES[source.kind]
            listing = read(
                ListingResponse(response.url, _header(response, "Content-Type"), body), source
            )
        except PipelineError as error:
            self._listing_lost(entries, response.url, str(error), True, 0)
            return
        position = self.spool.append(_raw(response, RawKind.LISTING, source.id, source.url))
        self._tell(
            "fetched", source.id, url=response.url, key=source.url, kind=RawKind.LISTING,
            status=200, position=str(position), etag=_header(response, "ETag"),
            last_modified=_header(response, "Last-Modified"),
        )  # fmt: skip
        if listing.problem:
            self._tell("failed", source.id, url=response.url, reason=listing.problem)
        yield from self._follow(entries[0], listing)
        for other in entries[1:]:
            self._tell("unchanged", other.source.id, url=response.url)
            self._tell("done", other.source.id)
        self._close(source.id)

    def _follow(self, entry: SourcePlan, listing: Listing) -> Iterator[Request]:
        source = entry.source
        new = [item for item in listing.items if item.key not in entry.seen]
        taken = new[: source.max_items]
        self._tell(
            "listed", source.id, found=len(listing.items), new=len(new),
            left=len(new) - len(taken), listed_keys=tuple(item.key for item in listing.items),
        )  # fmt: skip
        for item in taken:
            if not item.url:
                self._keep_entry(source.id, item)
                continue
            if item.key in self.had:
                self._tell_article(source.id, item, item.url)
                continue
            wanted = self.wanted.get(item.key)
            self.progress[source.id].open += 1
            if wanted is not None:
                wanted.by.append((source.id, item))
                continue
            self.wanted[item.key] = _Wanted([(source.id, item)])
            yield Request(
                item.url,
                callback=self.parse_article,
                errback=self.article_failed,
                dont_filter=True,
                meta={"source": source.id, "item": item},
            )

    def listing_failed(self, failure: Failure) -> None:
        request = failure.request  # type: ignore[attr-defined]
        self._listing_lost(request.meta["entries"], request.url, *_judge_failure(failure))

    def _listing_lost(
        self, entries: list[SourcePlan], url: str, reason: str, permanent: bool, after: float
    ) -> None:
        self._settle(
            entries,
            lambda source: self._tell(
                "failed", source, url=url, reason=reason, permanent=permanent, retry_after=after
            ),
        )

    def _settle(self, entries: list[SourcePlan], tell: Any) -> None:
        """The same end for all sources that share a listing."""
        for entry in entries:
            tell(entry.source.id)
            if entry is not entries[0]:
                self._tell("done", entry.source.id)
        self._close(entries[0].source.id)

    # --- articles ------------------------------------------------------------------------------

    def parse_article(self, response: Any) -> None:
        item: Item = response.meta["item"]
        if response.status != 200:
            self._article_lost(item, response.url, *_judge_status(response))
            return
        kind = _header(response, "Content-Type").lower()
        if kind and not any(each in kind for each in _TEXT_TYPES):
            self._article_lost(item, response.url, f"不是网页（{kind.split(';')[0]}）", True, 0)
            return
        source = response.meta["source"]
        position = self.spool.append(_raw(response, RawKind.ARTICLE, source, item.url, item.hints))
        self.had[item.key] = str(position)
        for each, named in self._finished(item):
            self._tell_article(each, named, response.url)
            self._close(each)

    def _tell_article(self, source: str, item: Item, url: str) -> None:
        self._tell(
            "fetched", source, url=url, key=item.key, kind=RawKind.ARTICLE, status=200,
            position=self.had[item.key],
        )  # fmt: skip

    def article_failed(self, failure: Failure) -> None:
        request = failure.request  # type: ignore[attr-defined]
        self._article_lost(request.meta["item"], request.url, *_judge_failure(failure))

    def _article_lost(
        self, item: Item, url: str, reason: str, permanent: bool, after: float
    ) -> None:
        for source, named in self._finished(item):
            if permanent and (named.content or named.hints.summary):
                self._keep_entry(source, named)
            else:
                self._tell(
                    "failed", source, url=url, key=named.key, reason=f"{url}：{reason}",
                    permanent=permanent, retry_after=after,
                )  # fmt: skip
                self.progress[source].pending += not permanent
            self._close(source)

    def _finished(self, item: Item) -> list[tuple[str, Item]]:
        return self.wanted.pop(item.key).by

    def _keep_entry(self, source: str, item: Item) -> None:
        """What the listing itself holds, where there is no page to fetch."""
        body = json.dumps({"content": item.content or item.hints.summary}).encode()
        position = self.spool.append(
            RawItem(
                RawKind.ENTRY,
                source,
                item.url,
                item.url,
                datetime.now(UTC),
                200,
                {},
                body,
                item.hints,
            )
        )
        self._tell(
            "fetched", source, url=item.url, key=item.key, kind=RawKind.ENTRY, status=200,
            position=str(position),
        )  # fmt: skip

    # --- telling -------------------------------------------------------------------------------

    def _tell(self, what: Any, source: str, **about: Any) -> None:
        sys.stdout.write(Event(what, source, **about).to_json() + "\n")
        sys.stdout.flush()

    def _close(self, source: str) -> None:
        progress = self.progress[source]
        progress.open -= 1
        if progress.open == 0:
            self._tell("done", source, pending=progress.pending)


def _header(response: Any, name: str) -> str:
    return (response.headers.get(name) or b"").decode("latin-1")


def _raw(
    response: Any, kind: RawKind, source: str, url: str, hints: Hints | None = None
) -> RawItem:
    headers = {
        key.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
        for key, values in response.headers.items()
    }
    return RawItem(
        kind, source, url, response.url, datetime.now(UTC), response.status, headers, response.body,
        hints or Hints(),
    )  # fmt: skip


def _judge_status(response: Any) -> tuple[str, bool, float]:
    """Reason, whether trying again is of no use, and seconds to stay away."""
    status = response.status
    permanent = 300 <= status < 500 and status not in _PASSING
    return f"服务器答复 {status}", permanent, _retry_after(_header(response, "Retry-After"))


def _retry_after(text: str) -> float:
    """Seconds, from a number or an HTTP date; 0 when there is none (RFC 9110 §10.2.3)."""
    if not text:
        return 0
    try:
        seconds = (
            float(text) if text.isdigit() else parsedate_to_datetime(text).timestamp() - time.time()
        )
    except (ValueError, TypeError):
        return 0
    return min(max(seconds, 0), MAX_RETRY_AFTER)


_REASONS = (
    (AddressRefused, None, True),
    (RobotsForbidden, None, True),
    (RobotsUnreachable, None, False),
    (IgnoreRequest, "被跳过", True),
)
_NAMES = {
    "DownloadTimeoutError": "超时没有答复",
    "TimeoutError": "超时没有答复",
    "TCPTimedOutError": "连接超时",
    "DNSLookupError": "域名无法解析",
    "CannotResolveHostError": "域名无法解析",
    "ConnectionRefusedError": "连接被拒绝",
    "DownloadConnectionRefusedError": "连接被拒绝",
    "ResponseNeverReceived": "连接中断，没有答复",
    "ResponseFailed": "连接中断，内容不全",
    "ResponseDataLossError": "连接中断，内容不全",
    "DownloadFailedError": "连接中断，内容不全",
    "ConnectionLost": "连接中断",
}


def _judge_failure(failure: Failure) -> tuple[str, bool, float]:
    error: Any = failure.value
    for kind, reason, permanent in _REASONS:
        if isinstance(error, kind):
            return reason or str(error), permanent, 0
    name = type(error).__name__
    if name in ("DownloadCancelledError", "CancelledError"):
        return "内容超过大小上限", True, 0
    return _NAMES.get(name, f"取不到（{name}）"), False, 0
