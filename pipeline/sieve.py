"""Which of many numbers are keys of a set: asked for a whole text at once.

Numbers pass a table of bits by hash first, as in a Bloom filter of one function, and what passes is
looked up among the sorted keys: several times faster than an automaton or a dictionary where there
are too many keys for the caches.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Places = npt.NDArray[np.intp]

_MIXERS = (
    np.uint64(0x9E3779B97F4A7C15),
    np.uint64(0xC2B2AE3D27D4EB4F),
    np.uint64(0x165667B19E3779F9),
)
_ROOM = 5
"""Binary logarithm of bits a key: about one number in thirty passes that is no key."""
_LEAST, _MOST = 10, 24
_BYTE, _IN_BYTE = np.uint64(3), np.uint8(7)


class Index:
    """`keys[entry]` is the key of an entry; several entries may have one."""

    def __init__(self, keys: Keys) -> None:
        self._entries = keys.argsort(kind="stable")
        self._keys, self._starts, self._sizes = np.unique(
            keys[self._entries], return_index=True, return_counts=True
        )
        bits = min(max(len(self._keys).bit_length() + _ROOM, _LEAST), _MOST)
        self._shift = np.uint64(64 - bits)
        self._table = np.zeros(1 << (bits - 3), dtype=np.uint8)
        byte, bit = self._slots(self._keys)
        np.bitwise_or.at(self._table, byte, np.uint8(1) << bit)

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, asked: Keys) -> tuple[Places, Places]:
        """Places of numbers that are keys, and entries that they are the keys of."""
        byte, bit = self._slots(asked)
        held = self._table.take(byte)
        held >>= bit
        held &= np.uint8(1)
        passing = held.nonzero()[0]
        at, right = self._sought(asked.take(passing))
        at, places = at.compress(right), passing.compress(right)
        sizes = self._sizes.take(at)
        if len(sizes) and sizes.max() > 1:
            ends = sizes.cumsum()
            within = (self._starts.take(at) - ends + sizes).repeat(sizes) + np.arange(ends[-1])
            return places.repeat(sizes), self._entries.take(within)
        return places, self._entries.take(self._starts.take(at))

    def holds(self, asked: Keys) -> npt.NDArray[np.bool_]:
        """For each of a few numbers whether it is a key."""
        return self._sought(asked)[1]

    def _sought(self, asked: Keys) -> tuple[Places, npt.NDArray[np.bool_]]:
        at = self._keys.searchsorted(asked)
        if not len(self._keys):
            return at, np.zeros(len(asked), dtype=bool)
        return at, self._keys.take(at, mode="clip") == asked

    def _slots(self, keys: Keys) -> tuple[Places, npt.NDArray[np.uint8]]:
        mixed = keys * _MIXERS[0]
        mixed >>= self._shift
        bit = mixed.astype(np.uint8)
        bit &= _IN_BYTE
        mixed >>= _BYTE
        return mixed.view(np.intp), bit


def triples(codes: npt.NDArray[np.uint32]) -> Keys:
    """For each place but the last two, a number for its three symbols: equal for equal ones."""
    wide = codes.astype(np.uint64)
    keys = wide[:-2] * _MIXERS[0]
    keys ^= wide[1:-1] * _MIXERS[1]
    keys ^= wide[2:] * _MIXERS[2]
    return keys
