"""A small archive with its pipeline, for tests: records in a spool, a store in memory, one rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from alerts.quarantine import CaseStoreQuarantine
from alerts.review import Review
from alerts.services import raise_alerts
from pipeline import reader
from pipeline.identity import canonical_url, mention_id
from pipeline.model import Mention, Position, RawItem, RawKind, Rule, RuleHit
from pipeline.ports import MentionStore
from pipeline.reprocess import Reprocess, Span, Step
from pipeline.run import Pipeline
from pipeline.spool import START, SpoolWriter, end
from pipeline.stores.memory import MemoryStore
from pipeline.understand import Unreadable
from tests.builders import NOON, mention

Understood = Callable[[RawItem, Position], Sequence[Mention | Unreadable]]


def item(key: str, body: str, *, minute: int = 0, source: str = "gazette") -> RawItem:
    return RawItem(
        kind=RawKind.ARTICLE,
        source=source,
        url=f"http://news.example/{key}.html",
        final_url=f"http://news.example/{key}.html",
        fetched_at=NOON + timedelta(minutes=minute),
        status=200,
        headers={"content-type": "text/html; charset=utf-8"},
        body=body.encode(),
    )


def plain(raw: RawItem, position: Position) -> Sequence[Mention | Unreadable]:
    """A reader for tests: the body is the text, its first line the title."""
    text = raw.body.decode()
    if text == "poison":
        raise RuntimeError("no reader expects this")
    if not text:
        return (Unreadable(raw.source, raw.url, "页面上没有读到文章"),)
    return (read(raw, position, text),)


def read(raw: RawItem, position: Position, text: str) -> Mention:
    return mention(
        mention_id(canonical_url(raw.url)),
        text.partition("\n")[0],
        text,
        version=int(raw.fetched_at.timestamp() * 1000),
        seen_at=raw.fetched_at,
        published_at=raw.fetched_at,
        source=raw.source,
        url=raw.url,
        raw=str(position),
        story="",
    )


@dataclass
class Mark:
    """A checkpoint in memory."""

    position: Position = START

    def load(self) -> Position:
        return self.position

    def save(self, position: Position) -> None:
        self.position = position


@dataclass
class Archive:
    """`words` are what the one rule of each name looks for."""

    folder: Path
    store: MentionStore = field(default_factory=MemoryStore)
    checkpoint: Mark = field(default_factory=Mark)
    words: dict[str, str] = field(default_factory=dict)
    reader: str = "reader-1"
    judged: list[str] = field(default_factory=list)
    now: datetime = NOON + timedelta(days=1)

    def append(self, *items: RawItem) -> list[Position]:
        with SpoolWriter(self.folder) as writer:
            return [writer.append(each) for each in items]

    def evaluate(self, mention: Mention, now: datetime) -> list[RuleHit]:
        return [
            RuleHit(rule, "III", "keyword", f"出现“{word}”")
            for rule, word in self.words.items()
            if word in mention.text
        ]

    def alerts(self, mentions: Sequence[Mention], now: datetime) -> Mapping[str, int]:
        self.judged += [each.text for each in mentions]
        hits = [(each, self.evaluate(each, now)) for each in mentions]
        rules = {rule: Rule(rule) for rule in self.words}
        return {"gazette": raise_alerts([(m, h) for m, h in hits if h], rules, {}, {}, now)}

    @property
    def quarantine(self) -> CaseStoreQuarantine:
        return CaseStoreQuarantine(self.reader)

    def pipeline(self) -> Pipeline:
        return Pipeline(
            self.folder, store=self.store, alerts=self.alerts, quarantine=self.quarantine,
            checkpoint=self.checkpoint, clock=lambda: self.now, zones={},
        )  # fmt: skip

    def reprocess(
        self,
        *,
        apply: bool,
        since: datetime = NOON,
        until: datetime | None = None,
        source: str = "",
    ) -> tuple[Reprocess, list[Step]]:
        run = Reprocess(
            self.folder, Span(since, until, source, end(self.folder)), store=self.store,
            alerts=self.alerts, review=Review(self.evaluate), quarantine=self.quarantine,
            clock=lambda: self.now, zones={}, apply=apply,
        )  # fmt: skip
        return run, list(run.run())


def reading(patch: pytest.MonkeyPatch, understood: Understood = plain) -> None:
    """Let `understood` read the records instead of the program's own reader."""
    patch.setattr(reader, "understand", lambda raw, position, *_: tuple(understood(raw, position)))
