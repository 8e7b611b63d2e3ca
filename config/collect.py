"""One round: fetch the due sources in a child process, process the spool while it grows.

The child (`python -m crawlers`) fetches into the spool and tells by events what it did; this side
keeps the state in the case store. A kill at any moment leaves at most work that is done again.
"""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import SystemRandom

from django.db import transaction
from django.db.models import Q

from alerts.history import Outcome, Record, prune, record_visit, remember_records
from alerts.models import SeenItem, SourceState, Validator
from config.locks import locked
from config.wiring import System
from crawlers.plan import Event, Plan, SourcePlan, Validators
from pipeline.errors import BadInputError
from pipeline.model import RawKind, Source
from pipeline.run import Pipeline, Report

FORGET_AFTER = timedelta(days=60)
"""An item that its source has not listed for so long is forgotten."""


@dataclass
class SourceResult:
    """What one source brought in a round."""

    source: str
    fetched: int = 0
    unchanged: int = 0
    new: int = 0
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


class _Round:
    """The state that a running round keeps in the case store."""

    def __init__(self, sources: Sequence[Source], now: datetime) -> None:
        self.now = now
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
        self.visits[event.source].requests += 1
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
        else:
            self._seen(event.source, [event.key])

    def _seen(self, source: str, keys: Sequence[str]) -> None:
        SeenItem.objects.bulk_create(
            [SeenItem(source=source, key=key, last_listed_at=self.now) for key in keys],
            update_conflicts=True,
            unique_fields=["source", "key"],
            update_fields=["last_listed_at"],
        )

    def _unchanged(self, event: Event, result: SourceResult) -> None:
        result.unchanged += 1
        self.visits[event.source].requests += 1

    def _failed(self, event: Event, result: SourceResult) -> None:
        result.failed += 1
        result.error = event.reason
        visit = self.visits[event.source]
        visit.retry_after = max(visit.retry_after, event.retry_after)
        if event.code == "gap":
            visit.gap = True
        elif not event.key:
            visit.code = event.code
        if event.code not in ("gap", "robots", "address"):
            visit.requests += 1
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
        visit.seconds = time.monotonic() - self.began

    def finish(self, child_error: str | None) -> None:
        """Each visit into the history, which decides when the source is due again."""
        with transaction.atomic():
            for source_id, result in self.results.items():
                if source_id not in self.done:
                    result.error = result.error or child_error or "本轮时间用尽，下一轮继续"
                outcome = self._outcome(source_id, result)
                record_visit(self.sources[source_id], self.now, outcome, SystemRandom())
            prune(self.now)

    def _outcome(self, source_id: str, result: SourceResult) -> Outcome:
        visit = self.visits[source_id]
        answered = source_id in self.listed or bool(result.unchanged)
        return Outcome(
            answered=answered, seconds=visit.seconds, requests=visit.requests,
            fetched=result.fetched, unchanged=result.unchanged, new=result.new,
            duplicate=result.duplicate, updated=visit.updated, failed=result.failed,
            pending=visit.pending, gap=visit.gap, code="" if answered else visit.code,
            error=result.error or ("" if answered else "列表没有取到"),
            retry_after=timedelta(seconds=visit.retry_after),
        )  # fmt: skip


def due_sources(system: System, *, now: datetime) -> list[Source]:
    """Enabled sources whose time has come, those never fetched first."""
    states = {state.source: state.due_at for state in SourceState.objects.all()}
    enabled = [source for source in system.configuration.sources if source.enabled]
    due = [source for source in enabled if (at := states.get(source.id)) is None or at <= now]
    return sorted(due, key=lambda source: (states.get(source.id) is not None, source.id))


def collect(
    system: System,
    *,
    only: Sequence[str] = (),
    everything: bool = False,
    progress: Callable[[str, int], None] = lambda *_: None,
    waiting: Callable[[], None] = lambda: None,
) -> list[SourceResult]:
    """One round, to the alerts written. Waits while another process of this machine collects.

    Raises BadInputError for an unknown source, and what the stores and the spool raise.
    """
    known = {source.id: source for source in system.configuration.sources}
    for source_id in only:
        if source_id not in known:
            raise BadInputError(
                f"there is no source “{source_id}” in sources.yaml; known are {', '.join(known)}"
            )
    with locked(system.data / "collect.lock", waiting=waiting) as lock:
        now = system.clock()
        sources = (
            [known[source_id] for source_id in only]
            if only
            else [source for source in known.values() if source.enabled]
            if everything
            else due_sources(system, now=now)
        )
        claimed = [source for source in sources if _claim(source, now)]
        return _run(system, _Round(claimed, now), lock, progress)


