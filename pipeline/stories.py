"""Stories: mentions that speak of one event.

A near-duplicate belongs to the story of its family. Otherwise a mention joins the most similar one
of the days around it: words of title and lead, weighted by how rare they are (cosine of inverse
document frequencies), or a phrase that both repeat. Texts written on one form tell of different
events. Conservative: two stories that should be one cost a second alert, one that should be two can
hide a rumour.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from math import inf

import numpy as np
import numpy.typing as npt
import rjieba

from pipeline.likeness import cleaned, same_form
from pipeline.model import Mention
from pipeline.normalise import fold

WINDOW = timedelta(hours=72).total_seconds()
_LEAD = 200
"""Characters of the text that are looked at beside the title."""
_SAME = 0.35
"""Cosine from which two mentions are of one story."""
_SAME_WITH_PHRASE = 0.15
"""The same when they share a run of _PHRASE characters."""
_PHRASE = 10
_FEWEST_SHARED = 4
"""Words that two mentions of one story have in common."""
_ASKED = 16
"""Candidates whose text is compared, the likeliest ones: of notices on one form there are hundreds,
and none of them is of another's story."""
_WEIGHED = 64
"""Candidates whose likeness is worked out, those that share the weightiest words for their size."""
_KEPT = timedelta(days=31).total_seconds()
_POSTINGS = 200
"""Mentions, the latest ones, by which a word finds others."""
_PRIOR = 500
"""Documents that the segmenter's word frequencies count for beside our own."""
_PRIOR_TOKENS = 60_101_967
"""Sum of the frequencies in jieba's dictionary."""
_PRIOR_LENGTH = 60
"""Words of a typical lead: turns a share of words into a share of documents."""


@dataclass(slots=True)
class _Told:
    """What is remembered of a mention (the first one of a near-duplicate family)."""

    place: int
    story: str
    words: array[int]
    lead: str


