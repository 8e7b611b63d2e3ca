"""Whether two short texts make the same claim: a score, the decision, and what led to it.

Two forests, one of what can be read off the texts alone, one that also sees what two sentence
models say. Both were trained by `benchmarks/train/pairs.py`; see docs/decisions/0010-pairs.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from io import BytesIO

import numpy as np

from pipeline.claims.contrast import contrast
from pipeline.claims.contrast.model import Difference
from pipeline.claims.e5.model import SmallE5, small_e5
from pipeline.claims.guards import other_value
from pipeline.claims.pairs import forest
from pipeline.claims.pairs.attention import agreement, nearness
from pipeline.claims.pairs.features import features
from pipeline.claims.pairs.judges import Judges, unpacked
from pipeline.claims.pairs.reading import Reading, read
from pipeline.claims.vectors import ModelMissingError, SentenceModel, universal_encoder

SAME = 0.5
"""Least score for `same`: from here on the same claim is the likelier one."""
CONTRADICTED = 0.5
"""Factor of the score of texts that cannot both be true, however alike they are."""
_DECISIVE = frozenset(("number", "date", "negation"))
_EITHER_WAY = re.compile("[和与及或跟同、,]|还是")
_REMEMBERED = 64
"""Texts whose looks are kept while pairs are judged: often one is compared with several others."""


@dataclass(frozen=True, slots=True)
class Verdict:
    score: float
    """0…1, how likely the two make the same claim."""
    same: bool


@dataclass(frozen=True, slots=True)
class Push:
    """What one feature did to the verdict."""

    feature: str
    value: float
    push: float
    """In log-odds: above 0 towards the same claim."""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """The sentence models, and what was trained to judge what they say."""

    quick: SentenceModel
    careful: SmallE5
    judges: Judges

    def columns(self, pairs: Sequence[tuple[Reading, Reading]]) -> forest.Floats:
        texts = [each.text for pair in pairs for each in pair]
        vectors = self.quick.encode(texts)
        look = lru_cache(_REMEMBERED)(self.careful.look)
        seen, agreements, near = [], [], []
        for a, b in pairs:
            first, second = look(a.text), look(b.text)
            seen.append((first.vector, second.vector))
            agreements.append(agreement(first, second))
            near.append(nearness(first, second))
        careful = np.array(seen)
        return self.judges.columns(
            (vectors[::2], vectors[1::2]),
            (careful[:, 0], careful[:, 1]),
            np.array(agreements),
            np.array(near, dtype=np.float32),
        )


@dataclass(frozen=True, slots=True, eq=False)
class PairModel:
    """Judges pairs; the same input gives the same verdict on every machine, up to rounding."""

    trees: forest.Forest
    scale: tuple[float, float]
    """Slope and shift of the trees' log-odds."""
    asked: Asked | None = None

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Verdict]:
        """A verdict for each pair. Faster for many pairs at once than one by one."""
        read_pairs = [(read(a), read(b)) for a, b in pairs]
        slope, shift = self.scale
        margins = slope * self.trees.margins(self._rows(read_pairs)) + shift
        scores = 1 / (1 + np.exp(-margins))
        return [
            _verdict(a, b, float(score))
            for (a, b), score in zip(read_pairs, scores.tolist(), strict=True)
        ]

    def explain(self, a: str, b: str, most: int = 5) -> list[Push]:
        """The features that moved the score of a pair most, strongest first."""
        [row] = self._rows([(read(a), read(b))])
        pushes = sorted(self.trees.pushes(row).items(), key=lambda each: -abs(each[1]))
        values = dict(zip(self.trees.names, row.tolist(), strict=True))
        return [Push(name, values[name], push) for name, push in pushes[:most]]

    def _rows(self, pairs: Sequence[tuple[Reading, Reading]]) -> forest.Floats:
        if not pairs:
            return np.zeros((0, len(self.trees.names)))
        rows = np.array([list(features(a, b).values()) for a, b in pairs], dtype=np.float64)
        return rows if self.asked is None else np.hstack([rows, self.asked.columns(pairs)])


def _verdict(a: Reading, b: Reading, score: float) -> Verdict:
    """Equal texts need no model; another figure or a denial outweighs what it says."""
    if a.letters == b.letters:
        same = bool(a.letters)
        return Verdict(1.0 if same or a.text == b.text else 0.0, same)
    if not a.letters or not b.letters:
        return Verdict(0.0, False)
    if other_value(a.text, b.text) or (score >= SAME and _contradict(a, b)):
        score *= CONTRADICTED
    return Verdict(score, score >= SAME)


def _contradict(a: Reading, b: Reading) -> bool:
    """Whether two statements differ in a figure, a date, a denial or in who does what to whom. What
    asks denies nothing: 能不能退 and 可以退吗 are one question."""
    if (a.asked | b.asked) - {"when"}:
        return False
    return any(
        difference.kind in _DECISIVE or _turned(difference, one, other)
        for one, other in ((a.text, b.text), (b.text, a.text))
        for difference in contrast(one, other).differences
    )


def _turned(difference: Difference, one: str, other: str) -> bool:
    """The same letters change places, as in 水务集团收购燃气公司 and 燃气公司收购水务集团; not
    around a word that leaves it open which of the two stands first."""
    if difference.kind != "subject" or not difference.official or not difference.mention:
        return False
    here, there = one[slice(*difference.official)], other[slice(*difference.mention)]
    return sorted(here) == sorted(there) and not _EITHER_WAY.search(here)


@cache
def lexical() -> PairModel:
    """The model that needs nothing but the texts."""
    stored = _stored("lexical.npz")
    return PairModel(_forest(stored), _scale(stored))


@cache
def semantic() -> PairModel:
    """The model that asks the sentence models too. Raises ModelMissingError without them."""
    stored = _stored("semantic.npz")
    asked = Asked(universal_encoder(), small_e5(), unpacked(stored))
    return PairModel(_forest(stored), _scale(stored), asked)


def best() -> PairModel:
    """The better one that runs here."""
    try:
        return semantic()
    except ModelMissingError:
        return lexical()


def _stored(name: str) -> dict[str, np.ndarray]:
    data = resources.files("pipeline.claims.pairs").joinpath(name).read_bytes()
    with np.load(BytesIO(data), allow_pickle=False) as arrays:
        return dict(arrays)


def _forest(stored: dict[str, np.ndarray]) -> forest.Forest:
    return forest.unpacked(stored, [str(name) for name in stored["names"]])


def _scale(stored: dict[str, np.ndarray]) -> tuple[float, float]:
    slope, shift = stored["scale"].tolist()
    return slope, shift
