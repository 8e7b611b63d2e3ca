"""What texts and claims are compared by: pairs of Chinese characters, Latin words, numbers.

Terms are numbered by a vocabulary made of all claims, so that a text becomes an array of numbers
and what no claim says falls away at once. Pairs of characters are looked up as numbers, without a
string for each; a Latin word is cut to its stem and also gives its parts of four letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from pipeline.normalise import codes_of

Ints = npt.NDArray[np.intp]
PART_WEIGHT = 0.3
"""Of a part of a Latin word beside the word itself: it only has to find other forms of it."""

_LATIN = re.compile(r"[a-z]+|\d+(?:\.\d+)?")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LETTERS = re.compile(r"[\u3400-\u9fffa-z]+|\d+(?:\.\d+)?")
_ENDINGS = re.compile(r"(?<=[a-z]{3})(?:ational|ings?|edly|ed|ies|es|s|ly|ions?)$")
_PART = 4
_FIRST, _LAST = 0x3400, 0x9FFF


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """Terms of a folded text that the vocabulary knows, by place."""

    ids: Ints
    starts: Ints
    ends: Ints
    """Places in the folded text."""

    @property
    def different(self) -> Ints:
        return np.unique(self.ids)


class Vocabulary:
    """All terms of the claims, numbered: pairs of characters first, then Latin words."""

    def __init__(self, folded: Sequence[str]) -> None:
        pairs = [_pairs(text)[0] for text in folded]
        self._pairs = np.unique(np.concatenate([*pairs, np.zeros(0, dtype=np.uint64)]))
        latin = {term for text in folded for term, _, _ in _latin(text)}
        self._latin = {term: len(self._pairs) + at for at, term in enumerate(sorted(latin))}
        self.part = np.zeros(len(self), dtype=bool)
        """Which terms are parts of Latin words."""
        self.part[[at for term, at in self._latin.items() if term.startswith("~")]] = True

    def __len__(self) -> int:
        return len(self._pairs) + len(self._latin)

    def read(self, folded: str) -> Terms:
        codes, places, sizes = _pairs(folded)
        if len(self._pairs):
            found = np.minimum(np.searchsorted(self._pairs, codes), len(self._pairs) - 1)
            known = self._pairs[found] == codes
            found, places, sizes = found[known], places[known], sizes[known]
        else:
            found, places, sizes = (np.zeros(0, dtype=np.intp) for _ in range(3))
        latin = [
            (self._latin[term], start, end)
            for term, start, end in _latin(folded)
            if term in self._latin
        ]
        if not latin:
            return Terms(found, places, places + sizes)
        ids, starts, ends = np.array(latin, dtype=np.intp).T
        joined = np.concatenate([places, starts])
        order = np.argsort(joined, kind="stable")
        return Terms(
            np.concatenate([found, ids])[order],
            joined[order],
            np.concatenate([places + sizes, ends])[order],
        )


def has_chinese(folded: str) -> bool:
    return _CHINESE.search(folded) is not None


def letters(folded: str) -> str:
    """A folded text without spaces and punctuation."""
    return "".join(_LETTERS.findall(folded))


def _pairs(folded: str) -> tuple[npt.NDArray[np.uint64], Ints, Ints]:
    """Codes of neighbouring Chinese characters, their places and sizes; one alone counts too."""
    codes = codes_of(folded).astype(np.uint64)
    chinese = (codes >= _FIRST) & (codes <= _LAST)
    following = np.append(chinese[1:], False) if len(chinese) else chinese
    before = np.append(False, chinese[:-1]) if len(chinese) else chinese
    starts = np.flatnonzero(chinese & (following | ~before))
    double = following[starts]
    second = np.where(double, codes[np.minimum(starts + 1, max(len(codes) - 1, 0))], 0)
    return (codes[starts] << np.uint64(32)) | second.astype(np.uint64), starts, 1 + double


def _latin(folded: str) -> Iterator[tuple[str, int, int]]:
    for match in _LATIN.finditer(folded):
        for term in _forms(match[0]):
            yield term, *match.span()


@lru_cache(maxsize=16_384)
def _forms(word: str) -> tuple[str, ...]:
    if not word[0].isalpha():
        return (word,)
    parts = {word[at : at + _PART] for at in range(len(word) - _PART + 1)}
    return (_ENDINGS.sub("", word), *(f"~{part}" for part in sorted(parts) if len(word) > _PART))
