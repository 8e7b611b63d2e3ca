"""The default store: SQLite FTS5 in one file.

Every version is a row; the search index holds our own tokens under the same row number, so nothing
in it is ever deleted: rows that are no longer current are left out by the join.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pipeline.model import Mention, Page, Query
from pipeline.ports import PutResult, ReplaceResult
from pipeline.query import Search, parse
from pipeline.stores.pages import buckets, page, read_cursor
from pipeline.stores.sqlite_answers import SqliteAnswers
from pipeline.stores.sqlite_file import SqliteFile, pack, unpack
from pipeline.stores.versions import decide, decide_reading, milliseconds
from pipeline.tokenise import Phrase

_QUARTER = 900_000
"""Milliseconds that begin together in every zone: all zones are off by whole quarters of an hour,
so mentions can be counted by them before the zone is looked at."""


class SqliteStore:
    """A `MentionStore` in one file. Several processes may use the file; a store is one thread's."""

    def __init__(self, path: Path) -> None:
        self._file = SqliteFile(path)
        self._db = self._file.db
        self.answers = SqliteAnswers(self._file)

    def put(self, mentions: Sequence[Mention]) -> list[PutResult]:
        results = []
        with self._file.transaction():
            current = self.get([mention.id for mention in mentions])
            for mention in mentions:
                result, stored = decide(mention, current.get(mention.id))
                if result in ("created", "updated"):
                    self._insert(stored)
                    current[mention.id] = stored
                elif result == "joined":
                    self._replace(stored)
                    current[mention.id] = stored
                results.append(result)
        return results

    def _insert(self, mention: Mention) -> None:
        self._db.execute(
            "UPDATE mentions SET current = 0 WHERE id = ? AND current = 1", (mention.id,)
        )
        values = (mention.id, mention.version, *_columns(mention), pack(mention))
        row = self._db.execute(
            "INSERT INTO mentions (id, version, current, at, seen_at, source, story, language,"
            " duplicate, body) VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, ?)",
            values,
        ).lastrowid
        assert row is not None
        self._file.index(row, mention)
        self._file.found_by(mention)

    def replace(self, mentions: Sequence[Mention]) -> list[ReplaceResult]:
        with self._file.transaction():
            return [self._replace(mention) for mention in mentions]

    def _replace(self, mention: Mention) -> ReplaceResult:
        found = self._db.execute(
            "SELECT row, current, body FROM mentions WHERE id = ? AND version = ?",
            (mention.id, mention.version),
        ).fetchone()
        row, current, body = found or (0, 0, b"")
        kept = unpack(body) if found else None
        result = decide_reading(mention, kept)
        if kept is not None and result == "replaced":
            self._db.execute(
                "UPDATE mentions SET at = ?, seen_at = ?, source = ?, story = ?, language = ?,"
                " duplicate = ?, body = ? WHERE row = ?",
                (*_columns(mention), pack(mention), row),
            )
            if current:  # earlier versions are left out of searches, whatever their tokens
                self._file.forget(row, kept)
                self._file.index(row, mention)
                self._file.found_by(mention)
        return result

    def get(self, ids: Sequence[str]) -> dict[str, Mention]:
        found: dict[str, Mention] = {}
        wanted = list(dict.fromkeys(ids))
        with self._file.errors_said():
            for start in range(0, len(wanted), 500):
                part = wanted[start : start + 500]
                marks = ",".join("?" * len(part))
                rows = self._db.execute(
                    f"SELECT id, body FROM mentions WHERE current = 1 AND id IN ({marks})",  # noqa: S608
                    part,
                )
                found.update((mention_id, unpack(body)) for mention_id, body in rows)
        return found

    def versions(self, mention_id: str) -> list[Mention]:
        return self.histories([mention_id]).get(mention_id, [])

    def histories(self, ids: Sequence[str]) -> dict[str, list[Mention]]:
        found: dict[str, list[Mention]] = {}
        wanted = list(dict.fromkeys(ids))
        with self._file.errors_said():
            for start in range(0, len(wanted), 500):
                part = wanted[start : start + 500]
                marks = ",".join("?" * len(part))
                rows = self._db.execute(
                    f"SELECT id, body FROM mentions WHERE id IN ({marks}) ORDER BY version DESC",  # noqa: S608
                    part,
                )
                for mention_id, body in rows:
                    found.setdefault(mention_id, []).append(unpack(body))
        return found

    def load(self, histories: Sequence[Sequence[Mention]]) -> None:
        with self._file.transaction():
            for history in histories:
                for mention in sorted(history, key=lambda each: each.version):
                    self._load(mention)

    def _load(self, mention: Mention) -> None:
        newest = self._db.execute(
            "SELECT max(version) FROM mentions WHERE id = ?", (mention.id,)
        ).fetchone()[0]
        if newest is None or mention.version > newest:
            self._insert(mention)
            return
        values = (mention.id, mention.version, *_columns(mention), pack(mention))
        self._db.execute(
            "INSERT OR IGNORE INTO mentions (id, version, current, at, seen_at, source, story,"
            " language, duplicate, body) VALUES (?, ?, 0, ?, ?, ?, ?, ?, ?, ?)",
            values,
        )

    def search(self, query: Query, *, limit: int = 20, cursor: str | None = None) -> Page:
        search = parse(query.text)
        where, values = _where(query, search)
        total = self.count(query)
        if cursor is not None:
            at, mention_id = read_cursor(cursor)
            where += " AND (at < ? OR (at = ? AND id > ?))"
            values += [at, at, mention_id]
        with self._file.errors_said():
            rows = self._db.execute(
                f"SELECT body FROM mentions WHERE {where} ORDER BY at DESC, id LIMIT ?",  # noqa: S608
                [*values, limit + 1],
            )
            found = [unpack(body) for (body,) in rows]
        return page(found, search, limit=limit, total=total)

    def count(self, query: Query) -> int:
        where, values = _where(query, parse(query.text))
        with self._file.errors_said():
            row = self._db.execute(f"SELECT count(*) FROM mentions WHERE {where}", values)  # noqa: S608
            return int(row.fetchone()[0])

    def histogram(
        self, query: Query, *, interval: Literal["hour", "day"], timezone: str
    ) -> list[tuple[datetime, int]]:
        where, values = _where(query, parse(query.text))
        with self._file.errors_said():
            rows = self._db.execute(
                f"SELECT at - (at % {_QUARTER} + {_QUARTER}) % {_QUARTER} AS begin, count(*)"  # noqa: S608
                f" FROM mentions WHERE {where} GROUP BY begin",
                values,
            ).fetchall()
        counted = ((datetime.fromtimestamp(begin // 1000, UTC), n) for begin, n in rows)
        return buckets(counted, interval, timezone)

    def facets(
        self, query: Query, field: Literal["source", "story", "language"], *, size: int = 20
    ) -> list[tuple[str, int]]:
        where, values = _where(query, parse(query.text))
        found = f"SELECT {field} AS value FROM mentions WHERE {where}"  # noqa: S608
        if field == "source":
            found += (
                " UNION ALL SELECT finder FROM mentions JOIN finders USING (id)"  # noqa: S608
                f" WHERE {where}"
            )
            values = values * 2
        with self._file.errors_said():
            rows = self._db.execute(
                f"SELECT value, count(*) AS n FROM ({found})"  # noqa: S608
                " GROUP BY value ORDER BY n DESC, value LIMIT ?",
                [*values, size],
            )
            return [(str(value), int(count)) for value, count in rows]

    def scan(self, *, since: datetime) -> Iterator[Mention]:
        at, mention_id = milliseconds(since), ""
        while True:
            with self._file.errors_said():
                rows = self._db.execute(
                    "SELECT seen_at, id, body FROM mentions WHERE current = 1"
                    " AND (seen_at > ? OR (seen_at = ? AND id > ?)) ORDER BY seen_at, id LIMIT 500",
                    (at, at, mention_id),
                ).fetchall()
            if not rows:
                return
            for _, _, body in rows:
                yield unpack(body)
            at, mention_id = rows[-1][0], rows[-1][1]

    def refresh(self) -> None:
        """Nothing to do: what is committed is seen."""

    def describe(self) -> str:
        return f"SQLite {sqlite3.sqlite_version} (FTS5)"

    def close(self) -> None:
        self._db.close()


def _columns(mention: Mention) -> tuple[Any, ...]:
    """What is filtered and sorted by, in the order of the table."""
    return (
        milliseconds(mention.at), milliseconds(mention.seen_at), mention.source, mention.story,
        mention.language, mention.duplicate_of is not None,
    )  # fmt: skip


def _where(query: Query, search: Search) -> tuple[str, list[Any]]:
    parts: list[str] = ["current = 1"]
    values: list[Any] = []
    if query.since is not None:
        parts.append("at >= ?")
        values.append(milliseconds(query.since))
    if query.until is not None:
        parts.append("at < ?")
        values.append(milliseconds(query.until))
    if query.sources:
        marks = ",".join("?" * len(query.sources))
        found = f"SELECT id FROM finders WHERE finder IN ({marks})"  # noqa: S608
        parts.append(f"(source IN ({marks}) OR id IN ({found}))")
        values.extend(query.sources * 2)
    if query.stories:
        parts.append(f"story IN ({','.join('?' * len(query.stories))})")
        values.extend(query.stories)
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
