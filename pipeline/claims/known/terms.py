"""What texts and claims are compared by: pairs of Chinese characters, Latin words, numbers.

Terms are numbered by a vocabulary made of all claims, so that a text becomes an array of numbers
and what no claim says falls away at once. Pairs of characters are looked up as numbers, without a
string for each; a Latin word is cut to its stem and also gives its parts of four letters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from pipeline.normalise import codes_of
from pipeline.sieve import Index, Keys

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
    """Where they start in the folded text."""

    @property
    def different(self) -> Ints:
        return np.unique(self.ids)


class Vocabulary:
    """All terms of the claims, numbered: pairs of characters first, then Latin words."""

    def __init__(self, folded: Sequence[str]) -> None:
        pairs = [_pairs(text)[0] for text in folded]
        self._pairs = Index(np.unique(np.concatenate([*pairs, np.zeros(0, dtype=np.uint64)])))
        latin = {term for text in folded for word in _LATIN.findall(text) for term in _forms(word)}
        self._latin = {term: len(self._pairs) + at for at, term in enumerate(sorted(latin))}
        self._known = lru_cache(maxsize=16_384)(self._find_latin)
        self.part = np.zeros(len(self), dtype=bool)
        """Which terms are parts of Latin words."""
        self.part[[at for term, at in self._latin.items() if term.startswith("~")]] = True

    def __len__(self) -> int:
        return len(self._pairs) + len(self._latin)

    def read(self, folded: str) -> Terms:
        keys, starts = _pairs(folded)
        at, pairs = self._pairs.find(keys)
        starts = starts[at]
        latin = [
            (number, match.start())
            for match in _LATIN.finditer(folded)
            for number in self._known(match[0])
        ]
        if not latin:
            return Terms(pairs, starts)
        numbers, firsts = np.array(latin, dtype=np.intp).T
        starts = np.concatenate([starts, firsts])
        order = np.argsort(starts, kind="stable")
        return Terms(np.concatenate([pairs, numbers])[order], starts[order])

    def _find_latin(self, word: str) -> tuple[int, ...]:
        return tuple(self._latin[term] for term in _forms(word) if term in self._latin)


def has_chinese(folded: str) -> bool:
    return _CHINESE.search(folded) is not None


def letters(folded: str) -> str:
    """A folded text without spaces and punctuation."""
    return "".join(_LETTERS.findall(folded))


def _pairs(folded: str) -> tuple[Keys, Ints]:
    """A number for each two neighbouring Chinese characters, and where they start; one alone counts
    too."""
    codes = codes_of(f"\0{folded}\0")
    chinese = (codes >= _FIRST) & (codes <= _LAST)
    own, next_ = chinese[1:-1], chinese[2:]
    starts = np.flatnonzero(own & (next_ | ~chinese[:-2]))
    double = next_[starts]
    keys = codes[starts + 1].astype(np.uint64) << np.uint64(32) | codes[starts + 2] * double
    return keys, starts


def _forms(word: str) -> tuple[str, ...]:
    if not word[0].isalpha():
        return (word,)
    parts = {word[at : at + _PART] for at in range(len(word) - _PART + 1)}
    return (_ENDINGS.sub("", word), *(f"~{part}" for part in sorted(parts) if len(word) > _PART))
