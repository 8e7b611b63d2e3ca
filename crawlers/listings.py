"""The listings of a round: feeds and list pages, read into the items that are new."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from typing import Any

from scrapy import Request
from twisted.python.failure import Failure

from crawlers import reasons
from crawlers.articles import Articles
from crawlers.ledger import Ledger
from crawlers.plan import Plan, SourcePlan, Validators
from crawlers.reasons import Reason
from crawlers.records import Archive, header, response_record
from crawlers.sources import SOURCE_TYPES
from crawlers.sources.base import Listing
from crawlers.sources.base import Response as ListingResponse
from pipeline.decode import decompress
from pipeline.errors import PipelineError
from pipeline.model import RawKind, Source

MAX_LISTING_BYTES = 10 * 1024 * 1024
"""A listing that unfolds to more is not read."""
_WINDOW = 5
"""With so many items and not one that is known, some may have come and gone unseen."""
_GAP = "列表中没有一条是上次见过的，其间可能有遗漏，请缩短采集间隔"
_log = logging.getLogger(__name__)


class Listings:
    """Each address is fetched once, whoever shares it; what is new goes to `articles`."""

    def __init__(self, plan: Plan, archive: Archive, ledger: Ledger, articles: Articles) -> None:
        self.plan, self.archive, self.ledger, self.articles = plan, archive, ledger, articles

    def requests(self) -> Iterator[Request]:
        """One request for each listing; sources of one address share it."""
        sharing: dict[str, list[SourcePlan]] = defaultdict(list)
        for entry in self.plan.sources:
            sharing[entry.source.url.rstrip("/")].append(entry)
        for entries in sharing.values():
            yield Request(
                entries[0].source.url,
                callback=self.parse,
                errback=self.failed,
                headers=_conditions([entry.validators for entry in entries]),
                dont_filter=True,
                priority=10,
                meta={"source": entries[0].source.id, "entries": entries},
            )

    async def parse(self, response: Any) -> AsyncIterator[Request]:
        """Keep the listing, tell of it, follow what it names."""
        entries: list[SourcePlan] = response.meta["entries"]
        if response.status == 304:
            for entry in entries:
                self.ledger.tell("unchanged", entry.source.id, url=response.url)
                self.ledger.paid(entry.source.id)
            return
        if response.status != 200:
            self._lost(entries, response.url, reasons.of_status(response))
            return
        first = entries[0].source
        raw = response_record(response, RawKind.LISTING, first.id, first.url)
        position = self.archive.store(raw)
        read: dict[tuple[Any, ...], Listing] = {}
        requests: list[Request] = []
        for entry in entries:
            source = entry.source
            alike = (source.kind, source.links, source.timezone)
            if alike not in read:
                read[alike] = await asyncio.to_thread(_read, response, source)
            requests.extend(self._take(entry, response, read[alike], position))
        for request in requests:
            yield request

    def _take(
        self, entry: SourcePlan, response: Any, listing: Listing, position: str
    ) -> list[Request]:
        """What a listing that was read means for one of its sources."""
        source = entry.source
        useless = bool(listing.problem) and not listing.items
        self.ledger.tell(
            "fetched", source.id, url=response.url, key=source.url, kind=RawKind.LISTING,
            status=200, position=position,
            etag="" if useless else header(response, "ETag"),
            last_modified="" if useless else header(response, "Last-Modified"),
        )  # fmt: skip
        if listing.problem:
            self.ledger.tell("failed", source.id, url=response.url, reason=listing.problem)
        requests = [] if useless else self._follow(entry, listing)
        self.ledger.paid(source.id)
        return requests

    def _follow(self, entry: SourcePlan, listing: Listing) -> list[Request]:
        source = entry.source.id
        new = [item for item in listing.items if item.key not in entry.seen]
        taken = new[: entry.source.max_items]
        self.ledger.tell(
            "listed", source, found=len(listing.items), new=len(new),
            left=len(new) - len(taken), listed_keys=tuple(item.key for item in listing.items),
        )  # fmt: skip
        if entry.seen and len(new) == len(listing.items) >= _WINDOW:
            self.ledger.tell("failed", source, url=entry.source.url, reason=_GAP, code="gap")
        return [request for item in taken for request in self.articles.want(source, item)]

    def failed(self, failure: Failure) -> None:
        request = failure.request  # type: ignore[attr-defined]
        self._lost(request.meta["entries"], request.url, reasons.of_error(failure.value))

    def _lost(self, entries: list[SourcePlan], url: str, reason: Reason) -> None:
        for entry in entries:
            self.ledger.failed(entry.source.id, url, reason)
            self.ledger.paid(entry.source.id)


def _read(response: Any, source: Source) -> Listing:
    """The items of a listing; whatever it does to its reader, other sources go on."""
    try:
        encoding = header(response, "Content-Encoding")
        body = decompress(response.body, encoding, limit=MAX_LISTING_BYTES)
        kind = header(response, "Content-Type")
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
