"""The articles of a round: each fetched once, whichever sources name it, with all of its pages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from hashlib import sha256
from typing import Any

from scrapy import Request
from twisted.python.failure import Failure

from crawlers import reasons
from crawlers.browser import Browser, BrowserError
from crawlers.ledger import Ledger
from crawlers.plan import Plan, Revisit, SourcePlan
from crawlers.reasons import Reason
from crawlers.records import (
    Archive,
    conditions,
    entry_record,
    header,
    response_record,
    shown_record,
    text_of,
)
from crawlers.sources.base import Item
from pipeline.errors import PipelineError
from pipeline.extract.pagination import continuation, may_continue
from pipeline.identity import is_front, same_site
from pipeline.model import Hints, RawItem, RawKind

MAX_PARTS = 20
"""Pages after the first that are fetched of an article."""
YOUNG = timedelta(days=3)
"""An article published longer ago is not visited again: it is new only to us."""
_TEXT_TYPES = ("html", "xml", "text", "json")


@dataclass(eq=False)
class _Job:
    """An article on its way: for which sources, and what there is of it so far."""

    wants: list[tuple[str, Item]]
    again: Revisit | None = None
    first: RawItem | None = None
    """The record of its first page, kept back until its other pages are in the spool."""
    about: dict[str, Any] = field(default_factory=dict)
    """What is told of the first page."""
    parts: list[str] = field(default_factory=list)
    addresses: set[str] = field(default_factory=set)

    @property
    def source(self) -> str:
        return self.wants[0][0]

    @property
    def item(self) -> Item:
        return self.wants[0][1]


class Articles:
    """What listings name, and young articles once more, on their way into the spool."""

    def __init__(self, plan: Plan, archive: Archive, ledger: Ledger, browser: Browser) -> None:
        self.archive, self.ledger, self.browser = archive, ledger, browser
        self.shown = {entry.source.id for entry in plan.sources if entry.source.browser}
        """Sources whose pages need the browser."""
        self.place = {entry.source.id: entry.place for entry in plan.sources}
        self.known = {entry.source.id for entry in plan.sources if entry.seen}
        self.wanted: dict[str, _Job] = {}
        """Articles on their way, by key."""
        self.had: dict[str, dict[str, Any]] = {}
        """Articles of this round that are in the spool: what was told of them."""

    def want(self, source: str, item: Item) -> Iterator[Request]:
        """The request for an item, if one is needed for it."""
        if not item.url:
            self._keep_entry(source, item)
        elif item.key in self.had:
            self._join(source, item)
        elif item.key in self.wanted:
            self.ledger.owe(source)
            self.wanted[item.key].wants.append((source, item))
        else:
            job = _Job([(source, item)])
            try:
                request = self._request(item.url, job)
            except ValueError:
                reason = Reason("地址无效", permanent=True)
                self.ledger.failed(source, item.url, reason, item.key)
                return
            self.ledger.owe(source)
            self.wanted[item.key] = job
            yield request

    def revisits(self, entry: SourcePlan) -> Iterator[Request]:
        """Requests for the source's young articles; to be sent after those for what is new."""
        for again in entry.revisits:
            if again.key in self.wanted or again.key in self.had:
                continue
            item = Item(again.key, again.url, self.archive.hints_at(again.position))
            self.ledger.owe(entry.source.id, extra=True)
            job = _Job([(entry.source.id, item)], again=again)
            yield self._request(again.url, job, headers=conditions(again.validators))

    def _request(self, url: str, job: _Job, **about: Any) -> Request:
        return Request(
            url,
            callback=self.parse,
            errback=self.failed,
            dont_filter=True,
            meta={"source": job.source, "job": job},
            **about,
        )

    async def parse(self, response: Any) -> AsyncIterator[Request]:
        """The first page, or the whole of it."""
        job: _Job = response.meta["job"]
        if job.again and response.status == 304:
            self._tell_again(job, "unchanged", response)
            return
        if (reason := _unfit(response, job.item.url)) is not None:
            self._lost(job, response.url, reason)
            return
        digest = sha256(response.body).hexdigest()
        if job.again and digest == job.again.digest:
            self._tell_again(job, "unchanged", response)
            return
        item = job.item
        raw = response_record(response, RawKind.ARTICLE, job.source, item.url, item.hints)
        try:
            job.first = await self._as_shown(raw, response)
        except (BrowserError, PipelineError) as error:
            self._lost(job, response.url, Reason(str(error)))
            return
        job.about = {
            "url": response.url, "kind": RawKind.ARTICLE, "status": 200, "digest": digest,
            "etag": header(response, "ETag"), "last_modified": header(response, "Last-Modified"),
        }  # fmt: skip
        job.addresses.add(response.url)
        async for request in self._go_on(job, job.first):
            yield request

    async def _as_shown(self, raw: RawItem, response: Any) -> RawItem:
        """What the spool is to keep of a page. Raises BrowserError or PipelineError."""
        if raw.source not in self.shown:
            return raw
        return shown_record(raw, await self.browser.show(response, raw.source))

    async def parse_part(self, response: Any) -> AsyncIterator[Request]:
        """A further page."""
        job: _Job = response.meta["job"]
        if (reason := _unfit(response, response.meta["asked"])) is not None:
            self._cut_short(job, response.url, reason)
            return
        raw = response_record(response, RawKind.PART, job.source, response.meta["asked"])
        try:
            raw = await self._as_shown(raw, response)
        except (BrowserError, PipelineError) as error:
            self._cut_short(job, response.url, Reason(str(error)))
            return
        job.parts.append(self.archive.store(raw))
        job.addresses.add(response.url)
        async for request in self._go_on(job, raw):
            yield request

    async def _go_on(self, job: _Job, page: RawItem) -> AsyncIterator[Request]:
        """The request for the page after `page`, or the article's end."""
        assert job.first is not None
        url = await asyncio.to_thread(_next_page, page, job.first.final_url)
        if url is None or url in job.addresses or len(job.parts) == MAX_PARTS:
            self._finish(job)
            return
        job.addresses.add(url)
        yield Request(
            url,
            callback=self.parse_part,
            errback=self.part_failed,
            dont_filter=True,
            meta={"source": job.source, "job": job, "asked": url},
        )

    def part_failed(self, failure: Failure) -> None:
        request = failure.request  # type: ignore[attr-defined]
        self._cut_short(request.meta["job"], request.url, reasons.of_error(failure.value))

    def _cut_short(self, job: _Job, url: str, reason: Reason) -> None:
        """What there is of an article is kept, and that it is not all is told."""
        told = f"{url}：{reason.text}，文章只存了前 {len(job.parts) + 1} 页"
        self.ledger.tell("failed", job.source, url=url, reason=told, again=job.again is not None)
        self._finish(job)

    def _finish(self, job: _Job) -> None:
        """The article is whole: it goes into the spool, after its other pages."""
        assert job.first is not None
        raw = _owned(job, self.place)
        position = self.archive.store(raw)
        about = {**job.about, "position": position}
        if job.again is not None:
            self.ledger.tell("fetched", job.source, key=job.item.key, again=True, **about)
            self.ledger.paid(job.source, extra=True)
            return
        self.had[job.item.key] = about
        del self.wanted[job.item.key]
        for source, item in job.wants:
            young = self._is_young(source, item)
            self.ledger.tell("fetched", source, key=item.key, young=young, **about)
            self.ledger.paid(source)

    def _join(self, source: str, item: Item) -> None:
        """A source lists an article that is in the spool already, since its list came later: the
        record is kept once more in its name, so that the pipeline knows of it."""
        about = self.had[item.key]
        raw = self.archive.read(about["position"])
        if raw is not None and source not in (raw.source, *raw.hints.also):
            raw = replace(raw, source=source, hints=replace(raw.hints, also=()))
            about = {**about, "position": self.archive.store(raw)}
        self.ledger.tell("fetched", source, key=item.key, **about)

    def _is_young(self, source: str, item: Item) -> bool:
        published = item.hints.published_at
        if published is None:
            return source in self.known
        return published > datetime.now(UTC) - YOUNG

    def failed(self, failure: Failure) -> None:
        request = failure.request  # type: ignore[attr-defined]
        self._lost(request.meta["job"], request.url, reasons.of_error(failure.value))

    def _lost(self, job: _Job, url: str, reason: Reason) -> None:
        if job.again is not None:
            self._tell_again(job, "gone" if reason.code == "gone" else "failed", None)
            return
        del self.wanted[job.item.key]
        for source, named in job.wants:
            if reason.permanent and (named.content or named.hints.summary):
                self._keep_entry(source, named)
            else:
                self.ledger.failed(source, url, reason, named.key)
            self.ledger.paid(source)

    def _tell_again(self, job: _Job, what: Any, response: Any) -> None:
        """A visit to an article that we have brought nothing new."""
        assert job.again is not None
        validators = job.again.validators
        etag = header(response, "ETag") if response is not None else ""
        modified = header(response, "Last-Modified") if response is not None else ""
        self.ledger.tell(
            what, job.source, key=job.again.key, url=job.again.url, again=True,
            etag=etag or validators.etag, last_modified=modified or validators.last_modified,
        )  # fmt: skip
        self.ledger.paid(job.source, extra=True)

    def _keep_entry(self, source: str, item: Item) -> None:
        self.ledger.tell(
            "fetched", source, url=item.url, key=item.key, kind=RawKind.ENTRY, status=200,
            position=self.archive.store(entry_record(source, item)),
        )  # fmt: skip


