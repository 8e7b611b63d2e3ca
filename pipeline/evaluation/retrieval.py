"""How well the claims that texts repeat are found, measured against labelled texts.

R@k: share of texts with a right claim among the first k; MRR: mean of 1/rank of the first right
one, 0 where none is found. Only texts that repeat a known claim count for these. A claim is right
when it is labelled, or says letter for letter what a labelled one or the text itself says: labels
name only part of what is right.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

DEPTH = 10


@dataclass(frozen=True, slots=True)
class Ranked:
    """A labelled text and what was found for it."""

    right: frozenset[str]
    """Claims that it repeats; empty: none that is known."""
    found: tuple[str, ...]
    """Claims, best first."""
    confirmed: frozenset[str]
    """Those of them that are said to be repeated, and not only near."""
    hard: bool = False

    @property
    def rank(self) -> int | None:
        """Place of the first right claim, from 1."""
        for place, claim in enumerate(self.found, 1):
            if claim in self.right:
                return place
        return None


@dataclass(frozen=True, slots=True)
class Row:
    """Figures of a group of texts. Shares are 0…1; None where there is nothing to count."""

    group: str
    known: int
    """Texts that repeat a known claim."""
    absent: int
    """Texts that repeat none."""
    first: float | None
    five: float | None
    ten: float | None
    mrr: float | None
    confirmed: float | None
    """Share of `known` for which a right claim is confirmed."""
    wrongly: float | None
    """Share of `known` for which a wrong one is."""
    not_found: float | None
    """Share of `absent` for which none is confirmed."""


def figures(ranked: Sequence[Ranked]) -> tuple[Row, ...]:
    """A row of all texts and, where some are marked hard, one of those."""
    rows = [_row("all", ranked)]
    if hard := [each for each in ranked if each.hard]:
        rows.append(_row("hard", hard))
    return tuple(rows)


def _row(group: str, ranked: Sequence[Ranked]) -> Row:
    known = [each for each in ranked if each.right]
    absent = [each for each in ranked if not each.right]
    ranks = [each.rank for each in known]
    return Row(
        group,
        known=len(known),
        absent=len(absent),
        first=_share([rank == 1 for rank in ranks]),
        five=_share([rank is not None and rank <= 5 for rank in ranks]),
        ten=_share([rank is not None and rank <= DEPTH for rank in ranks]),
        mrr=_share([1 / rank if rank else 0.0 for rank in ranks]),
        confirmed=_share([bool(each.confirmed & each.right) for each in known]),
        wrongly=_share([bool(each.confirmed - each.right) for each in known]),
        not_found=_share([not each.confirmed for each in absent]),
    )


def _share(values: Collection[float]) -> float | None:
    return sum(values) / len(values) if values else None
