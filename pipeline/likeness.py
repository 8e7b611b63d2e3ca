"""Is one text an edited copy of another, or only written on the same form?

Both texts are cleaned and aligned (Levenshtein, by rapidfuzz). A copy keeps most of the shorter
one, and its edits fall anywhere. Two bulletins of one form keep most of it too, but differ just
where the news is: in the digits, and in whole words that stand in each other's place. The limits
were measured on edited posts and on invented forms, see `benchmarks/duplicates.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import comb
from typing import NamedTuple

from rapidfuzz.distance import LCSseq, Levenshtein

from pipeline.normalise import alphanumeric, codes_of, fold

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

_DIGIT = re.compile(r"[\d〇一二三四五六七八九十百千万亿两]")
_NOISE = re.compile(
    r"(?=[h@\[(（【转请求扩])(?:"  # three times as fast: most characters begin nothing of it
    r"https?://[\w./?=&%#-]+|@[\w-]{2,20}|\[[^\[\]\s]{1,6}\]"
    r"|[(（【](?:来源|转自|via)[^)）】]{1,24}[)）】]"
    r"|转发微博|[请求]?转发|[请求]?扩散|转载自?)"
)


def cleaned(text: str) -> str:
    """The characters that carry meaning: folded, without addresses, mentions of users, emoticons
    in brackets, notes of where it was copied from, spaces and punctuation."""
    codes = codes_of(_NOISE.sub(" ", fold(text).text))
    return codes[alphanumeric(codes)].tobytes().decode("utf-32-le")


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
    kept = sum([len(run) for run in runs if len(run) >= 2]) / shorter
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


class _Gap(NamedTuple):
    """What stands in each text between two runs that they share."""

    known: str
    new: str
    inside: bool
    """Not before the first or after the last run, where wrappers and cuts are."""
    swapped: int
    """Characters of a word or figure that stands in the place of another."""


def _aligned(new: str, known: str) -> tuple[list[str], list[_Gap]]:
    """Runs of the two texts that are equal, and what lies before and between them.

    Called for every candidate of every text, hence without more calls than it needs.
    """
    runs: list[str] = []
    gaps: list[_Gap] = []
    at_known = at_new = 0
    begun = False  # a single shared character before the text is chance
    for start_known, start_new, length in Levenshtein.editops(known, new).as_matching_blocks():
        if not length:
            break
        if start_known > at_known or start_new > at_new:
            old, own = known[at_known:start_known], new[at_new:start_new]
            swapped = min(len(old), len(own))
            if swapped == 1 and not (_digits(old) and _digits(own)):
                swapped = 0
            gaps.append(_Gap(old, own, begun, swapped))
        at_known, at_new = start_known + length, start_new + length
        runs.append(known[start_known:at_known])
        begun = begun or length >= 2
    return runs, gaps


def _swapped_words(gaps: Sequence[_Gap], length: int) -> bool:
    places = swapped = edited = 0
    for gap in gaps:
        if gap.inside:
            places += gap.swapped > 0
            swapped += gap.swapped
            edited += max(len(gap.known), len(gap.new))
    return (
        places >= _FORM_PLACES and swapped > _FORM_SHARE * length and swapped > _FORM_FOCUS * edited
    )


def _other_figures(runs: Sequence[str], gaps: Sequence[_Gap]) -> bool:
    """Did digits change much more often than the other characters did (binomial test)?"""
    changed = [min(_digits(gap.known), _digits(gap.new)) for gap in gaps if gap.swapped]
    digits_changed = sum(changed)
    if sum(count > 0 for count in changed) < 2:
        return False
    shared = "".join(runs)
    digits_kept = _digits(shared)
    others_kept = len(shared) - digits_kept
    others_changed = sum(min(len(gap.known), len(gap.new)) for gap in gaps) - digits_changed
    rate = (others_changed + 1) / (others_changed + others_kept + 2)
    total = digits_changed + digits_kept
    term = comb(total, digits_changed) * rate**digits_changed * (1 - rate) ** digits_kept
    chance = 0.0
    for count in range(digits_changed, total + 1):
        chance += term
        if chance >= _UNLIKELY:
            return False
        term *= (total - count) / (count + 1) * rate / (1 - rate)
    return True


def _digits(text: str) -> int:
    return len(_DIGIT.findall(text))
