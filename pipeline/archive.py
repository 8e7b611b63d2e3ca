"""From a mention back to the record it was read from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

from pipeline.errors import SpoolError
from pipeline.model import Position, RawItem
from pipeline.spool import member_at
from pipeline.warc import DamagedError, from_member


@dataclass(frozen=True, slots=True)
class Archived:
    """What is left of a mention's record. `sentence` says it to people.

    here: whole, and what was written. damaged: something else stands there. gone: removed by
    retention. unknown: the mention names no record.
    """

    state: Literal["here", "damaged", "gone", "unknown"]
    sentence: str
    position: str
    raw: RawItem | None = None
    sha256: str = ""
    """Of the body as it was fetched (hex): the record's WARC-Payload-Digest."""
    members: Sequence[bytes] = ()
    """The record byte for byte, then those of the article's further pages: a WARC by itself."""


def archived(folder: Path, position: str) -> Archived:
    """The record of `Mention.raw` in the spool at `folder`. Raises SpoolError."""
    try:
        place = Position.parse(position)
    except ValueError:
        return Archived("unknown", "这条信息没有留下归档位置。", position)
    try:
        member = member_at(folder, place)
        if member is None:
            return Archived("gone", "原始记录已按保留期限删除。", position)
        raw = from_member(member)
    except DamagedError as error:
        return Archived("damaged", f"{error}。", position)
    digest = sha256(raw.body).hexdigest()
    return Archived(
        "here", "原始记录在档，与写入时的校验值一致。", position, raw, digest,
        (member, *_further_pages(folder, raw)),
    )  # fmt: skip


def with_further_pages(folder: Path, positions: Sequence[str]) -> list[str]:
    """The positions of mentions, each followed by those of its article's further pages."""
    found: list[str] = []
    for position in positions:
        try:
            raw = archived(folder, position).raw
        except SpoolError:
            raw = None
        found += [position, *(raw.hints.parts if raw else ())]
    return found


def _further_pages(folder: Path, raw: RawItem) -> list[bytes]:
    found = []
    for position in raw.hints.parts:
        try:
            member = member_at(folder, Position.parse(position))
        except (DamagedError, ValueError):
            continue
        found += [member] if member else []
    return found
