"""A span of the archive through today's reading and rules, without fetching.

What would change is told batch by batch; with `apply` it is done right after it was told, in the
same order as the pipeline itself (store, alerts, quarantine), and may be done again after a kill.
Nobody else may write to the store meanwhile. See `docs/decisions/0006-evidence.md`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Literal

from pipeline import spool
from pipeline.identity import canonical_url, mention_id
from pipeline.known import MEMORY, Known
from pipeline.model import NO_SITES, Mention, Position, RawItem, RawKind, Sites, Unread
from pipeline.ports import (
    AlertChange,
    AlertReview,
    AlertStep,
    Clock,
    MentionStore,
    Quarantine,
    Zones,
)
from pipeline.reader import Reading, addresses, read_record
from pipeline.rightful import rightful
from pipeline.run import BATCH, in_order
from pipeline.story_decisions import NOTHING, Decided

FIELDS = (
    "title", "text", "published_at", "published_precision", "author", "origin", "language", "url",
    "source", "also",
)  # fmt: skip
"""What is read of a record, in the order in which differences are told."""


@dataclass(frozen=True, slots=True)
class Span:
    """Records fetched in [since, until), of one source or of all, before `end` of the spool."""

    since: datetime
    until: datetime | None
    source: str
    end: Position


@dataclass(frozen=True, slots=True)
class Change:
    """One mention that reads otherwise today. `gone`: its record holds no article any more."""

    kind: Literal["new", "changed", "gone"]
    mention: Mention
    before: Mention | None = None
    reason: str = ""

    @property
    def fields(self) -> list[str]:
        """Which of `FIELDS` differ."""
        before = self.before
        if self.kind != "changed" or before is None:
            return []
        return [name for name in FIELDS if getattr(before, name) != getattr(self.mention, name)]


@dataclass(frozen=True, slots=True)
class Step:
    """What a batch of records gave; `at` is where it ends."""

    at: Position
    changes: Sequence[Change] = ()
    alerts: Sequence[AlertChange] = ()


@dataclass(frozen=True, slots=True)
class _Read:
    """A record without its body: what it gave, under which ids it may be stored, and where the next
    record stands."""

    reading: Reading
    ids: frozenset[str]
    following: Position


class Reprocess:
    """One run over one span. `counts` grows with it: records, unreadable, new, changed, gone,
    unchanged, repaired (only when applied)."""

    def __init__(
        self,
        folder: Path,
        span: Span,
        *,
        store: MentionStore,
        alerts: AlertStep,
        review: AlertReview,
        quarantine: Quarantine,
        clock: Clock,
        zones: Zones,
        sites: Sites = NO_SITES,
        decided: Decided = NOTHING,
        apply: bool,
    ) -> None:
        self.folder, self.span, self.apply = folder, span, apply
        self.store, self.alerts, self.review, self.quarantine = store, alerts, review, quarantine
        self.clock, self.zones, self.sites = clock, zones, sites
        self.decided = decided
        self.counts: Counter[str] = Counter()
        self._told: dict[str, tuple[int, str]] = {}
        """Id → version and content that an earlier batch found and a trial run does not store."""
        self._known: Known | None = None

    def run(self) -> Iterator[Step]:
        """Raises StoreError or SpoolError; what was done until then stands."""
        # One record after the other, so that no two large bodies are in memory at a time.
        read = (
            _Read(read_record(record, self.folder, self.zones, self.sites), _ids(record), record[2])
            for record in self._records()
        )
        while batch := list(islice(read, BATCH)):
            yield self._batch(batch)
        yield Step(self.span.end, (), self.review.lapsed())

    def segments(self) -> list[int]:
        """Those that may hold records of the span: a segment begins when the one before ends."""
        numbers = [n for n in spool.segments(self.folder) if n <= self.span.end.segment]
        begins = {number: spool.began(self.folder, number) for number in numbers}
        wanted = []
        for number, following in zip(numbers, [*numbers[1:], None], strict=True):
            begin, end = begins[number], begins[following] if following else None
            early = end is not None and end < self.span.since
            late = self.span.until and begin is not None and begin >= self.span.until
            if not early and not late:
                wanted.append(number)
        return wanted

    def _records(self) -> Iterator[spool.Record]:
        for number in self.segments():
            for record in spool.walk(self.folder, Position(number, 0)):
                if record[1].segment != number or record[1] >= self.span.end:
                    break
                if self._wanted(record[0]):
                    yield record

    def _wanted(self, raw: RawItem | spool.Damage) -> bool:
        if isinstance(raw, spool.Damage):
            return not self.span.source
        until = self.span.until
        return (
            raw.fetched_at >= self.span.since
            and (until is None or raw.fetched_at < until)
            and (not self.span.source or raw.source == self.span.source)
        )

    def _batch(self, batch: Sequence[_Read]) -> Step:
        readings = [each.reading for each in batch]
        unread = [each for reading in readings for each in reading.unread]
        read = in_order([mention for reading in readings for mention in reading.mentions])
        left, own = _left_behind(batch), addresses(readings)
        ids = [mention.id for mention in read] + list(map(mention_id, own.values()))
        current = self.store.get(ids + list(left))
        mentions = _each_once(
            [rightful(each, own.get(each.raw, ""), current.get(each.id)) for each in read]
        )
        for mention in mentions:
            left.pop(mention.id, None)
        gone = [
            Change("gone", current[key], reason=_why(unread, position))
            for key, position in left.items()
            if key in current and current[key].raw == str(position)
        ]
        changes, judged = self._changes(mentions, current)
        lost = [change.mention for change in gone]
        found = self.review.compare(judged, lost, self.clock())
        self.counts["records"] += len(batch)
        self.counts["unreadable"] += len(unread)
        self.counts["gone"] += len(gone)
        if self.apply:
            self._applied(changes, judged)
            tried = [reading.position for reading in readings]
            self.counts["repaired"] += self.quarantine.settle(tried, unread, self.clock())
        return Step(batch[-1].following, [*changes, *gone], found)

    def _changes(
        self, mentions: Sequence[Mention], current: dict[str, Mention]
    ) -> tuple[list[Change], list[Mention]]:
        """What reads otherwise, and the current mentions as they read now, for the rules."""
        changes: list[Change] = []
        judged: dict[str, Mention] = {}
        for mention in mentions:
            before = current.get(mention.id)
            if self._told_already(mention):
                self.counts["unchanged"] += 1
                continue
            change = self._change(mention, before)
            if change is None:
                self.counts["unchanged"] += 1
                now = before
            else:
                self.counts[change.kind] += 1
                changes.append(change)
                now = change.mention
            if now is not None and (before is None or now.version >= before.version):
                current[mention.id] = judged[mention.id] = now
        return changes, list(judged.values())

    def _change(self, mention: Mention, current: Mention | None) -> Change | None:
        """None when today's reading is what the store has (or had no reason to keep)."""
        if current is None:
            placed = self._index().place(mention)
            self._remember(placed)
            return Change("new", placed)
        kept = current if current.version <= mention.version else self._version(mention)
        if kept is None:
            return None
        better = Known.again(mention, kept)
        if kept.version != mention.version or kept.raw != mention.raw:
            if kept.content_hash == mention.content_hash:  # as before, when it was fetched
                better = replace(kept, also=better.also)
            elif kept.version == mention.version:
                return None
        if better == kept:
            return None
        self._remember(better)
        return Change("changed", better, kept)

    def _told_already(self, mention: Mention) -> bool:
        """In a trial run: an earlier record gave the same, or a later version."""
        version, content = self._told.get(mention.id, (-1, ""))
        return version >= mention.version or content == mention.content_hash

    def _version(self, mention: Mention) -> Mention | None:
        versions = self.store.versions(mention.id)
        return next((each for each in versions if each.version == mention.version), None)

    def _remember(self, mention: Mention) -> None:
        if not self.apply:
            self._told[mention.id] = (mention.version, mention.content_hash)

    def _index(self) -> Known:
        """Only when something new turns up: it reads all mentions since a month before the span."""
        if self._known is None:
            since = self.span.since - MEMORY
            self._known = Known(self.store.scan(since=since), self.decided)
        return self._known

    def _applied(self, changes: Sequence[Change], judged: Sequence[Mention]) -> None:
        better = [
            change.mention
            for change in changes
            if change.before is not None and change.before.version == change.mention.version
        ]
        done = zip(better, self.store.replace(better), strict=True)
        missing = [mention for mention, result in done if result == "missing"]
        self.store.put([change.mention for change in changes if change.mention not in better])
        self.store.replace(missing)  # new in this batch, and found once more in it
        if changes:
            self.store.refresh()
        if judged:
            self.alerts(judged, self.clock())


