"""What the pipeline needs from outside, as Protocols that `config/wiring.py` fills."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from pipeline.answers import Answer, Answers
from pipeline.model import Mention, Page, Position, Query, Unread

PutResult = Literal["created", "updated", "joined", "unchanged", "stale"]
"""created: new id. updated: newer version with other content, the old one is kept as a document of
its own. joined: nothing newer, but more sources found it; the current version now names them in
`also`. unchanged: same content. stale: a newer version is there. The last two wrote nothing.
"""


ReplaceResult = Literal["replaced", "unchanged", "missing"]
"""replaced: a kept version now reads as given. unchanged: it did so before. missing: that version
is not kept. Only the first one wrote."""


class AnswerIndex(Protocol):
    """Search copies of known claims and official facts, beside the mentions of a store. They are
    never the truth and can be made anew at any time. All calls raise `StoreError`."""

    def digest(self) -> str:
        """`Answers.digest` of what is kept, empty before there is any."""

    def replace(self, answers: Answers) -> None:
        """Keep these and no others; durable and searchable on return. Whoever searches meanwhile
        finds the old ones or the new ones, never a mixture."""

    def find(self, text: str, *, limit: int = 5) -> list[Answer]:
        """What speaks of the words of a search, best first by the engine's BM25 over words and
        pairs of characters, ties by `Answer.key`. Raises QueryError as `MentionStore.search`."""


class MentionStore(Protocol):
    """Mentions, searchable. Every call may be repeated without harm.

    Implementations: `pipeline.stores.memory` (the reference), `.sqlite`, `.elastic`; one contract
    suite (`tests/contracts`) runs against all. Instances belong to one thread. Times are UTC.
    All calls raise `StoreError`; one that failed as a whole wrote nothing that a repetition would
    double.
    """

    def put(self, mentions: Sequence[Mention]) -> list[PutResult]:
        """Store a batch, durable on return; one result a mention, in order.

        The same id may occur more than once in a batch: applied in order.
        Raises StoreError when any of them could not be written; the others may have been.
        """

    def replace(self, mentions: Sequence[Mention]) -> list[ReplaceResult]:
        """Put a better reading in the place of the stored one of the same id and version, current
        or earlier; durable on return, one result a mention, in order.

        What is replaced is not kept: versions are what a publisher changed, not how well it was
        read. All fields are stored as given. No version occurs twice in a batch. Raises StoreError.
        """

    def get(self, ids: Sequence[str]) -> dict[str, Mention]:
        """The current versions of those ids that exist. Sees what `put` has returned from."""

    def versions(self, mention_id: str) -> list[Mention]:
        """All kept versions, newest first; empty when unknown."""

    def histories(self, ids: Sequence[str]) -> dict[str, list[Mention]]:
        """`versions` of many; unknown ids are left out."""

    def load(self, histories: Sequence[Sequence[Mention]]) -> None:
        """Take over mentions as another store kept them: all versions of each, as they are, the
        newest one current. A version that is here already stays. Durable on return; for moving
        between engines. Raises StoreError.
        """

    def search(self, query: Query, *, limit: int = 20, cursor: str | None = None) -> Page:
        """Newest first by `Mention.at`, ties by id ascending. Sees what `refresh` has covered.

        Raises QueryError for a text that cannot be understood or a cursor that is not ours.
        """

    def count(self, query: Query) -> int: ...

    def histogram(
        self, query: Query, *, interval: Literal["hour", "day"], timezone: str
    ) -> list[tuple[datetime, int]]:
        """Mentions per hour or day of `timezone`: start of the bucket in that zone, ascending.

        Buckets without a mention are left out.
        """

    def facets(
        self, query: Query, field: Literal["source", "story", "language"], *, size: int = 20
    ) -> list[tuple[str, int]]:
        """The most frequent values, by count descending, then value ascending."""

    def scan(self, *, since: datetime) -> Iterator[Mention]:
        """All current mentions with `seen_at` >= since, oldest first, ties by id; for rebuilding
        indexes kept in memory."""

    def refresh(self) -> None:
        """Make everything put so far visible to searches."""

    @property
    def answers(self) -> AnswerIndex: ...

    def describe(self) -> str:
        """Engine and version, for people: `SQLite 3.40.1 (FTS5)`."""

    def close(self) -> None: ...


class AlertStep(Protocol):
    """Judges mentions that are in the store. Idempotent: the same mention again changes nothing."""

    def __call__(self, mentions: Sequence[Mention], now: datetime) -> Mapping[str, int]:
        """Returns how many alerts were raised anew by source id (joined ones not counted)."""


@dataclass(frozen=True, slots=True)
class AlertChange:
    """What today's rules would do to the alerts that stand."""

    kind: Literal["raised", "joined", "lapsed"]
    """raised: a new alert. joined: a mention more for an alert. lapsed: none of its mentions is hit
    any more."""
    alert: str
    rule: str
    level: str
    mention: str
    """Id of the mention that it is about; the first one of several."""
    reason: str


class AlertReview(Protocol):
    """Compares what today's rules find with the alerts that stand. Changes nothing."""

    def compare(
        self, mentions: Sequence[Mention], gone: Sequence[Mention], now: datetime
    ) -> Sequence[AlertChange]:
        """Of current mentions as they read now, and of those that are articles no more. What lapses
        is told by `lapsed`."""

    def lapsed(self) -> Sequence[AlertChange]:
        """At the end: alerts of which every mention was compared and none is hit."""


class Quarantine(Protocol):
    """What could not be read; kept in the case store. Calls may be repeated without harm."""

    def keep(self, unread: Sequence[Unread], now: datetime) -> None:
        """A row for each; one that is there stays as it is."""

    def settle(self, tried: Sequence[Position], unread: Sequence[Unread], now: datetime) -> int:
        """After the records at `tried` were read once more: `unread` is what still cannot be read
        of them; all other rows of theirs are repaired. Returns how many."""

    def lose(self, positions: Sequence[Position], now: datetime) -> None:
        """The records are no longer in the spool, so nobody can try again."""


class Checkpoint(Protocol):
    """How far the spool has been processed; kept in the case store."""

    def load(self) -> Position: ...

    def save(self, position: Position) -> None: ...


class Clock(Protocol):
    def __call__(self) -> datetime:
        """Now, in UTC."""


Zones = Mapping[str, str]
"""Source id → IANA zone of times written without an offset."""
