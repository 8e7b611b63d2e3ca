"""ISO weeks of the agency's zone. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from pipeline.errors import BadInputError

_WEEK = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Week:
    """Monday to Sunday; `since` and `until` bound it as instants, the latter exclusive."""

    name: str
    monday: date
    zone: ZoneInfo

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def since(self) -> datetime:
        return datetime.combine(self.monday, time(), self.zone)

    @property
    def until(self) -> datetime:
        return datetime.combine(self.monday + timedelta(days=7), time(), self.zone)

    @property
    def before(self) -> Week:
        return _week_of(self.monday - timedelta(days=7), self.zone)


def read_week(name: str, timezone: str) -> Week:
    """`2026-W47`. Raises BadInputError for anything else."""
    match = _WEEK.fullmatch(name)
    try:
        if match is None:
            raise ValueError(name)
        monday = date.fromisocalendar(int(match[1]), int(match[2]), 1)
        week = Week(name, monday, ZoneInfo(timezone))
        week.before, week.until  # noqa: B018 - the first and the last year have no neighbours
    except (ValueError, OverflowError):
        raise BadInputError(
            _("周次“{week}”写法不对，应为四位年份加周数，例如 2026-W47。").format(week=name[:40])
        ) from None
    return week


def due_week(now: datetime, weekday: int, at: time, timezone: str) -> str | None:
    """The week whose digest should be there by now: the last one that is over, once this week's
    `weekday` (ISO) and wall-clock time have come; None before."""
    local = now.astimezone(ZoneInfo(timezone))
    monday = local.date() - timedelta(days=local.isoweekday() - 1)
    due = datetime.combine(monday + timedelta(days=weekday - 1), at, local.tzinfo)
    if local < due:
        return None
    return _week_of(monday - timedelta(days=7), ZoneInfo(timezone)).name


def _week_of(day: date, zone: ZoneInfo) -> Week:
    year, week, weekday = day.isocalendar()
    return Week(f"{year:04d}-W{week:02d}", day - timedelta(days=weekday - 1), zone)
