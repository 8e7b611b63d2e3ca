"""Copying between engines: all versions, in batches, and on from where it was broken off."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.errors import StoreError
from pipeline.model import Mention, Query
from pipeline.ports import MentionStore
from pipeline.stores import copying, open_store
from pipeline.stores.copying import Copied, copy_store
from pipeline.stores.memory import MemoryStore
from tests.builders import NOON, mention

ROOT = Path(__file__).parents[2]


def fill(store: MentionStore, count: int) -> None:
    """Mentions of which some were seen at the same moment and some have versions."""
    for number in range(count):
        seen = NOON + timedelta(minutes=number // 3)
        first = mention(f"m{number}", text=f"正文{number}号", seen_at=seen, version=1)
        store.put([first])
        if number % 4 == 0:
            store.put([mention(f"m{number}", text=f"更新{number}号", seen_at=seen, version=2)])
    store.refresh()


def whole(store: MentionStore) -> dict[str, list[Mention]]:
    names = [each.id for each in store.scan(since=NOON - timedelta(days=1))]
    return store.histories(names)


@pytest.fixture
def filled() -> MemoryStore:
    store = MemoryStore()
    fill(store, 23)
    return store


def test_everything_is_copied(
    store: MentionStore, filled: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "BATCH", 5)
    steps = list(copy_store(filled, store))
    assert [step.mentions for step in steps] == [5, 10, 15, 20, 23]
    assert whole(store) == whole(filled)
    assert store.search(Query("更新8号")).total == 1
    back = MemoryStore()
    list(copy_store(store, back))
    assert whole(back) == whole(filled)


class Failing(MemoryStore):
    """Breaks off at the third batch."""

    calls = 0

    def load(self, histories: object) -> None:
        self.calls += 1
        if self.calls == 3:
            raise StoreError("no answer")
        super().load(histories)  # type: ignore[arg-type]


def test_it_goes_on_where_it_broke_off(
    filled: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "BATCH", 5)
    target = Failing()
    steps = copy_store(filled, target)
    done = [next(steps), next(steps)][-1]
    with pytest.raises(StoreError):
        next(steps)
    assert done.mentions == 10
    rest = list(copy_store(filled, target, done))
    assert [step.mentions for step in rest] == [15, 20, 23]
    assert whole(target) == whole(filled)
    assert list(copy_store(filled, target, rest[-1])) == []
    assert isinstance(rest[-1], Copied)


def command(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "config.cli", "store", "copy", *arguments, "--data", str(data)],
        capture_output=True, text=True, cwd=ROOT, env={**os.environ}, timeout=120,
    )  # fmt: skip


def test_the_command(tmp_path: Path, address: Callable[[str], str]) -> None:
    url = address("sqlite")
    source = open_store(url)
    fill(source, 7)
    expected = whole(source)
    source.close()
    to = f"sqlite:///{tmp_path}/other.db"
    done = command(tmp_path / "data", "--from", url, "--to", to, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {"mentions": 7, "from": 7, "to": 7}
    target = open_store(to)
    assert whole(target) == expected
    target.close()
    assert list((tmp_path / "data").glob("store-copy-*")) == []


def test_the_command_tells_what_is_wrong(tmp_path: Path) -> None:
    missing = f"sqlite:///{tmp_path}/missing.db"
    for arguments, sentence in (
        (("--from", missing, "--to", missing), "the same store"),
        (("--from", missing, "--to", "memory:"), "missing.db is not there"),
    ):
        done = command(tmp_path / "data", *arguments)
        assert done.returncode == 2
        assert sentence in done.stderr
        assert len(done.stderr.splitlines()) == 1
