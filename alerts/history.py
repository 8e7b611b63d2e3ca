"""What the rounds brought, kept for a time: written at the end of each, read for habits and health.

Rounds of 90 days show what is usual for a weekly source (some twelve editions); of 200 sources
visited every 20 minutes they are 1.3 million short rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.db.models import F

from alerts.habits import MEMORY, Habit, Visit, habit_of, next_visit
from alerts.models import Fetched, SourceRound, SourceState
from pipeline.model import Source

KEEP = timedelta(days=90)
_LEARN_EVERY = timedelta(hours=1)
_VISITS = 1500
"""So many visits are learnt from at most, newest first."""
_RECENT = 40
_SETTLED = timedelta(days=1)
"""Silence shorter than this does not yet blur a habit."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one visit of a source brought; `answered`: its list was read or had not changed."""

    answered: bool
    seconds: float = 0.0
    requests: int = 0
    fetched: int = 0
    unchanged: int = 0
    new: int = 0
    duplicate: int = 0
    updated: int = 0
    failed: int = 0
    pending: int = 0
    gap: bool = False
    error: str = ""
    code: str = ""
    retry_after: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Record:
    """A record that a visit put into the spool."""

    key: str
    url: str
    kind: str
    status: int
    position: str
    at: datetime


def remember_records(source: str, round_at: datetime, records: Iterable[Record]) -> None:
    """Which records a visit brought; repeating it changes nothing."""
    Fetched.objects.bulk_create(
        [
            Fetched(
                source=source, round_at=round_at, key=each.key, url=each.url, kind=each.kind,
                status=each.status, position=each.position, at=each.at,
            )
            for each in records
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def record_visit(source: Source, at: datetime, outcome: Outcome, rng: Random) -> None:
    """Write down a visit that began at `at`, and when the source is due again."""
    SourceRound.objects.create(
        source=source.id, at=at, seconds=outcome.seconds, answered=outcome.answered,
        requests=outcome.requests, fetched=outcome.fetched, unchanged=outcome.unchanged,
        new=outcome.new, duplicate=outcome.duplicate, updated=outcome.updated,
        failed=outcome.failed, pending=outcome.pending, gap=outcome.gap, error=outcome.error,
    )  # fmt: skip
    state, _ = SourceState.objects.get_or_create(source=source.id)
    state.error, state.code, state.pending = outcome.error, outcome.code, outcome.pending
    state.last_attempt_at = max(state.last_attempt_at or at, at)
    if outcome.answered:
        state.failures, state.last_success_at = 0, at
    else:
        state.failures += 1
    if outcome.gap:
        state.gap_at = at
    if outcome.new:
        state.last_new_at = at
    habit = _learnt(source, state, at)
    due = next_visit(
        source, habit, visits(source.id, limit=_RECENT), at,
        failures=state.failures, pending=outcome.pending, retry_after=outcome.retry_after, rng=rng,
    )  # fmt: skip
    state.due_at, state.due_why = due.at, due.why
    state.save()
    SourceState.objects.filter(source=source.id).update(
        fetched=F("fetched") + outcome.fetched,
        unchanged=F("unchanged") + outcome.unchanged,
        mentions=F("mentions") + outcome.new,
    )


def _learnt(source: Source, state: SourceState, now: datetime) -> Habit:
    """The source's habit, learnt anew once an hour."""
    if state.habit and state.habit_at and timedelta(0) <= now - state.habit_at < _LEARN_EVERY:
        return Habit.from_json(state.habit)
    news = _news(source.id, now)
    habit = habit_of(source, visits(source.id, since=now - MEMORY), now, news=news)
    usual = habit
    if state.last_new_at and now - state.last_new_at > _SETTLED:
        then = state.last_new_at
        before = visits(source.id, since=then - MEMORY, until=then)
        usual = habit_of(source, before, then, news=news)
    state.habit, state.usual, state.habit_at = habit.to_json(), usual.to_json(), now
    return habit


def visits(
    source: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = _VISITS,
) -> list[Visit]:
    """The newest visits of a source between two times (inclusive), oldest first."""
    rows = SourceRound.objects.filter(source=source).order_by("-at")
    if since is not None:
        rows = rows.filter(at__gte=since)
    if until is not None:
        rows = rows.filter(at__lte=until)
    found = rows.values_list("at", "new", "answered", "gap")[:limit]
    return [Visit(*row) for row in reversed(found)]


def _news(source: str, now: datetime) -> Sequence[datetime]:
    """When there was news; the very first visit found what had long been there."""
    rows = SourceRound.objects.filter(source=source, at__gt=now - KEEP).order_by("at")
    first = rows.values_list("at", flat=True).first()
    found = rows.filter(new__gt=0).values_list("at", flat=True)
    return [at for at in found if at != first]


def prune(now: datetime) -> None:
    """Forget what is older than `KEEP`."""
    SourceRound.objects.filter(at__lt=now - KEEP).delete()
    Fetched.objects.filter(round_at__lt=now - KEEP).delete()
