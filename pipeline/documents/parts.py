"""What the readers of documents take and give."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class File:
    """A document as it came. `zone` is the IANA zone of its times, `taken_at` when it came here.

    `fields` are (name, heading) pairs for tables whose own headings are not understood. `depth`
    counts the mails that a mail is wrapped in.
    """

    name: str
    body: bytes
    zone: str
    taken_at: datetime
    fields: tuple[tuple[str, str], ...] = ()
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """One article in a document: all of it, a row of a table, a mail and what is attached to it.

    `key` tells it from others of its source: a row's number, a Message-ID; empty for the whole.
    `url` only says where it can be seen: a summary must not replace the page that it speaks of.
    """

    title: str = ""
    text: str = ""
    """Paragraphs separated by one newline."""
    key: str = ""
    url: str = ""
    published_at: datetime | None = None
    published_precision: Literal["minute", "day"] | None = None
    author: str = ""
    origin: str = ""

    def at(self, moment: tuple[datetime, Literal["minute", "day"]] | None) -> Part:
        """The same with a time, where there is one."""
        if moment is None:
            return self
        return replace(self, published_at=moment[0], published_precision=moment[1])


@dataclass(frozen=True, slots=True)
class Problem:
    """What in a document could not be read while the rest was: where, and one sentence."""

    where: str
    reason: str


Parts = list[Part | Problem]
