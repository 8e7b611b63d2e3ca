"""When young articles are fetched again: rows, and how a visit changes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from alerts.models import Revisit
from crawlers import plan
from crawlers.plan import Event, Validators

AGES = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=3))
"""After the first fetch. Most changes come in the first hours; a text that was withdrawn or
softened later is found within three days."""
MOST = 20
"""Revisits of one source in one round: what is new needs the requests more."""


def due(sources: Sequence[str], now: datetime) -> dict[str, list[plan.Revisit]]:
    """What is to be fetched again in this round, by source."""
    chosen: dict[str, list[plan.Revisit]] = defaultdict(list)
    rows = Revisit.objects.filter(source__in=sources, next_at__lte=now).order_by("next_at", "id")
    for row in rows.iterator():
        if len(chosen[row.source]) < MOST:
            validators = Validators(row.etag, row.last_modified)
            again = plan.Revisit(row.key, row.url, row.position, validators, row.digest)
            chosen[row.source].append(again)
    return chosen


def afforded(due: Sequence[plan.Revisit], left: int | None) -> tuple[plan.Revisit, ...]:
    """What a source with so many requests left today may spend on what it has: a quarter."""
    return tuple(due if left is None else due[: left // 4])


def begin(event: Event, now: datetime) -> None:
    """A young article is in the spool for the first time."""
    row = Revisit(
        key=event.key, source=event.source, url=event.url, etag=event.etag, digest=event.digest,
        last_modified=event.last_modified, position=event.position,
        first_at=now, next_at=now + AGES[0],
    )  # fmt: skip
    Revisit.objects.bulk_create([row], ignore_conflicts=True)


def visited(event: Event, now: datetime) -> None:
    """An article was asked for again: it came, had not changed, or could not be had now."""
    row = Revisit.objects.filter(key=event.key).first()
    if row is None:
        return
    if event.what != "failed":
        row.etag, row.last_modified, row.gone_at = event.etag, event.last_modified, None
    if event.what == "fetched":
        row.digest, row.position = event.digest, event.position
    _next(row, now)


def gone(event: Event, now: datetime) -> None:
    """An article is not there any more; it may come back."""
    row = Revisit.objects.filter(key=event.key).first()
    if row is not None:
        row.gone_at = row.gone_at or now
        _next(row, now)


def _next(row: Revisit, now: datetime) -> None:
    later = [row.first_at + age for age in AGES if row.first_at + age > now]
    row.tries += 1
    row.next_at = later[0] if later else None
    if row.next_at is None and row.gone_at is None:
        row.delete()
    else:
        row.save()
