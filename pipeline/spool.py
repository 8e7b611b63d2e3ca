"""The spool: every response as it came, in WARC segments (ISO 28500), one gzip member a record.

One writer at a time appends (a lock on the folder); any number of readers follow. A record that a
crash cut off is trimmed by the next writer and never shown to a reader.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline.errors import SpoolError
from pipeline.model import Hints, Position, RawItem, RawKind

SEGMENT_BYTES = 64 * 1024 * 1024
START = Position(1, 0)
_MAGIC = b"\x1f\x8b\x08"
_HEADER = "Chengqing-Item"
_log = logging.getLogger(__name__)


def segment_path(folder: Path, number: int) -> Path:
    return folder / f"spool-{number:08d}.warc.gz"


def _segments(folder: Path) -> list[int]:
    return sorted(int(path.name[6:14]) for path in folder.glob("spool-????????.warc.gz"))


def end(folder: Path) -> Position:
    """Where the next record will stand."""
    numbers = _segments(folder)
    if not numbers:
        return START
    return Position(numbers[-1], _complete_size(segment_path(folder, numbers[-1])))


class SpoolWriter:
    """Appends records; each is on the disk when `append` returns. Raises SpoolError."""

    def __init__(self, folder: Path, *, segment_bytes: int = SEGMENT_BYTES) -> None:
        self.folder, self.segment_bytes = folder, segment_bytes
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise SpoolError(f"{folder}: cannot be written ({error.strerror})") from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise SpoolError(f"{folder}: another process is writing to this spool") from None
        place = end(folder)
        self._number, self._size = place.segment, place.offset
        path = segment_path(folder, self._number)
        if path.exists() and path.stat().st_size > self._size:
            os.truncate(path, self._size)

    def append(self, item: RawItem) -> Position:
        """Write one record durably and tell where it stands."""
        member = _member(item)
        if self._size and self._size + len(member) > self.segment_bytes:
            self._number, self._size = self._number + 1, 0
        path = segment_path(self.folder, self._number)
        position = Position(self._number, self._size)
        try:
            with path.open("ab") as file:
                file.write(member)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            if path.exists():
                os.truncate(path, self._size)
            raise SpoolError(f"{path}: cannot be written ({error.strerror})") from error
        self._size += len(member)
        return position

    def close(self) -> None:
        os.close(self._lock)

    def __enter__(self) -> SpoolWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _member(item: RawItem) -> bytes:
    buffer = BytesIO()
    writer = WARCWriter(buffer, gzip=True, warc_version="WARC/1.1")
    about = {
        "kind": item.kind.value,
        "source": item.source,
        "url": item.url,
        "hints": {
            "title": item.hints.title,
            "published_at": item.hints.published_at and item.hints.published_at.isoformat(),
            "author": item.hints.author,
            "summary": item.hints.summary,
            "guid": item.hints.guid,
        },
    }
    headers = {
        "WARC-Date": item.fetched_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "WARC-Payload-Digest": f"sha256:{hashlib.sha256(item.body).hexdigest()}",
        _HEADER: json.dumps(about),
    }
    entry = item.kind is RawKind.ENTRY
    http = (
        None
        if entry
        else StatusAndHeaders(str(item.status), list(item.headers.items()), "HTTP/1.1")
    )
    record = writer.create_warc_record(
        item.final_url or item.url or "urn:chengqing:entry",
        "resource" if entry else "response",
        payload=BytesIO(item.body),
        length=len(item.body),
        http_headers=http,
        warc_headers_dict=headers,
        warc_content_type="application/json" if entry else None,
    )
    writer.write_record(record)
    return buffer.getvalue()


def read(folder: Path, start: Position) -> Iterator[tuple[RawItem, Position, Position]]:
    """Complete records from `start` on: the item, where it stands, where the next one does.

    Ends before a record that is still being written. Unreadable bytes in the middle are skipped up
    to the next record and logged; segments removed by retention are passed over.
    """
    for number in _segments(folder):
        if number < start.segment:
            continue
        path = segment_path(folder, number)
        offset = start.offset if number == start.segment else 0
        with path.open("rb") as file:
            while (bounds := _next_member(file, offset)) is not None:
                begin, stop, data = bounds
                if begin > offset:
                    _log.warning(
                        "%s: %d bytes at %d are damaged and were skipped",
                        path,
                        begin - offset,
                        offset,
                    )
                offset = stop
                item = _parse(data)
                if item is None:
                    _log.warning("%s: the record at %d cannot be read and was skipped", path, begin)
                else:
                    yield item, Position(number, begin), Position(number, stop)


def read_at(folder: Path, position: Position) -> RawItem | None:
    """The record at a position; None when it is gone or unreadable."""
    member = _raw_member(folder, position)
    return _parse(member) if member else None


def copy_records(folder: Path, positions: Sequence[Position], target: Path) -> int:
    """Copy whole records byte for byte to the end of `target`; returns how many were there."""
    members = [_raw_member(folder, position) for position in positions]
    found = [member for member in members if member]
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("ab") as file:
        file.writelines(found)
        file.flush()
        os.fsync(file.fileno())
    return len(found)


def _raw_member(folder: Path, position: Position) -> bytes | None:
    try:
        with segment_path(folder, position.segment).open("rb") as file:
            bounds = _next_member(file, position.offset)
    except FileNotFoundError:
        return None
    return bounds[2] if bounds and bounds[0] == position.offset else None


def _next_member(file: Any, offset: int) -> tuple[int, int, bytes] | None:
    """Begin, end and bytes of the first whole gzip member at or after `offset`."""
    while True:
        file.seek(offset)
        data = _whole_member(file)
        if data is not None:
            return offset, offset + len(data), data
        file.seek(offset + 1)
        rest = file.read()
        found = rest.find(_MAGIC)
        if found < 0:
            return None
        offset += 1 + found


def _whole_member(file: Any) -> bytes | None:
    decoder = zlib.decompressobj(wbits=31)
    parts: list[bytes] = []
    while chunk := file.read(1 << 16):
        try:
            piece = decoder.decompress(chunk, 1 << 20)
            while piece and decoder.unconsumed_tail:
                piece = decoder.decompress(decoder.unconsumed_tail, 1 << 20)
        except zlib.error:
            return None
        if decoder.eof:
            parts.append(chunk[: len(chunk) - len(decoder.unused_data)])
            return b"".join(parts)
        parts.append(chunk)
    return None


def _complete_size(path: Path) -> int:
    """Size of a segment up to the end of its last whole record."""
    offset = 0
    with path.open("rb") as file:
        while (bounds := _next_member(file, offset)) is not None:
            offset = bounds[1]
    return offset


def _parse(member: bytes) -> RawItem | None:
    try:
        record = next(iter(ArchiveIterator(BytesIO(member))))
        about = json.loads(record.rec_headers.get_header(_HEADER))
        http = record.http_headers
        hints = about["hints"]
        published = hints["published_at"]
        return RawItem(
            kind=RawKind(about["kind"]),
            source=about["source"],
            url=about["url"],
            final_url=record.rec_headers.get_header("WARC-Target-URI"),
            fetched_at=datetime.fromisoformat(record.rec_headers.get_header("WARC-Date")),
            status=int(http.get_statuscode()) if http else 200,
            headers={key.lower(): value for key, value in http.headers} if http else {},
            body=record.raw_stream.read(),
            hints=Hints(
                **{**hints, "published_at": published and datetime.fromisoformat(published)}
            ),
        )
    except (ArchiveLoadFailed, StopIteration, KeyError, TypeError, ValueError):
        return None
