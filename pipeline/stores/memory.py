"""The reference: plain Python over lists. For tests and small tries; nothing outlives it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pipeline.model import Mention, Page, Query, SearchHit
from pipeline.normalise import fold
from pipeline.ports import PutResult
from pipeline.query import Search, parse, read_cursor, write_cursor
from pipeline.stores.versions import decide, milliseconds
from pipeline.tokenise import Phrase, spans_in, tokens


class MemoryStore:
    """A `MentionStore` in memory."""

    def __init__(self) -> None:
        self._versions: dict[str, list[Mention]] = {}

    def put(self, mentions: Sequence[Mention]) -> list[PutResult]:
        results = []
        for mention in mentions:
            kept = self._versions.setdefault(mention.id, [])
            result, stored = decide(mention, kept[-1] if kept else None)
            if result in ("created", "updated"):
                kept.append(stored)
            results.append(result)
        return results

    def get(self, ids: Sequence[str]) -> dict[str, Mention]:
        return {each: self._versions[each][-1] for each in ids if each in self._versions}

    def versions(self, mention_id: str) -> list[Mention]:
        return list(reversed(self._versions.get(mention_id, [])))

    def search(self, query: Query, *, limit: int = 20, cursor: str | None = None) -> Page:
        search = parse(query.text)
        found = self._matching(query, search)
        total = len(found)
        if cursor is not None:
            at, mention_id = read_cursor(cursor)
            found = [m for m in found if (-milliseconds(m.at), m.id) > (-at, mention_id)]
        return page(found[: limit + 1], search, limit=limit, total=total)

    def count(self, query: Query) -> int:
        return len(self._matching(query, parse(query.text)))

    def histogram(
        self, query: Query, *, interval: Literal["hour", "day"], timezone: str
    ) -> list[tuple[datetime, int]]:
        times = [mention.at for mention in self._matching(query, parse(query.text))]
        return buckets(times, interval, timezone)

    def facets(
        self, query: Query, field: Literal["source", "story", "language"], *, size: int = 20
    ) -> list[tuple[str, int]]:
        counts = Counter(getattr(m, field) for m in self._matching(query, parse(query.text)))
        return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:size]

    def scan(self, *, since: datetime) -> Iterator[Mention]:
        current = (kept[-1] for kept in self._versions.values())
        return iter(
            sorted((m for m in current if m.seen_at >= since), key=lambda m: (m.seen_at, m.id))
        )

    def refresh(self) -> None:
        """Nothing to do: what is put is seen."""

    def describe(self) -> str:
        return "memory"

    def close(self) -> None:
        self._versions.clear()

    def _matching(self, query: Query, search: Search) -> list[Mention]:
        current = [kept[-1] for kept in self._versions.values() if kept]
        found = [m for m in current if _filtered(m, query) and _matches(m, search)]
        return sorted(found, key=lambda m: (-milliseconds(m.at), m.id))


def _filtered(mention: Mention, query: Query) -> bool:
    return (
        (query.since is None or milliseconds(mention.at) >= milliseconds(query.since))
        and (query.until is None or milliseconds(mention.at) < milliseconds(query.until))
        and (not query.sources or mention.source in query.sources)
        and (not query.stories or mention.story in query.stories)
        and (not query.unique or mention.duplicate_of is None)
    )


def _matches(mention: Mention, search: Search) -> bool:
    folded = [fold(text).text for text in (mention.title, mention.text)]
    of = [tokens(text) for text in folded]

    def stands(phrase: Phrase) -> bool:
        return any(phrase.find(text, each) for text, each in zip(folded, of, strict=True))

    return all(
        any(stands(phrase) for phrase in clause.phrases) != clause.negative
        for clause in search.clauses
    )


def page(found: Sequence[Mention], search: Search, *, limit: int, total: int) -> Page:
    """A page from up to `limit` + 1 mentions: the one too many tells that there is another page."""
    shown = found[:limit]
    wanted = search.wanted
    hits = tuple(
        SearchHit(mention, spans_in(mention.text, wanted), spans_in(mention.title, wanted))
        for mention in shown
    )
    more = len(found) > limit and shown
    cursor = write_cursor(milliseconds(shown[-1].at), shown[-1].id) if more else None
    return Page(hits, total, cursor)


def buckets(
    times: Sequence[datetime], interval: Literal["hour", "day"], timezone: str
) -> list[tuple[datetime, int]]:
    """Times counted per hour or day of a zone: start of the bucket, ascending."""
    zone = ZoneInfo(timezone)
    counts: Counter[datetime] = Counter()
    for at in times:
        local = at.astimezone(zone)
        start = local - timedelta(minutes=local.minute, seconds=local.second)
        start = start.replace(microsecond=0)
        counts[start.replace(hour=0) if interval == "day" else start] += 1
    return sorted(counts.items())
