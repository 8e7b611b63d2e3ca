"""Relations of shared words, as a language model's heads see them."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.claims.e5.model import Look, small_e5
from pipeline.claims.pairs.attention import Relations, agreement, nearness
from pipeline.claims.vectors import ModelMissingError, Vectors


def look(pieces: list[int], attention: list[list[float]]) -> Look:
    contexts = np.eye(8, dtype=np.float32)[[piece % 8 for piece in pieces]]
    attended = np.array([attention], dtype=np.float32)
    return Look(tuple(pieces), attended, contexts, np.ones(8, dtype=np.float32))


CYCLE = [[0.0, 0.5, 0.0], [0.0, 0.0, 0.5], [0.5, 0.0, 0.0]]


def test_the_same_relations_in_another_order_agree() -> None:
    a = look([1, 2, 3], CYCLE)
    turned: Vectors = np.array(CYCLE, dtype=np.float32)[[2, 0, 1]][:, [2, 0, 1]]
    b = look([3, 1, 2], turned.tolist())
    np.testing.assert_allclose(agreement(a, b), [1, 1, 1], atol=1e-4)


def test_other_relations_of_the_same_words_do_not() -> None:
    a, b = look([1, 2, 3], CYCLE), look([1, 2, 3], np.array(CYCLE).T.tolist())
    np.testing.assert_allclose(agreement(a, b), [0, 0, 0], atol=1e-4)


def test_where_too_little_is_shared_nothing_speaks_against() -> None:
    a, b = look([1, 2, 3], CYCLE), look([4, 5, 3], CYCLE)
    np.testing.assert_array_equal(agreement(a, b), [1, 1, 1])
    least, mean = nearness(a, b)
    assert least == 0
    assert mean == pytest.approx(1 / 3)


def test_an_empty_text_is_near_to_nothing() -> None:
    empty = Look(
        (), np.zeros((1, 0, 0), np.float32), np.zeros((0, 8), np.float32), np.ones(8, np.float32)
    )
    assert nearness(empty, look([1, 2, 3], CYCLE)) == (0.0, 0.0)
    assert agreement(empty, empty).tolist() == [1, 1, 1]


def test_the_sum_of_relations() -> None:
    relations = Relations(np.array([1, 2, 3], dtype=np.float32), -1.0)
    found = relations.column(np.array([[1, 1, 1], [0, 0, 1]], dtype=np.float32))
    np.testing.assert_allclose(found, [5, 2])


def test_heads_tell_who_bought_whom() -> None:
    try:
        model = small_e5()
    except ModelMissingError as error:
        pytest.skip(str(error))
    said, kept, turned = map(
        model.look,
        (
            "临江水务集团收购了滨河燃气公司",
            "滨河燃气公司被临江水务集团收购了",
            "滨河燃气公司收购了临江水务集团",
        ),
    )
    heads = 144
    assert agreement(said, kept)[:heads].mean() > 0.6
    assert agreement(said, turned)[:heads].min() < agreement(said, said)[:heads].min()
