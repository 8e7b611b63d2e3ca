"""What sentence models say of a pair, as columns beside the features that can be read off it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.claims.pairs import network
from pipeline.claims.pairs.attention import Relations
from pipeline.claims.vectors import Vectors

SEMANTIC = (
    "cosine",
    "vectors",
    "careful cosine",
    "careful vectors",
    "relations",
    "farthest piece",
    "nearness of pieces",
)
"""Names of the columns: of the quick model the cosine and what networks make of its vectors, the
same of the careful one, and what its attention and its pieces in context say."""


@dataclass(frozen=True, slots=True, eq=False)
class Judges:
    """Trained together by `benchmarks/train/pairs.py`."""

    quick: network.Networks
    careful: network.Networks
    relations: Relations

    def columns(
        self,
        quick: tuple[Vectors, Vectors],
        careful: tuple[Vectors, Vectors],
        agreements: Vectors,
        nearness: Vectors,
    ) -> npt.NDArray[np.float64]:
        """Shape (pairs, len(SEMANTIC)). Vectors of the first and of the second texts by each model;
        agreements (pairs, 3 · heads) and nearness (pairs, 2) as `attention` gives them."""
        return np.column_stack(
            [
                self.quick.columns(*quick),
                self.careful.columns(*careful),
                self.relations.column(agreements),
                nearness,
            ]
        )


def packed(judges: Judges) -> dict[str, npt.NDArray[np.generic]]:
    """Arrays that `unpacked` takes."""
    return {
        **_prefixed("quick", network.packed(judges.quick)),
        **_prefixed("careful", network.packed(judges.careful)),
        "relations": np.append(judges.relations.weights, judges.relations.bias),
    }


def unpacked(stored: Mapping[str, npt.NDArray[np.generic]]) -> Judges:
    """KeyError when an array is missing."""
    *weights, bias = stored["relations"].tolist()
    return Judges(
        network.unpacked(_of("quick", stored)),
        network.unpacked(_of("careful", stored)),
        Relations(np.array(weights, dtype=np.float32), bias),
    )


Arrays = dict[str, npt.NDArray[np.generic]]


def _prefixed(name: str, arrays: Arrays) -> Arrays:
    return {f"{name}_{key}": value for key, value in arrays.items()}


def _of(name: str, stored: Mapping[str, npt.NDArray[np.generic]]) -> Arrays:
    prefix = f"{name}_"
    return {
        key.removeprefix(prefix): value for key, value in stored.items() if key.startswith(prefix)
    }
