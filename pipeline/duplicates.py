"""Near-duplicates: reposts, shortened and edited copies of a text that is already known.

Candidates come from MinHash signatures in bands (Broder 1997; Leskovec, Rajaraman and Ullman,
*Mining of Massive Datasets*, ch. 3) over character bigrams of the cleaned text; bigrams, because
trigrams lose too much when every fifth character is edited. Each candidate is then compared text
against text (`pipeline.likeness`), since bulletins made from one form share most of their bigrams
and are not copies of each other.
"""

from __future__ import annotations

from array import array
from typing import Any

import numpy as np
from rensa import RMinHash

from pipeline.likeness import HEAD, cleaned, likeness

PERMUTATIONS = 126
ROWS = 3
BANDS = PERMUTATIONS // ROWS
SHORT = 20
"""Shorter texts (characters that carry meaning) count as the same only when equal."""

_SEED = 20_260_101
_FEWEST_AGREEING = 0.12
"""Share of equal signature places below which a candidate is not worth reading."""
_READ = 12
"""Candidates compared text against text, the likeliest first."""
_LONGEST_CHAIN = 64
_MULTIPLIERS = np.array([0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D], dtype=np.uint64)
_BANDS = np.arange(BANDS)


def signature(text: str) -> tuple[int, ...]:
    """MinHash signature of a text: PERMUTATIONS places of 32 bits; empty for one without content.

    Stored with a mention, so that the index can be rebuilt without hashing again.
    """
    clean = cleaned(text)
    if not clean:
        return ()
    sketch = RMinHash(PERMUTATIONS, _SEED)
    sketch.update({clean[at : at + 2] for at in range(max(len(clean) - 1, 1))})
    return tuple(sketch.digest())


class DuplicateIndex:
    """Texts seen so far, about 1 KB each; families are named by their first member.

    Of every text the index keeps 16 bits of each signature place (enough to tell them apart), the
    first HEAD cleaned characters, and its links in one hash table a band.
    """

    def __init__(self) -> None:
        self._signatures = array("H")
        self._next = array("i")
        """Row by row, for each band the row before it in the same bucket, or -1."""
        self._heads = np.full((BANDS, 1024), -1, dtype=np.int32)
        self._texts: list[str] = []
        self._families: list[str] = []
        self._first: dict[str, int] = {}
        """Family → row of its first member."""
        self._short: dict[str, str] = {}

    def find(self, text: str, signature: tuple[int, ...]) -> tuple[str, float] | None:
        """The family that a text belongs to, and how alike its first member is (0…1)."""
        clean = cleaned(text)
        if len(clean) < SHORT:
            family = self._short.get(clean)
            return None if family is None else (family, 1.0)
        for row in self._candidates(_narrow(signature)):
            alike = likeness(clean, self._texts[row])
            if alike is not None:
                family = self._families[row]
                first = self._texts[self._first.get(family, row)]
                return family, max(alike, likeness(clean, first) or 0.0)
        return None

    def add(self, mention_id: str, family: str, signature: tuple[int, ...], text: str) -> None:
        """Remember a text as a member of `family`, which is its own id when it is the first."""
        clean = cleaned(text)
        if len(clean) < SHORT:
            if clean:
                self._short.setdefault(clean, family)
            return
        row, narrow = len(self._texts), _narrow(signature)
        if mention_id == family:
            self._first[family] = row
        self._texts.append(clean[:HEAD])
        self._families.append(family)
        self._signatures.frombytes(narrow.tobytes())
        if row >= self._heads.shape[1]:
            self._rehash()
        else:
            buckets = self._buckets(narrow[None])[0]
            self._next.frombytes(self._heads[_BANDS, buckets].tobytes())
            self._heads[_BANDS, buckets] = row

    def __len__(self) -> int:
        return len(self._texts) + len(self._short)

    def _candidates(self, narrow: np.ndarray[Any, Any]) -> list[int]:
        """Rows that share a band, the most similar signatures first, then the oldest."""
        following = np.frombuffer(self._next, dtype=np.int32).reshape(-1, BANDS)
        bands = _BANDS
        rows = self._heads[bands, self._buckets(narrow[None])[0]]
        found = []
        for _ in range(_LONGEST_CHAIN):
            bands, rows = bands[rows >= 0], rows[rows >= 0]
            if not len(rows):
                break
            found.append(rows)
            rows = following[rows, bands]
        if not found:
            return []
        unique = np.unique(np.concatenate(found))
        known = np.frombuffer(self._signatures, dtype=np.uint16).reshape(-1, PERMUTATIONS)
        agreeing = (known[unique] == narrow).mean(axis=1)
        order = np.argsort(-agreeing, kind="stable")[:_READ]
        return [int(unique[at]) for at in order if agreeing[at] >= _FEWEST_AGREEING]

    def _buckets(self, narrow: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Signatures (n × PERMUTATIONS) → bucket of each band (n × BANDS)."""
        parts = narrow.reshape(len(narrow), BANDS, ROWS).astype(np.uint64) + np.uint64(1)
        mixed = (parts * _MULTIPLIERS).sum(axis=2, dtype=np.uint64)
        mixed ^= mixed >> np.uint64(23)
        return (mixed * np.uint64(0x2127599BF4325C37) >> np.uint64(20)) % np.uint64(
            self._heads.shape[1]
        )

    def _rehash(self) -> None:
        """Tables of twice the size, filled anew from the signatures."""
        rows = len(self._texts)
        self._heads = np.full((BANDS, 2 * self._heads.shape[1]), -1, dtype=np.int32)
        known = np.frombuffer(self._signatures, dtype=np.uint16).reshape(rows, PERMUTATIONS)
        following = np.full((rows, BANDS), -1, dtype=np.int32)
        buckets = self._buckets(known)
        for band in range(BANDS):
            order = np.argsort(buckets[:, band], kind="stable").astype(np.int32)
            sorted_buckets = buckets[order, band]
            same = sorted_buckets[1:] == sorted_buckets[:-1]
            following[order[1:][same], band] = order[:-1][same]
            self._heads[band, sorted_buckets] = order
        del known
        self._next = array("i")
        self._next.frombytes(following.tobytes())


def _narrow(signature: tuple[int, ...]) -> np.ndarray[Any, Any]:
    return (np.array(signature, dtype=np.uint32) & 0xFFFF).astype(np.uint16)
