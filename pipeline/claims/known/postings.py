"""In which claims do a text's terms stand, and how much do they weigh there?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.claims.known.terms import PART_WEIGHT, Ints, Vocabulary

Floats = npt.NDArray[np.float64]


class Postings:
    """For each term the claims that have it, in one array; a term weighs by its rarity."""

    def __init__(self, vocabulary: Vocabulary, claims: Sequence[Ints]) -> None:
        """`claims`: the different terms of each."""
        self.count = len(claims)
        terms = np.concatenate([*claims, np.zeros(0, dtype=np.intp)])
        owners = np.repeat(np.arange(self.count), [len(each) for each in claims])
        frequency = np.bincount(terms, minlength=len(vocabulary))
        self._weights: Floats = np.log(1 + (self.count + 1) / (frequency + 0.5))
        self._weights[vocabulary.part] *= PART_WEIGHT
        self.weights: list[float] = self._weights.tolist()
        """Of each term; as plain numbers, for they are mostly asked for one by one."""
        order = np.argsort(terms, kind="stable")
        self._owners = owners[order]
        self._starts = np.concatenate([[0], np.cumsum(frequency)])
        self.totals = np.maximum(np.bincount(owners, self._weights[terms], self.count), 1e-9)
        """Weight of all terms of each claim."""

    def found(self, terms: Ints) -> Floats:
        """Weight of those of each claim's terms that are among these; each given once."""
        starts = self._starts[terms]
        sizes = self._starts[terms + 1] - starts
        ends = np.cumsum(sizes)
        total = int(ends[-1]) if len(ends) else 0
        # Places of all postings of all terms, one run after the other.
        places = np.arange(total) + np.repeat(starts - (ends - sizes), sizes)
        weights: Floats = np.repeat(self._weights[terms], sizes)
        found: Floats = np.bincount(self._owners[places], weights, self.count).astype(np.float64)
        return found
