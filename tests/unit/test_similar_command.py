"""`chengqing similar` and `chengqing evaluate similar`: fields, statuses, a sentence a mistake."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from config import environment, sentence_models
from config.cli import app
from pipeline.claims.vectors import ModelMissingError, Vectors
from pipeline.errors import BadInputError

CLAIMS = [
    {"id": "fee", "text": "网传注册公司要交200元工本费"},
    {"id": "market", "text": "滨江夜市下个月全部取缔"},
    {"id": "market-again", "text": "滨江夜市，下个月全部取缔！"},
    {"id": "rice", "text": "临江超市在卖塑料大米"},
]


class Letters:
    """A sentence model for tests: which of 64 groups of letters stand in a text."""

    dim = 64

    def __init__(self, name: str) -> None:
        self.name = name
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        rows = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[[ord(char) % self.dim for char in text]] = 1
            row /= max(float(np.linalg.norm(row)), 1e-9)
        return rows


def missing() -> Letters:
    raise ModelMissingError("not here")


@pytest.fixture(autouse=True)
def without_models(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sentence_models, "universal_encoder", missing)
    monkeypatch.setenv(environment.DATA, str(tmp_path / "data"))


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Letters:
    quick, careful = Letters("quick"), Letters("careful")
    monkeypatch.setattr(sentence_models, "universal_encoder", lambda: quick)
    monkeypatch.setattr(sentence_models, "small_e5", lambda: careful)
    return quick


def lines(values: list[dict[str, Any] | str]) -> str:
    return "\n".join(
        value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for value in values
    )


@pytest.fixture
def claims(tmp_path: Path) -> Path:
    file = tmp_path / "claims.jsonl"
    file.write_text(lines([*CLAIMS]), "utf-8")
    return file


def similar(claims: Path, *texts: dict[str, Any] | str, top: int = 10) -> Result:
    arguments = ["similar", "--claims", str(claims), "--top", str(top)]
    return CliRunner().invoke(app, arguments, input=lines([*texts]))


def evaluate(claims: Path, *texts: dict[str, Any] | str, json: bool = True) -> Result:
    labelled = claims.with_name("queries.jsonl")
    labelled.write_text(lines([*texts]), "utf-8")
    arguments = ["evaluate", "similar", str(labelled), "--claims", str(claims)]
    return CliRunner().invoke(app, arguments + ["--json"] * json)


def answers(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_best_first_with_the_fields_of_the_contract(claims: Path) -> None:
    done = similar(claims, {"id": 7, "text": "听说注册公司得交200元工本费，太黑了"})
    assert done.exit_code == 0
    [answer] = answers(done)
    assert answer["id"] == "7"
    best = answer["matches"][0]
    assert (best["claim"], best["same"]) == ("fee", True)
    assert set(best) == {"claim", "score", "same"}
    assert 0 < best["score"] <= 1


def test_nothing_is_confirmed_of_an_ordinary_text(claims: Path) -> None:
    [answer] = answers(similar(claims, {"id": "x", "text": "今天天气不错，去江边走走。"}))
    assert not any(match["same"] for match in answer["matches"])


def test_no_more_than_asked_for(claims: Path) -> None:
    [answer] = answers(similar(claims, {"id": "x", "text": "滨江夜市下个月全部取缔"}, top=1))
    assert len(answer["matches"]) == 1


def test_bad_lines_of_texts_and_claims_are_named_and_the_others_go_on(claims: Path) -> None:
    with claims.open("a", encoding="utf-8") as file:
        file.write("\n" + lines(["{", {"id": "fee", "text": "又一条"}]))
    done = similar(claims, "nonsense", {"id": "x"}, {"id": "y", "text": "滨江夜市下个月全部取缔"})
    assert isinstance(done.exception, BadInputError)
    assert str(done.exception) == "4 lines were passed over, see above"
    assert done.stderr.splitlines() == [
        "claims.jsonl, line 5: not a JSON object",
        "claims.jsonl, line 6: the id “fee” stands in an earlier line",
        "line 1: not a JSON object",
        "line 2: the field “text” is missing",
    ]
    assert [answer["id"] for answer in answers(done)] == ["y"]


def test_a_missing_claims_file_is_one_sentence(tmp_path: Path) -> None:
    done = similar(tmp_path / "none.jsonl", {"id": "x", "text": "文"})
    assert isinstance(done.exception, BadInputError)
    assert "none.jsonl: cannot be read" in str(done.exception)


def test_no_claims_find_nothing(tmp_path: Path) -> None:
    empty = tmp_path / "claims.jsonl"
    empty.write_text("", "utf-8")
    [answer] = answers(similar(empty, {"id": "x", "text": "滨江夜市下个月全部取缔"}))
    assert answer == {"id": "x", "matches": []}


def test_figures_of_labelled_texts(claims: Path) -> None:
    done = evaluate(
        claims,
        {"id": "a", "text": "滨江夜市下个月就要全部取缔了", "relevant": ["market-again"]},
        {"id": "b", "text": "临江超市在卖塑料大米", "relevant": ["rice"], "hard": True},
        {"id": "c", "text": "今天天气不错，去江边走走。", "relevant": []},
    )
    assert done.exit_code == 0
    everything, hard = answers(done)
    assert {everything["way"], hard["way"]} == {"lexical"}
    # market says letter for letter what market-again says: both are right.
    assert (everything["group"], everything["known"], everything["absent"]) == ("all", 2, 1)
    assert everything["r_at_1"] == everything["mrr"] == everything["confirmed"] == 1.0
    assert (everything["wrongly"], everything["not_found"]) == (0.0, 1.0)
    assert (hard["group"], hard["known"], hard["not_found"]) == ("hard", 1, None)


def test_figures_as_a_table(claims: Path) -> None:
    done = evaluate(claims, {"id": "a", "text": "塑料大米", "relevant": ["rice"]}, json=False)
    assert done.exit_code == 0
    assert "R@1" in done.stdout


def test_labels_that_name_no_claim_are_named(claims: Path) -> None:
    done = evaluate(
        claims,
        {"id": "a", "text": "塑料大米", "relevant": ["egg"]},
        {"id": "b", "text": "塑料大米", "relevant": ["rice"]},
    )
    assert isinstance(done.exception, BadInputError)
    assert done.stderr.splitlines() == ["queries.jsonl, line 1: there is no claim “egg”"]
    assert answers(done)[0]["known"] == 1


def test_no_labelled_text_is_one_sentence(claims: Path) -> None:
    done = evaluate(claims, "{")
    assert isinstance(done.exception, BadInputError)
    assert "no labelled text" in str(done.exception)


def test_with_models_both_ways_are_told(claims: Path, model: Letters) -> None:
    done = evaluate(claims, {"id": "a", "text": "塑料大米", "relevant": ["rice"]})
    assert [row["way"] for row in answers(done)] == ["semantic", "lexical"]
    assert answers(done)[0]["r_at_1"] == 1.0


def test_claims_are_shown_to_a_model_once(claims: Path, model: Letters) -> None:
    text = {"id": "x", "text": "滨江夜市下个月就要全部取缔了，大家快去"}
    first = answers(similar(claims, text))
    assert first[0]["matches"][0]["claim"] == "market"
    asked = [claim for claim in model.asked if claim == "临江超市在卖塑料大米"]
    assert asked
    model.asked.clear()
    assert answers(similar(claims, text)) == first
    assert "临江超市在卖塑料大米" not in model.asked


def test_damaged_vectors_are_made_anew(claims: Path, model: Letters, tmp_path: Path) -> None:
    text = {"id": "x", "text": "滨江夜市下个月就要全部取缔了，大家快去"}
    first = answers(similar(claims, text))
    kept = tmp_path / "data" / "vectors" / "quick.npz"
    kept.write_bytes(kept.read_bytes()[:40])
    assert answers(similar(claims, text)) == first


def test_vectors_that_cannot_be_kept_cost_time_only(
    claims: Path, model: Letters, tmp_path: Path
) -> None:
    (tmp_path / "data").write_text("a file stands where the folder should")
    [answer] = answers(similar(claims, {"id": "x", "text": "滨江夜市下个月全部取缔"}))
    assert answer["matches"][0]["claim"] == "market"
