"""As what a term is looked for: patterns of symbols, one a unit, each with what it stands for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, islice, product

from pipeline.confusables import ALIKE
from pipeline.disguise_pieces import Layout, Part
from pipeline.numerals import NUMERALS
from pipeline.parts import main_part
from pipeline.sounds import initials, readings, sounds, spelt

_MOST_CHOICES = 16
_MOST_INITIALS = 2
"""Characters written as initials, beside others that are not."""


def spoken(units: Sequence[str]) -> list[str]:
    """How the units read: each by itself, and as in the phrase."""
    if all(len(unit) == 1 for unit in units):
        return sorted("".join(symbols) for symbols in readings("".join(units)))
    return ["".join(map(symbols_of, units))]


def imitated(units: Sequence[str], base: str) -> Iterator[tuple[str, Layout]]:
    """The term with one character for another that looks like it, and backwards."""
    for place, unit in enumerate(units):
        for alike in ALIKE.get(unit, ""):
            yield _replaced(base, {place: symbols_of(alike)}), _layout(units, {place: ("shape", 1)})
    if len(units) > 2 and not NUMERALS.intersection(units):
        yield base[::-1], _layout(units, {0: ("backwards", 1)})


def by_family(units: Sequence[str]) -> Iterator[str]:
    """The term by main parts; a character is the main part of others, and may have one itself."""
    ways = [dict.fromkeys((main_part(unit), unit)) for unit in units]
    return map("".join, islice(product(*ways), _MOST_CHOICES))


def units_of(term: str) -> list[str]:
    """Characters, and syllables or letters of Latin runs."""
    units: list[str] = []
    for run in re.findall("[a-z]+|.", term):
        units += spelt(run) if len(run) > 1 else [run]
    return units


def symbols_of(unit: str) -> str:
    """The symbols as which a unit, or a run of characters, is read."""
    table = sounds()
    if len(unit) > 1 and unit in table.syllables:
        return table.syllables[unit]
    return unit.translate(table.symbols)


def abbreviated(units: Sequence[str], base: str) -> Iterator[tuple[str, Layout]]:
    """The term with up to two characters, or all, as the first letters of how they read."""
    size = len(units)
    letters = [initials(unit) for unit in units]
    if not all(letters):
        return
    for count in range(1, min(_MOST_INITIALS, size - 1) + 1):
        for places in combinations(range(size), count):
            for choice in product(*(letters[place] for place in places)):
                instead = dict(zip(places, choice, strict=True))
                parts: dict[int, Part] = {
                    place: ("initial", len(text)) for place, text in instead.items()
                }
                yield _replaced(base, instead), _layout(units, parts)
    yield "".join(each[0] for each in letters), (("initial", 1),) * size


def _replaced(base: Sequence[str], instead: dict[int, str]) -> str:
    return "".join(instead.get(place, symbol) for place, symbol in enumerate(base))


def _layout(units: Sequence[str], special: dict[int, Part]) -> Layout:
    return tuple(special.get(place, ("sound", 1)) for place in range(len(units)))
