"""The reference: plain Python over lists. For tests and small tries; nothing outlives it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal

from pipeline.model import Mention, Page, Query
from pipeline.normalise import fold
from pipeline.ports import PutResult, ReplaceResult
from pipeline.query import Search, parse
from pipeline.stores.memory_answers import MemoryAnswers
from pipeline.stores.pages import buckets, page, read_cursor
from pipeline.stores.versions import decide, decide_reading, milliseconds

_Texts = tuple[str, str]
"""Title and text, folded."""


class MemoryStore:
    """A `MentionStore` in memory."""

    def __init__(self) -> None:
        self._versions: dict[str, list[Mention]] = {}
        self._texts: dict[str, _Texts] = {}
        self.answers = MemoryAnswers()

    def put(self, mentions: Sequence[Mention]) -> list[PutResult]:
        results = []
        for mention in mentions:
            kept = self._versions.get(mention.id, [])
            result, stored = decide(mention, kept[-1] if kept else None)
            if result == "joined":
                kept[-1] = stored
            elif result in ("created", "updated"):
                self._versions[mention.id] = [*kept, stored]
                self._texts[mention.id] = (fold(mention.title).text, fold(mention.text).text)
            results.append(result)
        return results

    def replace(self, mentions: Sequence[Mention]) -> list[ReplaceResult]:
        results = []
        for mention in mentions:
            kept = self._versions.get(mention.id, [])
            index = next((n for n, each in enumerate(kept) if each.version == mention.version), -1)
            result = decide_reading(mention, kept[index] if index >= 0 else None)
            if result == "replaced":
                kept[index] = mention
                current = kept[-1]
                self._texts[mention.id] = (fold(current.title).text, fold(current.text).text)
            results.append(result)
        return results

    def get(self, ids: Sequence[str]) -> dict[str, Mention]:
        return {each: self._versions[each][-1] for each in ids if each in self._versions}

    def versions(self, mention_id: str) -> list[Mention]:
        return list(reversed(self._versions.get(mention_id, [])))

    def histories(self, ids: Sequence[str]) -> dict[str, list[Mention]]:
        return {each: self.versions(each) for each in ids if each in self._versions}

    def load(self, histories: Sequence[Sequence[Mention]]) -> None:
        for history in histories:
            for mention in history:
                kept = self._versions.get(mention.id, [])
                by_version = {each.version: each for each in (mention, *kept)}
                self._versions[mention.id] = [by_version[key] for key in sorted(by_version)]
                current = self._versions[mention.id][-1]
                self._texts[mention.id] = (fold(current.title).text, fold(current.text).text)

    def search(self, query: Query, *, limit: int = 20, cursor: str | None = None) -> Page:
        found = self._matching(query)
        total = len(found)
        if cursor is not None:
            at, mention_id = read_cursor(cursor)
            found = [m for m in found if (-milliseconds(m.at), m.id) > (-at, mention_id)]
        return page(found[: limit + 1], parse(query.text), limit=limit, total=total)

    def count(self, query: Query) -> int:
        return len(self._matching(query))

    def histogram(
        self, query: Query, *, interval: Literal["hour", "day"], timezone: str
    ) -> list[tuple[datetime, int]]:
        return buckets(((m.at, 1) for m in self._matching(query)), interval, timezone)

    def facets(
        self, query: Query, field: Literal["source", "story", "language"], *, size: int = 20
    ) -> list[tuple[str, int]]:
        counts = Counter(
            value
            for mention in self._matching(query)
            for value in (mention.finders if field == "source" else (getattr(mention, field),))
        )
        return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:size]

    def scan(self, *, since: datetime) -> Iterator[Mention]:
        found = [m for m in self._current() if milliseconds(m.seen_at) >= milliseconds(since)]
        return iter(sorted(found, key=lambda m: (milliseconds(m.seen_at), m.id)))

    def refresh(self) -> None:
        """Nothing to do: what is put is seen."""

    def describe(self) -> str:
        return "memory"

    def close(self) -> None:
        self._versions.clear()
        self._texts.clear()

    def _current(self) -> list[Mention]:
        return [kept[-1] for kept in self._versions.values()]

    def _matching(self, query: Query) -> list[Mention]:
        search = parse(query.text)
        found = [
            m
            for m in self._current()
            if _filtered(m, query) and _matches(self._texts[m.id], search)
        ]
        return sorted(found, key=lambda m: (-milliseconds(m.at), m.id))


def _filtered(mention: Mention, query: Query) -> bool:
    at = milliseconds(mention.at)
    return (
        (query.since is None or at >= milliseconds(query.since))
        and (query.until is None or at < milliseconds(query.until))
        and (not query.sources or not set(query.sources).isdisjoint(mention.finders))
        and (not query.stories or mention.story in query.stories)
        and (not query.unique or mention.duplicate_of is None)
    )


def _matches(texts: _Texts, search: Search) -> bool:
    return all(
        any(phrase.stands_in(text) for phrase in clause.phrases for text in texts)
        != clause.negative
        for clause in search.clauses
    )
