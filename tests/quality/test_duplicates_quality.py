"""Floors for near-duplicates on our own texts; `benchmarks/duplicates.py` gives the figures."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import pytest

from config.sample.web.content import items
from pipeline.duplicates import DuplicateIndex, sketch
from tests.edited_texts import FORMS, edits

TEXTS = {
    item.id: "\n".join(item.paragraphs)
    for item in items(datetime(2026, 3, 5, tzinfo=UTC))
    if not item.repost_of
}
LETTERS = sorted("".join(TEXTS.values()))
FLOORS = {
    "10% edited": 0.99,
    "20% edited": 0.97,
    "wrapped": 0.99,
    "wrapped, 10% edited": 0.99,
    "second half cut off": 0.95,
    "30% cut off, 10% edited": 0.98,
}


@pytest.fixture(scope="module")
def known() -> DuplicateIndex:
    index = DuplicateIndex()
    for name, text in TEXTS.items():
        index.add(name, name, sketch(text))
    return index


def test_different_texts_of_one_city_are_all_new() -> None:
    index = DuplicateIndex()
    for name, text in TEXTS.items():
        assert index.find(sketch(text)) is None, name
        index.add(name, name, sketch(text))


@pytest.mark.parametrize("kind", FLOORS)
def test_copies_are_found(known: DuplicateIndex, kind: str) -> None:
    dice, copy = Random(20), edits(LETTERS)[kind]
    found, tried = 0, 0
    for _ in range(8):
        for name, text in TEXTS.items():
            made = copy(text, dice)
            hit = known.find(sketch(made))
            tried += 1
            found += hit is not None and hit[0] == name
    assert found / tried >= FLOORS[kind]


@pytest.mark.parametrize("form", FORMS)
def test_fillings_of_one_form_are_not_merged(form: str) -> None:
    dice, merged = Random(7), 0
    for _ in range(300):
        index, first, second = DuplicateIndex(), FORMS[form](dice), FORMS[form](dice)
        index.add("first", "first", sketch(first))
        merged += index.find(sketch(second)) is not None
    assert merged / 300 <= 0.1
