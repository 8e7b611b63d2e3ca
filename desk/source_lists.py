"""Sources as lines of a board: what they are, and how they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Q, Sum

from alerts import quarantine
from alerts.habits import HOUR
from alerts.models import SourceRound, SourceState
from desk.ports import Configured, Desk
from desk.source_health import BY_HAND, ORDER, Health, Lately, judge, why_then
from pipeline.model import Source


@dataclass(frozen=True, slots=True)
class SourceLine:
    source: Source
    origin: str
    state: SourceState | None
    health: Health
    lately: Lately

    @property
    def by_hand(self) -> bool:
        """Its spool is looked through at intervals too, but that is no visit to anywhere."""
        return self.source.kind in BY_HAND

    @property
    def interval(self) -> timedelta | None:
        """The time between the last visit and the next."""
        state = self.state
        if self.by_hand or state is None or state.due_at is None or state.last_attempt_at is None:
            return None
        return max(state.due_at - state.last_attempt_at, timedelta(0))

    @property
    def why(self) -> str:
        return why_then(self.state.due_why) if self.state and not self.by_hand else ""


def source_lines(desk: Desk, now: datetime) -> list[SourceLine]:
    """Those in trouble first."""
    states = SourceState.objects.in_bulk([entry.value.id for entry in desk.sources])
    lately = lately_of(desk, now)
    lines = [
        source_line(entry, states.get(entry.value.id), now, lately.get(entry.value.id, Lately()))
        for entry in desk.sources
    ]
    return sorted(lines, key=lambda line: ORDER.index(line.health.kind))


def source_line(
    entry: Configured[Source], state: SourceState | None, now: datetime, lately: Lately
) -> SourceLine:
    health = judge(entry.value, state, now, lately)
    return SourceLine(entry.value, entry.origin, state, health, lately)


def lately_of(desk: Desk, now: datetime, source: str = "") -> Mapping[str, Lately]:
    """What the visits of today and of the last hour did, and what waits unread, by source."""
    local = desk.local(now)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    rows = SourceRound.objects.filter(at__gte=min(midnight, now - HOUR), at__lte=now)
    if source:
        rows = rows.filter(source=source)
    sums = (
        rows.order_by()
        .values("source")
        .annotate(
            fresh=Sum("new", filter=Q(at__gt=now - HOUR), default=0),
            asked=Sum("requests", filter=Q(at__gte=midnight), default=0),
        )
    )
    found = {row["source"]: Lately(row["fresh"], row["asked"]) for row in sums}
    for name, count in quarantine.counts().items():
        if source in ("", name):
            found[name] = replace(found.get(name, Lately()), unread=count)
    return found
