"""Which words of one text answer which words of another."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from pipeline.claims.pairs.reading import LIGHT, Reading, Word
from pipeline.sounds import sounds

_AKIN = 0.5
_SOUND = {chr(code): symbol for code, symbol in sounds().symbols.items()}

Link = tuple[int, int]
"""Places of two words that answer each other."""


def align(a: Reading, b: Reading) -> list[Link]:
    """Words of `a` with the words of `b` that answer them, in the order of `a`.

    The same word first, those that stand between the same neighbours before others; then what is
    left over, by shared characters or sounds (格林德, 格里杰).
    """
    links = _same(a.parts, b.parts)
    left = set(range(len(a.parts))) - {i for i, _ in links}
    right = set(range(len(b.parts))) - {j for _, j in links}
    rated = sorted(
        (
            (likeness, -abs(i - j), i, j)
            for i in left
            if a.parts[i].kind not in LIGHT
            for j in right
            if b.parts[j].kind not in LIGHT and (likeness := akin(a.parts[i], b.parts[j])) >= _AKIN
        ),
        reverse=True,
    )
    for _, _, i, j in rated:
        if i in left and j in right:
            left.remove(i)
            right.remove(j)
            links.append((i, j))
    return sorted(links)


def _same(a: Sequence[Word], b: Sequence[Word]) -> list[Link]:
    places: dict[str, list[int]] = {}
    for j, word in enumerate(b):
        places.setdefault(word.key, []).append(j)
    links = []
    for i, word in enumerate(a):
        options = places.get(word.key)
        if not options:
            continue
        best = max(options, key=lambda j: (_neighbours(a, i, b, j), -abs(i - j)))
        options.remove(best)
        links.append((i, best))
    return links


def _neighbours(a: Sequence[Word], i: int, b: Sequence[Word], j: int) -> int:
    before = i > 0 and j > 0 and a[i - 1].key == b[j - 1].key
    after = i + 1 < len(a) and j + 1 < len(b) and a[i + 1].key == b[j + 1].key
    return before + after


def akin(first: Word, second: Word) -> float:
    """0…1: the same characters, or the same sounds in the same order, as in foreign names."""
    return 1.0 if first.key == second.key else _likeness(first.text, second.text)


@lru_cache(maxsize=65_536)
def _likeness(first: str, second: str) -> float:
    shared = sum(min(first.count(char), second.count(char)) for char in set(first))
    sound = sum(_SOUND.get(x, x) == _SOUND.get(y, y) for x, y in zip(first, second, strict=False))
    return 2 * max(shared, sound) / (len(first) + len(second))
