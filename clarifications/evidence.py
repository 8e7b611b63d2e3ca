"""What a case rests on, kept apart from the spool: its records, byte for byte, in its own WARC.

The spool forgets whole segments by age and size; the case's file has its own term. Its SHA-256
stands in the log, so that a change shows. There is no timestamp of a third party.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from clarifications.atomic_file import write_atomically
from pipeline.archive import with_further_pages
from pipeline.errors import SpoolError
from pipeline.model import Position
from pipeline.spool import copy_records


@dataclass(frozen=True, slots=True)
class Evidence:
    """`sha256` is empty and there is no file when no record could be had; `missing` holds the
    positions that were gone, unreadable or unknown."""

    file: str
    sha256: str
    records: int
    missing: tuple[str, ...]


def evidence_path(data_folder: Path, number: str) -> Path:
    return data_folder / "evidence" / f"{number}.warc.gz"


def secure(spool: Path, positions: Sequence[str], target: Path) -> Evidence:
    """Copy the records at `positions` into `target`, replacing what an earlier try left there.

    The further pages of a long article go with its first. A missing record is told, and does not
    keep the others from being copied. Raises SpoolError when the file cannot be written.
    """
    positions = with_further_pages(spool, positions)
    missing: list[str] = []
    gathered = target.with_name(f".{target.name}.gathering")
    try:
        gathered.unlink(missing_ok=True)
        for position in dict.fromkeys(positions):
            if not _copied(spool, position, gathered):
                missing.append(position)
        content = gathered.read_bytes() if gathered.exists() else b""
        gathered.unlink(missing_ok=True)
        records = len(dict.fromkeys(positions)) - len(missing)
        if not records:
            return Evidence("", "", 0, tuple(missing))
        write_atomically(target, content)
    except OSError as error:
        raise SpoolError(f"{target}: the evidence cannot be kept ({error.strerror})") from error
    return Evidence(target.name, hashlib.sha256(content).hexdigest(), records, tuple(missing))


def _copied(spool: Path, position: str, target: Path) -> bool:
    try:
        return copy_records(spool, [Position.parse(position)], target) == 1
    except (SpoolError, ValueError):
        return False
