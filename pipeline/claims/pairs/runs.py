"""Runs of places that keep their order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence


def longest_run(places: Sequence[int]) -> int:
    """Length of the longest increasing subsequence."""
    tails: list[int] = []
    for place in places:
        at = bisect_left(tails, place)
        tails[at : at + 1] = [place]
    return len(tails)
