"""When a source usually has news, and when it is to be visited again. Pure.

**The rule.** A source is visited when one piece of news is to be expected since the last visit,
never sooner than `every` and never later than `slowest`. What is to be expected comes from its
own past three weeks, hour by hour, working days and weekends apart.

Why so. What a desk loses between two visits is time until it knows, so visits belong where news
comes; a fixed interval asks the silent source in vain and the busy one too late. Others count a
week's items and divide (Miniflux, issue 643). Their users say what that gets wrong:
sources sleep at night and are asked as if they did not (goread, issue 314: hence hours); long
silences are followed by bursts (matrix-hookshot, issue 910: hence the rate of the last two hours
counts where it is higher, and `slowest` is a hard limit); a hint of the feed itself is rare and
mostly wrong (dreamwidth, issue 1700: hence it is not asked). The estimate of Cho and
Garcia-Molina (Estimating Frequency of Change, TOIT 2003) is for who sees only *that* something
changed; a list tells how many items are new, so we count them — a batch that appears at once as
one occasion, since coming earlier would not have brought more of it.

Public holidays and working Saturdays are not known here: a source that keeps them is visited a
little too often or seldom, within its limits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from math import ceil
from random import Random
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pipeline.model import Source, SourceKind

HOUR = timedelta(hours=1)
MEMORY = timedelta(days=21)
"""How far back habits are learnt: three of each weekday, and a change of habit is soon followed."""
_ENOUGH_VISITS = 12
_ENOUGH_TIME = timedelta(days=1)
"""With less history a source is visited each `every`: a first night says nothing of mornings."""
_PRIOR = 0.5
"""Hours of the source's own average that each hour of the week is mixed with."""
_RECENT = timedelta(hours=2)
_AFTER_GAP = timedelta(days=3)
_EARLIER = 0.2
_PATIENCE = timedelta(days=1)
"""The longest that a server's Retry-After is honoured."""
_SLOTS = 48
_HERE = (SourceKind.FILES, SourceKind.ENTRY, SourceKind.TIPS)

Why = Literal["new", "habit", "news", "gap", "owed", "failing", "asked"]
"""Why the next visit is when it is. new: too little history; habit: by its habit; news: it has
just had much; gap: items were missed lately; owed: items wait; failing: backing off; asked: the
server named a time."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What a round brought from a source. `at` is the round's begin."""

    at: datetime
    new: int = 0
    answered: bool = True
    gap: bool = False


@dataclass(frozen=True, slots=True)
class Habit:
    """What is usual for a source, for the 24 hours of working days, then those of weekends."""

    zone: str
    visits: int
    known: bool
    """There is enough history to go by."""
    occasions: tuple[float, ...]
    """How often an hour there is news to come for."""
    items: tuple[float, ...]
    """New items an hour."""
    most: tuple[int, ...]
    """The most new items that any such hour brought."""
    gaps: int = 0
    """Stretches between two times with news that `quiet` was learnt from."""
    quiet: float = 0.0
    """Its usual longest stretch without news (19 of 20 are shorter), in occasions of news that are
    usual in such a stretch: so a night counts little and a working morning much."""
    rare: float = 0.0
    """The longest but one, in the same measure: what happened twice may happen again."""
    longest: float = 0.0
    """The longest stretch in hours."""

    def expected(self, since: datetime, until: datetime) -> float:
        """Occasions of news that are usual between two times."""
        return _between(self.occasions, since, until, ZoneInfo(self.zone))

    def items_expected(self, since: datetime, until: datetime) -> float:
        return _between(self.items, since, until, ZoneInfo(self.zone))

    def most_at(self, at: datetime) -> int:
        """The most that an hour like this one, or the ones beside it, has brought."""
        slot = _slot(at.astimezone(ZoneInfo(self.zone)))
        return max(self.most[each] for each in _beside(slot))

    def rate(self, at: datetime) -> float:
        """Occasions an hour."""
        return self.occasions[_slot(at.astimezone(ZoneInfo(self.zone)))]

    def to_json(self) -> dict[str, Any]:
        value = asdict(self)
        for name in ("occasions", "items"):
            value[name] = [round(each, 4) for each in value[name]]
        return value

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Habit:
        lists = {name: tuple(value[name]) for name in ("occasions", "items", "most")}
        return cls(**{**value, **lists})


@dataclass(frozen=True, slots=True)
class Next:
    at: datetime
    why: Why


def slowest_of(source: Source) -> timedelta:
    """The longest time between two visits. What lies on this machine is looked at each `every`
    unless the source says otherwise: nobody is spared by waiting."""
    if source.slowest is None and source.kind in _HERE:
        return source.every
    return max(source.slowest or 3 * source.every, source.every)


def habit_of(
    source: Source, visits: Sequence[Visit], now: datetime, *, news: Sequence[datetime] = ()
) -> Habit:
    """Learn from visits of the three weeks before `now`, oldest first.

    What the first one brought is no news, but what there was. A stretch without visits (the
    collector was off) is left out. `news`: when there was news, as far back as is known, ascending.
    """
    zone = ZoneInfo(source.timezone)
    answered = [visit for visit in visits if visit.answered and visit.at > now - MEMORY]
    hours, occasions, items = ([0.0] * _SLOTS for _ in range(3))
    by_hour: dict[datetime, int] = defaultdict(int)
    longest = 2 * slowest_of(source)
    for before, visit in pairwise(answered):
        if visit.at - before.at > longest:
            continue
        bins = max((visit.at - before.at) / source.every, 1.0)
        whole = (visit.at - before.at) / HOUR
        for slot, part in _pieces(before.at, visit.at, zone):
            share = part / whole if whole else 0.0
            hours[slot] += part
            occasions[slot] += share * min(visit.new, bins)
            items[slot] += share * visit.new
        by_hour[visit.at.replace(minute=0, second=0, microsecond=0)] += visit.new
    most = [0] * _SLOTS
    for at, count in by_hour.items():
        slot = _slot(at.astimezone(zone))
        most[slot] = max(most[slot], count)
    span = answered[-1].at - answered[0].at if answered else timedelta(0)
    learnt = Habit(
        zone=source.timezone,
        visits=len(answered),
        known=len(answered) >= _ENOUGH_VISITS and span >= _ENOUGH_TIME,
        occasions=_rates(occasions, hours),
        items=_rates(items, hours),
        most=tuple(most),
    )
    return _with_gaps(learnt, news)


