"""Is a source quieter, or louder, than it usually is? Pure; judged against its own habit.

A limit in hours would flag the weekly bulletin each Wednesday and the busy portal days too late.
So silence is measured in occasions: how often there would have been news by now, by the hours of
the source's own week. A night then counts little. It is silence when that is three times what 19
of 20 of its past pauses reached, a quarter more than all of them but one, and at least three. With
news by pure chance (a Poisson process) a pause is longer than that once in some 8,000; for a source
that keeps its times it means the third edition missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.habits import HOUR, Habit

_PAUSES = 5
"""Fewer past pauses do not show what is usual."""
_MUCH = 3.0
_LONGER = 1.25
UNKNOWN_LIMIT = timedelta(days=14)
"""A source whose habit is not known yet is called silent after this."""
_FEW = 10
"""Fewer new items are no jump, whatever is usual."""
_JUMP = 4.0


@dataclass(frozen=True, slots=True)
class Silence:
    lasted: timedelta
    usual: timedelta | None
    """The usual time between two occasions of news at this hour; None when it is not known."""
    missed: float
    """Occasions of news that were usual in that time."""


@dataclass(frozen=True, slots=True)
class Jump:
    items: int
    usual: float
    window: timedelta


def silence(habit: Habit | None, last_new: datetime, until: datetime) -> Silence | None:
    """Whether none since `last_new` is out of its habit; `until` is the last visit that succeeded:
    what nobody looked at is not silence."""
    lasted = until - last_new
    if habit is None or not habit.known or habit.gaps < _PAUSES or not habit.quiet:
        longest = timedelta(hours=habit.longest) if habit else timedelta(0)
        if lasted > max(UNKNOWN_LIMIT, _MUCH * longest):
            return Silence(lasted, None, 0.0)
        return None
    missed = habit.expected(last_new, until)
    if missed < max(_MUCH * habit.quiet, _LONGER * habit.rare, _MUCH):
        return None
    rate = habit.rate(until)
    return Silence(lasted, HOUR / rate if rate > 0 else None, missed)


def jump(habit: Habit | None, items: int, until: datetime, window: timedelta = HOUR) -> Jump | None:
    """Whether `items` new ones in the `window` before `until` are far above the habit of the hour:
    four times its average and twice the most that such an hour has brought."""
    if habit is None or not habit.known or items < _FEW:
        return None
    usual = habit.items_expected(until - window, until)
    most = habit.most_at(until) * max(window / HOUR, 1.0)
    if items <= max(_JUMP * usual, 2 * most):
        return None
    return Jump(items, usual, window)