def _each_once(mentions: Sequence[Mention]) -> list[Mention]:
    """The first of those with the same id and version, as a store keeps it."""
    found: dict[tuple[str, int], Mention] = {}
    for mention in mentions:
        found.setdefault((mention.id, mention.version), mention)
    return list(found.values())


def _left_behind(batch: Sequence[_Read]) -> dict[str, Position]:
    """Ids under which a record may have been stored and is not any more → its position."""
    found: dict[str, Position] = {}
    for each in batch:
        made = {mention.id for mention in each.reading.mentions}
        found |= dict.fromkeys(each.ids - made, each.reading.position)
    return found


def _ids(record: spool.Record) -> frozenset[str]:
    """As `pipeline.understand` makes them where the page itself names no other address."""
    raw = record[0]
    if isinstance(raw, spool.Damage) or raw.kind in (RawKind.LISTING, RawKind.PART):
        return frozenset()
    addresses = {canonical_url(url) for url in (raw.final_url, raw.url) if url}
    if not addresses:
        return frozenset({mention_id(f"{raw.source}\n{raw.hints.guid}")})
    return frozenset(mention_id(address) for address in addresses)


def _why(unread: Sequence[Unread], position: Position) -> str:
    reasons = (each.reason for each in unread if each.position == position)
    return next(reasons, "这一页现在归入另一个地址")