def _with_gaps(habit: Habit, news: Sequence[datetime]) -> Habit:
    stretches = list(pairwise(news))
    if not stretches:
        return habit
    measured = sorted(habit.expected(*stretch) for stretch in stretches)
    return replace(
        habit,
        gaps=len(stretches),
        quiet=measured[ceil(0.95 * len(measured)) - 1],
        rare=measured[-2] if len(measured) > 1 else measured[-1],
        longest=max(after - before for before, after in stretches) / HOUR,
    )


def _rates(counts: Sequence[float], hours: Sequence[float]) -> tuple[float, ...]:
    """Each hour of the week with the two beside it, mixed with the average where little is known
    of it (as a Gamma prior does with a Poisson rate)."""
    average = sum(counts) / max(sum(hours), 1.0)
    return tuple(
        (sum(counts[each] for each in _beside(slot)) + average * _PRIOR)
        / (sum(hours[each] for each in _beside(slot)) + _PRIOR)
        for slot in range(_SLOTS)
    )


def next_visit(
    source: Source,
    habit: Habit,
    visits: Sequence[Visit],
    now: datetime,
    *,
    failures: int = 0,
    pending: int = 0,
    retry_after: timedelta = timedelta(0),
    rng: Random,
) -> Next:
    """When to come again after a visit that began at `now`; `visits` are the recent ones with it.

    `failures` are those in a row, `pending` items wait to be fetched. Between `every` and
    `slowest`, unless the server asked for more patience (which is honoured for a day at most).
    """
    least, most = source.every, slowest_of(source)
    if retry_after > (most if failures else least):
        return Next(now + min(retry_after, _PATIENCE), "asked")
    if failures:
        return Next(now + max(_backed_off(least, most, failures, rng), retry_after), "failing")
    if pending:
        return Next(now + least, "owed")
    if any(visit.gap and visit.at > now - _AFTER_GAP for visit in visits):
        return Next(now + least, "gap")
    if not habit.known:
        return Next(now + least, "new")
    recent = _recent_rate(source, visits, now)
    by_habit = _until_expected(habit, now, most)
    by_news = HOUR / recent if recent else most
    # A little earlier by chance: in step with a source that keeps its minute, each visit would
    # come just before its news and have it an hour late.
    wait = min(by_habit, by_news) * (1 - _EARLIER * rng.random())
    return Next(now + max(wait, least), "news" if by_news < by_habit else "habit")


def _backed_off(least: timedelta, most: timedelta, failures: int, rng: Random) -> timedelta:
    """Twice as long after each failure; the upper half of the wait is left to chance, so that all
    sources of a host that was down do not come back at once."""
    wait = min(least * (1 << min(failures, 16)), most)
    return max(least, wait / 2 + wait / 2 * rng.random())


def _recent_rate(source: Source, visits: Sequence[Visit], now: datetime) -> float:
    """Occasions an hour in the last two; 0 unless two visits had news, one alone is chance."""
    recent = [v for v in visits if v.answered and v.new and now - _RECENT < v.at <= now]
    if len(recent) < 2:
        return 0.0
    return len(recent) / (_RECENT / HOUR)


def _until_expected(habit: Habit, now: datetime, most: timedelta) -> timedelta:
    """How long until one occasion is to be expected, at most `most`."""
    total, passed = 0.0, timedelta(0)
    for slot, part in _pieces(now, now + most, ZoneInfo(habit.zone)):
        rate = habit.occasions[slot]
        if total + rate * part >= 1:
            return passed + (1 - total) / rate * HOUR
        total += rate * part
        passed += part * HOUR
    return most


# --- hours of the week -------------------------------------------------------------------------


def _slot(local: datetime) -> int:
    return local.hour + (24 if local.isoweekday() >= 6 else 0)


def _beside(slot: int) -> tuple[int, int, int]:
    """An hour with the one before and after, round the clock on the same kind of day."""
    day, hour = divmod(slot, 24)
    return (day * 24 + (hour - 1) % 24, slot, day * 24 + (hour + 1) % 24)


def _pieces(since: datetime, until: datetime, zone: tzinfo) -> Iterator[tuple[int, float]]:
    """The clock hours between two times: slot, and how much of an hour lies within."""
    local = since.astimezone(zone)
    left = until - since
    while left > timedelta(0):
        rest = HOUR - timedelta(
            minutes=local.minute, seconds=local.second, microseconds=local.microsecond
        )
        part = min(rest, left)
        yield _slot(local), part / HOUR
        local, left = local + part, left - part


def _between(rates: Sequence[float], since: datetime, until: datetime, zone: tzinfo) -> float:
    """The integral of hourly rates; whole weeks at once."""
    if until <= since:
        return 0.0
    weeks = int((until - since) / timedelta(weeks=1))
    week = 5 * sum(rates[:24]) + 2 * sum(rates[24:]) if weeks else 0.0
    rest = _pieces(since + weeks * timedelta(weeks=1), until, zone)
    return weeks * week + sum(rates[slot] * part for slot, part in rest)
