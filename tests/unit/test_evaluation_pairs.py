"""Figures of pairs, against values worked out by hand."""

from __future__ import annotations

import pytest

from pipeline.evaluation.pairs import area_under_roc, pair_figures


def test_area_counts_pairs_in_the_right_order_and_ties_half() -> None:
    assert area_under_roc([True, False], [0.9, 0.1]) == 1
    assert area_under_roc([True, False], [0.1, 0.9]) == 0
    assert area_under_roc([True, False], [0.5, 0.5]) == 0.5
    # of 2 × 3 pairs: 4 right, 1 tie
    found = area_under_roc([True, True, False, False, False], [0.9, 0.5, 0.5, 0.2, 0.7])
    assert found == pytest.approx(4.5 / 6)


def test_no_area_without_both_kinds() -> None:
    assert area_under_roc([True, True], [0.1, 0.2]) is None


def test_figures_of_the_decision() -> None:
    found = pair_figures(
        "m", [True, True, True, False], [0.9, 0.6, 0.1, 0.2], [True, True, False, True]
    )
    assert (found.pairs, found.same, found.accuracy) == (4, 3, 0.5)
    assert found.precision == found.recall == found.f1 == pytest.approx(2 / 3)
    assert pair_figures("m", [False], [0.1], [False]).f1 is None
    with pytest.raises(ValueError, match="no pair"):
        pair_figures("m", [], [], [])