class StoryIndex:
    """Recent mentions by their words, about 1.5 KB each. `assign` a new one, then `add` it.

    The same mentions added in the same order give the same stories.
    """

    def __init__(self) -> None:
        self._told: dict[str, _Told] = {}
        self._numbers: dict[str, int] = {}
        self._seen = array("d")
        """Of each word by its number: documents that hold it, and as many as are supposed."""
        self._postings: list[array[int]] = []
        """Of each word the places of the latest mentions that hold it."""
        self._names: list[str] = []
        self._counts = array("I")
        self._firsts, self._lasts = array("d"), array("d")
        """Of each mention by its place: its id, how many words it has, and when the first and the
        last of its family came; what is forgotten never came."""
        self._newest = -inf
        self._read = lru_cache(maxsize=4)(self._read_anew)
        """Kept for a moment: a mention is assigned first, then added."""

    def assign(self, mention: Mention) -> str:
        """The id of the story that a mention belongs to: its own id when it begins one."""
        family = self._told.get(mention.duplicate_of or "")
        if family is not None:
            return family.story
        words, lead = self._read(_head(mention))
        candidates = self._candidates(words, mention.at.timestamp())
        alike = self._likenesses(words, candidates)
        worth = [
            (-cosine, self._firsts[told.place], told.story, place)
            for place, (cosine, told) in enumerate(zip(alike, candidates, strict=True))
            if cosine >= _SAME_WITH_PHRASE
        ]
        for away, _, story, place in sorted(worth)[:_ASKED]:
            if self._belongs(-away, lead, candidates[place].lead):
                return story
        return mention.id

    def add(self, mention: Mention) -> None:
        """Remember a mention with the story that it has."""
        at = mention.at.timestamp()
        family = self._told.get(mention.duplicate_of or "")
        if family is not None and not self.parted(mention):
            self._firsts[family.place] = min(self._firsts[family.place], at)
            self._lasts[family.place] = max(self._lasts[family.place], at)
            return
        if mention.id in self._told:
            return
        words, lead = self._read(_head(mention))
        place = len(self._names)
        self._told[mention.id] = _Told(place, mention.story or mention.id, words, lead)
        for word in words:
            self._seen[word] += 1
            posting = self._postings[word]
            posting.append(place)
            if len(posting) >= 2 * _POSTINGS:
                del posting[:-_POSTINGS]
        self._names.append(mention.id)
        self._counts.append(len(words))
        self._firsts.append(at)
        self._lasts.append(at)
        self._forget(at)

    def parted(self, mention: Mention) -> bool:
        """Is it a copy of what is known, and yet of another story?"""
        family = self._told.get(mention.duplicate_of or "")
        return family is not None and mention.story not in ("", family.story)

    def __len__(self) -> int:
        return len(self._told)

    def _forget(self, at: float) -> None:
        """Drop what lies too far back for anything new to join it."""
        self._newest = max(at, self._newest)
        for oldest in list(self._oldest(self._newest - _KEPT)):
            self._lasts[self._told.pop(oldest).place] = -inf

    def _oldest(self, limit: float) -> Iterator[str]:
        for mention_id, told in self._told.items():
            if self._lasts[told.place] >= limit:
                return
            yield mention_id

    def _candidates(self, words: array[int], at: float) -> list[_Told]:
        """Mentions of that time that share enough words, the likeliest first."""
        held = [self._postings[word][-_POSTINGS:] for word in words]
        found = np.frombuffer(b"".join(held), np.uint32).astype(np.intp)
        near = np.frombuffer(self._firsts).take(found) <= at + WINDOW
        near &= np.frombuffer(self._lasts).take(found) >= at - WINDOW
        found = found[near]
        if not len(found):
            return []
        weights = self._weights(words).repeat([len(each) for each in held])[near]
        oldest = found.min()
        found -= oldest
        enough = np.flatnonzero(np.bincount(found) >= _FEWEST_SHARED)
        sizes = np.sqrt(np.frombuffer(self._counts, np.uint32)[enough + oldest])
        heavy = np.bincount(found, weights)[enough] / sizes
        if len(enough) > _WEIGHED:  # those of the least weight that counts stay in order
            counts = heavy >= np.partition(heavy, -_WEIGHED)[-_WEIGHED]
            enough, heavy = enough[counts], heavy[counts]
        likeliest = enough[np.argsort(-heavy, kind="stable")[:_WEIGHED]] + oldest
        return [self._told[self._names[place]] for place in likeliest.tolist()]

    def _likenesses(self, words: array[int], candidates: Sequence[_Told]) -> list[float]:
        """The cosine with each candidate; all at once, for there are dozens."""
        if not candidates:
            return []
        theirs = np.frombuffer(b"".join([told.words for told in candidates]), np.uint32)
        weights = self._weights(theirs)
        begins = np.cumsum([0, *(len(told.words) for told in candidates[:-1])])
        own = np.zeros(len(self._seen), bool)
        own[words] = True
        both = np.add.reduceat(weights * own[theirs], begins)
        size = np.add.reduceat(weights, begins) * self._weights(words).sum()
        cosines: list[float] = (both / np.sqrt(np.where(size > 0, size, np.inf))).tolist()
        return cosines

    def _weights(self, words: array[int] | npt.NDArray[np.uint32]) -> npt.NDArray[np.float64]:
        """Squares of inverse document frequencies: of our own documents and the segmenter's."""
        seen = np.frombuffer(self._seen)[words]
        rarity: npt.NDArray[np.float64] = np.log((len(self._names) + _PRIOR) / seen).clip(min=0.0)
        return rarity * rarity

    @staticmethod
    def _belongs(alike: float, lead: str, other: str) -> bool:
        if alike < _SAME and not (alike >= _SAME_WITH_PHRASE and _share_phrase(lead, other)):
            return False
        return not same_form(lead, other)

    def _read_anew(self, text: str) -> tuple[array[int], str]:
        """Numbers of the words, and the lead."""
        cut = rjieba.cut(fold(text).text)
        words = dict.fromkeys([word for word in cut if len(word) > 1 and word.isalnum()])
        for word in words:
            if word not in self._numbers:
                self._numbers[word] = len(self._seen)
                self._seen.append(0.5 + _PRIOR * _prior(word))
                self._postings.append(array("I"))
        return array("I", sorted([self._numbers[word] for word in words])), cleaned(text)


def _head(mention: Mention) -> str:
    return f"{mention.title}\n{mention.text[:_LEAD]}"


def _prior(word: str) -> float:
    """Share of documents in which a word is to be expected, from jieba's frequencies."""
    return min(1.0, _PRIOR_LENGTH * rjieba.suggest_freq(word) / _PRIOR_TOKENS)


def _share_phrase(left: str, right: str) -> bool:
    return not _phrases(left).isdisjoint(
        [right[at : at + _PHRASE] for at in range(len(right) - _PHRASE + 1)]
    )


@lru_cache(maxsize=4)
def _phrases(lead: str) -> frozenset[str]:
    """Kept for a moment: a mention is compared with one candidate after the other."""
    return frozenset(lead[at : at + _PHRASE] for at in range(len(lead) - _PHRASE + 1))
