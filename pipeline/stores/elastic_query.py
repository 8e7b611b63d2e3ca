"""A `Query` in the words of Elasticsearch."""

from __future__ import annotations

from typing import Any

from pipeline.model import Query
from pipeline.query import Clause, parse
from pipeline.stores.versions import milliseconds
from pipeline.tokenise import Phrase

MAX_EXPANSIONS = 10_000
"""Tokens that one Chinese character may begin; more are not looked at."""
_FIELDS = ("title_grams", "text_grams")


def bool_query(query: Query) -> dict[str, Any]:
    """Filters only: hits are sorted by time, so nothing is scored."""
    filters: list[dict[str, Any]] = [{"term": {"current": True}}]
    excluded: list[dict[str, Any]] = []
    window = {
        name: milliseconds(at) for name, at in (("gte", query.since), ("lt", query.until)) if at
    }
    if window:
        filters.append({"range": {"at": window}})
    if query.sources:
        filters.append({"terms": {"source": list(query.sources)}})
    if query.stories:
        filters.append({"terms": {"story": list(query.stories)}})
    if query.unique:
        filters.append({"term": {"duplicate": False}})
    for clause in parse(query.text).clauses:
        (excluded if clause.negative else filters).append(_clause(clause))
    return {"bool": {"filter": filters, "must_not": excluded}}


def _clause(clause: Clause) -> dict[str, Any]:
    should = [_phrase(phrase, field) for phrase in clause.phrases for field in _FIELDS]
    return {"bool": {"should": should, "minimum_should_match": 1}}


def _phrase(phrase: Phrase, field: str) -> dict[str, Any]:
    text = " ".join(phrase.tokens)
    if not phrase.open_end:
        return {"match_phrase": {field: text}}
    if len(phrase.tokens) == 1:
        return {"prefix": {field: text}}
    return {"match_phrase_prefix": {field: {"query": text, "max_expansions": MAX_EXPANSIONS}}}
