"""The requests that a source may take in a day of the agency's zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Sum

from alerts.models import SourceRound, SourceState
from config.rounds import SourceResult
from pipeline.model import Source

SPENT = "今天的请求次数已用完，明天继续"


@dataclass(frozen=True, slots=True)
class Day:
    """From midnight to midnight, and when in it a round begins."""

    begin: datetime
    end: datetime
    now: datetime

    @property
    def left(self) -> float:
        """Seconds until it is over."""
        return (self.end - self.now).total_seconds()


def day_of(now: datetime, zone: str) -> Day:
    place = ZoneInfo(zone)
    today = now.astimezone(place).date()
    begin, end = (datetime.combine(today + timedelta(days=n), time(), place) for n in (0, 1))
    return Day(begin, end, now)


def requests_left(source: Source, day: Day) -> int | None:
    """How many requests the source may still take today; None for any number. Those of a round
    that was killed are not known."""
    if source.daily_requests is None:
        return None
    rounds = SourceRound.objects.filter(source=source.id, at__gte=day.begin)
    taken = rounds.aggregate(total=Sum("requests"))["total"] or 0
    return max(source.daily_requests - taken, 0)


def put_off(source: Source, day: Day) -> SourceResult:
    """A source without requests left waits for the next day: that is no failure of it."""
    SourceState.objects.filter(source=source.id).update(due_at=day.end, error=SPENT)
    return SourceResult(source.id, error=SPENT)
