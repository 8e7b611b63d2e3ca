"""Which segments of the spool are to go, oldest first, and taking them away."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from pipeline.errors import SpoolError
from pipeline.spool import began, segment_path, segments, sync_folder


@dataclass(frozen=True, slots=True)
class Segment:
    """`ended` is when its last record was fetched: no later than that."""

    number: int
    size: int
    ended: datetime


def size_of(folder: Path) -> int:
    """Bytes of all segments. Raises SpoolError."""
    return sum(_size(folder, number) for number in segments(folder))


def closed_segments(folder: Path) -> list[Segment]:
    """All but the one that is written to, oldest first. Raises SpoolError.

    A segment has ended when the next one begins; where that cannot be read, the file's own time
    stands.
    """
    numbers = segments(folder)
    found = []
    for number, following in pairwise(numbers):
        ended = began(folder, following) or _written(folder, number)
        found.append(Segment(number, _size(folder, number), ended))
    return found


def doomed(
    closed: Sequence[Segment],
    *,
    excess: int,
    oldest: datetime,
    processed: int,
    wanted: Collection[int],
) -> list[Segment]:
    """Those that ended before `oldest`, and further ones until `excess` bytes are gone.

    Only segments below `processed`, the number where the pipeline's checkpoint stands. Those in
    `wanted` hold something that may still be read after a repair: they go by age alone.
    """
    found = []
    for segment in closed:
        if segment.number >= processed:
            break
        if segment.ended < oldest or (excess > 0 and segment.number not in wanted):
            found.append(segment)
            excess -= segment.size
    return found


def remove(folder: Path, doomed: Sequence[Segment]) -> None:
    """Raises SpoolError. One that is gone already is no error."""
    for segment in doomed:
        remove_segment(segment_path(folder, segment.number))
    sync_folder(folder)


def remove_segment(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise SpoolError(f"{path}: cannot be removed ({error.strerror})") from error


def _size(folder: Path, number: int) -> int:
    try:
        return segment_path(folder, number).stat().st_size
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise SpoolError(f"{folder}: cannot be read ({error.strerror})") from error


def _written(folder: Path, number: int) -> datetime:
    try:
        return datetime.fromtimestamp(segment_path(folder, number).stat().st_mtime, UTC)
    except OSError as error:
        raise SpoolError(f"{folder}: cannot be read ({error.strerror})") from error
