"""Stories: mentions that speak of one event.

A near-duplicate belongs to the story of its family. Otherwise a mention joins the most similar one
of the days around it: words of title and lead, weighted by how rare they are (cosine of inverse
document frequencies), or a phrase that both repeat. Texts written on one form tell of different
events. Conservative: two stories that should be one cost a second alert, one that should be two can
hide a rumour.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache, partial

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
        self._names: list[str] = []
        self._frequency: Counter[int] = Counter()
        self._postings: defaultdict[int, deque[str]] = defaultdict(partial(deque, maxlen=_POSTINGS))
        self._count = 0
        self._newest: datetime | None = None

    def assign(self, mention: Mention) -> str:
        """The id of the story that a mention belongs to: its own id when it begins one."""
        family = self._told.get(mention.duplicate_of or "")
        if family is not None:
            return family.story
        words, lead = self._numbered(mention), _lead(mention)
        best, story = 0.0, mention.id
        weight = cache(self._weight)  # the same for all candidates, of which there are hundreds
        for told in self._candidates(words, mention.at):
            alike = _cosine(words, told.words, weight)
            if alike > best and self._belongs(alike, lead, told.lead):
                best, story = alike, told.story
        return story

    def add(self, mention: Mention) -> None:
        """Remember a mention with the story that it has."""
        family = self._told.get(mention.duplicate_of or "")
        if family is not None:
            family.first = min(family.first, mention.at)
            family.last = max(family.last, mention.at)
            return
        if mention.id in self._told:
            return
        words = self._numbered(mention)
        story = mention.story or mention.id
        self._told[mention.id] = _Told(story, mention.at, mention.at, words, _lead(mention))
        self._count += 1
        self._frequency.update(words)
        for word in words:
            self._postings[word].append(mention.id)
        self._forget(mention.at)

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

    def _candidates(self, words: Iterable[int], at: datetime) -> list[_Told]:
        """Mentions of that time that share enough words, in the order they were added."""
        shared: Counter[str] = Counter()
        for word in words:
            shared.update(self._postings.get(word, ()))
        enough = [each for each, count in shared.items() if count >= _FEWEST_SHARED]
        told = (self._told[each] for each in enough if each in self._told)
        near = [each for each in told if each.first - WINDOW <= at <= each.last + WINDOW]
        return sorted(near, key=lambda each: (each.first, each.story))

    def _weight(self, word: int) -> float:
        """Square of the inverse document frequency: our own documents and the segmenter's."""
        seen = self._frequency[word] + _PRIOR * _prior(self._names[word]) + 0.5
        return max(math.log((self._count + _PRIOR) / seen), 0.0) ** 2

    @staticmethod
    def _belongs(alike: float, lead: str, other: str) -> bool:
        if alike < _SAME and not (alike >= _SAME_WITH_PHRASE and _share_phrase(lead, other)):
            return False
        return not same_form(lead, other)

    def _numbered(self, mention: Mention) -> array[int]:
        return array("I", sorted(map(self._number, _words(mention))))

    def _number(self, word: str) -> int:
        number = self._numbers.setdefault(word, len(self._names))
        if number == len(self._names):
            self._names.append(word)
        return number


def _cosine(left: array[int], right: array[int], weight: Callable[[int], float]) -> float:
    both = sum(weight(word) for word in set(left).intersection(right))
    size = sum(map(weight, left)) * sum(map(weight, right))
    return both / math.sqrt(size) if size else 0.0


@lru_cache(maxsize=100_000)
def _prior(word: str) -> float:
    """Share of documents in which a word is to be expected, from jieba's frequencies."""
    return min(1.0, _PRIOR_LENGTH * rjieba.suggest_freq(word) / _PRIOR_TOKENS)


def _words(mention: Mention) -> set[str]:
    text = fold(f"{mention.title}\n{mention.text[:_LEAD]}").text
    return {word for word in rjieba.cut(text) if len(word) > 1 and word.isalnum()}


def _lead(mention: Mention) -> str:
    return cleaned(f"{mention.title}\n{mention.text[:_LEAD]}")


def _share_phrase(left: str, right: str) -> bool:
    runs = {left[at : at + _PHRASE] for at in range(len(left) - _PHRASE + 1)}
    return any(right[at : at + _PHRASE] in runs for at in range(len(right) - _PHRASE + 1))
