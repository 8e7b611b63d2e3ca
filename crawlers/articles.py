"""The articles of a round: each fetched once, whichever sources name it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scrapy import Request
from twisted.python.failure import Failure

from crawlers import reasons
from crawlers.ledger import Ledger
from crawlers.reasons import Reason
from crawlers.records import Archive, entry_record, header, response_record
from crawlers.sources.base import Item
from pipeline.model import RawKind

_TEXT_TYPES = ("html", "xml", "text", "json")


class Articles:
    """What listings name, on its way into the spool."""

    def __init__(self, archive: Archive, ledger: Ledger) -> None:
        self.archive, self.ledger = archive, ledger
        self.wanted: dict[str, list[tuple[str, Item]]] = {}
        """Articles on their way by key, and which sources named them."""
        self.had: dict[str, dict[str, Any]] = {}
        """Articles of this round that are in the spool: what was told of them."""

    def want(self, source: str, item: Item) -> Iterator[Request]:
        """The request for an item, if one is needed for it."""
        if not item.url:
            self._keep_entry(source, item)
        elif item.key in self.had:
            self.ledger.tell("fetched", source, key=item.key, **self.had[item.key])
        elif item.key in self.wanted:
            self.ledger.owe(source)
            self.wanted[item.key].append((source, item))
        else:
            yield from self._request(source, item)

    def _request(self, source: str, item: Item) -> Iterator[Request]:
        try:
            request = Request(
                item.url,
                callback=self.parse,
                errback=self.failed,
                dont_filter=True,
                meta={"source": source, "item": item},
            )
        except ValueError:
            self.ledger.failed(source, item.url, Reason("地址无效", permanent=True), item.key)
            return
        self.ledger.owe(source)
        self.wanted[item.key] = [(source, item)]
        yield request

    def parse(self, response: Any) -> None:
        item: Item = response.meta["item"]
        if response.status != 200:
            self._lost(item, response.url, reasons.of_status(response))
            return
        kind = header(response, "Content-Type").lower()
        if kind and not any(each in kind for each in _TEXT_TYPES):
            reason = Reason(f"不是网页（{kind.split(';')[0]}）", permanent=True)
            self._lost(item, response.url, reason)
            return
        raw = response_record(
            response, RawKind.ARTICLE, response.meta["source"], item.url, item.hints
        )
        self.had[item.key] = {
            "url": response.url, "kind": RawKind.ARTICLE, "status": 200,
            "position": self.archive.store(raw),
        }  # fmt: skip
        for source, _ in self.wanted.pop(item.key):
            self.ledger.tell("fetched", source, key=item.key, **self.had[item.key])
            self.ledger.paid(source)

    def failed(self, failure: Failure) -> None:
        request = failure.request  # type: ignore[attr-defined]
        self._lost(request.meta["item"], request.url, reasons.of_error(failure.value))

    def _lost(self, item: Item, url: str, reason: Reason) -> None:
        for source, named in self.wanted.pop(item.key):
            if reason.permanent and (named.content or named.hints.summary):
                self._keep_entry(source, named)
            else:
                self.ledger.failed(source, url, reason, named.key)
            self.ledger.paid(source)

    def _keep_entry(self, source: str, item: Item) -> None:
        self.ledger.tell(
            "fetched", source, url=item.url, key=item.key, kind=RawKind.ENTRY, status=200,
            position=self.archive.store(entry_record(source, item)),
        )  # fmt: skip
