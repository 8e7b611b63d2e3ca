"""Elasticsearch through the official client (8.19, which speaks to 7.17, 8 and 9).

Kept to the core API, so that one code path serves a bare server and a full distribution: no
scripts, no by-query calls, no point in time. Our own tokens go into fields that a whitespace
analyser splits; title and text themselves are kept in `_source` and not indexed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from elasticsearch import ApiError, Elasticsearch, TransportError, UnsupportedProductError, helpers

from pipeline.errors import StoreError
from pipeline.model import Mention, Page, Query
from pipeline.ports import PutResult
from pipeline.query import Clause, parse, read_cursor
from pipeline.stores.elastic_mapping import template
from pipeline.stores.memory import page
from pipeline.stores.versions import decide, from_json, milliseconds, to_json
from pipeline.tokenise import Phrase, indexed

DEFAULT_ALIAS = "chengqing-mentions"
MAX_EXPANSIONS = 10_000
"""Tokens that one Chinese character may begin; more are not looked at."""
_PASSING = (408, 429, 502, 503, 504)


class ElasticStore:
    """A `MentionStore` behind one alias. `url` is http(s)://[user:password@]host[:port][/alias]."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.alias = parts.path.strip("/") or DEFAULT_ALIAS
        host = (
            (parts.hostname or "localhost")
            if ":" not in (parts.hostname or "")
            else f"[{parts.hostname}]"
        )
        port = parts.port or (443 if parts.scheme == "https" else 9200)
        self.shown = urlunsplit((parts.scheme, f"{host}:{port}", "", "", ""))
        login = (parts.username, parts.password or "") if parts.username else None
        self._es = Elasticsearch(
            self.shown, basic_auth=login, request_timeout=30, max_retries=2, retry_on_timeout=True
        )
        self._version = ""
        with self._said():
            self._version = self._server_version()
            self._prepare()

    @contextmanager
    def _said(self) -> Iterator[None]:
        """The client's errors as one sentence."""
        try:
            yield
        except UnsupportedProductError as error:
            raise StoreError(f"{self.shown}: the server there is not Elasticsearch") from error
        except ApiError as error:
            reason = str(error.message)
            if error.status_code in (400, 406) and "media_type" in reason:
                reason = "the server is of another major version than 7.17, 8 or 9"
            raise StoreError(
                f"{self.shown}: {error.status_code} {reason}",
                retryable=error.status_code in _PASSING,
            ) from error
        except helpers.BulkIndexError as error:
            raise StoreError(f"{self.shown}: {error}", retryable=True) from error
        except TransportError as error:
            raise StoreError(f"{self.shown}: {error.message}", retryable=True) from error

    def _server_version(self) -> str:
        """From the node: a bare server has no `GET /`."""
        nodes = self._es.nodes.info(node_id="_local").body["nodes"]
        return str(next(iter(nodes.values()))["version"])

    def _prepare(self) -> None:
        """Template, index and alias, made if missing; others may do the same at the same time."""
        self._es.indices.put_index_template(name=self.alias, **template(self.alias))
        if self._es.indices.exists_alias(name=self.alias):
            return
        try:
            self._es.indices.create(
                index=f"{self.alias}-000001", aliases={self.alias: {"is_write_index": True}}
            )
        except ApiError as error:
            if error.status_code != 400 or "already_exists" not in str(error.message):
                raise

    # --- writing -------------------------------------------------------------------------------

    def put(self, mentions: Sequence[Mention]) -> list[PutResult]:
        current = self.get([mention.id for mention in mentions])
        results: list[PutResult] = []
        actions: dict[str, dict[str, Any]] = {}
        owners: dict[str, int] = {}
        for index, mention in enumerate(mentions):
            before = current.get(mention.id)
            result, stored = decide(mention, before)
            if result == "updated" and before is not None:
                old = self._action(before, current=False)
                actions[old["_id"]] = old
            if result in ("created", "updated"):
                actions[mention.id] = self._action(stored, current=True)
                owners[mention.id] = index
                current[mention.id] = stored
            results.append(result)
        for mention_id in self._write(list(actions.values())):
            if mention_id in owners:
                results[owners[mention_id]] = "stale"
        return results

    def _action(self, mention: Mention, *, current: bool) -> dict[str, Any]:
        return {
            "_op_type": "index",
            "_index": self.alias,
            "_id": mention.id if current else f"{mention.id}@{mention.version}",
            "version": mention.version,
            "version_type": "external_gte",
            "_source": {
                "id": mention.id,
                "version": mention.version,
                "current": current,
                "at": milliseconds(mention.at),
                "seen_at": milliseconds(mention.seen_at),
                "source": mention.source,
                "story": mention.story,
                "language": mention.language,
                "duplicate": mention.duplicate_of is not None,
                "title_grams": indexed(mention.title),
                "text_grams": indexed(mention.text),
                "body": _clean(json.dumps(to_json(mention), ensure_ascii=False)),
            },
        }

    def _write(self, actions: list[dict[str, Any]]) -> list[str]:
        """Bulk write, durable on return; ids for which the server has a newer version."""
        newer: list[str] = []
        failed: list[str] = []
        passing = True
        with self._said():
            for ok, item in helpers.streaming_bulk(
                self._es, actions, raise_on_error=False, chunk_size=500, max_retries=3
            ):
                if ok:
                    continue
                detail = next(iter(item.values()))
                if detail.get("status") == 409:
                    newer.append(detail["_id"])
                    continue
                error = detail.get("error") or {}
                reason = error.get("reason") if isinstance(error, dict) else str(error)
                failed.append(f"{detail['_id']}: {detail.get('status')} {reason}")
                passing = passing and detail.get("status") in (*_PASSING, 403)
        if failed:
            raise StoreError(
                f"{self.shown}: {len(failed)} of {len(actions)} documents were not stored;"
                f" first {failed[0]}",
                retryable=passing,
            )
        return newer

    # --- reading -------------------------------------------------------------------------------

    def get(self, ids: Sequence[str]) -> dict[str, Mention]:
        wanted = list(dict.fromkeys(ids))
        if not wanted:
            return {}
        with self._said():
            found = self._es.mget(index=self.alias, ids=wanted, source_includes=["body"]).body
        return {doc["_id"]: _mention(doc["_source"]) for doc in found["docs"] if doc.get("found")}

    def versions(self, mention_id: str) -> list[Mention]:
        self.refresh()
        with self._said():
            answer = self._es.search(
                index=self.alias,
                query={"term": {"id": mention_id}},
                sort=[{"version": "desc"}],
                source_includes=["body"],
                size=1000,
            ).body
        return [_mention(hit["_source"]) for hit in answer["hits"]["hits"]]

    def search(self, query: Query, *, limit: int = 20, cursor: str | None = None) -> Page:
        search = parse(query.text)
        after: dict[str, Any] = {}
        if cursor is not None:
            after["search_after"] = list(read_cursor(cursor))
        with self._said():
            answer = self._es.search(
                index=self.alias,
                query=_bool(query),
                sort=[{"at": "desc"}, {"id": "asc"}],
                size=limit + 1,
                track_total_hits=True,
                source_includes=["body"],
                **after,
            ).body
        found = [_mention(hit["_source"]) for hit in answer["hits"]["hits"]]
        return page(found, search, limit=limit, total=answer["hits"]["total"]["value"])

    def count(self, query: Query) -> int:
        with self._said():
            return int(self._es.count(index=self.alias, query=_bool(query)).body["count"])

    def histogram(
        self, query: Query, *, interval: Literal["hour", "day"], timezone: str
    ) -> list[tuple[datetime, int]]:
        zone = ZoneInfo(timezone)
        about = {
            "field": "at",
            "calendar_interval": interval,
            "time_zone": timezone,
            "min_doc_count": 1,
        }
        return [
            (datetime.fromtimestamp(bucket["key"] / 1000, zone), bucket["doc_count"])
            for bucket in self._aggregate(query, {"date_histogram": about})
        ]

    def facets(
        self, query: Query, field: Literal["source", "story", "language"], *, size: int = 20
    ) -> list[tuple[str, int]]:
        order = [{"_count": "desc"}, {"_key": "asc"}]
        about = {"field": field, "size": size, "order": order}
        return [
            (bucket["key"], bucket["doc_count"])
            for bucket in self._aggregate(query, {"terms": about})
        ]

    def _aggregate(self, query: Query, about: dict[str, Any]) -> list[dict[str, Any]]:
        with self._said():
            answer = self._es.search(
                index=self.alias, query=_bool(query), size=0, aggs={"buckets": about}
            ).body
        buckets: list[dict[str, Any]] = answer["aggregations"]["buckets"]["buckets"]
        return buckets

    def scan(self, *, since: datetime) -> Iterator[Mention]:
        self.refresh()
        after: dict[str, Any] = {}
        filters = [
            {"term": {"current": True}},
            {"range": {"seen_at": {"gte": milliseconds(since)}}},
        ]
        while True:
            with self._said():
                hits = self._es.search(
                    index=self.alias,
                    query={"bool": {"filter": filters}},
                    sort=[{"seen_at": "asc"}, {"id": "asc"}],
                    size=500,
                    source_includes=["body"],
                    **after,
                ).body["hits"]["hits"]
            if not hits:
                return
            for hit in hits:
                yield _mention(hit["_source"])
            after = {"search_after": hits[-1]["sort"]}

    def refresh(self) -> None:
        with self._said():
            self._es.indices.refresh(index=self.alias)

    def describe(self) -> str:
        return f"Elasticsearch {self._version}"

    def close(self) -> None:
        self._es.close()


