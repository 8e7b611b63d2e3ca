"""How characters are read, written as one symbol a syllable so that sounds scan like text.

Syllables that many do not tell apart (shi and si, ying and yin, liu and niu) share one. A judge
who cares looks at `syllable` and `tone`.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cache, lru_cache

# Its table of phrases takes 45 MB and a tenth of a second: loaded when a term needs it.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")

from pypinyin import Style, lazy_pinyin, load_phrases_dict, pinyin
from pypinyin.contrib.tone_convert import to_normal, to_tone3
from pypinyin.pinyin_dict import pinyin_dict

from pipeline.confusables import DIGITS

FIRST_SYMBOL = 0xF0000
"""A private plane, where no text has anything."""
_FIRST_HAN, _LAST_HAN = 0x3400, 0x9FFF
_LONGEST_SYLLABLE = 6
_LONGEST_RUN = 40
_BLURRED = (
    (re.compile("^([zcs])h"), r"\1"),
    (re.compile("([aei]n)g$"), r"\1"),
    (re.compile("^l"), "n"),
)
_BOPOMOFO_TONES = "ˊˇˋ˙ˉ"


@dataclass(frozen=True, slots=True)
class Sounds:
    """One reading for each character: the most usual one."""

    symbols: dict[int, str]
    """Code point → symbol of its sound."""
    tones: dict[str, str]
    """Character → its syllable with tone: 工 → gong1."""
    syllables: dict[str, str]
    """Syllable without tone → symbol of its sound."""


@cache
def sounds() -> Sounds:
    """The table of all Chinese characters; built once, in a third of a second."""
    symbols: dict[int, str] = {}
    tones: dict[str, str] = {}
    syllables: dict[str, str] = {}
    by_sound: dict[str, str] = {}
    for code, readings_ in pinyin_dict.items():
        if not _FIRST_HAN <= code <= _LAST_HAN and code != ord("〇"):
            continue
        reading = readings_.split(",")[0]
        syllable = to_normal(reading).replace("ü", "v")
        if not (syllable.isascii() and len(syllable) > 1):
            continue
        symbol = by_sound.setdefault(_blurred(syllable), chr(FIRST_SYMBOL + len(by_sound)))
        syllables[syllable] = symbols[code] = symbol
        tones[chr(code)] = to_tone3(reading).replace("ü", "v")
    for digit, char in enumerate(DIGITS):
        symbols[ord("0") + digit] = symbols[ord(char)]
    return Sounds(symbols, tones, syllables)


def _blurred(syllable: str) -> str:
    for pattern, instead in _BLURRED:
        syllable = pattern.sub(instead, syllable)
    return syllable


def tone(char: str) -> str:
    """The syllable of a character with its tone; of a digit too; empty when unknown."""
    return sounds().tones.get(DIGITS[int(char)] if char in "0123456789" else char, "")


def syllable(char: str) -> str:
    """The syllable of a character without tone; empty when unknown."""
    return tone(char).rstrip("12345")


@lru_cache(maxsize=20_000)
def spelt(letters: str) -> tuple[str, ...]:
    """A run of Latin letters as pinyin syllables and single letters: as few letters alone as can
    be, then as few pieces, long ones first. A run that is too long for pinyin is letters alone."""
    if len(letters) > _LONGEST_RUN:
        return tuple(letters)
    known = sounds().syllables
    best: list[tuple[int, int, tuple[int, ...], tuple[str, ...]]] = [(0, 0, (), ())]
    for end in range(1, len(letters) + 1):
        ways = []
        for start in range(max(0, end - _LONGEST_SYLLABLE), end):
            piece = letters[start:end]
            alone = len(piece) == 1
            if alone or piece in known:
                single, pieces, sizes, before = best[start]
                ways.append((single + alone, pieces + 1, (*sizes, -len(piece)), (*before, piece)))
        best.append(min(ways))
    return best[-1][3]


def is_pinyin(letters: str) -> bool:
    """Whether a run of letters reads as syllables throughout."""
    return bool(letters) and all(len(piece) > 1 for piece in spelt(letters))


def readings(term: str) -> set[tuple[str, ...]]:
    """The symbols of a Chinese term, one a character: each by itself, and as read in the phrase."""
    table = sounds()
    by_character = tuple(table.symbols.get(ord(char), char) for char in term)
    found = {by_character}
    if all(ord(char) in table.symbols for char in term):
        _learn_phrases()
        in_phrase = [each.replace("ü", "v") for each in lazy_pinyin(term, style=Style.NORMAL)]
        if len(in_phrase) == len(term) and all(each in table.syllables for each in in_phrase):
            found.add(tuple(table.syllables[each] for each in in_phrase))
    return found


@cache
def _learn_phrases() -> None:
    from pypinyin.phrases_dict import phrases_dict

    load_phrases_dict(phrases_dict)


def initials(char: str) -> tuple[str, ...]:
    """The letters with which the reading of a Chinese character may be abbreviated."""
    read = syllable(char)
    if not read or char in "0123456789":
        return ()
    return (read[0], read[:2]) if read[1:2] == "h" else (read[0],)


@cache
def _bopomofo() -> dict[str, str]:
    """Syllables as written in bopomofo, without tone → in pinyin."""
    table: dict[str, str] = {}
    for char in sounds().tones:
        if "\u4e00" <= char <= "\u9fff":
            written = pinyin(char, style=Style.BOPOMOFO)[0][0].strip(_BOPOMOFO_TONES)
            table.setdefault(written, syllable(char))
    return table


_BOPOMOFO = re.compile(f"[\u3105-\u312f]+[{_BOPOMOFO_TONES}]?")


def bopomofo(text: str) -> list[tuple[int, int, str]]:
    """Where bopomofo stands, and which syllable it writes: (start, end, pinyin)."""
    found = []
    for run in _BOPOMOFO.finditer(text):
        start = run.start()
        while start < run.end():
            for end in range(min(run.end(), start + 4), start, -1):
                if written := _bopomofo().get(text[start:end].strip(_BOPOMOFO_TONES)):
                    found.append((start, end, written))
                    break
            else:
                end = start + 1
            start = end
    return found
