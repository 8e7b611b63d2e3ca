"""What readers of the ways in that are not the web are told and tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from crawlers.plan import Code
from pipeline.model import RawItem, Source


def _now() -> datetime:
    return datetime.now(UTC)


def megabytes(size: int) -> str:
    """A size in bytes, for people."""
    return f"{size / 1_000_000:.3g}MB"


def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Visit:
    """A source to be read now. `seen` are the keys of what need not be read again; relative folders
    lie below `data`; `networks` (CIDR) are those that are not public and may be reached."""

    source: Source
    seen: frozenset[str]
    data: Path
    networks: tuple[str, ...] = ()
    timeout: float = 30
    """Seconds."""
    max_bytes: int = 20 * 1024 * 1024
    now: Callable[[], datetime] = field(default=_now)


@dataclass(frozen=True, slots=True)
class Found:
    """All that the source holds now, told once and before the rest: the keys, how many of them are
    new, and how many of those are left to the next round."""

    keys: tuple[str, ...]
    new: int
    left: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """One thing for the spool; `stored` is called when it is durable there."""

    key: str
    raw: RawItem
    where: str = ""
    """How people find it: a path, a folder of the mailbox."""
    stored: Callable[[], None] = _nothing


@dataclass(frozen=True, slots=True)
class Trouble:
    """One sentence. With a `key` it speaks of that item alone, and `permanent` means that it need
    not be tried again; without one it speaks of the source."""

    reason: str
    where: str = ""
    key: str = ""
    permanent: bool = False
    code: Code = ""


LocalReader = Callable[[Visit], Iterator[Found | Taken | Trouble]]
