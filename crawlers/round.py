"""The spider of a round: all due sources, their listings, and what those name that is new."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from scrapy import Request, Spider
from twisted.python.failure import Failure

from crawlers import reasons
from crawlers.ledger import Ledger
from crawlers.plan import Plan, SourcePlan, Validators
from crawlers.reasons import Reason
from crawlers.sources import SOURCE_TYPES
from crawlers.sources.base import Item, Listing
from crawlers.sources.base import Response as ListingResponse
from pipeline.decode import decompress
from pipeline.errors import PipelineError, SpoolError
from pipeline.model import Hints, RawItem, RawKind, Source
from pipeline.spool import SpoolWriter

MAX_LISTING_BYTES = 10 * 1024 * 1024
"""A listing that unfolds to more is not read."""
_TEXT_TYPES = ("html", "xml", "text", "json")
_WINDOW = 5
"""With so many items and not one that is known, some may have come and gone unseen."""
_GAP = "列表中没有一条是上次见过的，其间可能有遗漏，请缩短采集间隔"
_log = logging.getLogger(__name__)


class RoundSpider(Spider):
    """Fetches into the spool and tells by the ledger; `leave` ends the process at once."""

    name = "round"
    custom_settings = {"HTTPERROR_ALLOW_ALL": True}  # noqa: RUF012 - Scrapy's own form

    def __init__(
        self, plan: Plan, spool: SpoolWriter, ledger: Ledger, leave: Callable[[int], None],
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(**kwargs)
        self.plan, self.spool, self.ledger, self.leave = plan, spool, ledger, leave
        self.wanted: dict[str, list[tuple[str, Item]]] = {}
        """Articles on their way by key, and which sources named them."""
        self.had: dict[str, dict[str, Any]] = {}
        """Articles of this round that are in the spool: what was told of them."""

    async def start(self) -> AsyncIterator[Request]:
        """One request for each listing; sources of one address share it."""
        loop = asyncio.get_running_loop()
        loop.call_later(self.plan.round_seconds, self.end, "本轮时间用尽，余下的下一轮继续")
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.end, "采集被停止，余下的下一轮继续")
        sharing: dict[str, list[SourcePlan]] = defaultdict(list)
        for entry in self.plan.sources:
            sharing[entry.source.url.rstrip("/")].append(entry)
        for entries in sharing.values():
            yield Request(
                entries[0].source.url,
                callback=self.parse_listing,
                errback=self.listing_failed,
                headers=_conditions([entry.validators for entry in entries]),
                dont_filter=True,
                priority=10,
                meta={"source": entries[0].source.id, "entries": entries},
            )

    def end(self, reason: str, status: int = 0) -> None:
        """Leave at once: what was told is durable, and the rest belongs to the next round."""
        self.ledger.close(reason)
        self.leave(status)

    # --- listings ------------------------------------------------------------------------------

    async def parse_listing(self, response: Any) -> AsyncIterator[Request]:
        entries: list[SourcePlan] = response.meta["entries"]
        if response.status == 304:
            for entry in entries:
                self.ledger.tell("unchanged", entry.source.id, url=response.url)
                self.ledger.paid(entry.source.id)
            return
        if response.status != 200:
            self._listing_lost(entries, response.url, reasons.of_status(response))
            return
        first = entries[0].source
        position = self._store(_raw(response, RawKind.LISTING, first.id, first.url))
        read: dict[tuple[Any, ...], Listing] = {}
        requests: list[Request] = []
        for entry in entries:
            source = entry.source
            alike = (source.kind, source.links, source.timezone)
            if alike not in read:
                read[alike] = await asyncio.to_thread(_read_listing, response, source)
            listing = read[alike]
            useless = bool(listing.problem) and not listing.items
            self.ledger.tell(
                "fetched", source.id, url=response.url, key=source.url, kind=RawKind.LISTING,
                status=200, position=position,
                etag="" if useless else _header(response, "ETag"),
                last_modified="" if useless else _header(response, "Last-Modified"),
            )  # fmt: skip
            if listing.problem:
                self.ledger.tell("failed", source.id, url=response.url, reason=listing.problem)
            if not useless:
                requests.extend(self._follow(entry, listing))
            self.ledger.paid(source.id)
        for request in requests:
            yield request

    def _follow(self, entry: SourcePlan, listing: Listing) -> Iterator[Request]:
        source = entry.source.id
        new = [item for item in listing.items if item.key not in entry.seen]
        taken = new[: entry.source.max_items]
        self.ledger.tell(
            "listed", source, found=len(listing.items), new=len(new),
            left=len(new) - len(taken), listed_keys=tuple(item.key for item in listing.items),
        )  # fmt: skip
        if entry.seen and len(new) == len(listing.items) >= _WINDOW:
            self.ledger.tell("failed", source, url=entry.source.url, reason=_GAP)
        for item in taken:
            if not item.url:
                self._keep_entry(source, item)
            elif item.key in self.had:
                self.ledger.tell("fetched", source, key=item.key, **self.had[item.key])
            elif item.key in self.wanted:
                self.ledger.owe(source)
                self.wanted[item.key].append((source, item))
            else:
                yield from self._want(source, item)

    def _want(self, source: str, item: Item) -> Iterator[Request]:
        try:
            request = Request(
                item.url,
                callback=self.parse_article,
                errback=self.article_failed,
                dont_filter=True,
                meta={"source": source, "item": item},
            )
        except ValueError:
            self.ledger.failed(source, item.url, Reason("地址无效", permanent=True), item.key)
            return
        self.ledger.owe(source)
        self.wanted[item.key] = [(source, item)]
        yield request

    def listing_failed(self, failure: Failure) -> None:
        request = failure.request  # type: ignore[attr-defined]
        self._listing_lost(request.meta["entries"], request.url, reasons.of_error(failure.value))

    def _listing_lost(self, entries: list[SourcePlan], url: str, reason: Reason) -> None:
        for entry in entries:
            self.ledger.failed(entry.source.id, url, reason)
            self.ledger.paid(entry.source.id)

    # --- articles ------------------------------------------------------------------------------

    def parse_article(self, response: Any) -> None:
        item: Item = response.meta["item"]
        if response.status != 200:
            self._article_lost(item, response.url, reasons.of_status(response))
            return
        kind = _header(response, "Content-Type").lower()
        if kind and not any(each in kind for each in _TEXT_TYPES):
            reason = Reason(f"不是网页（{kind.split(';')[0]}）", permanent=True)
            self._article_lost(item, response.url, reason)
            return
        raw = _raw(response, RawKind.ARTICLE, response.meta["source"], item.url, item.hints)
        self.had[item.key] = {
            "url": response.url, "kind": RawKind.ARTICLE, "status": 200,
            "position": self._store(raw),
        }  # fmt: skip
        for source, _ in self.wanted.pop(item.key):
            self.ledger.tell("fetched", source, key=item.key, **self.had[item.key])
            self.ledger.paid(source)

    def article_failed(self, failure: Failure) -> None:
        request = failure.request  # type: ignore[attr-defined]
        self._article_lost(request.meta["item"], request.url, reasons.of_error(failure.value))

    def _article_lost(self, item: Item, url: str, reason: Reason) -> None:
        for source, named in self.wanted.pop(item.key):
            if reason.permanent and (named.content or named.hints.summary):
                self._keep_entry(source, named)
            else:
                self.ledger.failed(source, url, reason, named.key)
            self.ledger.paid(source)

    def _keep_entry(self, source: str, item: Item) -> None:
        """What the listing itself holds, where there is no page to fetch."""
        hints = replace(item.hints, guid=item.hints.guid or item.key)
        published = hints.published_at
        about = {
            **asdict(hints),
            "published_at": published and published.isoformat(),
            "url": item.url,
            "content": item.content or hints.summary,
        }
        body = json.dumps(about, ensure_ascii=False).encode("utf-8", "replace")
        raw = RawItem(
            RawKind.ENTRY, source, item.url, item.url, datetime.now(UTC), 200, {}, body, hints
        )
        self.ledger.tell(
            "fetched", source, url=item.url, key=item.key, kind=RawKind.ENTRY, status=200,
            position=self._store(raw),
        )  # fmt: skip

    def _store(self, raw: RawItem) -> str:
        try:
            return str(self.spool.append(raw))
        except SpoolError as error:
            _log.error("%s", error)
            self.end("存档无法写入，采集已停止，请检查磁盘空间", 1)
            raise


def _read_listing(response: Any, source: Source) -> Listing:
    """The items of a listing; whatever it does to its reader, other sources go on."""
    try:
        encoding = _header(response, "Content-Encoding")
        body = decompress(response.body, encoding, limit=MAX_LISTING_BYTES)
        kind = _header(response, "Content-Type")
        return SOURCE_TYPES[source.kind](ListingResponse(response.url, kind, body), source)
    except PipelineError as error:
        return Listing((), str(error))
    except Exception:  # noqa: BLE001 - see above
        _log.exception("%s cannot be read", response.url)
        return Listing((), "列表读取时出错，详见采集日志")


def _conditions(validators: list[Validators]) -> dict[str, str]:
    """Headers of a conditional GET, when all who share the address have the same version."""
    first = validators[0]
    if any(each != first for each in validators):
        return {}
    headers = {"If-None-Match": first.etag, "If-Modified-Since": first.last_modified}
    return {name: value for name, value in headers.items() if value}


def _header(response: Any, name: str) -> str:
    value: bytes = response.headers.get(name) or b""
    return value.decode("latin-1")


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
