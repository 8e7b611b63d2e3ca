"""One round: fetch the due sources in a child process, process the spool while it grows.

The child (`python -m crawlers`) fetches into the spool and tells by events what it did; this side
keeps the state in the case store. A kill at any moment leaves at most work that is done again.
"""

from __future__ import annotations

import logging
import os
import queue
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from alerts.models import SeenItem, SourceState, Validator
from alerts.quarantine import unread_by_others
from config import retention, revisits
from config.budgets import day_of, put_off, requests_left
from config.locks import locked
from config.rounds import Round, SourceResult
from config.wiring import CaseStoreCheckpoint, System
from crawlers.plan import Event, Plan, SourcePlan, Validators
from pipeline import inbox
from pipeline.errors import BadInputError
from pipeline.model import Source, SourceKind
from pipeline.run import Pipeline, Report
from pipeline.spool import begin_behind

AGAIN = 200
"""Records out of quarantine that a round reads again after the program has changed."""

_log = logging.getLogger(__name__)
SKEW = timedelta(minutes=1)
"""So far the clocks of two machines may lie apart."""


def due_sources(system: System, *, now: datetime) -> list[Source]:
    """Enabled sources whose time has come, those never fetched first.

    What people write into forms is due as soon as something waits. A visit that lies ahead says
    that the clock was set back: what was planned by the old time is not waited for.
    """
    states = {
        state.source: now if (state.last_attempt_at or now) > now + SKEW else state.due_at
        for state in SourceState.objects.all()
    }
    enabled = [source for source in system.configuration.sources if source.enabled]
    due = [
        source
        for source in enabled
        if (
            any(inbox.waiting(system.data, source.id))
            if source.kind in (SourceKind.ENTRY, SourceKind.TIPS)
            else (at := states.get(source.id)) is None or at <= now
        )
    ]
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

    Raises BadInputError for an unknown source, PausedError when the disk is nearly full, and what
    the stores and the spool raise.
    """
    known = {source.id: source for source in system.configuration.sources}
    for source_id in only:
        if source_id not in known:
            raise BadInputError(
                f"there is no source “{source_id}” in sources.yaml; known are {', '.join(known)}"
            )
    with locked(system.data / "collect.lock", waiting=waiting) as lock:
        retention.trim_if_full(system)
        retention.require_room(system)
        if begin_behind(system.spool, CaseStoreCheckpoint().load()):
            _log.warning(
                "the archive ends before what was read of it, and goes on in a new segment"
            )
        now = system.clock()
        sources = (
            [known[source_id] for source_id in only]
            if only
            else [source for source in known.values() if source.enabled]
            if everything
            else due_sources(system, now=now)
        )
        claimed = [source for source in sources if _claim(source, now)]
        settings = system.configuration.settings
        day = day_of(now, settings.timezone)
        spent = [source for source in claimed if requests_left(source, day) == 0]
        going = [source for source in claimed if source not in spent]
        current = Round(going, now, updates=settings.fetching.updates)
        results = _run(system, current, lock, progress)
        results += [put_off(source, day) for source in spent]
        system.watch_silence()
        retention.trim_if_full(system)
        return results


def _claim(source: Source, now: datetime) -> bool:
    """Set the next due time; False when another machine has just done so."""
    SourceState.objects.get_or_create(source=source.id)
    row = SourceState.objects.filter(source=source.id)
    state = row.get()
    same = Q(due_at=state.due_at) if state.due_at else Q(due_at__isnull=True)
    return bool(row.filter(same).update(due_at=now + source.every, last_attempt_at=now))


def _run(
    system: System, current: Round, lock: int, progress: Callable[[str, int], None]
) -> list[SourceResult]:
    pipeline = system.pipeline()
    total = _again(pipeline, system.reader)
    child_error = None
    if current.sources:
        child_error = _fetch(system, current, lock, lambda: _process(pipeline, total, progress))
        for source_id, visit in current.visits.items():
            if child_error and visit.pending:  # the child knows that it was stopped, not why
                current.results[source_id].error = child_error
    _process(pipeline, total, progress)
    for source_id, result in current.results.items():
        result.new = total.new[source_id]
        result.also = total.joined[source_id]
        result.duplicate = total.duplicate[source_id]
        result.alerts = total.alerts[source_id]
        current.visits[source_id].updated = total.updated[source_id]
    for item in total.unreadable:
        if item.source in current.results:
            current.results[item.source].failed += 1
            where = f"{item.url}：" if item.url else ""
            current.results[item.source].error = f"{where}{item.reason}"
    current.finish(child_error)
    return list(current.results.values())


def _again(pipeline: Pipeline, reader: str) -> Report:
    """What an earlier version of the program could not read, some of it each round; what it still
    cannot read is no failure of this round."""
    report = pipeline.again(unread_by_others(reader, AGAIN))
    report.unreadable.clear()
    return report


def _process(pipeline: Pipeline, total: Report, progress: Callable[[str, int], None]) -> None:
    report = pipeline.run()
    total.records += report.records
    total.new.update(report.new)
    total.joined.update(report.joined)
    total.updated.update(report.updated)
    total.duplicate.update(report.duplicate)
    total.alerts.update(report.alerts)
    total.unreadable.extend(report.unreadable)
    progress("processed", total.records)


_TIGHT = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "524288"}
"""Large bodies go back to the system when they are done with (glibc keeps them otherwise, in an
arena of each thread: 220 MB instead of 150 in a round over 200 sources)."""


def _fetch(system: System, current: Round, lock: int, process: Callable[[], None]) -> str | None:
    """Run the child to its end; one sentence when it failed."""
    os.set_inheritable(lock, True)
    with (system.data / "collector.log").open("ab") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "crawlers"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            encoding="utf-8",
            pass_fds=(lock,),
            env={**os.environ, **_TIGHT},
        )
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        child.stdin.write(_plan(system, current).to_json())
        child.stdin.close()
        events: queue.Queue[Event | None] = queue.Queue()
        reader = threading.Thread(target=_read, args=(child.stdout, events), daemon=True)
        reader.start()
        running, shortage = True, ""
        while running:
            batch = _next(events)
            running = None not in batch
            current.take(event for event in batch if event is not None)
            process()
            if not shortage and (shortage := retention.shortage(system)):
                child.terminate()
        reader.join()
    finally:
        if child.poll() is None:
            child.terminate()
        status = child.wait()
        child.stdout.close()
    if shortage:
        return shortage
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


def _plan(system: System, current: Round) -> Plan:
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
    young = revisits.due(list(current.sources), current.now) if current.updates else {}
    day = day_of(current.now, settings.timezone)
    places = {source.id: n for n, source in enumerate(system.configuration.sources)}
    return Plan(
        spool=str(system.spool),
        user_agent=system.user_agent,
        sources=tuple(
            SourcePlan(
                source,
                validators.get((source.id, source.url), Validators()),
                frozenset(seen[source.id]),
                revisits.afforded(young.get(source.id, ()), left := requests_left(source, day)),
                left,
                day.left,
                places.get(source.id, len(places)),
            )
            for source in current.sources.values()
        ),
        allow_networks=tuple(str(network) for network in settings.allow_networks),
        timeout=settings.fetching.timeout,
        round_seconds=settings.fetching.round,
        pause=settings.fetching.pause,
    )
