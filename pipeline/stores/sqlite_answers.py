"""Search copies of claims and facts in the SQLite store: tables beside the mentions."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.answers import CANDIDATES, Answer, Answers, choose, question
from pipeline.stores.sqlite_file import SqliteFile
from pipeline.tokenise import indexed, words


class SqliteAnswers:
    """An `AnswerIndex` in the file of a store."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file
        self._db = file.db

    def digest(self) -> str:
        with self._file.errors_said():
            row = self._db.execute("SELECT digest FROM answers_kept").fetchone()
        return str(row[0]) if row else ""

    def replace(self, answers: Answers) -> None:
        texts, found_by = [], []
        for row, each in enumerate(answers.all):
            texts.append((row, each.kind, each.id, each.text))
            found_by.append((row, " ".join(words(each.text)), indexed(each.text)))
        with self._file.transaction():
            self._db.execute("DELETE FROM answers")
            self._db.execute("DELETE FROM answers_kept")
            # Also empties a damaged index. A table made anew instead fails who reads meanwhile.
            self._db.execute("INSERT INTO answer_tokens (answer_tokens) VALUES ('delete-all')")
            self._db.executemany("INSERT INTO answers VALUES (?, ?, ?, ?)", texts)
            self._db.executemany(
                "INSERT INTO answer_tokens (rowid, words, grams) VALUES (?, ?, ?)", found_by
            )
            self._db.execute("INSERT INTO answers_kept VALUES (?)", (answers.digest,))

    def find(self, text: str, *, limit: int = 5) -> list[Answer]:
        asked = question(text)
        if asked is None:
            return []
        match = " OR ".join(
            f"{field} : ({_any_of(tokens)})"
            for field, tokens in (("words", asked.words), ("grams", asked.grams))
            if tokens
        )
        with self._file.errors_said():
            rows = self._db.execute(
                "SELECT kind, id, text FROM answer_tokens JOIN answers ON row = answer_tokens.rowid"
                " WHERE answer_tokens MATCH ? ORDER BY bm25(answer_tokens), kind, id LIMIT ?",
                (match, CANDIDATES),
            ).fetchall()
        return choose(asked, [Answer(*row) for row in rows], limit)


def _any_of(tokens: Sequence[str]) -> str:
    """Tokens hold letters and digits only, so nothing needs escaping."""
    return " OR ".join(f'"{token}"' for token in tokens)
