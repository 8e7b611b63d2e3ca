"""The engines that the contract is run against."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from pipeline.ports import MentionStore
from pipeline.stores import open_store

ENGINES = ["memory", "sqlite", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)]


@pytest.fixture
def elastic_address(elasticsearch_url: str) -> Iterator[str]:
    """Address of a store of the test's own on the real server; deleted afterwards."""
    alias = f"test-{uuid.uuid4().hex}"
    yield f"elasticsearch+{elasticsearch_url}/{alias}"
    answers = requests.get(f"{elasticsearch_url}/{alias}.answers-*", timeout=30).json()
    for path in (*answers, f"{alias}-000001", f"_index_template/{alias}"):
        requests.delete(f"{elasticsearch_url}/{path}", timeout=30)


@pytest.fixture
def address(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[str], str]:
    """Engine → address of an empty store of it."""

    def of(engine: str) -> str:
        if engine == "memory":
            return "memory:"
        if engine == "sqlite":
            return f"sqlite:///{tmp_path}/mentions.db"
        return str(request.getfixturevalue("elastic_address"))

    return of


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest, address: Callable[[str], str]) -> Iterator[MentionStore]:
    opened = open_store(address(request.param))
    yield opened
    opened.close()
