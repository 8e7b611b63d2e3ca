"""Models of other scales brought to that of the thresholds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from pipeline.claims.anchors import STATEMENTS
from pipeline.claims.e5.model import small_e5
from pipeline.claims.scale import UNRELATED, Likeness, Scaled, likeness
from pipeline.claims.vectors import ModelMissingError, Vectors, universal_encoder

COUNT = len(STATEMENTS)


class Placed:
    """Puts unrelated statements at one cosine, rewordings at another; knows only the anchors."""

    name = "placed"
    dim = 1 + 3 * COUNT

    def __init__(self, unrelated: float, reworded: float) -> None:
        self._shares = np.sqrt([unrelated, reworded - unrelated, 1 - reworded])

    def encode(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            [(place, side)] = [
                (at, pair.index(text)) for at, pair in enumerate(STATEMENTS) if text in pair
            ]
            row[[0, 1 + place, 1 + COUNT * (1 + side) + place]] = self._shares
        return rows


@pytest.mark.parametrize("unrelated", [0.0, 0.17, 0.6, UNRELATED])
def test_unrelated_statements_come_to_lie_where_they_were_tuned(unrelated: float) -> None:
    model = Placed(unrelated, unrelated + (1 - unrelated) * 0.5)
    scaled = Scaled(model)
    found = likeness(scaled)
    assert found.unrelated == pytest.approx(UNRELATED, abs=1e-4)
    assert found.reworded == pytest.approx((1 + UNRELATED) / 2, abs=1e-4)
    seen = scaled.likeness
    assert seen.scaled(seen.reworded) == pytest.approx(found.reworded, abs=1e-4)
    assert (found.found, seen.problem) == (COUNT, "")


def test_vectors_keep_length_and_order() -> None:
    model = Placed(0.3, 0.7)
    scaled = Scaled(model)
    texts = [text for pair in STATEMENTS for text in pair]
    before, after = model.encode(texts), scaled.encode(texts)
    assert after.shape == (len(texts), scaled.dim)
    assert after.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(after, axis=1), 1, atol=1e-5)
    nearer = 1 - scaled.likeness.shrink * (1 - before @ before.T)
    np.testing.assert_allclose(after @ after.T, nearer, atol=1e-5)
    assert scaled.encode([]).shape == (0, scaled.dim)


def test_the_name_tells_the_scale() -> None:
    assert Scaled(Placed(0.2, 0.6)).name != Scaled(Placed(0.5, 0.8)).name


@pytest.mark.parametrize(
    ("seen", "sentence"),
    [
        (Likeness(unrelated=0.3, reworded=0.35, found=9), "finds 9 in other words, 18 are"),
        (Likeness(unrelated=0.95, reworded=0.99, found=24), "alike to it (cosine 0.95, 0.88"),
    ],
)
def test_what_cannot_be_scaled_is_told(seen: Likeness, sentence: str) -> None:
    assert sentence in seen.problem


def test_the_models_of_the_extra_lie_where_the_scale_says() -> None:
    """The constant is measured, not chosen; another kind of model comes to lie beside it."""
    try:
        tuned, other = likeness(small_e5()), likeness(Scaled(universal_encoder()))
    except ModelMissingError as error:
        pytest.skip(str(error))
    assert tuned.unrelated == pytest.approx(UNRELATED, abs=0.003)
    assert tuned.problem == other.problem == ""
    assert other.unrelated == pytest.approx(tuned.unrelated, abs=0.003)
    assert other.reworded == pytest.approx(tuned.reworded, abs=0.01)
