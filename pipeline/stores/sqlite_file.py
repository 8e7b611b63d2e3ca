"""The file of the SQLite store: its tables, its search index, its errors and transactions."""

from __future__ import annotations

import json
import sqlite3
import zlib
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import tenacity

from pipeline.errors import StoreError
from pipeline.model import Mention
from pipeline.stores.versions import from_json, to_json
from pipeline.tokenise import FORM, indexed

SCHEMA = 2
WAIT = 20
"""Seconds that one process waits for another to finish writing."""
_TABLES = (
    """CREATE TABLE mentions (
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
    )""",
    "CREATE UNIQUE INDEX mentions_current ON mentions (id) WHERE current = 1",
    "CREATE INDEX mentions_newest ON mentions (at DESC, id) WHERE current = 1",
    "CREATE INDEX mentions_seen ON mentions (seen_at, id) WHERE current = 1",
    "CREATE INDEX mentions_story ON mentions (story) WHERE current = 1",
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL)",
    f"PRAGMA user_version = {SCHEMA}",
)
_FINDERS = (
    """CREATE TABLE IF NOT EXISTS finders (
        finder TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (finder, id)
    ) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS finders_of ON finders (id)",
)
"""`Mention.also` of the current versions, for filters."""
_GRAMS = "CREATE VIRTUAL TABLE grams USING fts5 (title, text, content='', tokenize='ascii')"
"""`ascii` keeps every character beyond ASCII; `unicode61` drops planes it does not know."""
_ANSWERS = (
    "CREATE TABLE IF NOT EXISTS answers"
    " (row INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, text TEXT NOT NULL)",
    "CREATE VIRTUAL TABLE IF NOT EXISTS answer_tokens"
    " USING fts5 (words, grams, content='', tokenize='ascii')",
    "CREATE TABLE IF NOT EXISTS answers_kept (digest TEXT NOT NULL)",
)
"""Search copies of claims and facts, and of which set they are."""
_ADDED = (*_FINDERS, *_ANSWERS)
"""What files have gained since: those that were made without get it when they are opened."""
_PASSING = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL", "SQLITE_IOERR")


class SqliteFile:
    """One open file with everything in its place. For one thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{path}: cannot be made ({error.strerror})") from error
        with self.errors_said():
            self.db = sqlite3.connect(path, timeout=WAIT, isolation_level=None)
        try:
            with self.errors_said():
                self._prepare()
        except StoreError:
            self.db.close()
            raise

    def _prepare(self) -> None:
        """Tables and search index, made or made anew if need be; WAL, durable commits."""
        self.db.execute("PRAGMA synchronous = FULL")
        if self._schema() != SCHEMA or not self._complete():
            with self.transaction():
                self._make_tables()
                for statement in _ADDED:
                    self.db.execute(statement)
        if self._number("PRAGMA journal_mode", 0) != "wal":
            self._write_ahead()
        form = self._number("SELECT value FROM meta WHERE key = 'tokens'", FORM)
        if form > FORM:
            raise StoreError(
                f"{self.path}: its search index is of a newer version"
                f" (tokens {form}, known is {FORM}); update this program"
            )
        if form < FORM:
            with self.transaction():
                self._index_anew()

    def _write_ahead(self) -> None:
        """WAL. The switch waits for nobody who is about to open the file too, so it is repeated."""
        patience = tenacity.Retrying(
            retry=tenacity.retry_if_exception(_is_busy),
            wait=tenacity.wait_random(0.01, 0.05),
            stop=tenacity.stop_after_delay(WAIT),
            reraise=True,
        )
        patience(self.db.execute, "PRAGMA journal_mode = WAL")

    def _number(self, statement: str, otherwise: Any) -> Any:
        row = self.db.execute(statement).fetchone()
        return otherwise if row is None else row[0]

    def _schema(self) -> int:
        found = int(self._number("PRAGMA user_version", 0))
        if found > SCHEMA:
            raise StoreError(
                f"{self.path}: written by a newer version (schema {found}, known is {SCHEMA});"
                " update this program"
            )
        return found

    def _complete(self) -> bool:
        """Whether it has what was added to the schema since: the last of it."""
        found = self._number("SELECT 1 FROM sqlite_master WHERE name = 'answers_kept'", 0)
        return bool(found)

    def _make_tables(self) -> None:
        """Inside a transaction: the tables are there as a whole or not at all."""
        if self._schema() == SCHEMA:
            return
        if self._number("SELECT count(*) FROM sqlite_master", 0):
            raise StoreError(
                f"{self.path}: holds the tables of another program or of a trial version;"
                " name a file of its own for mentions"
            )
        for statement in (*_TABLES, _GRAMS):
            self.db.execute(statement)
        self.db.execute("INSERT INTO meta VALUES ('tokens', ?)", (FORM,))

    def _index_anew(self) -> None:
        self.db.execute("DROP TABLE grams")
        self.db.execute(_GRAMS)
        rows = self.db.execute("SELECT row, body FROM mentions WHERE current = 1")
        for row, body in rows:
            self.index(row, unpack(body))
        self.db.execute("UPDATE meta SET value = ? WHERE key = 'tokens'", (FORM,))

    def found_by(self, mention: Mention) -> None:
        """Write down who else found a mention, its current version being this."""
        self.db.execute("DELETE FROM finders WHERE id = ?", (mention.id,))
        self.db.executemany(
            "INSERT OR IGNORE INTO finders (finder, id) VALUES (?, ?)",
            [(finder, mention.id) for finder in mention.also],
        )

    def index(self, row: int, mention: Mention) -> None:
        self.db.execute(
            "INSERT INTO grams (rowid, title, text) VALUES (?, ?, ?)",
            (row, indexed(mention.title), indexed(mention.text)),
        )

    def forget(self, row: int, mention: Mention) -> None:
        """Take a row's tokens out of the index. The index keeps no texts, so it must be told the
        very ones that went in."""
        self.db.execute(
            "INSERT INTO grams (grams, rowid, title, text) VALUES ('delete', ?, ?, ?)",
            (row, indexed(mention.title), indexed(mention.text)),
        )

    @contextmanager
    def errors_said(self) -> Iterator[None]:
        """SQLite's errors as one sentence; waiting is of use for a lock or a full disk only."""
        try:
            yield
        except sqlite3.Error as error:
            passing = getattr(error, "sqlite_errorname", "").startswith(_PASSING)
            raise StoreError(f"{self.path}: {error}", retryable=passing) from error
        except (UnicodeEncodeError, OverflowError) as error:
            raise StoreError(f"{self.path}: a value cannot be stored ({error})") from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self.errors_said():
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.db.execute("COMMIT")
            except BaseException:
                if self.db.in_transaction:  # a full disk has rolled back already
                    self.db.execute("ROLLBACK")
                raise


def _is_busy(error: BaseException) -> bool:
    return getattr(error, "sqlite_errorname", "") == "SQLITE_BUSY"


def pack(mention: Mention) -> bytes:
    """A mention as it lies in a row: JSON, deflated; lone surrogates are kept. Behind it the places
    of the signature, four bytes each, for as digits they would take as long as all else."""
    text = json.dumps({**to_json(mention), "signature": ()}, ensure_ascii=False)
    deflated = zlib.compress(text.encode("utf-8", "surrogatepass"), 1)
    return deflated + array("I", mention.signature).tobytes()


def unpack(body: bytes) -> Mention:
    """The mention that was packed; rows of old have the signature in the JSON."""
    inflate = zlib.decompressobj()
    value = json.loads(inflate.decompress(body).decode("utf-8", "surrogatepass"))
    if places := inflate.unused_data:
        value["signature"] = array("I", places)
    return from_json(value)
