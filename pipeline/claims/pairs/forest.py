"""Gradient-boosted trees as plain arrays: evaluated with numpy, explained by their features.

Trained elsewhere (`benchmarks/train/pairs.py`); nothing of the library that grew them is needed
here. A tree holds places of features, thresholds and values, no text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
_ROWS = 256
_FIELDS = ("roots", "feature", "threshold", "left", "right", "value")


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """Nodes of all trees in one row of arrays. A leaf is its own left and right child."""

    names: tuple[str, ...]
    """Features in the order of the columns."""
    roots: npt.NDArray[np.int32]
    feature: npt.NDArray[np.int32]
    threshold: Floats
    """Left where the feature is not greater."""
    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    value: Floats
    """Of a leaf what it adds; of other nodes the mean of what is below, for explanations."""

    def margins(self, rows: Floats) -> Floats:
        """Sum of the leaves that each row reaches, in log-odds; shape (rows,)."""
        if not len(rows):
            return np.zeros(0)
        return np.concatenate(
            [self._margins(rows[at : at + _ROWS]) for at in range(0, len(rows), _ROWS)]
        )

    def _margins(self, rows: Floats) -> Floats:
        node = np.broadcast_to(self.roots, (len(rows), len(self.roots)))
        line = np.arange(len(rows))[:, None]
        while True:
            goes_left = rows[line, self.feature[node]] <= self.threshold[node]
            following = np.where(goes_left, self.left[node], self.right[node])
            if (following == node).all():
                break
            node = following
        return np.asarray(self.value[node].sum(axis=1))

    def pushes(self, row: Floats) -> dict[str, float]:
        """What each feature added to or took from the margin of one row, in log-odds.

        The change of the mean at every node on the way to the leaf belongs to the feature that is
        asked there (Saabas 2014); all pushes and the forest's mean add up to the margin.
        """
        found: dict[str, float] = {}
        for root in self.roots.tolist():
            node = root
            while self.left[node] != node:
                feature = self.feature[node]
                branch = self.left if row[feature] <= self.threshold[node] else self.right
                following = int(branch[node])
                name = self.names[feature]
                found[name] = found.get(name, 0.0) + self.value[following] - self.value[node]
                node = following
        return found


def unpacked(stored: Mapping[str, npt.NDArray[np.generic]], names: Sequence[str]) -> Forest:
    """A forest from the arrays that `packed` gave. KeyError when one is missing."""
    return Forest(
        names=tuple(names),
        roots=np.asarray(stored["roots"], dtype=np.int32),
        feature=np.asarray(stored["feature"], dtype=np.int32),
        threshold=np.asarray(stored["threshold"], dtype=np.float64),
        left=np.asarray(stored["left"], dtype=np.int32),
        right=np.asarray(stored["right"], dtype=np.int32),
        value=np.asarray(stored["value"], dtype=np.float64),
    )


def packed(forest: Forest) -> dict[str, npt.NDArray[np.generic]]:
    return {"names": np.array(forest.names)} | {each: getattr(forest, each) for each in _FIELDS}
