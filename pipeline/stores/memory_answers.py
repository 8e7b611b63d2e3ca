"""Search copies of claims and facts in memory: the reference, BM25 written out."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.answers import CANDIDATES, Answer, Answers, choose, question
from pipeline.tokenise import tokens, words

_K1, _B = 1.2, 0.75
"""Saturation and length, as both engines have them (Robertson and Zaragoza 2009)."""


@dataclass(frozen=True)
class _Field:
    """The tokens of all answers in one field."""

    texts: tuple[Counter[str], ...]

    def scores(self, asked: Sequence[str]) -> list[float]:
        """BM25 of each text, with the weights of Lucene, which are never negative."""
        lengths = [text.total() for text in self.texts]
        mean = sum(lengths) / max(len(lengths), 1) or 1.0
        scores = [0.0] * len(self.texts)
        for token in asked:
            having = [at for at, text in enumerate(self.texts) if token in text]
            rare = math.log(1 + (len(lengths) - len(having) + 0.5) / (len(having) + 0.5))
            for at in having:
                often = self.texts[at][token]
                scores[at] += rare * often / (often + _K1 * (1 - _B + _B * lengths[at] / mean))
        return scores


class MemoryAnswers:
    """An `AnswerIndex` in memory."""

    def __init__(self) -> None:
        self._kept: Answers | None = None

    def digest(self) -> str:
        return self._kept.digest if self._kept else ""

    def replace(self, answers: Answers) -> None:
        self._kept = answers
        self._words = _Field(tuple(Counter(words(each.text)) for each in answers.all))
        self._grams = _Field(tuple(Counter(tokens(each.text)) for each in answers.all))

    def find(self, text: str, *, limit: int = 5) -> list[Answer]:
        asked = question(text)
        if asked is None or self._kept is None:
            return []
        both = zip(self._words.scores(asked.words), self._grams.scores(asked.grams), strict=True)
        scored = [(-sum(pair), each) for pair, each in zip(both, self._kept.all, strict=True)]
        found = sorted((score, each.key, each) for score, each in scored if score < 0)
        return choose(asked, [each for _, _, each in found[:CANDIDATES]], limit)
