"""Counts made ready for figures. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta


def daily(
    buckets: Iterable[tuple[datetime, int]], first: date, days: int
) -> list[tuple[date, int]]:
    """`days` days from `first`, those without a mention as 0."""
    counts = {start.date(): count for start, count in buckets}
    wanted = (first + timedelta(days=n) for n in range(days))
    return [(day, counts.get(day, 0)) for day in wanted]
