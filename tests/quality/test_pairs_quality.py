"""Our own invented pairs: same claim or not. Floors in `pairs_floors.json` only rise."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest

from pipeline.claims.pairs.model import PairModel, lexical, semantic
from pipeline.evaluation.pairs import area_under_roc, held_out, pair_figures

HERE = Path(__file__).parent
PAIRS = [json.loads(line) for line in (HERE / "pairs.jsonl").read_text("utf-8").splitlines()]
FLOORS = json.loads((HERE / "pairs_floors.json").read_text("utf-8"))
DEVELOPMENT = HERE.parents[2] / "shared" / "data" / "pairs"
MOST = 900
"""Pairs of each development set that are judged."""
MODELS = {"lexical": lexical, "with models": semantic}


@pytest.mark.parametrize("name", MODELS)
def test_own_pairs(name: str) -> None:
    model: PairModel = MODELS[name]()
    found = model.judge([(pair["a"], pair["b"]) for pair in PAIRS])
    labels = [pair["same"] for pair in PAIRS]
    decided = [verdict.same for verdict in found]
    figures = pair_figures(name, labels, [verdict.score for verdict in found], decided)
    wrong: dict[str, list[str]] = defaultdict(list)
    for pair, verdict in zip(PAIRS, found, strict=True):
        if verdict.same != pair["same"]:
            wrong[pair["id"].rpartition("-")[0]].append(pair["id"])
    assert figures.auc is not None
    assert figures.auc >= FLOORS[name]["auc"], (figures, dict(wrong))
    assert figures.accuracy >= FLOORS[name]["accuracy"], (figures, dict(wrong))


def test_pairs_are_many_and_of_both_kinds() -> None:
    assert len(PAIRS) >= 120
    assert 0.35 < sum(pair["same"] for pair in PAIRS) / len(PAIRS) < 0.65


@pytest.mark.skipif(not DEVELOPMENT.is_dir(), reason="the development pairs are not here")
@pytest.mark.parametrize("name", ["pawsx", "lcqmc", "bq", "afqmc"])
def test_pairs_never_trained_on(name: str) -> None:
    lines = (DEVELOPMENT / f"{name}.jsonl").read_text("utf-8").splitlines()
    pairs = [pair for pair in map(json.loads, lines) if held_out(pair["a"], pair["b"])][:MOST]
    labels = [bool(pair["same"]) for pair in pairs]
    for model in MODELS:
        found = MODELS[model]().judge([(pair["a"], pair["b"]) for pair in pairs])
        area = area_under_roc(labels, [verdict.score for verdict in found])
        assert area is not None
        assert area >= FLOORS[model][name], (model, area)
