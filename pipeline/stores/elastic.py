"""Elasticsearch through the official client (8.19, which speaks to 7.17, 8 and 9).

Kept to the core API, so that one code path serves a bare server and a full distribution: no
scripts, no by-query calls, no point in time. The document of the current version has the id of its
mention and is versioned by the fetch time (a later one is never overwritten by an earlier one);
each earlier version is a document of its own, written before its successor replaces it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Literal
from zoneinfo import ZoneInfo

from elasticsearch import ApiError, helpers

from pipeline.errors import StoreError
from pipeline.model import Mention, Page, Query
from pipeline.ports import PutResult, ReplaceResult
from pipeline.query import parse
from pipeline.stores.elastic_answers import ElasticAnswers
from pipeline.stores.elastic_documents import MADE_BY, document, mention_of, template
from pipeline.stores.elastic_query import bool_query
from pipeline.stores.elastic_server import ElasticServer
from pipeline.stores.pages import page, read_cursor
from pipeline.stores.versions import decide, decide_reading, milliseconds

DEFAULT_ALIAS = "chengqing-mentions"
_SOME = 500
"""Documents asked for at once; a server gives at most 10,000."""
_SENDERS, _CHUNK, _BULK_BYTES = 3, 170, 10 * 1024 * 1024
"""Connections that write at once, and how much each sends: a batch of 500 is tokenised while its
beginning is on the way (measured in decision 2)."""
_FACET_CANDIDATES = 10_000
"""Values that each shard counts, so that the most frequent of all shards are right."""


class ElasticStore:
    """A `MentionStore` behind one alias. `url` is http(s)://[user:password@]host[:port][/alias]."""

    def __init__(self, url: str) -> None:
        self._server = ElasticServer(url, DEFAULT_ALIAS)
        self._es = self._server.client
        self._alias = self._server.alias
        self.answers = ElasticAnswers(self._server)
        self._errors_said = self._server.errors_said
        with self._errors_said():
            self._prepare()

    def _prepare(self) -> None:
        """Template, index and alias, made if missing; others may do the same at the same time."""
        if not self._es.indices.exists_alias(name=self._alias):
            self._es.indices.put_index_template(name=self._alias, **template(self._alias))
            try:
                self._es.indices.create(
                    index=f"{self._alias}-000001", aliases={self._alias: {"is_write_index": True}}
                )
            except ApiError as error:
                if "resource_already_exists" not in str(error.message):
                    raise
        mappings = self._es.indices.get_mapping(index=self._alias).body
        for name, index in mappings.items():
            made_by = index["mappings"].get("_meta", {})
            if not MADE_BY.items() <= made_by.items():
                raise StoreError(
                    f"{self._server.shown}: the index {name} is of another version"
                    f" ({made_by or 'unknown'}, known is {MADE_BY}); name another alias"
                )

    # --- writing -------------------------------------------------------------------------------

    def put(self, mentions: Sequence[Mention]) -> list[PutResult]:
        current = self.get([mention.id for mention in mentions])
        results: list[PutResult] = []
        earlier: list[Mention] = []
        latest: dict[str, int] = {}
        for index, mention in enumerate(mentions):
            before = current.get(mention.id)
            result, stored = decide(mention, before)
            if result in ("created", "updated", "joined"):
                earlier += [before] if before is not None and result == "updated" else []
                current[mention.id] = stored
                latest[mention.id] = index
            results.append(result)
        self._write([self._action(each, current=False) for each in earlier])
        newer = self._write([self._action(current[each], current=True) for each in latest])
        for mention_id in newer:
            results[latest[mention_id]] = "stale"
        return results

    def replace(self, mentions: Sequence[Mention]) -> list[ReplaceResult]:
        current = self.get([mention.id for mention in mentions])
        earlier = [
            _earlier_id(mention) for mention in mentions
            if mention.id in current and current[mention.id].version > mention.version
        ]  # fmt: skip
        kept = current | self.get(earlier)
        results: list[ReplaceResult] = []
        actions = []
        for mention in mentions:
            newest = current.get(mention.id)
            is_current = newest is not None and newest.version == mention.version
            before = kept.get(mention.id if is_current else _earlier_id(mention))
            result = decide_reading(mention, before)
            if result == "replaced":
                actions.append(self._action(mention, current=is_current))
            results.append(result)
        overtaken = set(self._write(actions))
        return [
            "missing" if mention.id in overtaken else result
            for mention, result in zip(mentions, results, strict=True)
        ]

    def _action(self, mention: Mention, *, current: bool) -> dict[str, Any]:
        return {
            "_index": self._alias,
            "_id": mention.id if current else _earlier_id(mention),
            "version": mention.version,
            "version_type": "external_gte",
            "_source": document(mention, current=current),
        }

    def _write(self, actions: Sequence[dict[str, Any]]) -> list[str]:
        """Bulk write, durable on return; ids for which the server has a newer version."""
        newer: list[str] = []
        failed: list[dict[str, Any]] = []
        with self._errors_said():
            for done, item in helpers.parallel_bulk(
                self._es,
                actions,
                thread_count=_SENDERS,
                chunk_size=_CHUNK,
                max_chunk_bytes=_BULK_BYTES,
                raise_on_error=False,
                require_alias=True,
            ):
                if done:
                    continue
                detail = item["index"]
                if detail["status"] == 409:
                    newer.append(detail["_id"])
                else:
                    failed.append(detail)
        if failed:
            raise self._server.not_stored(failed, len(actions), "mentions")
        return newer

    # --- reading -------------------------------------------------------------------------------

    def get(self, ids: Sequence[str]) -> dict[str, Mention]:
        found: dict[str, Mention] = {}
        wanted = list(dict.fromkeys(ids))
        for start in range(0, len(wanted), _SOME):
            with self._errors_said():
                answer = self._es.mget(
                    index=self._alias,
                    ids=wanted[start : start + _SOME],
                    source_includes=["mention"],
                ).body
            found |= {
                doc["_id"]: mention_of(doc["_source"]) for doc in answer["docs"] if doc.get("found")
            }
        return found

    def versions(self, mention_id: str) -> list[Mention]:
        return self.histories([mention_id]).get(mention_id, [])

    def histories(self, ids: Sequence[str]) -> dict[str, list[Mention]]:
        self.refresh()
        order = [{"id": "asc"}, {"version": "desc"}, {"current": "asc"}]
        found: dict[str, dict[int, Mention]] = {}
        wanted = list(dict.fromkeys(ids))
        for start in range(0, len(wanted), _SOME):
            part = wanted[start : start + _SOME]
            for mention in self._walk({"terms": {"id": part}}, order):
                # A crash may have left the current version beside a copy of it.
                found.setdefault(mention.id, {})[mention.version] = mention
        return {mention_id: list(versions.values()) for mention_id, versions in found.items()}

    def load(self, histories: Sequence[Sequence[Mention]]) -> None:
        there = self.histories([history[0].id for history in histories if history])
        earlier: list[dict[str, Any]] = []
        newest: list[dict[str, Any]] = []
        for history in histories:
            known = {each.version: each for each in there.get(history[0].id, ())}
            kept = {each.version: each for each in history} | known
            last = max(kept)
            newest += [] if last in known else [self._action(kept[last], current=True)]
            before = [version for version in kept if version != last]
            if last not in known or kept.keys() - known.keys():
                earlier += [self._action(kept[version], current=False) for version in before]
        self._write(earlier)
        self._write(newest)

    def search(self, query: Query, *, limit: int = 20, cursor: str | None = None) -> Page:
        search = parse(query.text)
        after = None if cursor is None else list(read_cursor(cursor))
        total = self.count(query)
        order = [{"at": "desc"}, {"id": "asc"}]
        found = islice(self._walk(bool_query(query), order, after, some=limit + 1), limit + 1)
        return page(list(found), search, limit=limit, total=total)

    def count(self, query: Query) -> int:
        with self._errors_said():
            return int(self._es.count(index=self._alias, query=bool_query(query)).body["count"])

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
        about = {
            "field": field,
            "size": size,
            "shard_size": max(size, _FACET_CANDIDATES),
            "order": [{"_count": "desc"}, {"_key": "asc"}],
        }
        return [
            (bucket["key"], bucket["doc_count"])
            for bucket in self._aggregate(query, {"terms": about})
        ]

    def _aggregate(self, query: Query, about: dict[str, Any]) -> list[dict[str, Any]]:
        with self._errors_said():
            answer = self._es.search(
                index=self._alias, query=bool_query(query), size=0, aggs={"buckets": about}
            ).body
        buckets: list[dict[str, Any]] = answer["aggregations"]["buckets"]["buckets"]
        return buckets

    def scan(self, *, since: datetime) -> Iterator[Mention]:
        self.refresh()
        seen = {"range": {"seen_at": {"gte": milliseconds(since)}}}
        current = {"bool": {"filter": [{"term": {"current": True}}, seen]}}
        return self._walk(current, [{"seen_at": "asc"}, {"id": "asc"}])

    def _walk(
        self,
        query: dict[str, Any],
        order: list[dict[str, str]],
        after: list[Any] | None = None,
        some: int = _SOME,
    ) -> Iterator[Mention]:
        """All mentions that match, in an order without ties, `some` asked for at a time."""
        size = min(some, _SOME)
        while True:
            with self._errors_said():
                hits = self._es.search(
                    index=self._alias,
                    query=query,
                    sort=order,
                    size=size,
                    search_after=after,
                    source_includes=["mention"],
                    track_total_hits=False,
                ).body["hits"]["hits"]
            yield from (mention_of(hit["_source"]) for hit in hits)
            if len(hits) < size:
                return
            after = hits[-1]["sort"]

    def refresh(self) -> None:
        with self._errors_said():
            self._es.indices.refresh(index=self._alias)

    def describe(self) -> str:
        return f"Elasticsearch {self._server.version}"

    def close(self) -> None:
        self._es.close()


def _earlier_id(mention: Mention) -> str:
    """Id of the document that keeps a version which is no longer the current one."""
    return f"{mention.id}@{mention.version}"
