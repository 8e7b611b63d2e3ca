"""Search copies of claims and facts in Elasticsearch: an index of their own behind an alias.

Each set is written into a new index, to which the alias moves when it is whole; the index's name
holds the digest, so a look at the alias tells what is kept. Until then it has an alias of its own,
through which it is written: a write does not make an index that another has removed meanwhile.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from elasticsearch import NotFoundError, helpers

from pipeline.answers import CANDIDATES, Answer, Answers, choose, question
from pipeline.stores.elastic_server import ElasticServer
from pipeline.tokenise import indexed, words

_TOKENS = {"type": "text", "analyzer": "whitespace"}
_MAPPINGS = {
    "dynamic": "strict",
    "properties": {
        "key": {"type": "keyword"},
        "answer": {"type": "object", "enabled": False},
        "words": _TOKENS,
        "grams": _TOKENS,
    },
}
_SETTINGS = {"number_of_shards": 1, "auto_expand_replicas": "0-1"}


class ElasticAnswers:
    """An `AnswerIndex` beside the mentions of an alias."""

    def __init__(self, server: ElasticServer) -> None:
        self._server = server
        self._es = server.client
        self._alias = f"{server.alias}.answers"
        """The mentions' template is for `alias-*` and must not match."""

    def digest(self) -> str:
        with self._server.errors_said():
            try:
                found = self._es.indices.get_alias(name=self._alias).body
            except NotFoundError:
                return ""
        return "".join(found).removeprefix(f"{self._alias}-").partition("-")[0]

    def replace(self, answers: Answers) -> None:
        index = f"{self._alias}-{answers.digest}-{uuid.uuid4().hex[:8]}"
        unfinished = f"{index}-unfinished"
        with self._server.errors_said():
            self._es.indices.create(
                index=index, settings=_SETTINGS, mappings=_MAPPINGS, aliases={unfinished: {}}
            )
            documents = [_document(each) for each in answers.all]
            failed = [
                item["index"]
                for done, item in helpers.streaming_bulk(
                    self._es, documents, index=unfinished, require_alias=True, raise_on_error=False
                )
                if not done
            ]
            if failed:
                raise self._server.not_stored(failed, len(documents), "claims and facts")
            self._es.indices.refresh(index=index)
            there = self._es.indices.get_alias(index=f"{self._alias}-*").body
            self._es.indices.update_aliases(
                actions=[
                    {"add": {"index": index, "alias": self._alias}},
                    {"remove": {"index": index, "alias": unfinished}},
                    *({"remove_index": {"index": name}} for name in there if name != index),
                ]
            )

    def find(self, text: str, *, limit: int = 5) -> list[Answer]:
        asked = question(text)
        if asked is None:
            return []
        should = [_any_of("words", asked.words), _any_of("grams", asked.grams)]
        with self._server.errors_said():
            try:
                answer = self._es.search(
                    index=self._alias,
                    query={"bool": {"should": should}},
                    sort=[{"_score": "desc"}, {"key": "asc"}],
                    size=CANDIDATES,
                    source_includes=["answer"],
                    track_total_hits=False,
                ).body
            except NotFoundError:
                return []
        ranked = [Answer(**hit["_source"]["answer"]) for hit in answer["hits"]["hits"]]
        return choose(asked, ranked, limit)


def _document(answer: Answer) -> dict[str, Any]:
    return {
        "_id": answer.key,
        "key": answer.key,
        "answer": {"kind": answer.kind, "id": answer.id, "text": answer.text},
        "words": " ".join(words(answer.text)),
        "grams": indexed(answer.text),
    }


def _any_of(field: str, tokens: Sequence[str]) -> dict[str, Any]:
    return {"match": {field: " ".join(tokens)}}
