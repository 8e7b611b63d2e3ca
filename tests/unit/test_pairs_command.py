"""`chengqing pairs` and `chengqing evaluate pairs`."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from config.commands import pairing
from pipeline.claims.pairs.model import best, lexical
from pipeline.claims.vectors import ModelMissingError
from pipeline.errors import BadInputError


def _feed(monkeypatch: pytest.MonkeyPatch, *lines: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\n".join(lines))))


def _pair(id_: str, a: str, b: str, **more: object) -> bytes:
    return json.dumps({"id": id_, "a": a, "b": b, **more}).encode()


def test_line_for_each_pair(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _feed(
        monkeypatch,
        _pair("same", "注册公司要交工本费", "注册一家公司要交工本费"),
        _pair("other", "注册公司要交工本费", "夜市几点关门"),
        _pair("value", "注册公司要交200元工本费", "注册公司要交300元工本费"),
        _pair("equal", "ＡＢ公司上市", "ab公司上市。"),
        _pair("empty", "", ""),
    )
    pairing.pairs()
    found = {line["id"]: line for line in map(json.loads, capsys.readouterr().out.splitlines())}
    assert {each: line["same"] for each, line in found.items()} == {
        "same": True, "other": False, "value": False, "equal": True, "empty": False,
    }  # fmt: skip
    assert all(set(line) == {"id", "score", "same"} for line in found.values())
    assert all(0 <= line["score"] <= 1 for line in found.values())
    assert found["equal"]["score"] == 1


def test_bad_line_is_named_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _feed(monkeypatch, b"[1]", _pair("x", "\ud800", "工" * 100_000), b'{"id": 1, "a": "a"}')
    with pytest.raises(BadInputError, match="2 lines were passed over"):
        pairing.pairs()
    out, err = capsys.readouterr()
    assert json.loads(out)["same"] is False
    assert "line 1: not a JSON object" in err
    assert "line 3: the field “b” is missing" in err


def test_score_is_explained_by_its_features(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _feed(monkeypatch, _pair("x", "老人乘车免费", "老人乘车收费"))
    pairing.pairs(explain=True)
    because = json.loads(capsys.readouterr().out)["because"]
    assert len(because) == 5
    assert all(each["feature"] in best().trees.names for each in because)
    strength = [abs(each["push"]) for each in because]
    assert strength == sorted(strength, reverse=True)
    assert strength[0] > 0


def test_without_sentence_models_pairs_are_judged_all_the_same(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def none() -> None:
        raise ModelMissingError("no model here")

    monkeypatch.setattr("pipeline.claims.pairs.model.semantic", none)
    assert best() is lexical()
    _feed(monkeypatch, _pair("x", "注册公司要交工本费", "注册一家公司要交工本费"))
    pairing.pairs()
    assert json.loads(capsys.readouterr().out)["same"] is True


def test_figures_of_labelled_pairs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "pairs.jsonl"
    lines = [
        _pair("1", "注册公司要交工本费", "注册一家公司要交工本费", same=True),
        _pair("2", "注册公司要交工本费", "夜市几点关门", same=False),
        _pair("3", "老人乘车免费", "老人乘车收费", same="no"),
    ]
    file.write_bytes(b"\n".join(lines))
    with pytest.raises(BadInputError, match="1 line was passed over"):
        pairing.evaluate(file, json=True)
    out, err = capsys.readouterr()
    found = [json.loads(line) for line in out.splitlines()]
    assert [each["method"] for each in found] == ["lexical", "with models"]
    assert all((each["pairs"], each["same"], each["auc"]) == (2, 1, 1.0) for each in found)
    assert "pairs.jsonl, line 3: the field “same” must be true or false" in err


def test_file_without_a_pair_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "empty.jsonl"
    file.write_bytes(b"\n")
    with pytest.raises(BadInputError, match="no labelled pair"):
        pairing.evaluate(file)
