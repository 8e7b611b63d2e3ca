"""The listings of a round: feeds and list pages, read into the items that are new."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

from scrapy import Request
from twisted.python.failure import Failure

from crawlers import reasons
from crawlers.articles import Articles
from crawlers.browser import Browser, BrowserError, missing
from crawlers.ledger import Ledger
from crawlers.plan import Plan, SourcePlan, Validators
from crawlers.reasons import Reason
from crawlers.records import Archive, conditions, header, response_record, shown_record
from crawlers.sources import SOURCE_TYPES, listing_urls
from crawlers.sources.base import Listing
from crawlers.sources.base import Response as ListingResponse
from pipeline.decode import decompress
from pipeline.errors import PipelineError
from pipeline.model import RawItem, RawKind, Source, SourceKind

MAX_LISTING_BYTES = 10 * 1024 * 1024
"""A listing that unfolds to more is not read."""
MAX_LISTINGS = 50
"""Of one source in a round: the terms of a search, the sitemaps of an index."""
MAX_LEVEL = 2
"""An index may name an index, and no more."""
_WINDOW = 5
"""With so many items and not one that is known, some may have come and gone unseen."""
_GAP = "列表中没有一条是上次见过的，其间可能有遗漏，请缩短采集间隔"
_log = logging.getLogger(__name__)


@dataclass
class _Reading:
    """What the listings of one source have named so far; `open` ones are still awaited."""

    open: int
    asked: set[str]
    read: bool = False
    keys: dict[str, None] = field(default_factory=dict)
    new: int = 0
    left: int = 0


class Listings:
    """Each address is fetched once, whoever shares it; what is new goes to `articles`."""

    def __init__(
        self, plan: Plan, archive: Archive, ledger: Ledger, articles: Articles, browser: Browser
    ) -> None:
        self.plan, self.archive, self.ledger, self.articles = plan, archive, ledger, articles
        self.browser = browser
        self.reading: dict[str, _Reading] = {}
        self._turn = asyncio.Lock()
        """One listing is read at a time: more would not be faster, and unfold side by side."""

    def requests(self) -> Iterator[Request]:
        """One request for each listing; sources of one address share it."""
        sharing: dict[tuple[str, str], list[tuple[str, SourcePlan]]] = defaultdict(list)
        for entry in self.plan.sources:
            if entry.source.kind not in SOURCE_TYPES:
                continue
            if entry.source.browser and (problem := missing()):
                self.ledger.failed(entry.source.id, entry.source.url, Reason(problem))
                self.ledger.paid(entry.source.id)
                continue
            urls = tuple(dict.fromkeys(listing_urls(entry.source)))[:MAX_LISTINGS]
            self.reading[entry.source.id] = _Reading(len(urls), set(urls))
            for _ in urls[1:]:
                self.ledger.owe(entry.source.id)
            for url in urls:
                sharing[url.rstrip("/"), entry.source.proxy].append((url, entry))
        for asked in sharing.values():
            yield self._request(asked[0][0], [entry for _, entry in asked], level=0)

    def _request(self, url: str, entries: list[SourcePlan], *, level: int) -> Request:
        return Request(
            url,
            callback=self.parse,
            errback=self.failed,
            headers={} if level else _conditions([entry.validators for entry in entries]),
            dont_filter=True,
            priority=10,
            meta={
                "source": entries[0].source.id, "entries": entries, "asked": url, "level": level
            },
        )  # fmt: skip

    async def parse(self, response: Any) -> AsyncIterator[Request]:
        """Keep the listing, tell of it, follow what it names."""
        entries: list[SourcePlan] = response.meta["entries"]
        requests: list[Request] = []
        if response.status == 304 and _asked_on_condition(response.request):
            for entry in entries:
                self.ledger.tell("unchanged", entry.source.id, url=response.url)
                requests.extend(self._settle(entry, answered=True))
            for request in requests:
                yield request
            return
        if response.status != 200:
            self._lost(entries, response.url, reasons.of_status(response))
            return
        for shown in (False, True):
            group = [entry for entry in entries if _needs_browser(entry.source) is shown]
            if group:
                requests.extend(await self._read(response, group, shown=shown))
        for request in requests:
            yield request

    async def _read(
        self, response: Any, entries: list[SourcePlan], *, shown: bool
    ) -> list[Request]:
        """What follows from a listing for the sources that read it as it came, or as shown."""
        first = entries[0].source.id
        raw = response_record(response, RawKind.LISTING, first, response.meta["asked"])
        if shown:
            try:
                raw = shown_record(raw, await self.browser.show(response, first))
            except (BrowserError, PipelineError) as error:
                self._lost(entries, response.url, Reason(str(error)))
                return []
        position = self.archive.store(raw)
        requests: list[Request] = []
        read: dict[tuple[Any, ...], Listing] = {}
        further: dict[str, list[SourcePlan]] = defaultdict(list)
        for entry in entries:
            source = entry.source
            alike = (
                source.kind, source.links, source.timezone, source.items, source.fields,
                source.terms, source.charset,
            )  # fmt: skip
            if alike not in read:
                async with self._turn:
                    read[alike] = await asyncio.to_thread(_read, raw, source)
            for url in self._further(entry, read[alike], response.meta["level"]):
                further[url].append(entry)
            requests.extend(self._take(entry, response, read[alike], position))
        for url, sharing in further.items():
            requests.append(self._request(url, sharing, level=response.meta["level"] + 1))
        return requests

    def _further(self, entry: SourcePlan, listing: Listing, level: int) -> list[str]:
        """The further listings that are to be fetched for a source, each once."""
        reading = self.reading[entry.source.id]
        if level >= MAX_LEVEL:
            return []
        room = MAX_LISTINGS - len(reading.asked)
        urls = [url for url in dict.fromkeys(listing.more) if url not in reading.asked][:room]
        for url in urls:
            reading.asked.add(url)
            reading.open += 1
            self.ledger.owe(entry.source.id)
        return urls

    def _take(
        self, entry: SourcePlan, response: Any, listing: Listing, position: str
    ) -> list[Request]:
        """What a listing that was read means for one of its sources."""
        source = entry.source
        useless = bool(listing.problem) and not listing.items
        # An index that did not change may name a sitemap that did: it is always read again.
        alone = not useless and not listing.more and len(self.reading[source.id].asked) == 1
        self.ledger.tell(
            "fetched", source.id, url=response.url, key=response.meta["asked"],
            kind=RawKind.LISTING, status=200, position=position,
            etag=header(response, "ETag") if alone else "",
            last_modified=header(response, "Last-Modified") if alone else "",
        )  # fmt: skip
        if listing.problem:
            self.ledger.tell("failed", source.id, url=response.url, reason=listing.problem)
        requests = [] if useless else self._follow(entry, listing)
        return requests + self._settle(entry, answered=True)

    def _follow(self, entry: SourcePlan, listing: Listing) -> list[Request]:
        source, reading = entry.source.id, self.reading[entry.source.id]
        named = [item for item in listing.items if item.key not in reading.keys]
        new = [item for item in named if item.key not in entry.seen]
        taken = new[: max(entry.source.max_items - (reading.new - reading.left), 0)]
        reading.read = True
        reading.keys.update((item.key, None) for item in named)
        reading.new += len(new)
        reading.left += len(new) - len(taken)
        return [request for item in taken for request in self.articles.want(source, item)]

    def _settle(self, entry: SourcePlan, *, answered: bool) -> list[Request]:
        """One listing of a source is done with; after its last one the source is told of, and what
        is known of it comes once more."""
        source, reading = entry.source.id, self.reading[entry.source.id]
        reading.open -= 1
        if not reading.open and reading.read:
            self.ledger.tell(
                "listed", source, found=len(reading.keys), new=reading.new, left=reading.left,
                listed_keys=tuple(reading.keys),
            )  # fmt: skip
            if entry.seen and reading.new == len(reading.keys) >= _WINDOW:
                self.ledger.tell("failed", source, url=entry.source.url, reason=_GAP, code="gap")
        again = self.articles.revisits(entry) if answered and not reading.open else ()
        requests = list(again)
        self.ledger.paid(source)
        return requests

    def failed(self, failure: Failure) -> None:
        request = failure.request  # type: ignore[attr-defined]
        self._lost(request.meta["entries"], request.url, reasons.of_error(failure.value))

    def _lost(self, entries: list[SourcePlan], url: str, reason: Reason) -> None:
        for entry in entries:
            self.ledger.failed(entry.source.id, url, reason)
            self._settle(entry, answered=False)


def _needs_browser(source: Source) -> bool:
    """Feeds and JSON are read as they come; it is pages that scripts fill."""
    return source.browser and source.kind in (SourceKind.PAGE, SourceKind.SEARCH)


def _read(raw: RawItem, source: Source) -> Listing:
    """The items of a listing; whatever it does to its reader, other sources go on."""
    try:
        encoding = raw.headers.get("content-encoding", "")
        body = decompress(raw.body, encoding, limit=MAX_LISTING_BYTES)
        kind = raw.headers.get("content-type", "")
        listing = ListingResponse(raw.final_url, kind, body, raw.fetched_at, raw.url)
        return SOURCE_TYPES[source.kind](listing, source)
    except PipelineError as error:
        return Listing((), str(error))
    except Exception:  # noqa: BLE001 - see above
        _log.exception("%s cannot be read", raw.final_url)
        return Listing((), "列表读取时出错，详见采集日志")


def _conditions(validators: list[Validators]) -> dict[str, str]:
    """Headers of a conditional GET, when all who share the address have the same version."""
    first = validators[0]
    return conditions(first) if all(each == first for each in validators) else {}


def _asked_on_condition(request: Request) -> bool:
    """Only then is a 304 an answer: some servers give it to whoever comes."""
    return any(name in request.headers for name in ("If-None-Match", "If-Modified-Since"))
