"""From one mention store into another: every mention with all its versions, in batches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from pipeline.model import Mention
from pipeline.ports import MentionStore
from pipeline.stores.versions import milliseconds

BATCH = 200


@dataclass(frozen=True, slots=True)
class Copied:
    """How far a copy has come: `seen_at` (milliseconds) and id of the last mention that is over."""

    seen_at: int
    id: str
    mentions: int


def copy_store(
    source: MentionStore, target: MentionStore, after: Copied | None = None
) -> Iterator[Copied]:
    """Copy, telling after each batch how far it has come; go on from there by `after`.

    Nobody else may write to either store meanwhile. Raises StoreError; what was told stands.
    """
    done = after or Copied(-(2**62), "", 0)
    since = datetime.fromtimestamp(after.seen_at / 1000, UTC) if after else _BEGIN
    left = (
        mention
        for mention in source.scan(since=since)
        if (milliseconds(mention.seen_at), mention.id) > (done.seen_at, done.id)
    )
    while batch := list(islice(left, BATCH)):
        histories = source.histories([mention.id for mention in batch])
        target.load([histories[mention.id] for mention in batch])
        done = _further(done, batch)
        yield done
    target.refresh()


_BEGIN = datetime(1, 1, 1, tzinfo=UTC)


def _further(done: Copied, batch: list[Mention]) -> Copied:
    last = batch[-1]
    return Copied(milliseconds(last.seen_at), last.id, done.mentions + len(batch))
