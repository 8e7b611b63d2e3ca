"""Which of a million MinHash signatures agree with a new one in many places?

Locality-sensitive hashing (Leskovec, Rajaraman and Ullman, *Mining of Massive Datasets*, ch. 3):
signatures that agree in all places of a band meet in one bucket of that band's table. Everything
lies in a few flat arrays: buckets of one cache line, into which a block of signatures goes at once.
What came after the last block is compared with one by one, which costs less than to put it in.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

PERMUTATIONS = 126
ROWS = 3
BANDS = PERMUTATIONS // ROWS
MOST = 1 << 24
"""Rows at most: so many bits of a slot are left for them."""

_WIDTH = 128
"""Bytes of a kept signature: a byte a place, filled up so that it can be read as words."""
_SLOTS = 16
"""Rows in a bucket, four bytes each; when it is full the oldest one goes."""
_LOAD = 10
"""Rows a bucket, from which the tables grow."""
_GROWTH = 1.5
_BLOCK = 128

_Ints = npt.NDArray[np.intp]
_Rows = npt.NDArray[np.uint32]
_Bytes = npt.NDArray[np.uint8]


class Bands:
    """Signatures by row number, in the order in which they were added; 400 to 600 bytes each.

    Of each place one byte is kept. That lets one pair of differing places in 256 agree by chance,
    and one pair of differing bands in 16 million.
    """

    def __init__(self) -> None:
        self._kept = bytearray()
        self._filed = 0
        """Rows that are in the tables; those after them are not yet."""
        self._make_tables(_BLOCK)

    def __len__(self) -> int:
        return len(self._kept) // _WIDTH

    def add(self, signature: bytes) -> None:
        """A signature as `narrow` makes it; its row is the number of those before."""
        self._kept += signature
        if len(self) - self._filed >= _BLOCK:
            self._file()

    def agreeing(self, signature: bytes, least: int, most: int) -> list[tuple[int, int]]:
        """Up to `most` rows with at least `least` places like the signature's, as (row, places),
        the best first, then the oldest. A row that shares no band may be missing."""
        wanted = np.frombuffer(signature, np.uint8)
        kept = np.frombuffer(self._kept, np.uint8).reshape(-1, _WIDTH)
        rows = np.concatenate((np.unique(self._met(wanted)), np.arange(self._filed, len(kept))))
        places = _agreement(kept[rows], wanted)
        best = np.argsort(-places, kind="stable")[:most]
        best = best[places[best] >= least]
        return list(zip(rows[best].tolist(), places[best].tolist(), strict=True))

    def signature(self, row: int) -> bytes:
        return bytes(self._kept[row * _WIDTH : (row + 1) * _WIDTH])

    def _met(self, wanted: _Bytes) -> _Ints:
        """Rows that share a bucket and the mark of a band."""
        buckets, marks = self._addresses(wanted[None, :])
        slots = self._slots[buckets[0]]  # an empty one has no mark
        met: _Rows = slots[slots >> 24 == marks[0][:, None]] & (MOST - 1)
        return met.astype(np.intp)

    def _make_tables(self, rows: int) -> None:
        self._buckets = max(_BLOCK, int(rows * _GROWTH) // _LOAD)
        self._slots = np.zeros((BANDS * self._buckets, _SLOTS), np.uint32)
        """Of each bucket: a mark of eight bits of the band, never 0, above the row."""
        self._used = np.zeros(BANDS * self._buckets, np.uint8)
        """Of each bucket: the slot that is written next."""

    def _file(self) -> None:
        """Put all that is new into the tables."""
        if len(self) > self._buckets * _LOAD:
            self._make_tables(len(self))
            self._filed = 0
        kept = np.frombuffer(self._kept, np.uint8).reshape(-1, _WIDTH)
        for start in range(self._filed, len(kept), _BLOCK):
            self._file_block(kept[start : start + _BLOCK], start)
        self._filed = len(kept)

    def _file_block(self, block: _Bytes, first: int) -> None:
        buckets, marks = self._addresses(block)
        rows = np.arange(first, first + len(block), dtype=np.uint32)
        values = ((marks << 24) | rows[:, None]).ravel()
        flat = buckets.ravel()
        order = np.argsort(flat, kind="stable")
        flat, values = flat[order], values[order]
        begins = np.flatnonzero(np.r_[True, flat[1:] != flat[:-1]])
        sizes = np.diff(begins, append=len(flat))
        place = np.arange(len(flat)) - np.repeat(begins, sizes)  # within the same bucket
        slot = self._used[flat] + place
        self._slots[flat, slot % _SLOTS] = values
        self._used[flat[begins]] = (self._used[flat[begins]] + sizes) % _SLOTS

    def _addresses(self, signatures: _Bytes) -> tuple[_Ints, _Rows]:
        """Bucket, counted over all bands, and mark of each band: (signatures, BANDS) each."""
        bands = signatures[:, :PERMUTATIONS].reshape(len(signatures), BANDS, ROWS).astype(np.uint32)
        mixed = bands[..., 0] | bands[..., 1] << 8 | bands[..., 2] << 16
        mixed *= np.uint32(0x9E37_79B1)
        mixed ^= mixed >> 15
        mixed *= np.uint32(0x85EB_CA77)
        bucket = (mixed.astype(np.uint64) * np.uint64(self._buckets)) >> np.uint64(32)
        marks = np.maximum(mixed & 0xFF, 1)
        return bucket.astype(np.intp) + np.arange(BANDS) * self._buckets, marks


def narrow(signature: Iterable[int]) -> bytes:
    """The low byte of each of PERMUTATIONS places, as the tables keep them."""
    return bytes([place & 0xFF for place in signature]).ljust(_WIDTH, b"\0")


def _agreement(kept: _Bytes, wanted: _Bytes) -> _Ints:
    """Equal places of each kept signature and the wanted one."""
    words = np.packbits(kept == wanted, axis=1).view(np.uint64)
    places: _Ints = np.bitwise_count(words).sum(axis=1, dtype=np.intp) - (_WIDTH - PERMUTATIONS)
    return places