def _bool(query: Query) -> dict[str, Any]:
    must: list[dict[str, Any]] = [{"term": {"current": True}}]
    excluded: list[dict[str, Any]] = []
    window = {
        name: milliseconds(at) for name, at in (("gte", query.since), ("lt", query.until)) if at
    }
    if window:
        must.append({"range": {"at": window}})
    if query.sources:
        must.append({"terms": {"source": list(query.sources)}})
    if query.stories:
        must.append({"terms": {"story": list(query.stories)}})
    if query.unique:
        must.append({"term": {"duplicate": False}})
    for clause in parse(query.text).clauses:
        (excluded if clause.negative else must).append(_clause(clause))
    return {"bool": {"filter": must, "must_not": excluded}}


def _clause(clause: Clause) -> dict[str, Any]:
    fields = ("title_grams", "text_grams")
    should = [_phrase(phrase, field) for phrase in clause.phrases for field in fields]
    return {"bool": {"should": should, "minimum_should_match": 1}}


def _phrase(phrase: Phrase, field: str) -> dict[str, Any]:
    text = " ".join(phrase.tokens)
    if not phrase.open_end:
        return {"match_phrase": {field: text}}
    if len(phrase.tokens) == 1:
        return {"prefix": {field: text}}
    return {"match_phrase_prefix": {field: {"query": text, "max_expansions": MAX_EXPANSIONS}}}


def _mention(source: dict[str, Any]) -> Mention:
    return from_json(json.loads(source["body"]))


def _clean(text: str) -> str:
    """UTF-8 cannot carry a lone surrogate; JSON escapes can."""
    return "".join(c if not "\ud800" <= c <= "\udfff" else f"\\u{ord(c):04x}" for c in text)
