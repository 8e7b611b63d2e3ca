"""The one tokeniser of all stores: the same tokens for a text and for a search.

A run of n Chinese characters gives its n - 1 bigrams and then its last character alone; a run of
other letters and digits is one word. Space and punctuation end a run. So a Chinese word is found
as a sequence of bigrams (a substring search), a Latin one as a whole word, and a single character
as the beginning of a token.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from pipeline.model import Span
from pipeline.normalise import alphanumeric, codes_of, fold

FORM = 1
"""Raised whenever a text gives other tokens than before: stores then build their index anew."""
LONGEST_WORD = 120
"""Characters of a word that count; Lucene's analysers cut tokens after 255 UTF-16 units."""

_HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HAN_BOUNDS = np.array(
    [ord(end) + at % 2 for at, end in enumerate(_HAN.replace("-", ""))], dtype=np.uint32
)
"""Where those begin and, by turns, end."""
_LETTER = f"[^\\W_{_HAN}]"
_GAP = f"(?:[^\\w{_HAN}]|_)*+"
_RUN = re.compile(f"([{_HAN}]+)|({_LETTER}+)")
_Run = tuple[str, str]
"""Chinese characters, or else a word of other letters."""


def tokens(text: str) -> list[str]:
    """The tokens of an original text, in order; neighbours have consecutive positions."""
    return indexed(text).split()


def indexed(text: str) -> str:
    """The tokens of an original text, joined by spaces, as the stores index them.

    Each character gives itself, the one after it where both are Chinese, and a space where its
    token ends: all of a text at once, for a string for each token would take three times as long.
    """
    codes = codes_of(f"\n{fold(text).text}\n")
    han = np.searchsorted(_HAN_BOUNDS, codes, side="right") & 1 == 1
    letter = alphanumeric(codes) & ~han
    spread = np.full((len(codes), 3), ord(" "), np.uint32)
    spread[:, 0], spread[:-1, 1] = codes, codes[1:]
    kept = np.zeros(spread.shape, dtype=bool)
    kept[:, 0] = han | letter
    kept[:-1, 1] = han[:-1] & han[1:]
    kept[:-1, 2] = han[:-1] | (letter[:-1] > letter[1:])
    others = np.cumsum(~letter)  # none of them among so many: the last one is too much of a word
    kept[LONGEST_WORD + 1 :, 0] &= others[LONGEST_WORD + 1 :] > others[: -LONGEST_WORD - 1]
    return spread[kept].tobytes().decode("utf-32-le")[:-1]


def words(text: str) -> list[str]:
    """The words of an original text by the dictionary, in order, and the shorter ones inside of
    them; for ranking alone, since a dictionary reads a rumour's new word in two ways."""
    import rjieba  # its dictionary takes longer to load than most commands take

    cut = rjieba.cut_for_search(fold(text).text, False)
    return [
        part[:LONGEST_WORD] for word in cut for run in _RUN.findall(word) for part in run if part
    ]


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a word or phrase of a search asks for: tokens in sequence.

    With `open_end` the last token is a single Chinese character, which begins a token of the text.
    `runs` is what was written, of which a pattern that finds the same in a folded text is made.
    """

    tokens: tuple[str, ...]
    open_end: bool
    runs: tuple[_Run, ...] = field(compare=False, repr=False)

    def stands_in(self, folded: str) -> bool:
        return _pattern(self.runs).search(folded) is not None

    def spans(self, folded: str) -> list[Span]:
        """Where it stands in the folded text; the places may overlap."""
        found = []
        pattern = _pattern(self.runs)
        match = pattern.search(folded)
        while match is not None:
            found.append(match.span())
            match = pattern.search(folded, match.start() + 1)
        return found


def phrase(text: str) -> Phrase | None:
    """The phrase of a search word; None when there is nothing to search in it."""
    runs: list[_Run] = _RUN.findall(fold(text).text)
    if not runs:
        return None
    found = tokens(text)
    last = runs[-1][0]
    if len(last) > 1:
        found.pop()
    return Phrase(tuple(found), len(last) == 1, tuple(runs))


@lru_cache(maxsize=512)
def _pattern(runs: tuple[_Run, ...]) -> re.Pattern[str]:
    """A Chinese run may begin and end the phrase in mid-run; inside, runs are whole. Made when it
    is asked for, as that takes a millisecond or two."""
    parts = []
    for number, (han, word) in enumerate(runs, start=1):
        if han:
            parts.append(re.escape(han) + ("" if number == len(runs) else f"(?![{_HAN}])"))
            continue
        kept = word[:LONGEST_WORD]
        rest = f"{_LETTER}*+" if len(kept) == LONGEST_WORD else ""
        parts.append(f"(?<!{_LETTER}){re.escape(kept)}{rest}(?!{_LETTER})")
    return re.compile(_GAP.join(parts))


def spans_in(text: str, phrases: tuple[Phrase, ...]) -> tuple[Span, ...]:
    """Where any of the phrases stands in an original text: sorted, touching spans joined."""
    if not phrases:
        return ()
    folded = fold(text)
    return joined(folded.original(*span) for each in phrases for span in each.spans(folded.text))


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Sorted, touching ones made one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)
