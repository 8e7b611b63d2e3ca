"""The parts of the pair model: trees, networks and features, each against a plain reference."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.claims.pairs import forest, model, network
from pipeline.claims.pairs.features import features
from pipeline.claims.pairs.model import lexical
from pipeline.claims.pairs.order import order_features
from pipeline.claims.pairs.reading import read

STUMPS = {
    # two trees: `x` alone, and `y` below `x`
    "roots": np.array([0, 3]),
    "feature": np.array([0, 0, 0, 0, 1, 0, 0, 0]),
    "threshold": np.array([0.5, 0, 0, 0.2, 3.0, 0, 0, 0]),
    "left": np.array([1, 1, 2, 4, 6, 5, 6, 7]),
    "right": np.array([2, 1, 2, 5, 7, 5, 6, 7]),
    "value": np.array([0.1, -1.0, 1.0, 0.0, 0.2, 2.0, 0.25, 0.5]),
}


def test_trees_add_up_the_leaves_that_a_row_reaches() -> None:
    trees = forest.unpacked(STUMPS, ["x", "y"])
    rows = np.array([[0.0, 9.0], [0.0, 3.0], [0.4, 0.0], [0.9, 0.0]])
    assert trees.margins(rows).tolist() == [-0.5, -0.75, 1.0, 3.0]
    assert trees.margins(np.zeros((0, 2))).shape == (0,)


def test_pushes_and_mean_add_up_to_the_margin() -> None:
    trees = forest.unpacked(STUMPS, ["x", "y"])
    row = np.array([0.0, 9.0])
    pushes = trees.pushes(row)
    assert pushes == pytest.approx({"x": -1.1 + 0.2, "y": 0.3})
    mean = trees.value[trees.roots].sum()
    assert mean + sum(pushes.values()) == pytest.approx(trees.margins(row[None])[0])


def test_trees_are_the_same_after_packing() -> None:
    trees = forest.unpacked(STUMPS, ["x", "y"])
    again = forest.unpacked(forest.packed(trees), trees.names)
    rows = np.random.default_rng(1).random((50, 2)) * 4
    assert again.margins(rows).tolist() == trees.margins(rows).tolist()


def test_model_as_shipped_adds_up_too() -> None:
    model = lexical()
    row = np.array([list(features(read("执照要交工本费"), read("办执照免费")).values())])
    mean = model.trees.value[model.trees.roots].sum()
    total = mean + sum(model.trees.pushes(row[0]).values())
    assert total == pytest.approx(model.trees.margins(row)[0])


def _networks() -> network.Networks:
    made = np.random.default_rng(7)
    n, d, k, h = 2, 8, 4, 3
    return network.Networks(
        mean=(made.normal(size=d) / 10).astype(np.float32),
        projection=made.normal(size=(n, k, d)).astype(np.float32),
        hidden=made.normal(size=(n, h, 2 * k)).astype(np.float32),
        hidden_bias=made.normal(size=(n, h)).astype(np.float32),
        out=made.normal(size=(n, h)).astype(np.float32),
        out_bias=made.normal(size=n).astype(np.float32),
    )


def test_networks_do_not_mind_which_text_comes_first() -> None:
    made = np.random.default_rng(3).normal(size=(2, 5, 8)).astype(np.float32)
    networks = _networks()
    np.testing.assert_allclose(networks.columns(*made), networks.columns(*made[::-1]), rtol=1e-5)


def test_cosine_of_a_vector_with_itself_is_one() -> None:
    made = np.random.default_rng(3).normal(size=(5, 8)).astype(np.float32)
    np.testing.assert_allclose(_networks().columns(made, made)[:, 0], 1.0, rtol=1e-5)


ANY = st.text(
    st.sampled_from("临江市不收工本费100元吗?，。甲乙由和、abc３٣\ud800\u200b😀 \n"), max_size=40
)


@given(ANY, ANY)
def test_features_do_not_mind_which_text_comes_first(a: str, b: str) -> None:
    assert features(read(a), read(b)) == features(read(b), read(a))


@given(ANY, ANY)
def test_every_pair_has_the_features_that_the_model_knows(a: str, b: str) -> None:
    found = features(read(a), read(b))
    assert tuple(found) == lexical().trees.names
    assert np.isfinite(list(found.values())).all()


def test_members_of_a_list_may_change_places_but_not_roles() -> None:
    listed = order_features(
        read("个体户、企业和合作社都可申请"), read("合作社、个体户和企业都可申请")
    )
    turned = order_features(read("学校向家长道歉"), read("家长向学校道歉"))
    assert listed["list_turned"] == 1
    assert listed["unlisted_out_of_order"] == 0
    assert turned["list_turned"] == 0
    assert turned["unlisted_out_of_order"] > 0


@pytest.mark.parametrize(
    ("a", "b", "less"),
    [
        ("临江水务集团收购了滨河燃气公司", "滨河燃气公司收购了临江水务集团", True),
        ("市监局处罚了超市", "超市处罚了市监局", True),
        ("临江水务集团收购了滨河燃气公司", "滨河燃气公司被临江水务集团收购了", False),
        ("城东联赛和城西联赛都停办", "城西联赛和城东联赛都停办", False),
        ("水务集团好还是燃气公司好", "燃气公司好还是水务集团好", False),
    ],
)
def test_who_does_what_to_whom(a: str, b: str, less: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Turned roles outweigh that all words are the same; names that only change places do not."""
    judged = lexical().judge([(a, b)])[0].score
    monkeypatch.setattr(model, "CONTRADICTED", 1.0)
    assert (judged < lexical().judge([(a, b)])[0].score) is less
    monkeypatch.undo()
    assert not less or not lexical().judge([(a, b)])[0].same
