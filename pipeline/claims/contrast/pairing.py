"""Which sentences of the mention tell which of the official text, wherever they stand.

Equal sentences first, then the most alike one to one, then what was split or merged: a sentence
that tells what its neighbour's partner tells beside. What is left over was left out, or added.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.claims.contrast.units import Unit, untagged

_ALIKE = 0.26
"""Least share of common bigrams (Dice) of two sentences that tell the same."""
_HELD = 0.5
"""Or so much of the shorter one within the longer one."""
_REST = 0.5
"""Share of a left-over sentence that the rest of another one must hold to be part of it."""
_COMMON = 30
"""Units that a bigram may stand in before it says nothing about which belong together."""


@dataclass
class Group:
    """Sentences of both sides that tell the same, each side in order."""

    official: list[Unit] = field(default_factory=list)
    mention: list[Unit] = field(default_factory=list)


@dataclass
class Pairing:
    groups: list[Group]
    """Those that differ in writing."""
    equal: list[tuple[Unit, Unit]]
    left_out: list[Unit]
    added: list[Unit]

    @property
    def shared(self) -> int:
        """Letters of the official text that have a partner."""
        return sum(len(unit.plain) for unit, _ in self.equal) + sum(
            len(unit.plain) for group in self.groups for unit in group.official
        )

    @property
    def told(self) -> int:
        """Letters of the mention that have a partner."""
        return sum(len(unit.plain) for _, unit in self.equal) + sum(
            len(unit.plain) for group in self.groups for unit in group.mention
        )


def pair(official: Sequence[Unit], mention: Sequence[Unit]) -> Pairing:
    equal, ours, theirs = _equal(official, mention)
    partners = _most_alike(ours, theirs)
    groups = {i: Group([ours[i]], [theirs[j]]) for i, j in partners.items()}
    taken = {j: i for i, j in partners.items()}
    _attach(ours, theirs, groups, taken)
    _neighbours(official, mention, equal, groups)
    in_groups = {id(u) for g in groups.values() for u in (*g.official, *g.mention)}
    for group in groups.values():
        group.official.sort(key=lambda unit: unit.start)
        group.mention.sort(key=lambda unit: unit.start)
    return Pairing(
        list(groups.values()),
        equal,
        [unit for unit in ours if id(unit) not in in_groups],
        [unit for unit in theirs if id(unit) not in in_groups],
    )


def _equal(
    official: Sequence[Unit], mention: Sequence[Unit]
) -> tuple[list[tuple[Unit, Unit]], list[Unit], list[Unit]]:
    waiting: dict[str, list[Unit]] = defaultdict(list)
    for unit in reversed(mention):
        waiting[unit.plain].append(unit)
    equal: list[tuple[Unit, Unit]] = []
    ours: Sequence[Unit] = official
    for letters in (lambda unit: unit.plain, untagged):
        left_over: list[Unit] = []
        for unit in ours:
            if found := waiting.get(letters(unit)):
                equal.append((unit, found.pop()))
            else:
                left_over.append(unit)
        ours = left_over
    left = {id(unit) for found in waiting.values() for unit in found}
    return equal, list(ours), [unit for unit in mention if id(unit) in left]


def _most_alike(ours: Sequence[Unit], theirs: Sequence[Unit]) -> dict[int, int]:
    """Official → mention, greedily by likeness; of equally alike ones the nearer by place."""
    standing: dict[str, list[int]] = defaultdict(list)
    for j, unit in enumerate(theirs):
        for gram in unit.grams:
            standing[gram].append(j)
    ranked: list[tuple[float, int, int]] = []
    for i, unit in enumerate(ours):
        common: dict[int, int] = defaultdict(int)
        for gram in unit.grams:
            places = standing.get(gram, ())
            if len(places) <= _COMMON:
                for j in places:
                    common[j] += 1
        for j, count in common.items():
            likeness = _likeness(unit, theirs[j], count)
            if likeness is not None:
                ranked.append((likeness, i, j))
    if not ranked and len(ours) == len(theirs) == 1:
        return {0: 0} if ours[0].grams & theirs[0].grams else {}
    ranked.sort(reverse=True)
    partners: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, j in ranked:
        if i not in partners and j not in taken:
            partners[i] = j
            taken.add(j)
    return partners


def _likeness(first: Unit, second: Unit, common: int) -> float | None:
    sizes = len(first.grams), len(second.grams)
    dice = 2 * common / sum(sizes)
    held = common / min(sizes)
    if dice < _ALIKE and (held < _HELD or min(sizes) < 6):
        return None
    if first.headline != second.headline:
        dice -= 0.15
    return dice + 0.3 * held - 0.05 * abs(first.place - second.place)


def _attach(
    ours: Sequence[Unit], theirs: Sequence[Unit], groups: dict[int, Group], taken: dict[int, int]
) -> None:
    """Join what is left over to the groups whose other side holds it beside its partner."""
    members = list(groups.values())
    rests = _Rests([(group.mention, group.official) for group in members])
    for i, unit in enumerate(ours):
        if i not in groups and not unit.headline:
            found = rests.take(unit)
            if found is not None:
                members[found].official.append(unit)
    rests = _Rests([(group.official, group.mention) for group in members])
    for j, unit in enumerate(theirs):
        if j not in taken:
            found = rests.take(unit)
            if found is not None:
                members[found].mention.append(unit)


def _neighbours(
    official: Sequence[Unit],
    mention: Sequence[Unit],
    equal: Sequence[tuple[Unit, Unit]],
    groups: dict[int, Group],
) -> None:
    """Pair what is left over between the same neighbours, if it shares anything at all."""
    partners = {id(first): second for first, second in equal}
    partners |= {id(unit): g.mention[-1] for g in groups.values() for unit in g.official}
    places = {id(unit): place for place, unit in enumerate(mention)}
    taken = {id(unit) for unit in partners.values()}
    taken |= {id(unit) for group in groups.values() for unit in group.mention}
    before = -1
    for unit in official:
        partner = partners.get(id(unit))
        if partner is not None:
            before = places[id(partner)]
            continue
        if before + 1 < len(mention):
            other = mention[before + 1]
            sizes = sorted((len(unit.plain), len(other.plain)))
            alike = unit.headline == other.headline and sizes[0] * 2 > sizes[1]
            if id(other) not in taken and alike and unit.grams & other.grams:
                groups[-1 - len(groups)] = Group([unit], [other])
                taken.add(id(other))
                before += 1


class _Rests:
    """What of one side of each group its partner does not hold, by bigram."""

    def __init__(self, sides: Sequence[tuple[Sequence[Unit], Sequence[Unit]]]) -> None:
        self._rests: list[set[str]] = []
        self._standing: dict[str, list[int]] = defaultdict(list)
        for place, (side, beside) in enumerate(sides):
            rest = set().union(*(unit.grams for unit in side))
            rest.difference_update(*(unit.grams for unit in beside))
            self._rests.append(rest)
            for gram in rest:
                self._standing[gram].append(place)

    def take(self, unit: Unit) -> int | None:
        """The group whose rest holds the unit, which is then no longer rest."""
        if len(unit.grams) < 4:
            return None
        common: dict[int, int] = defaultdict(int)
        for gram in unit.grams:
            for place in self._standing.get(gram, ())[:_COMMON]:
                common[place] += gram in self._rests[place]
        found = max(common, key=lambda place: common[place], default=None)
        if found is None or common[found] < _REST * len(unit.grams):
            return None
        self._rests[found] -= unit.grams
        return found
