"""Single words that stand elsewhere in the same sentence: 处100元罚款, 罚款100元."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.claims.contrast import lexicon
from pipeline.claims.contrast.edit import Edit
from pipeline.claims.contrast.words import Word

_REACH = 3
"""Edits over which a word may have moved."""


def without_moved_words(
    edits: Sequence[Edit], official: Sequence[Word], mention: Sequence[Word]
) -> list[Edit]:
    """The edits without words that one leaves out and one near it puts in.

    Only ordinary words and duties: a figure or a name may say something else where it goes. A
    negation goes with the word behind it.
    """
    ours, theirs = (_behind(side) for side in (official, mention))
    kept = [(list(edit.official), list(edit.mention)) for edit in edits]
    for out in range(len(edits)):
        for into in range(max(0, out - _REACH), min(len(edits), out + _REACH + 1)):
            if into == out:
                continue
            mixed = _is_mixed(*kept[out]) or _is_mixed(*kept[into])
            for word in list(kept[out][0]):
                if mixed and word.role != "negation":
                    continue
                other = next((w for w in kept[into][1] if _same(word, w, ours, theirs)), None)
                if other is not None:
                    kept[out][0].remove(word)
                    kept[into][1].remove(other)
    return [
        replace(edit, official=tuple(left), mention=tuple(right))
        for edit, (left, right) in zip(edits, kept, strict=True)
        if left or right
    ]


def _is_mixed(official: Sequence[Word], mention: Sequence[Word]) -> bool:
    """Whether a negation stands beside other words, which it may deny: 非居民."""
    sides = (official, mention)
    return any(any(w.role == "negation" for w in side) and len(side) > 1 for side in sides)


def _same(word: Word, other: Word, ours: dict[int, object], theirs: dict[int, object]) -> bool:
    if word.role == other.role == "negation":
        following = ours.get(word.start)
        return following is not None and following == theirs.get(other.start)
    if lexicon.is_reversing(word.key, word.text) and lexicon.is_reversing(other.key, other.text):
        return True
    return word.role in ("content", "modal") and (word.role, word.key) == (other.role, other.key)


def _behind(words: Sequence[Word]) -> dict[int, object]:
    """Start of a word → the key of the word behind it in its clause."""
    return {word.start: after.key for word, after in pairwise(words) if word.clause == after.clause}
