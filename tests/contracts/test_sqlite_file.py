"""The file of the SQLite store: shared, damaged, full, older, newer, somebody else's."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.errors import StoreError
from pipeline.model import Query
from pipeline.stores import open_store, sqlite_file
from pipeline.stores.sqlite import SqliteStore
from pipeline.stores.versions import to_json
from tests.builders import mention


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "mentions.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore(path)) as opened:
        yield opened


def execute(path: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        return db.execute(statement).fetchall()


def test_rows_of_old_have_the_signature_in_the_json() -> None:
    kept = mention("a", text="停水", signature=(1, 2**32 - 1))
    text = json.dumps(to_json(kept), ensure_ascii=False)
    assert sqlite_file.unpack(zlib.compress(text.encode())) == kept
    assert sqlite_file.unpack(sqlite_file.pack(kept)) == kept


def test_a_signature_of_other_numbers_is_refused(store: SqliteStore) -> None:
    with pytest.raises(StoreError, match="cannot be stored"):
        store.put([mention("a", text="停水", signature=(2**32,))])


def test_another_process_sees_what_was_put(store: SqliteStore, path: Path) -> None:
    with closing(SqliteStore(path)) as other:
        store.put([mention("a", text="停水")])
        assert [hit.mention.id for hit in other.search(Query("停水")).hits] == ["a"]
        assert other.put([mention("a", text="停水")]) == ["unchanged"]


def test_writers_take_turns(path: Path) -> None:
    """Opened, made and written at the same moment by several: nothing lost, nothing refused."""
    start = threading.Barrier(4)
    failures: list[Exception] = []

    def write(number: int) -> None:
        try:
            start.wait()
            with closing(SqliteStore(path)) as own:
                for batch in range(10):
                    own.put([mention(f"w{number}-{batch}-{n}") for n in range(5)])
                    version = batch * 4 + number
                    own.put([mention("shared", version=version, content_hash=str(version))])
        except Exception as error:  # noqa: BLE001 - told below, in the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with closing(SqliteStore(path)) as store:
        assert store.count(Query()) == 4 * 10 * 5 + 1
        assert execute(path, "SELECT count(*) FROM mentions WHERE id = 'shared' AND current") == [
            (1,)
        ]
        assert store.get(["shared"])["shared"].version == 39


def test_a_file_that_is_busy_for_too_long_is_worth_another_try(
    store: SqliteStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "WAIT", 0)
    with closing(SqliteStore(path)) as impatient, closing(sqlite3.connect(path)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"mentions\.db: database is locked") as caught:
            impatient.put([mention("a")])
        assert caught.value.retryable
        assert impatient.count(Query()) == 0, "it can be read meanwhile"
        holder.rollback()
        assert impatient.put([mention("a")]) == ["created"]


def test_a_full_disk_loses_nothing_and_is_worth_another_try(store: SqliteStore) -> None:
    store.put([mention("a")])
    pages = store._db.execute("PRAGMA page_count").fetchone()[0]
    store._db.execute(f"PRAGMA max_page_count = {pages + 2}")
    large = [mention(f"m{n}", text=" ".join(map(str, range(n * 9999, n * 9999 + 9999)))) for n in (1, 2)]  # fmt: skip
    with pytest.raises(StoreError, match=r"mentions\.db: database or disk is full") as caught:
        store.put(large)
    assert caught.value.retryable
    assert store.count(Query()) == 1
    store._db.execute("PRAGMA max_page_count = 1000000")
    assert store.put(large) == ["created", "created"]


def test_a_file_that_may_not_be_written_is_named(store: SqliteStore) -> None:
    store._db.execute("PRAGMA query_only = ON")
    with pytest.raises(StoreError, match=r"mentions\.db: attempt to write a readonly") as caught:
        store.put([mention("a")])
    assert not caught.value.retryable
    assert store.count(Query()) == 0


def test_a_failure_in_mid_batch_leaves_nothing_behind(store: SqliteStore) -> None:
    bad = mention("b", source="\ud800")
    with pytest.raises(StoreError, match="cannot be stored"):
        store.put([mention("a"), bad])
    assert store.get(["a", "b"]) == {}
    assert store.put([mention("a")]) == ["created"]


def test_a_killed_writer_leaves_whole_batches(path: Path) -> None:
    script = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from pipeline.stores.sqlite import SqliteStore\n"
        "from tests.builders import mention\n"
        "store = SqliteStore(Path(sys.argv[1]))\n"
        "store.put([mention(f'a{n}') for n in range(20)])\n"
        "insert = store._insert\n"
        "def killed(each):\n"
        "    insert(each)\n"
        "    if each.id == 'b10':\n"
        "        os._exit(9)\n"
        "store._insert = killed\n"
        "store.put([mention(f'b{n}') for n in range(20)])\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(path)], check=False, timeout=60)
    assert done.returncode == 9
    with closing(SqliteStore(path)) as store:
        assert store.count(Query()) == 20
        assert set(store.put([mention(f"b{n}") for n in range(20)])) == {"created"}


def test_a_newer_file_is_refused(store: SqliteStore, path: Path) -> None:
    store.close()
    execute(path, f"PRAGMA user_version = {sqlite_file.SCHEMA + 1}")
    with pytest.raises(StoreError, match=r"mentions\.db: written by a newer version"):
        open_store(f"sqlite:///{path}")


def test_newer_tokens_are_refused(store: SqliteStore, path: Path) -> None:
    store.close()
    execute(path, "UPDATE meta SET value = value + 1")
    with pytest.raises(StoreError, match=r"mentions\.db: its search index is of a newer version"):
        open_store(f"sqlite:///{path}")


def test_older_tokens_are_made_anew(store: SqliteStore, path: Path) -> None:
    store.put([mention("a", text="旧文", version=1, content_hash="1")])
    store.put([mention("a", text="停水", version=2, content_hash="2"), mention("b")])
    store.close()
    execute(path, "UPDATE meta SET value = 0")
    execute(path, "INSERT INTO grams (rowid, title, text) VALUES (99, '', '停水')")
    with closing(SqliteStore(path)) as again:
        assert [hit.mention.id for hit in again.search(Query("停水")).hits] == ["a"]
        assert again.count(Query("旧文")) == 0
    found = execute(path, "SELECT rowid FROM grams WHERE grams MATCH '停水'")
    assert found == [(2,)]


def test_the_file_of_another_program_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    execute(path, "CREATE TABLE cases (id)")
    with pytest.raises(StoreError, match=r"mentions\.db: holds the tables of another program"):
        open_store(f"sqlite:///{path}")
    assert execute(path, "SELECT name FROM sqlite_master") == [("cases",)]


def test_an_empty_file_becomes_a_store(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    with closing(SqliteStore(path)) as store:
        assert store.put([mention("a")]) == ["created"]


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "mentions.db").write_text("临江" * 1000)
    with pytest.raises(StoreError, match=r"mentions\.db: file is not a database") as caught:
        open_store(f"sqlite:///{tmp_path}/mentions.db")
    assert not caught.value.retryable
    assert (tmp_path / "mentions.db").read_text() == "临江" * 1000


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for place in ("file/mentions.db", "file/data/mentions.db"):
        with pytest.raises(StoreError, match=r"mentions\.db"):
            open_store(f"sqlite:///{tmp_path}/{place}")
    with pytest.raises(StoreError):
        open_store(f"sqlite:///{tmp_path}")


def test_a_commit_is_on_disk_when_it_returns(store: SqliteStore) -> None:
    assert store._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert store._db.execute("PRAGMA synchronous").fetchone() == (2,)
