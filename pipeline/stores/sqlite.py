"""The default store: SQLite FTS5 in one file.

Every version is a row; the search index holds our own tokens under the same row number, so nothing
in it is ever deleted: rows that are no longer current are left out by the join.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pipeline.errors import StoreError
from pipeline.model import Mention, Page, Query
from pipeline.ports import PutResult
from pipeline.query import Search, parse, read_cursor
from pipeline.stores.memory import buckets, page
from pipeline.stores.versions import decide, from_json, milliseconds, to_json
from pipeline.tokenise import Phrase, indexed

SCHEMA = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS mentions (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    current INTEGER NOT NULL,
    at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    source TEXT NOT NULL,
    story TEXT NOT NULL,
    language TEXT NOT NULL,
    duplicate INTEGER NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (id, version)
);
CREATE INDEX IF NOT EXISTS mentions_newest ON mentions (at DESC, id) WHERE current = 1;
CREATE INDEX IF NOT EXISTS mentions_seen ON mentions (seen_at, id) WHERE current = 1;
CREATE INDEX IF NOT EXISTS mentions_story ON mentions (story) WHERE current = 1;
CREATE VIRTUAL TABLE IF NOT EXISTS grams USING fts5 (title, text, content='', tokenize='ascii');
"""


class SqliteStore:
    """A `MentionStore` in one file. Several processes may use the file; a store is one thread's."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{path}: cannot be made ({error.strerror})") from error
        with self._said():
            self._db = sqlite3.connect(path, timeout=20, isolation_level=None)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            found = self._db.execute("PRAGMA user_version").fetchone()[0]
            if found not in (0, SCHEMA):
                raise StoreError(
                    f"{path}: written by a newer version (schema {found}, known is {SCHEMA}); "
                    "update this program"
                )
            if found == 0:
                self._db.executescript(f"{_TABLES} PRAGMA user_version={SCHEMA};")

    @contextmanager
    def _said(self) -> Iterator[None]:
        """SQLite's errors as one sentence; waiting is of use for a lock or a full disk only."""
        try:
            yield
        except sqlite3.Error as error:
            name = getattr(error, "sqlite_errorname", "")
            passing = name.startswith(
                ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL", "SQLITE_IOERR")
            )
            raise StoreError(f"{self.path}: {error}", retryable=passing) from error

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._said():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def put(self, mentions: Sequence[Mention]) -> list[PutResult]:
        results = []
        with self._transaction():
            current = self.get([mention.id for mention in mentions])
            for mention in mentions:
                result, stored = decide(mention, current.get(mention.id))
                if result in ("created", "updated"):
                    self._insert(stored)
                    current[mention.id] = stored
                results.append(result)
        return results

    def _insert(self, mention: Mention) -> None:
        self._db.execute("UPDATE mentions SET current = 0 WHERE id = ?", (mention.id,))
        values = (
            mention.id, mention.version, milliseconds(mention.at), milliseconds(mention.seen_at),
            mention.source, mention.story, mention.language, mention.duplicate_of is not None,
            _pack(mention),
        )  # fmt: skip
        row = self._db.execute(
            "INSERT INTO mentions (id, version, current, at, seen_at, source, story, language,"
            " duplicate, body) VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, ?)",
            values,
        ).lastrowid
        self._db.execute(
            "INSERT INTO grams (rowid, title, text) VALUES (?, ?, ?)",
            (row, indexed(mention.title), indexed(mention.text)),
        )

    def get(self, ids: Sequence[str]) -> dict[str, Mention]:
        found: dict[str, Mention] = {}
        wanted = list(dict.fromkeys(ids))
        with self._said():
            for start in range(0, len(wanted), 500):
                part = wanted[start : start + 500]
                marks = ",".join("?" * len(part))
                rows = self._db.execute(
                    f"SELECT id, body FROM mentions WHERE current = 1 AND id IN ({marks})",  # noqa: S608
                    part,
                )
                found.update((mention_id, _unpack(body)) for mention_id, body in rows)
        return found

    def versions(self, mention_id: str) -> list[Mention]:
        with self._said():
            rows = self._db.execute(
                "SELECT body FROM mentions WHERE id = ? ORDER BY version DESC", (mention_id,)
            )
            return [_unpack(body) for (body,) in rows]

    def search(self, query: Query, *, limit: int = 20, cursor: str | None = None) -> Page:
        search = parse(query.text)
        where, values = _where(query, search)
        total = self.count(query)
        if cursor is not None:
            at, mention_id = read_cursor(cursor)
            where += " AND (at < ? OR (at = ? AND id > ?))"
            values += [at, at, mention_id]
        with self._said():
            rows = self._db.execute(
                f"SELECT body FROM mentions WHERE {where} ORDER BY at DESC, id LIMIT ?",  # noqa: S608
                [*values, limit + 1],
            )
            found = [_unpack(body) for (body,) in rows]
        return page(found, search, limit=limit, total=total)

    def count(self, query: Query) -> int:
        where, values = _where(query, parse(query.text))
        with self._said():
            row = self._db.execute(f"SELECT count(*) FROM mentions WHERE {where}", values)  # noqa: S608
            return int(row.fetchone()[0])

    def histogram(
        self, query: Query, *, interval: Literal["hour", "day"], timezone: str
    ) -> list[tuple[datetime, int]]:
        where, values = _where(query, parse(query.text))
        with self._said():
            rows = self._db.execute(f"SELECT at FROM mentions WHERE {where}", values)  # noqa: S608
            times = [datetime.fromtimestamp(at / 1000, UTC) for (at,) in rows]
        return buckets(times, interval, ZoneInfo(timezone).key)

    def facets(
        self, query: Query, field: Literal["source", "story", "language"], *, size: int = 20
    ) -> list[tuple[str, int]]:
        where, values = _where(query, parse(query.text))
        with self._said():
            rows = self._db.execute(
                f"SELECT {field}, count(*) AS n FROM mentions WHERE {where}"  # noqa: S608
                f" GROUP BY {field} ORDER BY n DESC, {field} LIMIT ?",
                [*values, size],
            )
            return [(str(value), int(count)) for value, count in rows]

    def scan(self, *, since: datetime) -> Iterator[Mention]:
        at, mention_id = milliseconds(since), ""
        while True:
            with self._said():
                rows = self._db.execute(
                    "SELECT seen_at, id, body FROM mentions WHERE current = 1"
                    " AND (seen_at > ? OR (seen_at = ? AND id > ?)) ORDER BY seen_at, id LIMIT 500",
                    (at, at, mention_id),
                ).fetchall()
            if not rows:
                return
            for _, _, body in rows:
                yield _unpack(body)
            at, mention_id = rows[-1][0], rows[-1][1]

    def refresh(self) -> None:
        """Nothing to do: what is committed is seen."""

    def describe(self) -> str:
        return f"SQLite {sqlite3.sqlite_version} (FTS5)"

    def close(self) -> None:
        self._db.close()


