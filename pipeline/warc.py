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

from pipeline.errors import SpoolError
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
_RESOURCES = {
    RawKind.ENTRY: "application/json",
    RawKind.FILE: "application/octet-stream",
    RawKind.MAIL: "message/rfc822",
}
"""Kinds that no server answered, and what their blocks are."""
_END = b"\r\n\r\n"
"""What follows a record's block."""


class DamagedError(SpoolError):
    """A record cannot be read as it was written; the message says what is wrong with it, in Chinese
    for the desk."""


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
    at = item.fetched_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    resource = _RESOURCES.get(item.kind)
    http_headers = None if resource else _http_headers(item)
    if resource and item.headers:
        about["headers"] = dict(item.headers)
    record = writer.create_warc_record(
        _target(item),
        "resource" if resource else "response",
        payload=BytesIO(item.body),
        length=len(item.body),
        http_headers=http_headers,
        warc_headers_dict={
            "WARC-Date": at,
            "WARC-Payload-Digest": _digest(item.body),
            "WARC-Block-Digest": _digest(_as_sent(http_headers), item.body),
            _ABOUT: json.dumps(about),
        },
        warc_content_type=resource,
    )
    writer.write_record(record)
    return _compressed(buffer.getvalue())


def _digest(*parts: bytes | memoryview) -> str:
    made = sha256()
    for part in parts:
        made.update(part)
    return f"sha256:{made.hexdigest()}"


def _as_sent(headers: StatusAndHeaders | None) -> bytes:
    """The HTTP headers as they stand before the body in the record."""
    if headers is None:
        return b""
    headers.compute_headers_buffer()
    return bytes(headers.headers_buff)


def _target(item: RawItem) -> str:
    """What the record is of; an address in WARC has neither spaces nor line ends."""
    return re.sub(r"\s", "", item.final_url or item.url) or f"urn:chengqing:{item.kind.value}"


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
    return b"".join((header, _checksum(header), body, trailer))


def _checksum(header: bytes) -> bytes:
    return _CRC16.pack(zlib.crc32(header) & 0xFFFF)


def from_member(member: bytes) -> RawItem:
    """The item in a member, its digests checked. Raises DamagedError when it cannot be read or is
    no longer what was written."""
    try:
        unfolded = zlib.decompress(member, wbits=31)
        record = next(iter(ArchiveIterator(BytesIO(unfolded))))
        body = record.raw_stream.read()
        item = _item(record, body)
    except zlib.error:
        raise DamagedError("归档记录已损坏，无法解压") from None
    except (ArchiveLoadFailed, StopIteration, KeyError, TypeError, ValueError):
        raise DamagedError("归档记录已损坏，格式无法识别") from None
    headers = record.rec_headers
    if headers.get_header("WARC-Payload-Digest") != _digest(body):
        raise DamagedError("归档记录的正文与写入时的 SHA-256 校验值不符，可能被改动")
    block = headers.get_header("WARC-Block-Digest") or ""
    length = int(headers.get_header("Content-Length"))
    start = len(unfolded) - length - len(_END)
    if block.startswith("sha256:") and block != _digest(
        memoryview(unfolded)[start : start + length]
    ):
        raise DamagedError("归档记录的应答头与写入时的 SHA-256 校验值不符，可能被改动")
    return item


def _item(record: Any, body: bytes) -> RawItem:
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
        headers=(
            {key.lower(): value for key, value in http_headers.headers}
            if http_headers
            else about.get("headers", {})
        ),
        body=body,
        hints=Hints(
            **{
                **about["hints"],
                "published_at": at,
                "parts": tuple(about["hints"].get("parts", ())),
                "also": tuple(about["hints"].get("also", ())),
            }
        ),
    )


def stated_length(header: bytes) -> int | None:
    """What an undamaged header of ours says of the length of its member."""
    stated, checksum = header[: _GZIP.size], header[_GZIP.size : HEADER_SIZE]
    if not stated.startswith(MAGIC) or _checksum(stated) != checksum:
        return None
    return int(_GZIP.unpack(stated)[-2])
