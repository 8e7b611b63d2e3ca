"""Which facts are in force on a day, and which succeed each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from pipeline.model import Fact


class Timeline:
    """Facts in their order of validity. A successor ends what it supersedes."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        self._before: dict[str, list[Fact]] = {fact.id: [] for fact in facts}
        self._after: dict[str, list[Fact]] = {fact.id: [] for fact in facts}
        by_id = {fact.id: fact for fact in facts}
        alike: dict[frozenset[str], list[Fact]] = {}
        for fact in facts:
            alike.setdefault(frozenset(fact.subjects), []).append(fact)
        for later in facts:
            named = by_id.get(later.supersedes) if later.supersedes else None
            for earlier in [named] if named else alike[frozenset(later.subjects)]:
                if earlier.id != later.id and _succeeds(later, earlier):
                    self._before[later.id].append(earlier)
                    self._after[earlier.id].append(later)

    def is_in_force(self, fact: Fact, day: date) -> bool:
        """Whether a fact holds on a day: begun, not ended, and no successor has begun."""
        return _covers(fact, day) and not any(_begun(later, day) for later in self._after[fact.id])

    def preceding(self, fact: Fact) -> list[Fact]:
        """What was in force before it, latest first."""
        return _chain(fact, self._before)

    def following(self, fact: Fact) -> list[Fact]:
        """What will follow it, next first."""
        return _chain(fact, self._after)


def _chain(fact: Fact, links: dict[str, list[Fact]]) -> list[Fact]:
    found: list[Fact] = []
    waiting = list(links[fact.id])
    while waiting:
        each = waiting.pop(0)
        if each.id != fact.id and each not in found:
            found.append(each)
            waiting.extend(links[each.id])
    return found


def _succeeds(later: Fact, earlier: Fact) -> bool:
    if later.supersedes == earlier.id:
        return True
    return (
        later.supersedes is None
        and bool(later.subjects)
        and set(later.subjects) == set(earlier.subjects)
        and earlier.effective_to is not None
        and later.effective_from == earlier.effective_to + timedelta(days=1)
    )


def _begun(fact: Fact, day: date) -> bool:
    return fact.effective_from is None or fact.effective_from <= day


def _covers(fact: Fact, day: date) -> bool:
    return _begun(fact, day) and (fact.effective_to is None or day <= fact.effective_to)
