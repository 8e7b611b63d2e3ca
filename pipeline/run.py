"""The one place where the steps are strung together, from the spool's checkpoint on.

    read → duplicate check → story → store → alerts → quarantine → checkpoint

The stores share no transaction, so everything is at least once and idempotent: first the mention
store, then alerts, then what could not be read, then the checkpoint. A crash between any two
repeats the batch without harm.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path

from pipeline import spool
from pipeline.errors import StoreError
from pipeline.identity import mention_id
from pipeline.known import MEMORY, Known
from pipeline.model import NO_SITES, Mention, Position, RawItem, Sites, Unread
from pipeline.ports import (
    AlertStep,
    Checkpoint,
    Clock,
    MentionStore,
    PutResult,
    Quarantine,
    Zones,
)
from pipeline.reader import FAILED, Reading, addresses, read_record
from pipeline.rightful import rightful
from pipeline.story_decisions import NOTHING, Decided, settle
from pipeline.warc import DamagedError

BATCH = 100
"""Records: each costs three transactions, so that fewer, larger ones are cheaper."""
_log = logging.getLogger(__name__)


@dataclass
class Report:
    """What a run did, counted by source id."""

    records: int = 0
    new: Counter[str] = field(default_factory=Counter)
    joined: Counter[str] = field(default_factory=Counter)
    """New to this source, but owned by another: mentions are counted in `new` once."""
    updated: Counter[str] = field(default_factory=Counter)
    duplicate: Counter[str] = field(default_factory=Counter)
    """New mentions that are near-duplicates of an earlier one (also counted in `new`)."""
    quarantined: Counter[str] = field(default_factory=Counter)
    unreadable: list[Unread] = field(default_factory=list)
    repaired: int = 0
    """What was in quarantine and now is read."""
    alerts: Counter[str] = field(default_factory=Counter)


class Pipeline:
    """Turns what is in the spool into stored, judged mentions. One instance a process.

    The indexes of known duplicates and stories are rebuilt from the store on first use, and when
    people have decided about stories since.
    """

    def __init__(
        self,
        folder: Path,
        *,
        store: MentionStore,
        alerts: AlertStep,
        quarantine: Quarantine,
        checkpoint: Checkpoint,
        clock: Clock,
        zones: Zones,
        sites: Sites = NO_SITES,
        decisions: Callable[[], Decided] = lambda: NOTHING,
    ) -> None:
        self.folder = folder
        self.store = store
        self.alerts = alerts
        self.quarantine = quarantine
        self.checkpoint = checkpoint
        self.clock = clock
        self.zones, self.sites = zones, sites
        self.decisions, self._decided = decisions, NOTHING
        self._known: Known | None = None

    def run(self, progress: Callable[[int], None] = lambda _: None) -> Report:
        """Process all complete records behind the checkpoint.

        `progress` is called with the number of records done after each batch. Raises StoreError or
        SpoolError; what was done until then stands and is not done again.
        """
        report = Report()
        # One record after the other, so that no two large bodies are in memory at a time.
        readings = (
            (read_record(each, self.folder, self.zones, self.sites), each[2])
            for each in spool.walk(self.folder, self.checkpoint.load())
        )
        while batch := list(islice(readings, BATCH)):
            unread = self._take([reading for reading, _ in batch], report)
            if unread:
                self.quarantine.keep(unread, self.clock())
            self.checkpoint.save(batch[-1][1])
            progress(report.records)
        return report

    def again(self, positions: Sequence[Position]) -> Report:
        """Read single records once more; the checkpoint stays. Raises as `run`."""
        report = Report()
        rest = iter(positions)
        while batch := list(islice(rest, BATCH)):
            records = dict(self._records(batch))
            readings = [
                read_record(each, self.folder, self.zones, self.sites) for each in records.values()
            ]
            unread = self._take(readings, report)
            report.repaired += self.quarantine.settle(list(records), unread, self.clock())
            self.quarantine.lose([each for each in batch if each not in records], self.clock())
        return report

    def _records(self, positions: Sequence[Position]) -> Iterator[tuple[Position, spool.Record]]:
        """Those that are still there, damaged or not."""
        for position in positions:
            found: RawItem | spool.Damage | None
            try:
                found = spool.read_at(self.folder, position)
            except DamagedError as error:
                found = spool.Damage(str(error))
            if found is not None:
                yield position, (found, position, position)

    def _take(self, readings: Sequence[Reading], report: Report) -> list[Unread]:
        """Store and judge what was read; returns what could not be read or stored."""
        unread = [each for reading in readings for each in reading.unread]
        mentions = [mention for reading in readings for mention in reading.mentions]
        if mentions:
            stored, refused = self._store(in_order(mentions), addresses(readings), report)
            unread += refused
            if stored:
                self.store.refresh()
                report.alerts.update(self.alerts(stored, self.clock()))
        report.unreadable += unread
        report.quarantined.update(each.source for each in unread)
        report.records += len(readings)
        return unread

    def _store(
        self, mentions: Sequence[Mention], own: Mapping[str, str], report: Report
    ) -> tuple[list[Mention], list[Unread]]:
        """Compare with what is known, then store; returns the versions to be judged, in order, and
        what could not be stored.

        What a later version overtakes is judged too, if the store keeps it: also when the batch is
        done again and the later one is there already.
        """
        self._follow_decisions()
        ids = [mention.id for mention in mentions] + list(map(mention_id, own.values()))
        existing = self.store.get(ids)
        placed, refused = self._placed(mentions, own, existing)
        results, not_stored = self._put(placed)
        overtaken = [m.id for m, result in zip(placed, results, strict=True) if result == "stale"]
        kept = self.store.histories(overtaken) if overtaken else {}
        current, judged = dict(existing), dict[tuple[str, int], Mention]()
        for mention, result in zip(placed, results, strict=True):
            before = current.get(mention.id)
            if result is None:
                continue
            if result == "stale":
                versions = kept.get(mention.id, ())
                now = next((each for each in versions if _is_version(each, mention)), None)
            elif result == "joined" and before is not None:
                now = current[mention.id] = replace(before, also=mention.also)
            else:
                now = current[mention.id] = mention if result != "unchanged" else before or mention
            _count(report, mention, result, before)
            if now is not None:
                judged[now.id, now.version] = now
        return list(judged.values()), refused + not_stored

    def _follow_decisions(self) -> None:
        """What people decided about stories is true, whatever the store still says."""
        decided = self.decisions()
        if decided != self._decided:
            settle(self.store, decided)
            self._decided, self._known = decided, None

    def _placed(
        self, mentions: Sequence[Mention], own: Mapping[str, str], existing: dict[str, Mention]
    ) -> tuple[list[Mention], list[Unread]]:
        """Families and stories."""
        if self._known is None:
            since = self.clock() - MEMORY
            self._known = Known(self.store.scan(since=since), self._decided)
        latest, placed, refused = dict(existing), list[Mention](), list[Unread]()
        for each in mentions:
            mention = rightful(each, own.get(each.raw, ""), latest.get(each.id))
            before = latest.get(mention.id)
            try:
                found = self._known.again(mention, before) if before else self._known.place(mention)
            except Exception as error:  # noqa: BLE001 - one mention must never stop the others
                _log.exception("the mention %s from %s failed", mention.id, mention.raw)
                refused.append(_refused(mention, f"{FAILED}（{type(error).__name__}）"))
                continue
            latest[mention.id] = found
            placed.append(found)
        return placed, refused

    def _put(self, mentions: Sequence[Mention]) -> tuple[list[PutResult | None], list[Unread]]:
        """Put all. When the store refuses for good, find out which, unless it refuses them all."""
        try:
            return list(self.store.put(mentions)), []
        except StoreError as error:
            if error.retryable or len(mentions) < 2:
                raise
        results: list[PutResult | None] = []
        refused = []
        for mention in mentions:
            try:
                results += self.store.put([mention])
            except StoreError as error:
                if error.retryable:
                    raise
                last = error
                results.append(None)
                refused.append(_refused(mention, f"信息库不接受：{error}"))
        if len(refused) == len(mentions):
            raise last
        return results, refused


def in_order(mentions: Sequence[Mention]) -> list[Mention]:
    """The older one begins the story, whichever was fetched first; versions stay in order."""
    first: dict[str, datetime] = {}
    for mention in mentions:
        first[mention.id] = min(first.get(mention.id, mention.at), mention.at)
    return sorted(mentions, key=lambda mention: (first[mention.id], mention.id, mention.version))


def _refused(mention: Mention, reason: str) -> Unread:
    position = Position.parse(mention.raw)
    return Unread(position, mention.source, mention.url, reason, mention.id)


def _is_version(kept: Mention, mention: Mention) -> bool:
    return kept.version == mention.version and kept.content_hash == mention.content_hash


def _count(report: Report, mention: Mention, result: PutResult, before: Mention | None) -> None:
    if result in ("created", "updated", "joined"):
        known = before.finders if before else (mention.source,)
        report.joined.update(source for source in mention.finders if source not in known)
    if result == "created":
        report.new[mention.source] += 1
        report.duplicate[mention.source] += mention.duplicate_of is not None
    elif result == "updated":
        report.updated[mention.source] += 1
