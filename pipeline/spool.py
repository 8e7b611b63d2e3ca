"""The spool: every response as it came, in WARC segments, one gzip member a record.

One writer at a time appends (a lock on the folder); any number of readers follow. A record that is
still being written, or that a crash cut off, is told from a damaged one by the length it states:
the writer trims it, a reader stops before it.
"""

from __future__ import annotations

import fcntl
import logging
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import SpoolError
from pipeline.model import Position, RawItem, RawKind
from pipeline.warc import HEADER_SIZE, MAGIC, DamagedError, from_member, stated_length, to_member

SEGMENT_BYTES = 64 * 1024 * 1024
START = Position(1, 0)
_NAME = re.compile(r"spool-(\d{8})\.warc\.gz")
_LOST = "归档文件此处的字节已损坏，无法识别为记录"
_log = logging.getLogger(__name__)


def segment_path(folder: Path, number: int) -> Path:
    return folder / f"spool-{number:08d}.warc.gz"


def segments(folder: Path) -> list[int]:
    """Numbers of the segments that are there, ascending; the last one is written to."""
    found = (_NAME.fullmatch(path.name) for path in folder.glob("spool-*.warc.gz"))
    return sorted(int(match[1]) for match in found if match)


def end(folder: Path) -> Position:
    """Where the next record will stand. Raises SpoolError."""
    numbers = segments(folder)
    if not numbers:
        return START
    path = segment_path(folder, numbers[-1])
    offset = 0
    try:
        with path.open("rb") as file:
            while (bounds := _next_member(file, offset)) is not None:
                offset = bounds[1]
    except OSError as error:
        raise _unreadable(path, error) from error
    return Position(numbers[-1], offset)


def begin_behind(folder: Path, position: Position) -> bool:
    """Let the next record stand behind `position`, up to where records were read before; tells
    whether that had to be seen to.

    A spool that was restored from an older copy ends before it. Without this, places would be given
    twice: what is written there would not be read, and stand as evidence for what was lost. Only
    while nobody writes. Raises SpoolError.
    """
    if position <= end(folder):
        return False
    path = segment_path(folder, position.segment + 1)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.touch(exist_ok=True)
        sync_folder(folder)
    except OSError as error:
        raise _unwritable(path, error) from error
    return True


class SpoolWriter:
    """Appends records; each is on the disk when `append` returns. Raises SpoolError."""

    def __init__(self, folder: Path, *, segment_bytes: int = SEGMENT_BYTES) -> None:
        self.folder, self.segment_bytes = folder, segment_bytes
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise _unwritable(folder, error) from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._number, self._size = self._trimmed()
        except BlockingIOError:
            os.close(self._lock)
            raise SpoolError(f"{folder}: another process is writing to this spool") from None
        except OSError as error:
            os.close(self._lock)
            raise _unwritable(folder, error) from error

    def _trimmed(self) -> tuple[int, int]:
        """Number and size of the last segment, without the record that a crash cut off."""
        place = end(self.folder)
        path = segment_path(self.folder, place.segment)
        if path.exists() and path.stat().st_size > place.offset:
            _log.warning("%s: the record at %d was cut off and is removed", path, place.offset)
            os.truncate(path, place.offset)
        return place.segment, place.offset

    def append(self, item: RawItem) -> Position:
        """Write one record durably and tell where it stands."""
        member = to_member(item)
        if self._size and self._size + len(member) > self.segment_bytes:
            self._number, self._size = self._number + 1, 0
        path = segment_path(self.folder, self._number)
        position = Position(self._number, self._size)
        try:
            with path.open("ab") as file:
                file.write(member)
                file.flush()
                os.fsync(file.fileno())
            if not position.offset:
                sync_folder(self.folder)
        except OSError as error:
            with suppress(OSError):  # what cannot be cut off now is trimmed at the next start
                os.truncate(path, position.offset)
            raise _unwritable(path, error) from error
        self._size += len(member)
        return position

    def close(self) -> None:
        os.close(self._lock)

    def __enter__(self) -> SpoolWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def sync_folder(folder: Path) -> None:
    """A new file's name is durable only with its folder."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unwritable(path: Path, error: OSError) -> SpoolError:
    return SpoolError(f"{path}: cannot be written ({error.strerror})")


def _unreadable(path: Path, error: OSError) -> SpoolError:
    return SpoolError(f"{path}: cannot be read ({error.strerror})")


# --- reading -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes of a segment in which there is no record that can be read, and why."""

    reason: str


Record = tuple[RawItem | Damage, Position, Position]
"""What stands there, where it stands, and where the next one does."""


def walk(folder: Path, start: Position) -> Iterator[Record]:
    """All that is in the spool from `start` on, damage too.

    Ends before a record that is still being written; segments removed by retention are passed over.
    Raises SpoolError when a segment that is there cannot be read.
    """
    numbers = segments(folder)
    for number in numbers:
        if number < start.segment:
            continue
        path = segment_path(folder, number)
        try:
            with path.open("rb") as file:
                offset = start.offset if number == start.segment else 0
                for record in _walk_segment(file, number, offset):
                    offset = record[2].offset
                    yield record
                size = file.seek(0, os.SEEK_END)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise _unreadable(path, error) from error
        if offset < size and number != numbers[-1]:  # nobody writes to it any more
            yield Damage(_LOST), Position(number, offset), Position(number, size)


