"""The one place where the steps are strung together, from the spool's checkpoint on.

    decode → extract → normalise → duplicate check → story → store → alerts → checkpoint

The stores share no transaction, so everything is at least once and idempotent: first the mention
store, then alerts, then the checkpoint. A crash between any two repeats the batch without harm.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import islice
from pathlib import Path

from pipeline import spool
from pipeline.duplicates import DuplicateIndex, signature
from pipeline.model import Mention, Position, RawItem
from pipeline.ports import AlertStep, Checkpoint, Clock, MentionStore, PutResult, Zones
from pipeline.stories import StoryIndex
from pipeline.understand import Unreadable, understand

BATCH = 50
MEMORY = timedelta(days=30)
"""How far back a new mention is compared for duplicates and stories."""


@dataclass
class Report:
    """What a run did, counted by source id."""

    records: int = 0
    new: Counter[str] = field(default_factory=Counter)
    updated: Counter[str] = field(default_factory=Counter)
    duplicate: Counter[str] = field(default_factory=Counter)
    """New mentions that are near-duplicates of an earlier one (also counted in `new`)."""
    unreadable: list[Unreadable] = field(default_factory=list)
    alerts: Counter[str] = field(default_factory=Counter)


class Pipeline:
    """Turns what is in the spool into stored, judged mentions. One instance a process.

    The indexes of known duplicates and stories are rebuilt from the store on first use.
    """

    def __init__(
        self,
        folder: Path,
        *,
        store: MentionStore,
        alerts: AlertStep,
        checkpoint: Checkpoint,
        clock: Clock,
        zones: Zones,
    ) -> None:
        self.folder = folder
        self.store = store
        self.alerts = alerts
        self.checkpoint = checkpoint
        self.clock = clock
        self.zones = zones
        self._known: _Known | None = None

    def run(self, progress: Callable[[int], None] = lambda _: None) -> Report:
        """Process all complete records behind the checkpoint.

        `progress` is called with the number of records done after each batch. Raises StoreError or
        SpoolError; what was done until then stands and is not done again.
        """
        report = Report()
        records = spool.read(self.folder, self.checkpoint.load())
        while batch := list(islice(records, BATCH)):
            self._process(batch, report)
            progress(report.records)
        return report

    def _process(self, batch: Sequence[tuple[RawItem, Position, Position]], report: Report) -> None:
        mentions = []
        for raw, position, _ in batch:
            zone = self.zones.get(raw.source, "Asia/Shanghai")
            for made in understand(raw, position, zone):
                if isinstance(made, Unreadable):
                    report.unreadable.append(made)
                else:
                    mentions.append(made)
        # The older one begins the story, whichever was fetched first.
        mentions.sort(key=lambda mention: (mention.at, mention.id, mention.version))
        if mentions:
            stored = self._store(mentions, report)
            self.store.refresh()
            report.alerts.update(self.alerts(stored, self.clock()))
        self.checkpoint.save(batch[-1][2])
        report.records += len(batch)

    def _store(self, mentions: Sequence[Mention], report: Report) -> list[Mention]:
        """Compare with what is known, then store; returns the mentions as they now stand."""
        if self._known is None:
            self._known = _Known(self.store.scan(since=self.clock() - MEMORY))
        known = self._known
        existing = self.store.get([mention.id for mention in mentions])
        placed = []
        for mention in mentions:
            before = existing.get(mention.id)
            mention = known.again(mention, before) if before else known.place(mention)
            existing[mention.id] = mention
            placed.append(mention)
        for mention, result in zip(placed, self.store.put(placed), strict=True):
            _count(report, mention, result)
        return list({mention.id: mention for mention in placed}.values())


def _count(report: Report, mention: Mention, result: PutResult) -> None:
    if result == "created":
        report.new[mention.source] += 1
        report.duplicate[mention.source] += mention.duplicate_of is not None
    elif result == "updated":
        report.updated[mention.source] += 1


class _Known:
    """Duplicates and stories of the recent past."""

    def __init__(self, mentions: Iterator[Mention]) -> None:
        self.duplicates = DuplicateIndex()
        self.stories = StoryIndex()
        for mention in mentions:
            self._add(mention)

    def place(self, mention: Mention) -> Mention:
        """A mention never seen before: its family and story."""
        text = mention.text or mention.title
        made = signature(text)
        found = self.duplicates.find(text, made)
        family, similarity = found if found else (None, 1.0)
        mention = replace(mention, signature=made, duplicate_of=family, similarity=similarity)
        mention = replace(mention, story=self.stories.assign(mention))
        self._add(mention)
        return mention

    def again(self, mention: Mention, before: Mention) -> Mention:
        """A mention that is stored: it keeps its place, whatever its text has become."""
        return replace(
            mention,
            seen_at=min(before.seen_at, mention.seen_at),
            story=before.story,
            duplicate_of=before.duplicate_of,
            similarity=before.similarity,
            signature=before.signature,
        )

    def _add(self, mention: Mention) -> None:
        family = mention.duplicate_of or mention.id
        text = mention.text or mention.title
        self.duplicates.add(mention.id, family, mention.signature, text)
        self.stories.add(mention)
