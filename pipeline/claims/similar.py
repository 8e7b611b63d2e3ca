"""Is a claim repeated in a text?

Lexical: claims that share rare bigrams with the text are looked up in an inverted index, then the
passage that is nearest to each is compared. Score and decision are two things. The score (0…1)
orders claims: how much of the claim's bigrams (weighted by rarity) and words the text holds, in
which order, and on how much evidence. `same` is the decision that the claim is *asserted*: one
passage holds nearly all of it, with the same numbers and the same negation, and neither asks,
supposes nor refutes.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import rjieba
from rapidfuzz import fuzz

from pipeline.claims.guards import contradicts
from pipeline.claims.sentences import refutes, sentences
from pipeline.model import Claim, ClaimMatch, FieldName
from pipeline.normalise import Folded, fold

CONFIRM = 0.50
"""Least agreement of a passage with a claim for `same`. Found on weibo.jsonl (see
docs/decisions/0003-rules.md): the lowest at which hardly any ordinary post was confirmed."""
HELD = 0.4
"""Least weighted share of the claim's bigrams in that passage: without it, order and words alone
confirm short texts about the same things."""
SUGGEST = 0.22
"""Least score that is worth showing."""
SHORTEST = 8
"""Letters below which claim or text are too short to be confirmed."""
_EVIDENCE = 6.0
"""Shared bigrams at which the score is half of what it would be with any number of them."""
_CANDIDATES = 30
_LEAST_SHARE = 0.1
_PASSAGE = 1.6
"""Length of a passage, in lengths of the claim, beyond which no further clause is added."""

_RUN = re.compile(r"[\u3400-\u9fff]+|[a-z]+|\d+(?:\.\d+)?")
_CLAUSE = re.compile(r"[^,。!?;:\n、.【】《》“”\"「」()#|]+")


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


@dataclass(frozen=True, slots=True)
class _Known:
    id: str
    text: str
    letters: str
    grams: frozenset[str]
    words: frozenset[str]
    names: frozenset[str]
    """Places and persons; where one is missing, another rumour of the kind is told."""


def _known(claim: Claim) -> _Known:
    text = fold(claim.text).text
    words = frozenset(word for word in rjieba.cut(text, False) if len(word) > 1)
    names = frozenset(
        word for word, part in rjieba.tag(text) if part in ("ns", "nr", "nt") and len(word) > 1
    )
    return _Known(claim.id, text, letters(text), frozenset(bigrams(text)), words, names)


@dataclass(frozen=True, slots=True)
class _Passage:
    """The part of a field that is nearest to a claim, in its folded text."""

    field: FieldName
    folded: Folded
    start: int
    end: int
    coverage: float

    @property
    def text(self) -> str:
        return self.folded.text[self.start : self.end]


class ClaimIndex:
    """All claims that a text may repeat, compiled once; safe to use from several threads."""

    def __init__(self, claims: Sequence[Claim]) -> None:
        self._claims = [_known(claim) for claim in claims]
        frequency = Counter(gram for claim in self._claims for gram in claim.grams)
        count = len(self._claims)
        self._weights = {
            gram: math.log(1 + (count + 1) / (found + 0.5)) for gram, found in frequency.items()
        }
        self._totals = [self._weight(claim.grams) or 1.0 for claim in self._claims]
        self._mean = sum(self._totals) / (sum(len(claim.grams) for claim in self._claims) or 1)
        self._postings: dict[str, list[int]] = {}
        for place, claim in enumerate(self._claims):
            for gram in claim.grams:
                self._postings.setdefault(gram, []).append(place)

    def match(self, title: str, text: str, top: int = 10) -> list[ClaimMatch]:
        """The claims that the text comes near to, best first, at most `top`."""
        fields: list[tuple[FieldName, Folded]] = [("title", fold(title)), ("text", fold(text))]
        candidates = self._candidates({g for _, each in fields for g in bigrams(each.text)})
        refuted = refutes(fields[0][1].text)
        whole = letters(fields[0][1].text + "\n" + fields[1][1].text)
        matches = []
        for place, shared, coverage in candidates:
            claim = self._claims[place]
            passage = self._nearest(place, fields)
            if passage is None:
                continue
            near = letters(passage.text)
            words = _share(claim.words, passage.text)
            order = fuzz.ratio(claim.letters, near) / 100
            inside = fuzz.partial_ratio(claim.letters, whole) / 100
            likeness = (coverage + 0.2 * words + 0.5 * order + 0.5 * inside) / 2.2
            score = math.sqrt(likeness * shared / (shared + _EVIDENCE))
            if score < SUGGEST:
                continue
            agreement = 0.5 * passage.coverage + 0.2 * words + 0.3 * max(order, inside)
            same = (
                agreement >= CONFIRM
                and passage.coverage >= HELD
                and min(len(claim.letters), len(whole)) >= SHORTEST
                and not refuted
                and all(name in whole for name in claim.names)
                and not contradicts(claim.text, passage.text)
                and _asserted(passage)
            )
            span = passage.folded.original(passage.start, passage.end)
            matches.append(ClaimMatch(claim.id, min(score, 1.0), same, span, passage.field))
        return sorted(matches, key=lambda match: (-match.score, match.claim))[:top]

    def _weight(self, grams: frozenset[str] | set[str]) -> float:
        return sum(self._weights.get(gram, 0.0) for gram in grams)

    def _candidates(self, grams: set[str]) -> list[tuple[int, float, float]]:
        """Place of a claim, number and weighted share of its bigrams found, most evident first."""
        weight: dict[int, float] = {}
        for gram in grams & self._postings.keys():
            value = self._weights[gram]
            for place in self._postings[gram]:
                weight[place] = weight.get(place, 0.0) + value
        ordered = sorted(weight, key=lambda i: -(weight[i] ** 1.5) / self._totals[i])
        return [
            (place, weight[place] / self._mean, weight[place] / self._totals[place])
            for place in ordered[:_CANDIDATES]
            if weight[place] >= _LEAST_SHARE * self._totals[place]
        ]

    def _nearest(self, place: int, fields: Sequence[tuple[FieldName, Folded]]) -> _Passage | None:
        """The run of clauses that holds most of a claim, the shortest if several do."""
        claim, total = self._claims[place], self._totals[place]
        best: _Passage | None = None
        for field, folded in fields:
            clauses = [
                (*match.span(), claim.grams.intersection(bigrams(match[0])))
                for match in _CLAUSE.finditer(folded.text)
            ]
            for i, (start, _, held) in enumerate(clauses):
                if not held:
                    continue
                grams: set[str] = set()
                for _, end, more in clauses[i:]:
                    if more - grams:
                        grams |= more
                        coverage = self._weight(grams) / total
                        if best is None or coverage > best.coverage + 1e-9:
                            best = _Passage(field, folded, start, end, coverage)
                    if end - start >= _PASSAGE * len(claim.text):
                        break
        return best


def _share(words: frozenset[str], text: str) -> float:
    return sum(word in text for word in words) / len(words) if words else 1.0


def _asserted(passage: _Passage) -> bool:
    """Whether the passage's sentences, and those beside them, leave the claim standing."""
    around = sentences(passage.folded.text)
    inside = [s for s in around if s.start < passage.end and s.end > passage.start]
    if any(each.asks or each.supposes for each in inside):
        return False
    first, last = around.index(inside[0]), around.index(inside[-1])
    return not any(each.refutes for each in around[max(0, first - 1) : last + 2])


# --- two short texts -----------------------------------------------------------------------------

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
