"""`chengqing reprocess`, wired: the lock, the span, today's rules, the entry in the audit log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from alerts.oversight import SYSTEM
from alerts.quarantine import CaseStoreQuarantine
from alerts.review import Review, note_lapsed
from alerts.stories import decisions
from clarifications import audit
from config.locks import locked
from config.wiring import CaseStoreCheckpoint, System
from pipeline.errors import BadInputError
from pipeline.ports import AlertChange
from pipeline.reprocess import Change, Reprocess, Span
from pipeline.spool import segment_path


@dataclass
class Told:
    """Who hears what; each may be left out."""

    change: Callable[[Change], None] = lambda _: None
    alert: Callable[[AlertChange], None] = lambda _: None
    progress: Callable[[int, int], None] = lambda *_: None
    """Bytes of the archive done, of all."""
    waiting: Callable[[], None] = lambda: None


@dataclass
class Summary:
    """Counts: records, unreadable, new, changed, gone, unchanged, repaired; raised, joined, lapsed
    of alerts; noted are lapses that were not in the alert's history yet."""

    applied: bool
    counts: dict[str, int] = field(default_factory=dict)


COUNTS = (
    "records", "new", "changed", "gone", "unchanged", "unreadable", "repaired",
    "raised", "joined", "lapsed", "noted",
)  # fmt: skip


def reprocess(
    system: System,
    *,
    since: datetime,
    until: datetime | None = None,
    source: str = "",
    apply: bool = False,
    told: Told | None = None,
) -> Summary:
    """Run the span; a collection that is running is waited for, later ones wait for this.

    Raises BadInputError for an unknown source, and what the stores and the spool raise.
    """
    told = told or Told()
    known = {each.id for each in system.configuration.sources}
    if source and source not in known:
        raise BadInputError(
            f"there is no source “{source}” in sources.yaml; known are {', '.join(sorted(known))}"
        )
    with locked(system.data / "collect.lock", waiting=told.waiting):
        span = Span(since, until, source, CaseStoreCheckpoint().load())
        judge = system.judge()
        run = Reprocess(
            system.spool,
            span,
            store=system.store,
            alerts=judge,
            review=Review(judge.compiled.evaluate),
            quarantine=CaseStoreQuarantine(system.reader),
            clock=system.clock,
            zones={each.id: each.timezone for each in system.configuration.sources},
            sites={each.host: each for each in system.configuration.sites},
            decided=decisions(),
            apply=apply,
        )
        return _run(system, run, told)


def _run(system: System, run: Reprocess, told: Told) -> Summary:
    sizes = {number: segment_path(system.spool, number).stat().st_size for number in run.segments()}
    if run.apply:
        _log(system, run, "archive.reprocess", {})
    alerts: dict[str, int] = {"raised": 0, "joined": 0, "lapsed": 0, "noted": 0}
    for step in run.run():
        for change in step.changes:
            told.change(change)
        for alert in step.alerts:
            alerts[alert.kind] += 1
            told.alert(alert)
        if run.apply:
            lapsed = [each for each in step.alerts if each.kind == "lapsed"]
            alerts["noted"] += note_lapsed(lapsed, system.clock())
        done = sum(size for number, size in sizes.items() if number < step.at.segment)
        told.progress(done + step.at.offset, sum(sizes.values()))
    summary = Summary(run.apply, {key: (run.counts | alerts).get(key, 0) for key in COUNTS})
    if run.apply:
        _log(system, run, "archive.reprocessed", summary.counts)
    return summary


def _log(system: System, run: Reprocess, action: str, counts: dict[str, int]) -> None:
    span = run.span
    with transaction.atomic():
        audit.record(
            action,
            at=system.clock(),
            actor=SYSTEM,
            subject=("archive", str(span.end)),
            payload={
                "since": span.since.isoformat(),
                "until": span.until and span.until.isoformat(),
                "source": span.source,
                "reader": system.reader,
                **counts,
            },
        )