def began(folder: Path, number: int) -> datetime | None:
    """When the first record of a segment that can be read was fetched; None without one."""
    try:
        with segment_path(folder, number).open("rb") as file:
            found = (record for record, _, _ in _walk_segment(file, number, 0))
            return next((each.fetched_at for each in found if isinstance(each, RawItem)), None)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unreadable(segment_path(folder, number), error) from error


def _walk_segment(file: BinaryIO, number: int, offset: int) -> Iterator[Record]:
    while (bounds := _next_member(file, offset)) is not None:
        begin, stop = bounds
        if begin > offset:
            yield Damage(_LOST), Position(number, offset), Position(number, begin)
        file.seek(begin)
        found: RawItem | Damage
        try:
            found = from_member(file.read(stop - begin))
        except DamagedError as error:
            found = Damage(str(error))
        yield found, Position(number, begin), Position(number, stop)
        offset = stop


def read(folder: Path, start: Position) -> Iterator[tuple[RawItem, Position, Position]]:
    """The records of `walk` that can be read; what is damaged is logged and left out."""
    for found, position, following in walk(folder, start):
        if isinstance(found, Damage):
            _log.warning(
                "%s: the record at %d was skipped: %s",
                segment_path(folder, position.segment), position.offset, found.reason,
            )  # fmt: skip
        else:
            yield found, position, following


def read_at(folder: Path, position: Position) -> RawItem | None:
    """The record at a position; None when it is gone. Raises SpoolError, and DamagedError where
    something else stands there than was written."""
    member = member_at(folder, position)
    return None if member is None else from_member(member)


def stands_at(folder: Path, position: Position) -> bool:
    """Whether a record was ever written to begin there, be it whole or damaged; else somebody made
    the position up. Raises SpoolError."""
    path = segment_path(folder, position.segment)
    try:
        with path.open("rb") as file:
            offset = 0
            while (bounds := _next_member(file, offset)) is not None:
                if position.offset in (offset, bounds[0]):
                    return True
                offset = bounds[1]
            return offset == position.offset < file.seek(0, os.SEEK_END)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _unreadable(path, error) from error


def parts_of(folder: Path, raw: RawItem) -> list[RawItem]:
    """The further pages of an article that are there and whole. Raises SpoolError."""
    parts = []
    for position in raw.hints.parts:
        with suppress(DamagedError):
            part = read_at(folder, Position.parse(position))
            if part is not None and part.kind is RawKind.PART:
                parts.append(part)
    return parts


def copy_records(folder: Path, positions: Sequence[Position], target: Path) -> int:
    """Copy whole records byte for byte to the end of `target`; returns how many were there.

    Raises SpoolError when reading or writing fails.
    """
    found = [member for each in positions if (member := _member_if_there(folder, each))]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("ab") as file:
            file.writelines(found)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise _unwritable(target, error) from error
    return len(found)


def _member_if_there(folder: Path, position: Position) -> bytes | None:
    try:
        return member_at(folder, position)
    except DamagedError:
        return None


def member_at(folder: Path, position: Position) -> bytes | None:
    """The record at a position as it lies there, a small WARC by itself; None when its segment is
    gone. Raises SpoolError, and DamagedError where no record begins."""
    path = segment_path(folder, position.segment)
    try:
        with path.open("rb") as file:
            length = _length_at(file, position.offset)
            file.seek(position.offset)
            member = file.read(length or 0)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unreadable(path, error) from error
    if not member:
        raise DamagedError(_LOST)
    return member


def _next_member(file: BinaryIO, offset: int) -> tuple[int, int] | None:
    """Begin and end of the first whole member at or after `offset`."""
    length = _length_at(file, offset)
    while length is None:
        found = _find_start(file, offset + 1)
        if found is None:
            return None
        offset, length = found, _length_at(file, found)
    return (offset, offset + length) if length else None


def _length_at(file: BinaryIO, offset: int) -> int | None:
    """Length of the member at `offset`; 0 where it (or its header) is not all there yet, None
    where none begins."""
    size = file.seek(0, os.SEEK_END)
    file.seek(offset)
    header = file.read(HEADER_SIZE)
    if len(header) < HEADER_SIZE:
        return 0
    length = stated_length(header)
    return length if length is None or offset + length <= size else 0


def _find_start(file: BinaryIO, offset: int) -> int | None:
    """The next place after damage where a member's header stands."""
    file.seek(offset)
    rest = file.read()
    place = rest.find(MAGIC)
    while place >= 0 and stated_length(rest[place : place + HEADER_SIZE]) is None:
        place = rest.find(MAGIC, place + 1)
    return offset + place if place >= 0 else None