def _claim(source: Source, now: datetime) -> bool:
    """Set the next due time; False when another machine has just done so."""
    SourceState.objects.get_or_create(source=source.id)
    row = SourceState.objects.filter(source=source.id)
    state = row.get()
    same = Q(due_at=state.due_at) if state.due_at else Q(due_at__isnull=True)
    return bool(row.filter(same).update(due_at=now + source.every, last_attempt_at=now))


def _run(
    system: System, current: _Round, lock: int, progress: Callable[[str, int], None]
) -> list[SourceResult]:
    pipeline = system.pipeline()
    total = Report()
    child_error = None
    if current.sources:
        child_error = _fetch(system, current, lock, lambda: _process(pipeline, total, progress))
    _process(pipeline, total, progress)
    for source_id, result in current.results.items():
        result.new = total.new[source_id]
        result.duplicate = total.duplicate[source_id]
        result.alerts = total.alerts[source_id]
        current.visits[source_id].updated = total.updated[source_id]
    for item in total.unreadable:
        if item.source in current.results:
            current.results[item.source].failed += 1
            current.results[item.source].error = f"{item.url}：{item.reason}"
    current.finish(child_error)
    return list(current.results.values())


def _process(pipeline: Pipeline, total: Report, progress: Callable[[str, int], None]) -> None:
    report = pipeline.run()
    total.records += report.records
    total.new.update(report.new)
    total.updated.update(report.updated)
    total.duplicate.update(report.duplicate)
    total.alerts.update(report.alerts)
    total.unreadable.extend(report.unreadable)
    progress("processed", total.records)


def _fetch(system: System, current: _Round, lock: int, process: Callable[[], None]) -> str | None:
    """Run the child to its end; one sentence when it failed."""
    os.set_inheritable(lock, True)
    child = subprocess.Popen(
        [sys.executable, "-m", "crawlers"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=(system.data / "collector.log").open("ab"),
        text=True,
        encoding="utf-8",
        pass_fds=(lock,),
    )
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        child.stdin.write(_plan(system, current).to_json())
        child.stdin.close()
        events: queue.Queue[Event | None] = queue.Queue()
        reader = threading.Thread(target=_read, args=(child.stdout, events), daemon=True)
        reader.start()
        running = True
        while running:
            batch = _next(events)
            running = None not in batch
            current.take(event for event in batch if event is not None)
            process()
        reader.join()
    finally:
        if child.poll() is None:
            child.terminate()
        status = child.wait()
        child.stdout.close()
    return None if status == 0 else f"采集进程意外结束（状态 {status}），详见 collector.log"


def _read(lines: Iterable[str], events: queue.Queue[Event | None]) -> None:
    try:
        for line in lines:
            events.put(Event.from_json(line))
    finally:
        events.put(None)


def _next(events: queue.Queue[Event | None]) -> list[Event | None]:
    """At least one event, and what has come meanwhile."""
    batch = [events.get()]
    while not events.empty() and len(batch) < 500:
        batch.append(events.get())
    return batch


def _plan(system: System, current: _Round) -> Plan:
    seen: dict[str, set[str]] = defaultdict(set)
    for source, key in SeenItem.objects.filter(source__in=current.sources).values_list(
        "source", "key"
    ):
        seen[source].add(key)
    validators = {
        (row.source, row.url): Validators(row.etag, row.last_modified)
        for row in Validator.objects.filter(source__in=current.sources)
    }
    settings = system.configuration.settings
    return Plan(
        spool=str(system.spool),
        user_agent=system.user_agent,
        sources=tuple(
            SourcePlan(
                source,
                validators.get((source.id, source.url), Validators()),
                frozenset(seen[source.id]),
            )
            for source in current.sources.values()
        ),
        allow_networks=tuple(str(network) for network in settings.allow_networks),
        timeout=settings.fetching.timeout,
        round_seconds=settings.fetching.round,
        pause=settings.fetching.pause,
    )
