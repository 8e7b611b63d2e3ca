"""Bytes as fetched → text."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable

import brotli
from w3lib.encoding import html_to_unicode

from pipeline.errors import PipelineError

_STEP = 64 * 1024
_DEPTH = 3
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def decompress(body: bytes, content_encoding: str, *, limit: int) -> bytes:
    """Undo the content encodings of a response, the last one first.

    Raises PipelineError when one is unknown or damaged, or when more than `limit` bytes come out;
    not much more than that is ever held.
    """
    encodings = [part.strip().lower() for part in content_encoding.split(",") if part.strip()]
    if len(encodings) > _DEPTH:
        raise PipelineError("内容被多层压缩，未解开")
    for encoding in reversed(encodings):
        if encoding in ("identity", ""):
            continue
        unpack = _UNPACK.get(encoding)
        if unpack is None:
            raise PipelineError(f"不认识的压缩方式 {encoding}")
        try:
            body = unpack(body, limit)
        except (zlib.error, brotli.error, EOFError, gzip.BadGzipFile):
            raise PipelineError("压缩的内容已损坏") from None
    return body


def _zlib(body: bytes, limit: int, wbits: int) -> bytes:
    decoder = zlib.decompressobj(wbits)
    out = decoder.decompress(body, limit + 1)
    if len(out) > limit:
        raise PipelineError("解压后的内容过大")
    return out


def _deflate(body: bytes, limit: int) -> bytes:
    try:
        return _zlib(body, limit, zlib.MAX_WBITS)
    except zlib.error:
        return _zlib(body, limit, -zlib.MAX_WBITS)


def _brotli(body: bytes, limit: int) -> bytes:
    decoder = brotli.Decompressor()
    out = decoder.process(body, output_buffer_limit=limit + 1)
    if len(out) > limit:
        raise PipelineError("解压后的内容过大")
    return bytes(out)


_UNPACK: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": lambda body, limit: _zlib(body, limit, zlib.MAX_WBITS | 16),
    "x-gzip": lambda body, limit: _zlib(body, limit, zlib.MAX_WBITS | 16),
    "deflate": _deflate,
    "br": _brotli,
}


def decode(body: bytes, *, content_type: str = "") -> str:
    """Text of a page or feed, whatever it declares; control characters are dropped."""
    return _CONTROL.sub("", _text(body, content_type))


def _text(body: bytes, content_type: str) -> str:
    if body.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        return html_to_unicode(None, body)[1]
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    declared, text = html_to_unicode(content_type or None, body, default_encoding="gb18030")
    if declared in ("utf-8", "gb18030") or text.count("\ufffd") > len(text) // 200:
        return body.decode("gb18030", "replace")
    return text
