"""Other ways to write the numbers in a term: 200元 is 二百元 and 2百元 too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from pipeline.confusables import DIGITS

_UNITS = (("", 1), ("十", 10), ("百", 100), ("千", 1000))
_MYRIADS = (("", 1), ("万", 10**4), ("亿", 10**8))
_VALUES = {char: value for value, char in enumerate(DIGITS)} | {"两": 2, "〇": 0}
_WORDS = dict((*_UNITS[1:], *_MYRIADS[1:]))
NUMERALS = frozenset("0123456789") | frozenset(_VALUES) | frozenset(_WORDS)
_NUMBER = re.compile(f"[0-9]+|[{''.join(_VALUES)}{''.join(_WORDS)}]+")
_LONGEST = 9
_MOST_WRITINGS = 12


def other_writings(term: str) -> list[str]:
    """The term with its numbers written in other ways; none when it has no number."""
    numbers = list(_NUMBER.finditer(term))
    if not numbers:
        return []
    ways = [list(dict.fromkeys([number[0], *_writings(number[0])])) for number in numbers]
    gaps = _NUMBER.split(term)
    written = (
        "".join(part for pair in zip(gaps, [*choice, ""], strict=True) for part in pair)
        for choice in product(*ways)
    )
    return [each for each in dict.fromkeys(written) if each != term][:_MOST_WRITINGS]


def _writings(number: str) -> Iterator[str]:
    value = int(number) if number.isdigit() and number.isascii() else value_of(number)
    if value is None or not 0 < value < 10**_LONGEST or number.startswith("0"):
        return
    spelt = in_words(value)
    yield str(value)
    yield spelt
    yield re.sub("二(?=[百千万亿])", "两", spelt)
    yield re.sub("^一十", "十", spelt)
    for word, size in reversed(_WORDS.items()):
        if value % size == 0 and value // size < min(size, 10**4):
            yield f"{value // size}{word}"


def value_of(words: str) -> int | None:
    """The value of a number in Chinese words: 一百二十 → 120; None for mere digits or nonsense."""
    total = section = digit = 0
    if not any(char in _WORDS for char in words):
        return None
    for char in words:
        if char in _VALUES:
            if digit:
                return None
            digit = _VALUES[char]
        elif (size := _WORDS[char]) < 10**4:
            section += (digit or 1) * size
            digit = 0
        else:
            total += max(section + digit, 1) * size
            section = digit = 0
    return total + section + digit


def in_words(value: int) -> str:
    """A whole number in Chinese words: 120 → 一百二十."""
    written, place = "", 0
    while value:
        value, section = divmod(value, 10**4)
        if section:
            spelt = _section(section)
            gap = "零" if value and section < 1000 else ""
            written = gap + spelt + _MYRIADS[place][0] + written
        place += 1
    return written


def _section(value: int) -> str:
    written, skipped = "", False
    for word, size in reversed(_UNITS):
        digit = value // size % 10
        if digit:
            written += ("零" if skipped and written else "") + DIGITS[digit] + word
        skipped = not digit
    return written