def _owned(job: _Job, place: Mapping[str, int]) -> RawItem:
    """The record of a whole article in the name of its owner, which is not left to whichever list
    was read first. Of what the lists say of it the owner's counts, then that of the others."""
    assert job.first is not None
    parts = tuple(job.parts)
    if job.again is not None:
        return replace(job.first, hints=replace(job.first.hints, parts=parts))
    wants = sorted(job.wants, key=lambda want: (place.get(want[0], 0), want[0]))
    owner, *others = dict.fromkeys(source for source, _ in wants)
    hints = reduce(_filled, (item.hints for _, item in wants))
    return replace(job.first, source=owner, hints=replace(hints, parts=parts, also=tuple(others)))


def _filled(hints: Hints, more: Hints) -> Hints:
    """Gaps filled from what another list says."""
    timed = hints if hints.published_at or not more.published_at else more
    return replace(
        hints,
        title=hints.title or more.title,
        author=hints.author or more.author,
        summary=hints.summary or more.summary,
        published_at=timed.published_at,
        published_precision=timed.published_precision,
    )


def _unfit(response: Any, asked: str) -> Reason | None:
    """Why a response is no page; None when it is one."""
    if response.status != 200:
        return reasons.of_status(response)
    if is_front(response.url) and not is_front(asked) and same_site(response.url, asked):
        return Reason("网站把这一页转到了首页，原文可能已删除", permanent=True, code="gone")
    kind = header(response, "Content-Type").lower()
    if kind and not any(each in kind for each in _TEXT_TYPES):
        return Reason(f"不是网页（{kind.split(';')[0]}）", permanent=True)
    return None


def _next_page(page: RawItem, first: str) -> str | None:
    try:
        html = text_of(page, looks_right=lambda body: may_continue(body, first))
    except PipelineError:
        return None  # the pipeline will say why it cannot be read
    return continuation(html, page.final_url, first=first) if html else None
