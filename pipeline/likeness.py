"""Is one text an edited copy of another, or only written on the same form?

Both texts are cleaned and aligned (Levenshtein, by rapidfuzz). A copy keeps most of the shorter
one, and its edits fall anywhere. Two bulletins of one form keep most of it too, but differ just
where the news is: in the digits, and in whole words that stand in each other's place. The limits
were measured on edited posts and on invented forms, see `benchmarks/duplicates.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

from rapidfuzz.distance import LCSseq, Levenshtein

from pipeline.normalise import fold

HEAD = 240
"""Characters of a known text that are compared."""
_REACH = 600
"""Characters of a new text in which they are looked for: a comment may stand before a copy."""
_ALIKE = 0.58
"""Share of the shorter text that a copy keeps, in runs of at least two characters."""
_FORM_PLACES = 3
_FORM_SHARE = 0.05
_FORM_FOCUS = 0.7
"""A form: at least so many words swapped, so much of the text and of all that was edited."""
_UNLIKELY = 0.1
"""A form too: digits that changed in several places, so many that chance is less likely than this
when digits are edited no more often than other characters."""

_NUMERALS = frozenset("〇一二三四五六七八九十百千万亿两")
_NOISE = re.compile(
    r"https?://[\w./?=&%#-]+|@[\w-]{2,20}|\[[^\[\]\s]{1,6}\]"
    r"|[(（【](?:来源|转自|via)[^)）】]{1,24}[)）】]"
    r"|转发微博|[请求]?转发|[请求]?扩散|转载自?"
)
_WORDLESS = re.compile(r"[\W_]+")


def cleaned(text: str) -> str:
    """The characters that carry meaning: folded, without addresses, mentions of users, emoticons
    in brackets, notes of where it was copied from, spaces and punctuation."""
    return _WORDLESS.sub("", _NOISE.sub(" ", fold(text).text))


def likeness(new: str, known: str) -> float | None:
    """How much of the shorter of two cleaned texts the other one keeps (0…1).

    None when neither is a copy of the other. `known` may be the head of a longer text.
    """
    if new == known:
        return 1.0
    new = new[: _REACH if len(known) >= HEAD else max(_REACH, len(known))]
    shorter = min(len(new), len(known))
    if LCSseq.similarity(new, known) < _ALIKE * shorter:  # cheap, and never less than what is kept
        return None
    runs, gaps = _aligned(new, known)
    kept = sum(len(run) for run in runs if len(run) >= 2) / shorter
    if kept < _ALIKE or _swapped_words(gaps, shorter) or _other_figures(runs, gaps):
        return None
    return min(kept, 1.0)


def same_form(new: str, known: str) -> bool:
    """Are two cleaned texts two fillings of one form? They keep much and tell of other things."""
    shorter = min(len(new), len(known))
    if new == known or LCSseq.similarity(new, known) < _ALIKE * shorter:
        return False
    runs, gaps = _aligned(new, known)
    return _swapped_words(gaps, shorter) or _other_figures(runs, gaps)


@dataclass(frozen=True, slots=True)
class _Gap:
    """What stands in each text between two runs that they share."""

    known: str
    new: str
    inside: bool
    """Not before the first or after the last run, where wrappers and cuts are."""

    @property
    def edited(self) -> int:
        return max(len(self.known), len(self.new))

    @property
    def swapped(self) -> int:
        """Characters of a word or figure that stands in the place of another."""
        size = min(len(self.known), len(self.new))
        return size if size >= 2 or (_digits(self.known) and _digits(self.new)) else 0


def _aligned(new: str, known: str) -> tuple[list[str], list[_Gap]]:
    runs: list[str] = []
    gaps: list[_Gap] = []
    at_known = at_new = 0
    begun = False  # a single shared character before the text is chance
    for block in Levenshtein.opcodes(known, new):
        if block.tag != "equal":
            continue
        if block.src_start > at_known or block.dest_start > at_new:
            before = known[at_known : block.src_start], new[at_new : block.dest_start]
            gaps.append(_Gap(*before, inside=begun))
        runs.append(known[block.src_start : block.src_end])
        begun = begun or len(runs[-1]) >= 2
        at_known, at_new = block.src_end, block.dest_end
    return runs, gaps


def _swapped_words(gaps: Sequence[_Gap], length: int) -> bool:
    inside = [gap for gap in gaps if gap.inside]
    swaps = [gap.swapped for gap in inside if gap.swapped]
    edited = sum(gap.edited for gap in inside)
    return (
        len(swaps) >= _FORM_PLACES
        and sum(swaps) > _FORM_SHARE * length
        and sum(swaps) > _FORM_FOCUS * edited
    )


def _other_figures(runs: Sequence[str], gaps: Sequence[_Gap]) -> bool:
    """Did digits change much more often than the other characters did (binomial test)?"""
    changed = [min(_digits(gap.known), _digits(gap.new)) for gap in gaps if gap.known and gap.new]
    digits_changed = sum(changed)
    if sum(count > 0 for count in changed) < 2:
        return False
    digits_kept = sum(map(_digits, runs))
    others_kept = sum(map(len, runs)) - digits_kept
    swapped = sum(min(len(gap.known), len(gap.new)) for gap in gaps)
    others_changed = swapped - digits_changed
    rate = (others_changed + 1) / (others_changed + others_kept + 2)
    total = digits_changed + digits_kept
    chance = sum(
        comb(total, count) * rate**count * (1 - rate) ** (total - count)
        for count in range(digits_changed, total + 1)
    )
    return chance < _UNLIKELY


def _digits(text: str) -> int:
    return sum(char.isdigit() or char in _NUMERALS for char in text)
