"""Which of many rules come into question for a text, by the terms that it holds.

A rule is anchored at the terms of its rarest requirement, each paired with every term of the next
one: it comes into question only where both terms of a pair occur. All pairs lie in flat arrays,
those of one term side by side, so that a text costs a few array operations however many rules
there are.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_MOST_PAIRED = 32
"""A requirement of more terms than these is not worth pairing with."""


class Anchors:
    """`requirements[rule]` are sets of term numbers, the one that is met least first."""

    def __init__(self, requirements: Sequence[Sequence[frozenset[int]]], terms: int) -> None:
        self._always = terms
        pairs = sorted(
            (term, other, rule)
            for rule, (first, *others) in enumerate(requirements)
            for term in first
            if term >= 0
            for other in (others[0] if others and len(others[0]) <= _MOST_PAIRED else [terms])
            if other >= 0
        )
        columns = np.array(pairs, dtype=np.intp).reshape(-1, 3)
        self._starts = np.searchsorted(columns[:, 0], np.arange(terms + 1))
        self._sizes = np.diff(self._starts, append=len(columns))
        self._others = np.ascontiguousarray(columns[:, 1])
        self._rules = np.ascontiguousarray(columns[:, 2])

    def candidates(self, terms: set[int]) -> list[int]:
        """The rules that come into question, in order, each once."""
        held = np.fromiter(terms, dtype=np.intp, count=len(terms))
        sizes = self._sizes.take(held)
        ends = sizes.cumsum()
        total = int(ends[-1]) if len(ends) else 0
        if not total:
            return []
        met = np.zeros(self._always + 1, dtype=bool)
        met[held] = met[self._always] = True
        places = (self._starts.take(held) - ends + sizes).repeat(sizes)
        places += np.arange(total)
        both = met.take(self._others.take(places))
        return sorted(set(self._rules.take(places.compress(both)).tolist()))
