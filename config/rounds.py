"""What a running round keeps in the case store: what each source listed, brought and owes."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import SystemRandom

from django.db import transaction

from alerts.history import Outcome, Record, prune, record_visit, remember_records
from alerts.models import SeenItem, Validator
from config import revisits
from crawlers.plan import Event
from pipeline.model import RawKind, Source

FORGET_AFTER = timedelta(days=60)
"""An item that its source has not listed for so long is forgotten."""


@dataclass
class SourceResult:
    """What one source brought in a round."""

    source: str
    fetched: int = 0
    unchanged: int = 0
    new: int = 0
    also: int = 0
    """New here, but owned by another source that listed it too."""
    duplicate: int = 0
    failed: int = 0
    alerts: int = 0
    error: str | None = None


@dataclass
class _Visit:
    """What the history of a source keeps beside its result."""

    seconds: float = 0.0
    requests: int = 0
    pending: int = 0
    updated: int = 0
    gap: bool = False
    code: str = ""
    retry_after: float = 0.0


class Round:
    """The state that a running round keeps in the case store."""

    def __init__(self, sources: Sequence[Source], now: datetime, *, updates: bool = True) -> None:
        self.now, self.updates = now, updates
        self.sources = {source.id: source for source in sources}
        self.results = {source.id: SourceResult(source.id) for source in sources}
        self.listing: dict[str, Event] = {}
        self.listed: dict[str, Event] = {}
        self.done: set[str] = set()
        self.visits = {source.id: _Visit() for source in sources}
        self.began = time.monotonic()

    def take(self, events: Iterable[Event]) -> None:
        with transaction.atomic():
            for event in events:
                if event.source in self.results:
                    getattr(self, f"_{event.what}")(event, self.results[event.source])

    def _fetched(self, event: Event, result: SourceResult) -> None:
        result.fetched += 1
        elapsed = timedelta(seconds=time.monotonic() - self.began)
        remember_records(
            event.source, self.now,
            [Record(
                event.key, event.url, str(event.kind or ""), event.status, event.position,
                self.now + elapsed,
            )],
        )  # fmt: skip
        if event.kind is RawKind.LISTING:
            self.listing[event.source] = event
        elif event.again:
            revisits.visited(event, self.now)
        else:
            self._seen(event.source, [event.key])
            if event.young and self.updates:
                revisits.begin(event, self.now)

    def _seen(self, source: str, keys: Sequence[str]) -> None:
        SeenItem.objects.bulk_create(
            [SeenItem(source=source, key=key, last_listed_at=self.now) for key in keys],
            update_conflicts=True,
            unique_fields=["source", "key"],
            update_fields=["last_listed_at"],
        )

    def _unchanged(self, event: Event, result: SourceResult) -> None:
        if event.again:
            revisits.visited(event, self.now)
        else:
            result.unchanged += 1

    def _gone(self, event: Event, result: SourceResult) -> None:
        revisits.gone(event, self.now)

    def _failed(self, event: Event, result: SourceResult) -> None:
        if event.again and event.key:
            revisits.visited(event, self.now)
            return
        result.failed += 1
        result.error = event.reason
        visit = self.visits[event.source]
        visit.retry_after = max(visit.retry_after, event.retry_after)
        if event.code == "gap":
            visit.gap = True
        elif not event.key:
            visit.code = event.code
        if event.permanent and event.key:
            self._seen(event.source, [event.key])

    def _listed(self, event: Event, result: SourceResult) -> None:
        self.listed[event.source] = event
        known = SeenItem.objects.filter(source=event.source)
        for start in range(0, len(event.listed_keys), 500):
            keys = event.listed_keys[start : start + 500]
            known.filter(key__in=keys).update(last_listed_at=self.now)
        known.filter(last_listed_at__lt=self.now - FORGET_AFTER).delete()

    def _done(self, event: Event, result: SourceResult) -> None:
        """The listing counts as read only when nothing that it names is still owed."""
        self.done.add(event.source)
        listing, listed = self.listing.get(event.source), self.listed.get(event.source)
        left = listed.left if listed else 0
        if listing is not None and not event.pending and not left:
            Validator.objects.update_or_create(
                source=event.source,
                url=self.sources[event.source].url,
                defaults={"etag": listing.etag, "last_modified": listing.last_modified},
            )
        elif event.pending or left:
            Validator.objects.filter(source=event.source).delete()
        visit = self.visits[event.source]
        visit.pending = event.pending + left
        visit.requests = event.requests
        visit.seconds = time.monotonic() - self.began

    def finish(self, child_error: str | None) -> None:
        """Each visit into the history, which decides when the source is due again.

        A transaction a source: learning its habit takes some 50 ms, and the console writes too.
        """
        for source_id, result in self.results.items():
            if source_id not in self.done:
                result.error = result.error or child_error or "本轮时间用尽，下一轮继续"
            outcome = self._outcome(source_id, result)
            with transaction.atomic():
                record_visit(self.sources[source_id], self.now, outcome, SystemRandom())
        prune(self.now)

    def _outcome(self, source_id: str, result: SourceResult) -> Outcome:
        visit = self.visits[source_id]
        answered = source_id in self.listed or bool(result.unchanged)
        return Outcome(
            answered=answered, seconds=visit.seconds, requests=visit.requests,
            fetched=result.fetched, unchanged=result.unchanged, new=result.new + result.also,
            duplicate=result.duplicate, updated=visit.updated, failed=result.failed,
            pending=visit.pending, gap=visit.gap, code="" if answered else visit.code,
            error=result.error or ("" if answered else "列表没有取到"),
            retry_after=timedelta(seconds=visit.retry_after),
        )  # fmt: skip
