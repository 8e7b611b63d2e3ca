"""A number or a date of a text, and whether two of them can mean the same."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10


@dataclass(frozen=True, slots=True)
class Figure:
    """A number (`low` = `high` unless it says 多 or 余) with its unit, or a date.

    `moment` holds year, month, day and minute of the day, weekday and relative day; None is what
    the text leaves open.
    """

    start: int
    end: int
    value: float = 0.0
    unit: str = ""
    rounded: bool = False
    written: float = 0.0
    """The number before its unit scaled it; rounding shows in its digits."""
    moment: tuple[int | None, ...] = ()

    @property
    def is_date(self) -> bool:
        return bool(self.moment)

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for figures that are the same without looking at notation."""
        return self.moment or (round(self.value, 6), self.unit)


def agree(official: Figure, mention: Figure, *, hedged: bool = False) -> bool:
    """Whether a figure can stand for another: same value, part of the same date, rounded.

    `hedged`: the mention says that its number is not exact (约, 近, 超过 …).
    """
    if official.is_date != mention.is_date:
        return False
    if official.is_date:
        return _same_moment(official, mention)
    if official.unit != mention.unit and (official.unit and mention.unit):
        return False
    first, second = official.value, mention.value
    if abs(first - second) <= 1e-6 * max(abs(first), abs(second)):
        return True
    if official.unit == mention.unit == "分" and max(first, second) >= 43200:
        return abs(first - second) <= 0.03 * max(first, second)
    return (hedged or (mention.rounded and not official.rounded)) and _is_rounding(
        official, mention
    )


def _same_moment(official: Figure, mention: Figure) -> bool:
    """Dates agree where both say something; a relative day and an absolute one can be the same."""
    pairs = [
        (mine, theirs)
        for mine, theirs in zip(official.moment, mention.moment, strict=True)
        if mine is not None and theirs is not None
    ]
    if not pairs:
        return {_of_kind(official), _of_kind(mention)} == {"date", "relative"}
    return all(mine == theirs for mine, theirs in pairs)


def _of_kind(figure: Figure) -> str:
    *day, minute, weekday, relative = figure.moment
    if relative is not None or weekday is not None:
        return "relative"
    return "clock" if minute is not None and not any(day) else "date"


def _is_rounding(official: Figure, mention: Figure) -> bool:
    """Whether a number is another one to fewer digits, up, down or to the nearest."""
    exact, rounded = official.value, mention.value
    if mention.written and mention.value:  # in the mention's unit
        exact, rounded = exact * mention.written / rounded, mention.written
    if exact <= 0 or rounded <= 0 or not 0.5 < rounded / exact < 2:
        return False
    kept = _digits(rounded)
    if kept >= _digits(exact):
        return False
    step = 10.0 ** (floor(log10(exact)) - kept + 1)
    return abs(exact - rounded) < step * 1.000001


def _digits(value: float) -> int:
    """Significant digits: 3 for 4.23万."""
    written = f"{value:.6f}".replace(".", "").strip("0")
    return max(1, len(written))


def is_rounding(official: Figure, mention: Figure) -> bool:
    """Whether the mention's number is the official one to two or more digits, unhedged."""
    return (
        not official.is_date
        and not mention.is_date
        and official.unit == mention.unit
        and 2 <= _digits(mention.value) <= _digits(official.value) - 2
        and _is_rounding(official, mention)
        and abs(official.value - mention.value) <= 0.02 * official.value
    )
