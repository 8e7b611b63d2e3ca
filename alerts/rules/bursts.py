"""When many become too many: the arithmetic of rules that count. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil, exp, lgamma, log, log1p

_WEEKS_TO_DROP_ONE = 4
"""From so many earlier weeks on, the loudest is left out: a spike then must not hide one now."""
_PRIOR = 0.5
_LEAST_GROWTH = 5


def most_within(times: Sequence[datetime], window: timedelta) -> int:
    """The most of the times that lie in any one window (both ends included)."""
    ordered, first, most = sorted(times), 0, 0
    for last, at in enumerate(ordered):
        while at - ordered[first] > window:
            first += 1
        most = max(most, last - first + 1)
    return most


def grown(count: int, growth: float) -> int:
    """What is so many times as many that it is worth a further alarm; of few, five more at least,
    since two are easily four."""
    return max(ceil(count * growth), count + _LEAST_GROWTH)


def threshold(count: int, first: int, growth: float) -> int:
    """The highest of `first`, then each time `growth` as many, that `count` reaches; 0 for none."""
    reached, following = 0, first
    while following <= count:
        reached, following = following, grown(following, growth)
    return reached


def rises_to(
    before: Sequence[datetime], arrived: datetime, *, count: int, window: timedelta, growth: float
) -> int:
    """The threshold that a mention makes reached for the first time; 0 when it makes none.

    `before` are the times of those that arrived earlier, as far back as it must have been calm,
    and until a window after; the order of arrival decides, so that one that comes late still
    completes its window.
    """
    reached = threshold(most_within([*before, arrived], window), count, growth)
    return reached if reached > threshold(most_within(before, window), count, growth) else 0


def spike_from(count: int, least: int, earlier: Sequence[int], unlikely: float) -> int:
    """The fewest from which on it is a spike, where `count` is one; 0 where it is none."""
    if count < least or unusual(count, earlier) >= unlikely:
        return 0
    return bisect_left(
        range(count), True, lo=least, key=lambda number: unusual(number, earlier) < unlikely
    )


def unusual(count: int, earlier: Sequence[int]) -> float:
    """How likely so many or more are, when earlier weeks at this hour had `earlier`.

    The predictive distribution of a Poisson rate with Jeffreys' prior, a negative binomial: it is
    wide where little is known, so that three after weeks of none are no alarm by themselves.
    """
    known = sorted(earlier)
    if len(known) >= _WEEKS_TO_DROP_ONE:
        known = known[:-1]
    if not known:
        return 1.0
    size, weeks = sum(known) + _PRIOR, len(known)
    stays, goes = -log1p(1 / weeks), -log(weeks + 1)
    below = sum(
        exp(lgamma(n + size) - lgamma(size) - lgamma(n + 1) + size * stays + n * goes)
        for n in range(count)
    )
    return max(0.0, 1.0 - below)


def usual(earlier: Sequence[int]) -> float:
    """What earlier weeks had on average, for people."""
    return sum(earlier) / len(earlier) if earlier else 0.0
