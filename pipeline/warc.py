"""One raw item ⇄ one WARC record (ISO 28500) in a gzip member of its own.

Each member states its own length in the header field that RFC 1952 §2.3.1.1 leaves for such. So a
reader need not unfold what it skips, and cannot mistake a gzip member inside a body (which is kept
as it came over the wire) for a record.
"""

from __future__ import annotations

import http
import json
import re
import struct
import zlib
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline.model import Hints, RawItem, RawKind

_ABOUT = "Chengqing-Item"
"""WARC header with what WARC itself has no field for, as JSON."""

_GZIP = struct.Struct("<4sIBBH2sHII")
"""Magic, method and flags; time; level; system; then the extra field: its length, its name `sl`
(skip lengths), 8, the member's whole length, the length of what it unfolds to. A CRC follows."""
MAGIC = b"\x1f\x8b\x08\x06"
_GZIP_EXTRA = (12, b"sl", 8)
_CRC16 = struct.Struct("<H")
HEADER_SIZE = _GZIP.size + _CRC16.size
_TRAILER = struct.Struct("<II")


def to_member(item: RawItem) -> bytes:
    buffer = BytesIO()
    writer = WARCWriter(buffer, gzip=False, warc_version="WARC/1.1")
    published = item.hints.published_at
    about = {
        "kind": item.kind.value,
        "source": item.source,
        "url": item.url,
        "final_url": item.final_url,
        "hints": {**asdict(item.hints), "published_at": published and published.isoformat()},
    }
    digest = f"sha256:{sha256(item.body).hexdigest()}"
    at = item.fetched_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    entry = item.kind is RawKind.ENTRY
    record = writer.create_warc_record(
        _target(item),
        "resource" if entry else "response",
        payload=BytesIO(item.body),
        length=len(item.body),
        http_headers=None if entry else _http_headers(item),
        warc_headers_dict={
            "WARC-Date": at,
            "WARC-Payload-Digest": digest,
            _ABOUT: json.dumps(about),
        },
        warc_content_type="application/json" if entry else None,
    )
    writer.write_record(record)
    return _compressed(buffer.getvalue())


def _target(item: RawItem) -> str:
    """What the record is of; an address in WARC has neither spaces nor line ends."""
    return re.sub(r"\s", "", item.final_url or item.url) or "urn:chengqing:entry"


def _http_headers(item: RawItem) -> StatusAndHeaders:
    try:
        status = f"{item.status} {http.HTTPStatus(item.status).phrase}"
    except ValueError:
        status = str(item.status)
    headers = [(key, " ".join(value.split())) for key, value in item.headers.items()]
    return StatusAndHeaders(status, headers, "HTTP/1.1")


def _compressed(record: bytes) -> bytes:
    """One gzip member that tells its own length."""
    squeezer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = squeezer.compress(record) + squeezer.flush()
    length = HEADER_SIZE + len(body) + _TRAILER.size
    header = _GZIP.pack(MAGIC, 0, 0, 255, *_GZIP_EXTRA, length, len(record))
    trailer = _TRAILER.pack(zlib.crc32(record), len(record))
    return header + _checksum(header) + body + trailer


def _checksum(header: bytes) -> bytes:
    return _CRC16.pack(zlib.crc32(header) & 0xFFFF)


def from_member(member: bytes) -> RawItem | None:
    """The item in a member; None when it cannot be read."""
    try:
        record = next(iter(ArchiveIterator(BytesIO(zlib.decompress(member, wbits=31)))))
        about: dict[str, Any] = json.loads(record.rec_headers.get_header(_ABOUT))
        http_headers = record.http_headers
        published = about["hints"]["published_at"]
        at = published and datetime.fromisoformat(published)
        return RawItem(
            kind=RawKind(about["kind"]),
            source=about["source"],
            url=about["url"],
            final_url=about["final_url"],
            fetched_at=datetime.fromisoformat(record.rec_headers.get_header("WARC-Date")),
            status=int(http_headers.get_statuscode()) if http_headers else 200,
            headers={k.lower(): v for k, v in http_headers.headers} if http_headers else {},
            body=record.raw_stream.read(),
            hints=Hints(**{**about["hints"], "published_at": at}),
        )
    except (ArchiveLoadFailed, StopIteration, KeyError, TypeError, ValueError, zlib.error):
        return None


def stated_length(header: bytes) -> int | None:
    """What an undamaged header of ours says of the length of its member."""
    stated, checksum = header[: _GZIP.size], header[_GZIP.size : HEADER_SIZE]
    if not stated.startswith(MAGIC) or _checksum(stated) != checksum:
        return None
    return int(_GZIP.unpack(stated)[-2])
