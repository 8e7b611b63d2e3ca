"""The search language: text → tree.

Words are joined by AND; `"…"` is a phrase, `-x` excludes, `OR` between words binds tighter than
AND. A word matches in the title or in the text. An empty search finds everything.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.errors import QueryError
from pipeline.tokenise import Phrase, phrase

MAX_LENGTH = 1000
MAX_WORDS = 50
_PART = re.compile(r'(-?)(?:"([^"]*)"?|([^\s"]+))')


@dataclass(frozen=True, slots=True)
class Clause:
    """Any of the phrases stands in the title or text; `negative`: none of them does."""

    phrases: tuple[Phrase, ...]
    negative: bool = False


@dataclass(frozen=True, slots=True)
class Search:
    """All clauses hold. Without clauses everything is found."""

    clauses: tuple[Clause, ...] = ()

    @property
    def wanted(self) -> tuple[Phrase, ...]:
        """The phrases to highlight."""
        return tuple(p for clause in self.clauses if not clause.negative for p in clause.phrases)


def parse(text: str) -> Search:
    """Read a search. An unclosed quote closes at the end; a word of punctuation only is ignored.

    Raises QueryError when the search is too long.
    """
    if len(text) > MAX_LENGTH:
        raise QueryError(f"检索式超过 {MAX_LENGTH} 个字符，请缩短")
    clauses: list[Clause] = []
    join = False
    for negative, word, is_or in _parts(text):
        if is_or:
            join = bool(clauses)
            continue
        found = phrase(word)
        if found is None:
            continue
        if join and not negative and not clauses[-1].negative:
            clauses[-1] = Clause((*clauses[-1].phrases, found))
        else:
            clauses.append(Clause((found,), negative))
        join = False
    if sum(len(clause.phrases) for clause in clauses) > MAX_WORDS:
        raise QueryError(f"检索式超过 {MAX_WORDS} 个词，请减少")
    return Search(tuple(clauses))


def _parts(text: str) -> Iterator[tuple[bool, str, bool]]:
    text = text.replace("“", '"').replace("”", '"').replace("＂", '"').replace("－", "-")
    for match in _PART.finditer(text):
        quoted, bare = match[2], match[3]
        yield match[1] == "-", quoted if quoted is not None else bare, bare == "OR"


def write_cursor(at: int, mention_id: str) -> str:
    """Where the next page begins: after this time (milliseconds) and id."""
    return base64.urlsafe_b64encode(json.dumps([at, mention_id]).encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[int, str]:
    """Raises QueryError when it is not one of ours."""
    try:
        at, mention_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return int(at), str(mention_id)
    except (ValueError, TypeError):
        raise QueryError("翻页标记无效，请从第一页重新检索") from None
