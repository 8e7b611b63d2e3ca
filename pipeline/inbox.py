"""DATA/inbox: what was written into forms and waits for the collector, a file an entry."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def folder_of(data: Path, source: str) -> Path:
    return data / "inbox" / source


def entry_path(data: Path, source: str, entry_id: str) -> Path:
    """Ids begin with the time of entry, so that names sort by it."""
    return folder_of(data, source) / f"{entry_id}.json"


def waiting(data: Path, source: str) -> tuple[int, int]:
    """How many entries wait, and their bytes."""
    count = size = 0
    for path in folder_of(data, source).glob("*.json"):
        with suppress(OSError):  # the collector is just taking it
            size += path.stat().st_size
            count += 1
    return count, size
