"""The search language: text → tree.

Words are joined by AND; `"…"` is a phrase, `-x` excludes, `OR` between words binds tighter than
AND. A word matches in the title or in the text, each word on its own. An empty search finds
everything, one of exclusions only everything but those.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.errors import QueryError
from pipeline.tokenise import Phrase, phrase

MAX_LENGTH = 1000
MAX_WORDS = 50
_PART = re.compile(r'(-?)(?:"([^"]*)"?|([^\s"]+))')
_PLAIN = str.maketrans({"“": '"', "”": '"', "„": '"', "＂": '"', "－": "-"})
_JOINER = "OR"


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
    """Read a search, forgivingly: an unclosed quote closes at the end, a word of punctuation only
    is ignored, and so is an OR that does not stand between two wanted words.

    Raises QueryError when the search is too long, or not empty and yet without any word.
    """
    if len(text) > MAX_LENGTH:
        raise QueryError(f"检索式超过 {MAX_LENGTH} 个字符，请缩短")
    clauses: list[Clause] = []
    joins = False
    for word, negative in _parts(text):
        if word is None:
            joins = True
            continue
        found = phrase(word)
        if found is None:
            continue
        if joins and clauses and not negative and not clauses[-1].negative:
            clauses[-1] = Clause((*clauses[-1].phrases, found))
        else:
            clauses.append(Clause((found,), negative))
        joins = False
    if text.strip() and not clauses:
        raise QueryError(f"“{_short(text)}”里没有可查的词，请写上要查的词；留空则列出全部")
    if sum(len(clause.phrases) for clause in clauses) > MAX_WORDS:
        raise QueryError(f"检索式超过 {MAX_WORDS} 个词，请减少")
    return Search(tuple(clauses))


def wanted_text(text: str) -> str:
    """What a search looks for as plain text: without quotes, ORs and what it excludes."""
    return " ".join(word for word, negative in _parts(text) if word is not None and not negative)


def _short(text: str) -> str:
    shown = "".join(char for char in " ".join(text.split()) if char.isprintable())
    return shown if len(shown) <= 20 else shown[:20] + "…"


def _parts(text: str) -> Iterator[tuple[str | None, bool]]:
    """Each word or phrase and whether it is excluded; None for an OR."""
    for match in _PART.finditer(text.translate(_PLAIN)):
        minus, quoted, bare = match.groups()
        if bare == _JOINER and not minus:
            yield None, False
        else:
            yield bare if quoted is None else quoted, bool(minus)
