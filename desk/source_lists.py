"""Sources as lines of a board: what they are, and how they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alerts.models import SourceState
from desk.ports import Configured, Desk
from desk.source_health import Health, judge
from pipeline.model import Source

_ORDER = ("failing", "late", "silent", "waiting", "ok", "disabled")


@dataclass(frozen=True, slots=True)
class SourceLine:
    source: Source
    origin: str
    state: SourceState | None
    health: Health


def source_lines(desk: Desk, now: datetime) -> list[SourceLine]:
    """Those in trouble first."""
    states = SourceState.objects.in_bulk([entry.value.id for entry in desk.sources])
    lines = [source_line(entry, states.get(entry.value.id), now) for entry in desk.sources]
    return sorted(lines, key=lambda line: _ORDER.index(line.health.kind))


def source_line(entry: Configured[Source], state: SourceState | None, now: datetime) -> SourceLine:
    return SourceLine(entry.value, entry.origin, state, judge(entry.value, state, now))
