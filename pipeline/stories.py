"""Stories: mentions that speak of one event.

A near-duplicate belongs to the story of its family. Otherwise a mention joins the most similar story
of the last days: words of title and lead, weighted by how rare they are. Conservative: two stories
that should be one cost a second alert, one that should be two can hide a rumour.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from datetime import datetime, timedelta

import rjieba

from pipeline.model import Mention
from pipeline.normalise import fold

WINDOW = timedelta(hours=72)
LEAD = 120
"""Characters of the text that are looked at beside the title."""
SAME = 0.5
"""Weighted overlap of words (Jaccard) from which two mentions are of one story."""
_MAX_POSTINGS = 500
"""Mentions by which a word may find others; a more frequent one tells nothing."""


class StoryIndex:
    """Recent mentions by their words. `assign` a new one, then `add` it."""

    def __init__(self) -> None:
        self._stories: list[tuple[str, datetime, frozenset[str]]] = []
        self._by_word: dict[str, list[int]] = defaultdict(list)
        self._of_mention: dict[str, str] = {}

    def assign(self, mention: Mention) -> str:
        """The id of the story that a mention belongs to: its own id when it begins one."""
        if mention.duplicate_of is not None and mention.duplicate_of in self._of_mention:
            return self._of_mention[mention.duplicate_of]
        words = _words(mention)
        best: tuple[float, int] | None = None
        for index in self._candidates(words):
            _, at, others = self._stories[index]
            if abs(mention.at - at) > WINDOW:
                continue
            overlap = self._overlap(words, others)
            if overlap >= SAME and (best is None or overlap > best[0]):
                best = (overlap, index)
        return self._stories[best[1]][0] if best else mention.id

    def add(self, mention: Mention) -> None:
        """Remember a mention with the story that it has."""
        story = mention.story or mention.id
        self._of_mention[mention.id] = story
        words = _words(mention)
        index = len(self._stories)
        self._stories.append((story, mention.at, words))
        for word in words:
            self._by_word[word].append(index)

    def _candidates(self, words: frozenset[str]) -> list[int]:
        shared: Counter[int] = Counter()
        for word in words:
            postings = self._by_word.get(word, ())
            if len(postings) <= _MAX_POSTINGS:
                shared.update(postings)
        return sorted(index for index, count in shared.items() if count >= 3)

    def _overlap(self, left: frozenset[str], right: frozenset[str]) -> float:
        both = sum(self._weight(word) for word in left & right)
        either = sum(self._weight(word) for word in left | right)
        return both / either if either else 0.0

    def _weight(self, word: str) -> float:
        return 1 + math.log((1 + len(self._stories)) / (1 + len(self._by_word.get(word, ()))))


def _words(mention: Mention) -> frozenset[str]:
    text = fold(f"{mention.title}\n{mention.text[:LEAD]}").text
    return frozenset(word for word in rjieba.cut(text) if len(word) > 1 and word.isalnum())
