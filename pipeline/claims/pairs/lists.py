"""Lists, whose members may stand in any order: 甲、乙和丙 says what 丙、甲和乙 says."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pipeline.claims.pairs.reading import Word

_MEMBER = frozenset(("name", "noun", "figure", "other"))
_LONGEST = 8
"""Words of the first or last member of a list; those between are as long as they are."""

Span = tuple[int, int]


def lists(words: Sequence[Word]) -> list[list[Span]]:
    """For each list, the spans of words of its members; at least two."""
    found: list[list[Span]] = []
    at = 0
    while at < len(words):
        if not words[at].lists:
            at += 1
            continue
        marks = [at]
        while (following := _next_mark(words, marks[-1])) is not None:
            marks.append(following)
        size = max((second - first - 1 for first, second in _pairs(marks)), default=_LONGEST)
        first = _reach(words, marks[0] - 1, -1, size)
        last = _reach(words, marks[-1] + 1, 1, size)
        members = [
            (first + 1, marks[0]),
            *((mark + 1, following) for mark, following in _pairs(marks)),
            (marks[-1] + 1, last),
        ]
        if all(end > start for start, end in members):
            found.append(members)
        at = marks[-1] + 1
    return found


def _pairs(marks: Sequence[int]) -> list[Span]:
    return list(pairwise(marks))


def _next_mark(words: Sequence[Word], mark: int) -> int | None:
    """The next sign of listing, with a member and nothing else in between."""
    for at in range(mark + 1, min(mark + 2 + _LONGEST, len(words))):
        if words[at].lists:
            return at
        if words[at].kind in ("mark", "verb") and at > mark + 1:
            return None
    return None


def _reach(words: Sequence[Word], at: int, step: int, size: int) -> int:
    """The first place beyond a member that begins at `at` and runs on in steps."""
    taken = 0
    while 0 <= at < len(words) and words[at].kind in _MEMBER and taken < size:
        at += step
        taken += 1
    return at


def in_order_of(words: Sequence[Word], ranks: Sequence[float | None]) -> list[int]:
    """Places of words, the members of each list put in the order of their least rank.

    `ranks` gives where each word's answer stands in the other text, None without one. A list with
    a member that has no answer is left as it is.
    """
    places = list(range(len(words)))
    for members in lists(words):
        keys = [_rank(ranks[start:end]) for start, end in members]
        if any(key is None for key in keys) or keys == sorted(keys, key=lambda key: key or 0.0):
            continue
        ordered = [member for _, member in sorted(zip(keys, members, strict=True))]
        put = list(range(*ordered[0]))
        for (_, mark), (start, end) in zip(members, ordered[1:], strict=False):
            put += [mark, *range(start, end)]
        places[members[0][0] : members[-1][1]] = put
    return places


def _rank(ranks: Sequence[float | None]) -> float | None:
    known = [rank for rank in ranks if rank is not None]
    return sum(known) / len(known) if known else None
