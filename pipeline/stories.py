"""Stories: mentions that speak of one event.

A near-duplicate belongs to the story of its family. Otherwise a mention joins the most similar one
of the days around it: words of title and lead, weighted by how rare they are (cosine of inverse
document frequencies), or a phrase that both repeat. Texts written on one form tell of different
events. Conservative: two stories that should be one cost a second alert, one that should be two can
hide a rumour.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache, partial
from itertools import islice

import numpy as np
import numpy.typing as npt
import rjieba

from pipeline.likeness import cleaned, same_form
from pipeline.model import Mention
from pipeline.normalise import fold

WINDOW = timedelta(hours=72)
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
_KEPT = timedelta(days=31)
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

    story: str
    first: datetime
    last: datetime
    words: array[int]
    lead: str


class StoryIndex:
    """Recent mentions by their words, about 1.5 KB each. `assign` a new one, then `add` it.

    The same mentions added in the same order give the same stories.
    """

    def __init__(self) -> None:
        self._told: dict[str, _Told] = {}
        self._numbers: dict[str, int] = {}
        self._frequency = array("I")
        self._expected = array("d")
        """Of each word by its number: documents that hold it, and as many as are supposed."""
        self._names: list[str] = []
        self._counts = array("I")
        """Of each mention by its place: its id, and how many words it has."""
        self._postings: defaultdict[int, array[int]] = defaultdict(partial(array, "I"))
        self._newest: datetime | None = None

    def assign(self, mention: Mention) -> str:
        """The id of the story that a mention belongs to: its own id when it begins one."""
        family = self._told.get(mention.duplicate_of or "")
        if family is not None:
            return family.story
        words, lead = self._read(mention)
        candidates = self._candidates(words, mention.at)
        alike = self._likenesses(words, candidates)
        worth = np.flatnonzero(alike >= _SAME_WITH_PHRASE)
        likeliest: list[int] = worth[np.argsort(-alike[worth], kind="stable")[:_ASKED]].tolist()
        for place in likeliest:
            if self._belongs(alike[place], lead, candidates[place].lead):
                return candidates[place].story
        return mention.id

    def add(self, mention: Mention) -> None:
        """Remember a mention with the story that it has."""
        family = self._told.get(mention.duplicate_of or "")
        if family is not None and not self.parted(mention):
            family.first = min(family.first, mention.at)
            family.last = max(family.last, mention.at)
            return
        if mention.id in self._told:
            return
        words, lead = self._read(mention)
        story = mention.story or mention.id
        self._told[mention.id] = _Told(story, mention.at, mention.at, words, lead)
        for word in words:
            self._frequency[word] += 1
            posting = self._postings[word]
            posting.append(len(self._names))
            if len(posting) >= 2 * _POSTINGS:
                del posting[:-_POSTINGS]
        self._names.append(mention.id)
        self._counts.append(len(words))
        self._forget(mention.at)

    def parted(self, mention: Mention) -> bool:
        """Is it a copy of what is known, and yet of another story?"""
        family = self._told.get(mention.duplicate_of or "")
        return family is not None and mention.story not in ("", family.story)

    def __len__(self) -> int:
        return len(self._told)

    def _forget(self, at: datetime) -> None:
        """Drop what lies too far back for anything new to join it."""
        self._newest = max(at, self._newest or at)
        for oldest in list(self._oldest(self._newest - _KEPT)):
            del self._told[oldest]

    def _oldest(self, limit: datetime) -> Iterator[str]:
        for mention_id, told in self._told.items():
            if told.last >= limit:
                return
            yield mention_id

    def _candidates(self, words: array[int], at: datetime) -> list[_Told]:
        """Mentions of that time that share enough words, in the order they were added."""
        places = [np.frombuffer(self._postings[word][-_POSTINGS:], np.uint32) for word in words]
        found = np.concatenate([*places, np.zeros(0, np.uint32)])
        if not len(found):
            return []
        oldest = int(found.min())
        found = found - oldest
        weights = np.repeat(self._weights(np.asarray(words)), [len(each) for each in places])
        shared = np.bincount(found)
        enough = np.flatnonzero(shared >= _FEWEST_SHARED)
        heavy = np.bincount(found, weights)[enough] / self._sizes(enough + oldest)
        order = enough[np.argsort(-heavy, kind="stable")] + oldest
        near = (told for place in order.tolist() if (told := self._near(place, at)) is not None)
        return sorted(islice(near, _WEIGHED), key=lambda told: (told.first, told.story))

    def _near(self, place: int, at: datetime) -> _Told | None:
        told = self._told.get(self._names[place])
        near = told is not None and told.first - WINDOW <= at <= told.last + WINDOW
        return told if near else None

    def _sizes(self, places: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Roots of the numbers of words of mentions, by their places."""
        return np.sqrt(np.frombuffer(self._counts, np.uint32)[places])

    def _likenesses(
        self, words: array[int], candidates: Sequence[_Told]
    ) -> npt.NDArray[np.float64]:
        """The cosine with each candidate; all at once, for there are hundreds."""
        if not candidates:
            return np.zeros(0)
        theirs = np.concatenate([told.words for told in candidates])
        weights = self._weights(theirs)
        begins = np.cumsum([0, *(len(told.words) for told in candidates[:-1])])
        both = np.add.reduceat(weights * np.isin(theirs, words), begins)
        size = np.add.reduceat(weights, begins) * self._weights(np.asarray(words)).sum()
        cosines: npt.NDArray[np.float64] = both / np.sqrt(np.where(size > 0, size, np.inf))
        return cosines

    def _weights(self, words: npt.NDArray[np.uint32]) -> npt.NDArray[np.float64]:
        """Squares of inverse document frequencies: of our own documents and the segmenter's."""
        seen = np.frombuffer(self._frequency, np.uint32)[words] + 0.5
        seen += np.frombuffer(self._expected)[words]
        rarity: npt.NDArray[np.float64] = (
            np.log((len(self._names) + _PRIOR) / seen).clip(min=0.0) ** 2
        )
        return rarity

    @staticmethod
    def _belongs(alike: float, lead: str, other: str) -> bool:
        if alike < _SAME and not (alike >= _SAME_WITH_PHRASE and _share_phrase(lead, other)):
            return False
        return not same_form(lead, other)

    def _read(self, mention: Mention) -> tuple[array[int], str]:
        """Numbers of the words, and the lead."""
        words, lead = _words_and_lead(f"{mention.title}\n{mention.text[:_LEAD]}")
        return array("I", sorted(map(self._number, words))), lead

    def _number(self, word: str) -> int:
        number = self._numbers.setdefault(word, len(self._frequency))
        if number == len(self._frequency):
            self._frequency.append(0)
            self._expected.append(_PRIOR * _prior(word))
        return number


def _prior(word: str) -> float:
    """Share of documents in which a word is to be expected, from jieba's frequencies."""
    return min(1.0, _PRIOR_LENGTH * rjieba.suggest_freq(word) / _PRIOR_TOKENS)


@lru_cache(maxsize=4)
def _words_and_lead(text: str) -> tuple[frozenset[str], str]:
    """Kept for a moment: a mention is assigned first, then added."""
    words = rjieba.cut(fold(text).text)
    return frozenset(word for word in words if len(word) > 1 and word.isalnum()), cleaned(text)


def _share_phrase(left: str, right: str) -> bool:
    return not _phrases(left).isdisjoint(
        [right[at : at + _PHRASE] for at in range(len(right) - _PHRASE + 1)]
    )


@lru_cache(maxsize=4)
def _phrases(lead: str) -> frozenset[str]:
    """Kept for a moment: a mention is compared with one candidate after the other."""
    return frozenset(lead[at : at + _PHRASE] for at in range(len(lead) - _PHRASE + 1))
