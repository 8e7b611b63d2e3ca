"""What becomes of a mention that is put: one decision for all stores, and its form as JSON."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.model import Mention
from pipeline.ports import PutResult, ReplaceResult

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_FIELDS = tuple(field.name for field in fields(Mention))
TIMES = ("seen_at", "published_at")


def decide(new: Mention, current: Mention | None) -> tuple[PutResult, Mention]:
    """What to do with `new` where `current` is stored, and the mention as it is to be stored.

    The first sight of an id stays, whatever later versions say, and so do all who found it.
    """
    if current is None:
        return "created", new
    also = (*current.also, *(each for each in new.also if each not in current.finders))
    same = new.content_hash == current.content_hash
    if new.version > current.version and not same:
        own = tuple(each for each in also if each != new.source)
        return "updated", replace(new, seen_at=min(new.seen_at, current.seen_at), also=own)
    if also != current.also:
        return "joined", replace(current, also=also)
    return ("unchanged" if same and new.version >= current.version else "stale"), current


def decide_reading(new: Mention, kept: Mention | None) -> ReplaceResult:
    """What to do with a better reading where `kept` is the same version as stored."""
    if kept is None:
        return "missing"
    return "unchanged" if new == kept else "replaced"


def to_json(mention: Mention) -> dict[str, Any]:
    """Plain JSON values; times as ISO 8601 with their offset."""
    value = {name: getattr(mention, name) for name in _FIELDS}
    for key in TIMES:
        if value[key] is not None:
            value[key] = value[key].isoformat()
    value["signature"] = list(mention.signature)
    value["also"] = list(mention.also)
    return value


def from_json(value: dict[str, Any]) -> Mention:
    """The mention that `to_json` was made of."""
    times = {key: value[key] and datetime.fromisoformat(value[key]) for key in TIMES}
    lists = {key: tuple(value.get(key, ())) for key in ("signature", "also")}
    return Mention(**{**value, **times, **lists})


def milliseconds(at: datetime) -> int:
    """Unix time in whole milliseconds, rounded down, as all stores sort and filter."""
    return (at - _EPOCH) // _MILLISECOND