def _where(query: Query, search: Search) -> tuple[str, list[Any]]:
    parts: list[str] = ["current = 1"]
    values: list[Any] = []
    if query.since is not None:
        parts.append("at >= ?")
        values.append(milliseconds(query.since))
    if query.until is not None:
        parts.append("at < ?")
        values.append(milliseconds(query.until))
    for column, wanted in (("source", query.sources), ("story", query.stories)):
        if wanted:
            parts.append(f"{column} IN ({','.join('?' * len(wanted))})")
            values.extend(wanted)
    if query.unique:
        parts.append("duplicate = 0")
    for clause in search.clauses:
        negation = "NOT " if clause.negative else ""
        parts.append(f"row {negation}IN (SELECT rowid FROM grams WHERE grams MATCH ?)")  # noqa: S608
        values.append(" OR ".join(_match(phrase) for phrase in clause.phrases))
    return " AND ".join(parts), values


def _match(phrase: Phrase) -> str:
    """An FTS5 phrase. Tokens hold letters and digits only, so nothing needs escaping."""
    return f'"{" ".join(phrase.tokens)}"' + (" *" if phrase.open_end else "")


def _pack(mention: Mention) -> bytes:
    text = json.dumps(to_json(mention), ensure_ascii=False)
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 1)


def _unpack(body: bytes) -> Mention:
    return from_json(json.loads(zlib.decompress(body).decode("utf-8", "surrogatepass")))
