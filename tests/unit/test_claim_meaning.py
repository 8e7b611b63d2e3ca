"""Links that sentence models find where the words leave a claim open."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from config import sentence_models
from config.sentence_models import ModelsWhenAsked
from pipeline.claims.known.index import ClaimIndex
from pipeline.claims.known.meaning import cleaned
from pipeline.claims.known.models import Models
from pipeline.claims.vectors import ModelMissingError, Vectors
from pipeline.model import Claim

MARKET = Claim("market", "滨江夜市摊点下个月全部取缔", False)
REWORDED = "邻居讲，滨江那边的摊点，从下月起一律不准再摆，要取缔了。"
ELSEWHERE = "滨江夜市摊点多了起来，晚上很热闹。"


class Told:
    """A model that holds texts with one of certain words for alike, and all others for foreign."""

    dim = 2

    def __init__(self, name: str, *alike: str) -> None:
        self.name, self._alike = name, alike
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        near = [any(word in text for word in self._alike) for text in texts]
        return np.array([[1, 0] if each else [0, 1] for each in near], dtype=np.float32)


def test_what_is_meant_is_found_and_says_so() -> None:
    quick, careful = Told("quick", "取缔", "摊"), Told("careful", "取缔")
    [found] = ClaimIndex([MARKET], lambda: Models(quick, careful)).links("", REWORDED)
    assert (found.claim, found.same, found.method) == ("market", True, "meaning")
    assert not any(each.same for each in ClaimIndex([MARKET]).links("", REWORDED)), "by words"


def test_only_sentences_that_the_quick_model_finds_near_are_shown_to_the_careful_one() -> None:
    quick, careful = Told("quick", "取缔"), Told("careful", "取缔")
    found = ClaimIndex([MARKET], lambda: Models(quick, careful)).links("", ELSEWHERE)
    assert not any(each.same for each in found)
    assert quick.asked
    assert careful.asked == []


@pytest.mark.parametrize(
    "text",
    ["今天天气很好，去公园走了走。", "滨江夜市摊点下个月全部取缔！", "滨江夜市摊点下个月不会取缔"],
)
def test_models_are_not_loaded_where_words_decide(text: str) -> None:
    def load() -> Models:
        raise AssertionError("the models were asked for")

    ClaimIndex([MARKET], load).links("", text)


def test_models_that_do_not_load_are_told_once_and_words_decide(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def missing(own: object) -> None:
        raise ModelMissingError("the file is damaged")

    monkeypatch.setattr(sentence_models, "_asked", missing)
    models = ModelsWhenAsked(None, [MARKET], tmp_path)
    with caplog.at_level(logging.WARNING):
        index = ClaimIndex([MARKET], models)
        assert index.links("", REWORDED) == index.links("", REWORDED)
        [again] = ClaimIndex([MARKET], models).links("", MARKET.text)
    assert again.same
    models.keep()
    assert [record.message for record in caplog.records] == [
        "claims are compared by their words alone: the file is damaged"
    ]


def test_vectors_of_claims_that_were_asked_about_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mine(own: object) -> tuple[Told, Told]:
        return Told("quick", "取缔"), Told("careful", "取缔")

    monkeypatch.setattr(sentence_models, "_asked", mine)
    models = ModelsWhenAsked(None, [MARKET], tmp_path)
    models.keep()
    assert list(tmp_path.rglob("*.npz")) == [], "nothing was asked"
    assert ClaimIndex([MARKET], models).links("", REWORDED)
    models.keep()
    assert {file.name for file in tmp_path.rglob("*.npz")} == {"quick.npz", "careful.npz"}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("甲" * 200_000, "甲" * 200_000),
        ("https://" * 30_000, ""),
        ("见pic.twitter.com/a 乙", "见  乙"),
    ],
    ids=["no spaces", "addresses", "a picture"],
)
def test_what_is_cleaned_away(text: str, left: str) -> None:
    """In a time that grows with the text and not with its square: minutes, else."""
    assert cleaned(text) == left
