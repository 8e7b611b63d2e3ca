"""Whether two short texts make the same claim, by what they share."""

from __future__ import annotations

import math
import re
from collections import Counter

import rjieba

from pipeline.claims.guards import contradicts
from pipeline.normalise import fold

_RUN = re.compile(r"[\u3400-\u9fff]+|[a-z]+|\d+(?:\.\d+)?")


def bigrams(folded: str) -> list[str]:
    """Bigrams of Chinese runs; Latin words and numbers whole."""
    grams: list[str] = []
    for run in _RUN.findall(folded):
        if run[0] < "\u3400" or len(run) == 1:
            grams.append(run)
        else:
            grams.extend(run[i : i + 2] for i in range(len(run) - 1))
    return grams


def letters(folded: str) -> str:
    return "".join(_RUN.findall(folded))


SAME_CLAIM = 0.5
_BIAS = -3.8
_PAIR_WEIGHTS = {"dice": 0.96, "chars": 1.48, "words": 2.97}
"""Logistic regression on 1,200 question pairs; figures in docs/decisions/0003-rules.md."""


def pair_features(first: str, second: str) -> dict[str, float]:
    """How two folded texts are alike: bigrams, characters, words, each in 0…1."""
    a, b = Counter(bigrams(first)), Counter(bigrams(second))
    shared = sum((a & b).values())
    words_a = {word for word in rjieba.cut(first, False) if word.isalnum()}
    words_b = {word for word in rjieba.cut(second, False) if word.isalnum()}
    la, lb = letters(first), letters(second)
    chars = sum((Counter(la) & Counter(lb)).values())
    return {
        "dice": 2 * shared / ((sum(a.values()) + sum(b.values())) or 1),
        "chars": 2 * chars / ((len(la) + len(lb)) or 1),
        "words": 2 * len(words_a & words_b) / ((len(words_a) + len(words_b)) or 1),
    }


def same_claim(first: str, second: str) -> tuple[float, bool]:
    """Whether two short texts make the same claim: score in 0…1, and the decision."""
    a, b = fold(first).text, fold(second).text
    if letters(a) == letters(b):
        return 1.0, bool(letters(a))
    features = pair_features(a, b)
    logit = _BIAS + sum(weight * features[name] for name, weight in _PAIR_WEIGHTS.items())
    score = 1 / (1 + math.exp(-logit))
    if contradicts(a, b):
        score *= 0.5
    return score, score >= SAME_CLAIM
