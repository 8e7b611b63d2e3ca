"""When many become too many: the arithmetic of rules that count. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import exp, lgamma, log, log1p

_WEEKS_TO_DROP_ONE = 4
"""From so many earlier weeks on, the loudest is left out: a spike then must not hide one now."""
_PRIOR = 0.5


def most_within(times: Sequence[datetime], window: timedelta) -> int:
    """The most of the times that lie in any one window (both ends included)."""
    ordered, first, most = sorted(times), 0, 0
    for last, at in enumerate(ordered):
        while at - ordered[first] > window:
            first += 1
        most = max(most, last - first + 1)
    return most


def crosses(
    before: Sequence[datetime], arrived: datetime, *, count: int, window: timedelta
) -> bool:
    """Whether a mention is the one with which `count` lie within a window for the first time.

    `before` are the times of those that arrived earlier, from a window before to a window after;
    the order of arrival decides, so that one that comes late still completes its window.
    """
    return most_within([*before, arrived], window) >= count > most_within(before, window)


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
