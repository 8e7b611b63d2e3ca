"""An agency's own sentence model: what it gives, and each way in which its folder can be wrong."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto

from pipeline.claims.anchors import STATEMENTS
from pipeline.claims.onnx_model import ModelError, OnnxModel
from pipeline.claims.vectors import ModelMissingError
from tests import onnx_folder as tiny

FEE, FEE_AGAIN = STATEMENTS[0]
MARKET = STATEMENTS[1][0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tiny.onnx_folder(tmp_path / "model")


def test_unit_vectors_in_the_order_of_the_texts(folder: Path) -> None:
    model = OnnxModel(folder)
    texts = [FEE, MARKET, "", FEE, "坏\ud800字", FEE_AGAIN]
    found = model.encode(texts)
    assert found.shape == (6, model.dim)
    assert found.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(found[[0, 1, 3, 5]], axis=1), 1, atol=1e-5)
    assert np.isfinite(found).all()
    np.testing.assert_array_equal(found[0], found[3])
    assert found[0] @ found[5] > found[0] @ found[1]
    assert model.encode([]).shape == (0, model.dim)


def test_a_vector_is_the_mean_of_the_text_s_own_tokens(folder: Path) -> None:
    """Neither padding nor the texts beside it count; what is special ([CLS], [SEP]) has no row."""
    rows = tiny.known_rows()
    expected = np.mean(
        [rows[len(tiny.SPECIAL) + tiny.CHARACTERS.index(char)] for char in FEE], axis=0
    )
    expected /= np.linalg.norm(expected)
    model = OnnxModel(folder)
    np.testing.assert_allclose(model.encode([FEE])[0], expected, atol=1e-5)
    np.testing.assert_allclose(model.encode([MARKET * 9, FEE])[1], expected, atol=1e-5)


def test_the_first_token_or_the_model_s_own_vector_where_the_settings_say_so(folder: Path) -> None:
    rows = tiny.known_rows()
    rows[1] = np.arange(rows.shape[1])  # [CLS]
    tiny.write_model(folder, rows, outputs=(tiny.TOKENS, tiny.POOLED, tiny.TEXTS))
    first = OnnxModel(folder, pooling="cls").encode([FEE])[0]
    np.testing.assert_allclose(first, rows[1] / np.linalg.norm(rows[1]), atol=1e-5)
    numbers = [1, 2, *(len(tiny.SPECIAL) + tiny.CHARACTERS.index(char) for char in FEE)]
    largest = rows[numbers].max(axis=0)
    pooled = OnnxModel(folder, pooling="model").encode([FEE])[0]
    np.testing.assert_allclose(pooled, largest / np.linalg.norm(largest), atol=1e-5)


def test_a_prefix_stands_before_every_text(folder: Path) -> None:
    prefixed, plain = OnnxModel(folder, prefix=MARKET), OnnxModel(folder)
    np.testing.assert_array_equal(prefixed.encode([FEE]), plain.encode([MARKET + FEE]))


def test_of_long_texts_the_beginning_is_read(folder: Path) -> None:
    model = OnnxModel(folder, max_tokens=16)
    np.testing.assert_array_equal(
        model.encode([FEE + "，" + MARKET]), model.encode([FEE + "，" + MARKET + FEE * 50])
    )


@pytest.mark.parametrize("kind", [TensorProto.INT32, TensorProto.INT64])
@pytest.mark.parametrize("inputs", [tiny.INPUTS, tiny.INPUTS[:2]])
def test_the_usual_inputs(folder: Path, kind: int, inputs: tuple[str, ...]) -> None:
    tiny.write_model(folder, tiny.known_rows(), inputs=inputs, kind=kind)
    assert OnnxModel(folder).encode([FEE]).shape == (1, len(STATEMENTS))


def test_the_name_tells_vectors_apart(folder: Path, tmp_path: Path) -> None:
    """By the files, also those of the weights, and by what else a vector depends on."""
    first = OnnxModel(folder)
    names = {first.name}
    names |= {
        OnnxModel(folder, pooling="cls").name,
        OnnxModel(folder, prefix="query: ").name,
        OnnxModel(folder, max_tokens=32).name,
    }
    elsewhere = shutil.copytree(folder, tmp_path / "elsewhere")
    assert OnnxModel(elsewhere).name == first.name
    tiny.write_model(folder, tiny.known_rows(), outside=True)
    names.add(OnnxModel(folder).name)
    tiny.write_model(folder, tiny.known_rows() * np.float32(2), outside=True)
    names.add(OnnxModel(folder).name)
    tokenizer = folder / "tokenizer.json"
    tokenizer.write_text(tokenizer.read_text("utf-8") + "\n", "utf-8")
    names.add(OnnxModel(folder).name)
    assert len(names) == 7
    assert all(name.replace("-", "").isalnum() for name in names)


def test_several_threads_may_ask_at_once(folder: Path) -> None:
    model = OnnxModel(folder)
    asked = [[left, right] for left, right in STATEMENTS]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(model.encode, asked * 4))
    for found, texts in zip(together, asked * 4, strict=True):
        np.testing.assert_allclose(found, model.encode(texts), atol=1e-6)


def without(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def holding(name: str, content: bytes) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / name).write_bytes(content)

    return write


def outside_lost(folder: Path) -> None:
    tiny.write_model(folder, tiny.known_rows(), outside=True)
    (folder / "model.onnx_data").unlink()


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (
            lambda folder: shutil.rmtree(folder),
            r"the folder cannot be read \(No such file or directory\)",
        ),
        (without("model.onnx"), "model.onnx is missing: model.onnx and tokenizer.json must stand"),
        (without("tokenizer.json"), "tokenizer.json is missing"),
        (holding("model.onnx", b""), "model.onnx is damaged or of another kind"),
        (holding("model.onnx", b"version https://git-lfs"), "and no pointer of Git LFS"),
        (holding("tokenizer.json", b"{}"), "tokenizer.json is damaged or of another kind"),
        (outside_lost, "model.onnx_data"),
        (
            lambda folder: tiny.write_model(folder, tiny.known_rows(), inputs=("input_ids",)),
            "model.onnx asks for input_ids; input_ids, attention_mask and",
        ),
        (
            lambda folder: tiny.write_model(
                folder, tiny.known_rows(), inputs=(*tiny.INPUTS, "position_ids")
            ),
            "position_ids; input_ids",
        ),
        (
            lambda folder: tiny.write_model(folder, tiny.known_rows(), shape=(1, 128)),
            r"fails on 2 texts of up to 256 tokens \(.*\): lower `max_tokens`, export it for any",
        ),
        (
            lambda folder: tiny.write_model(folder, tiny.known_rows()[:20]),
            "tokenizer.json belongs to it",
        ),
        (
            lambda folder: tiny.write_model(folder, tiny.known_rows(), outputs=(tiny.TEXTS,)),
            "needs a vector of every token; if the model pools by itself, write `pooling: model`",
        ),
        (
            lambda folder: tiny.write_model(folder, tiny.known_rows()[:, :2]),
            "has vectors of 2 numbers, 8 to 8192 are usual",
        ),
        (
            lambda folder: tiny.write_model(folder, tiny.known_rows() * np.float32(np.nan)),
            "gives what are no numbers",
        ),
    ],
)
def test_what_is_wrong_is_one_sentence(
    folder: Path,
    spoil: Callable[[Path], None],
    sentence: str,
    capfd: pytest.CaptureFixture[str],
) -> None:
    spoil(folder)
    with pytest.raises(ModelError, match=sentence) as caught:
        OnnxModel(folder)
    assert str(caught.value).startswith(f"sentence_model, {folder}: ")
    assert "\n" not in str(caught.value)
    assert capfd.readouterr().err == ""


def test_a_model_that_does_not_pool_by_itself_is_told_so(folder: Path) -> None:
    with pytest.raises(ModelError, match="a vector of every text; write `mean` or `cls`"):
        OnnxModel(folder, pooling="model")


@pytest.mark.parametrize("library", ["onnxruntime", "tokenizers"])
def test_a_missing_library_is_named(
    folder: Path, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ModelMissingError, match=rf"needs {library}.*chengqing\[onnx\]"):
        OnnxModel(folder)


def test_nothing_is_fetched_and_nothing_loaded_that_could(folder: Path) -> None:
    """In a process that may open no socket at all."""
    program = """
import socket, sys
def refuse(*a, **k): raise AssertionError("a model asked for the network")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
from pathlib import Path
from pipeline.claims.onnx_model import OnnxModel
before = {"onnxruntime", "tokenizers"} & set(sys.modules)
print(before, OnnxModel(Path(sys.argv[1])).encode(["工本费"]).shape, "huggingface_hub" in sys.modules)
"""
    run = subprocess.run(
        [sys.executable, "-c", program, str(folder)], capture_output=True, text=True, check=False
    )
    assert run.stdout.strip() == f"set() (1, {len(STATEMENTS)}) False", run.stderr
