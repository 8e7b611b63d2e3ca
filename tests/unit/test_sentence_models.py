"""Which sentence models known claims are compared with, as the settings ask for."""

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
from config.configuration import SentenceModelSettings
from config.loader import ConfigurationError, load, load_settings
from pipeline.claims.onnx_model import ModelError
from pipeline.claims.vectors import ModelMissingError, Vectors, universal_encoder
from tests import onnx_folder as tiny
from tests.command import chengqing


class Quick:
    """A quick model for tests: which of 64 groups of letters stand in a text."""

    name, dim = "quick", 64

    def encode(self, texts: Sequence[str]) -> Vectors:
        rows = np.full((len(texts), self.dim), 1e-3, dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[[ord(char) % self.dim for char in text]] = 1
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return rows


def missing() -> Quick:
    raise ModelMissingError("the quick model is not here")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration that names a model which stands in it."""
    tiny.onnx_folder(tmp_path / "agency" / "model")
    monkeypatch.setattr(sentence_models, "universal_encoder", Quick)
    monkeypatch.setenv(environment.DATA, str(tmp_path / "data"))
    monkeypatch.delenv(environment.CONFIG, raising=False)
    return written(tmp_path / "agency", "sentence_model: {folder: model}\n")


def written(folder: Path, settings: str) -> Path:
    (folder / "settings.yaml").write_text(settings, "utf-8")
    return folder


def similar(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Result:
    monkeypatch.setenv(environment.CONFIG, str(folder))
    claims = folder.parent / "claims.jsonl"
    claims.write_text(
        json.dumps({"id": "fee", "text": "注册公司要先交两百元工本费"}, ensure_ascii=False), "utf-8"
    )
    post = json.dumps({"id": "a", "text": "听说开办企业得预缴200块手续钱"}, ensure_ascii=False)
    return CliRunner().invoke(app, ["similar", "--claims", str(claims)], input=post)


def test_settings_name_a_model_beside_them(tmp_path: Path) -> None:
    written(
        tmp_path,
        "sentence_model:\n  folder: models/own\n  pooling: cls\n  prefix: 'query: '\n"
        "  max_tokens: 128\n",
    )
    own = SentenceModelSettings(tmp_path / "models/own", "cls", "query: ", 128)
    assert load_settings(tmp_path).sentence_model == load(tmp_path, {}).settings.sentence_model
    assert load_settings(tmp_path).sentence_model == own
    written(tmp_path, "sentence_model: {folder: /srv/model}\n")
    assert load_settings(tmp_path).sentence_model == SentenceModelSettings(Path("/srv/model"))
    written(tmp_path, "agency: 临江市市场监督管理局\n")
    assert load_settings(tmp_path).sentence_model is None


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ("folder: m\n  poling: cls", "settings.yaml:3: the key “sentence_model.poling” is not"),
        ("pooling: cls", "settings.yaml:1: the key “sentence_model.folder” is missing"),
        ("folder: m\n  pooling: max", "settings.yaml:3: sentence_model.pooling: “max” is not one"),
        ("folder: m\n  max_tokens: 4", "settings.yaml:3: sentence_model.max_tokens: "),
        ("folder: 1", "settings.yaml:2: sentence_model.folder: must be text"),
    ],
)
def test_mistakes_in_the_settings_have_their_line(
    tmp_path: Path, settings: str, sentence: str
) -> None:
    written(tmp_path, f"sentence_model:\n  {settings}\n")
    with pytest.raises(ConfigurationError) as caught:
        load_settings(tmp_path)
    assert str(caught.value).startswith(sentence)


def test_other_files_of_a_configuration_do_not_matter_to_its_settings(folder: Path) -> None:
    (folder / "rules.yaml").write_text("- {id: r, level: V}\n")
    assert load_settings(folder).sentence_model is not None


def test_the_agency_s_model_takes_the_place_of_the_careful_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It alone knows that these words are another way to say the claim. Its vectors are kept under
    its own name."""
    done = similar(folder, monkeypatch)
    assert done.exit_code == 0, done.output
    [match] = json.loads(done.stdout)["matches"]
    assert match["claim"] == "fee"
    assert match["score"] > 0.6  # of which the quick model and the words give less than 0.2
    kept = {path.name.split("-")[0] for path in (tmp_path / "data" / "vectors").iterdir()}
    assert kept == {"quick.npz", "onnx"}


def test_a_model_that_cannot_be_used_is_not_passed_over(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "model" / "model.onnx").unlink()
    done = similar(folder, monkeypatch)
    assert isinstance(done.exception, ModelError)
    assert str(done.exception).startswith(f"sentence_model, {folder / 'model'}: model.onnx is")
    assert done.stdout == ""


def test_nor_is_a_missing_quick_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentence_models, "universal_encoder", missing)
    assert isinstance(similar(folder, monkeypatch).exception, ModelMissingError)


@pytest.mark.parametrize("rows", [np.ones_like(tiny.known_rows()), -tiny.known_rows()[::-1]])
def test_a_model_that_does_not_know_what_statements_say_is_refused(folder: Path, rows: Any) -> None:
    tiny.write_model(folder / "model", np.ascontiguousarray(rows))
    with pytest.raises(ModelError, match=r"of 24 statements it finds \d+ in other words, 18 are"):
        sentence_models.own_model(SentenceModelSettings(folder / "model"))


def test_doctor_tells_what_a_model_is_worth_or_what_is_wrong(folder: Path, tmp_path: Path) -> None:
    try:
        universal_encoder()
    except ModelMissingError as error:
        pytest.skip(str(error))

    def told() -> tuple[int, str, str]:
        status, lines = chengqing(folder, tmp_path / "data", "doctor")
        found: list[Any] = [each for each in lines if isinstance(each, dict)]
        [model] = [each for each in found if each["what"] == "sentence model"]
        return status, model["state"], model["message"]

    _, state, message = told()
    assert state == "ok"
    assert "of 24 statements it finds 24 in other words" in message
    assert "unrelated statements 0.12, of reworded 0.96: they count as 0.85 and 0.99" in message
    (folder / "model" / "tokenizer.json").write_text("{}", "utf-8")
    status, state, message = told()
    assert (status, state) == (1, "problem")
    assert "tokenizer.json is damaged or of another kind" in message
