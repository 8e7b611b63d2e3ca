"""Bytes as they came over the wire → text: content encodings and character sets.

Both are bounded and total: a bomb is refused before it unfolds, and any bytes give some text.
"""

from __future__ import annotations

import re
import zlib
from typing import Protocol

import brotli
from w3lib.encoding import (
    html_body_declared_encoding,
    http_content_type_encoding,
    read_bom,
)

from pipeline.errors import PipelineError

MAX_ENCODINGS = 3
_MAX_MEMBERS = 1_000
"""Of a gzip file: what follows one is copied for the next, 8 MB of empty ones for half an hour."""
_CHUNK = 64 * 1024

_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_CONTROLS = bytes([*range(9), 11, 12, *range(14, 32), 127])
_UNWANTED_BYTES = (
    re.compile(rb"\xc2[\x80-\x9f]"),
    re.compile(rb"\xef[\xb7\xbf](?:(?<=\xb7)[\x90-\xaf]|[\xbe\xbf])"),
)
"""In UTF-8; two, so that each is sought by its first byte."""
_CJK = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_NON_ASCII = re.compile("[^\x00-\x7f]")
_WRONG = re.compile("[\ufffd\ue000-\uf8ff]")
_COMMON = re.compile(
    "[的一是不了在有人我他这這个個们們中来來上大为為和国國地到以说說时時要就出会會可也你对對生能而子那得"
    "于於着著下自之年过過发發后後作里裡用道行所然家种種事成方多经經么麼去法学學如都同现現当當没沒动動"
    "面起看定天分还還进進好小部其些主样樣理心本前开開但因只从從想实實日者意无無力它与與长長把机機十民"
    "第公此已工使情明性知全三又关關点點正业業外将將两兩高间間由问問很最重市区區政府新网網月，。、：]"
)
_GB = re.compile(r"gb|hz|936|chinese|simplified", re.I)
_NOT_CHARSETS = {
    "idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7", "mbcs", "oem",
}  # fmt: skip
"""Names that Python decodes, but no web page is written in."""
_WEAK = {"iso8859-1", "cp1252", "ascii"}
"""Declared where nobody thought about it."""


# --- content encodings -------------------------------------------------------------------------


def decompress(body: bytes, content_encoding: str, *, limit: int) -> bytes:
    """The body with its `Content-Encoding` undone; at most `limit` bytes are ever unfolded.

    Knows gzip, deflate (with or without its zlib header) and br, up to three nested. A body that is
    not encoded as its header says is returned as it is; one that breaks off gives what was there.
    Raises PipelineError for an unknown encoding, for broken data, or when more than `limit` bytes
    would come out.
    """
    names = [name.strip().lower() for name in content_encoding.split(",")]
    names = [name for name in names if name and name != "identity"]
    if len(names) > MAX_ENCODINGS:
        raise PipelineError(f"网页叠加了{len(names)}层压缩，最多接受{MAX_ENCODINGS}层")
    for name in reversed(names):
        body = _unfold(body, name, limit)
    if len(body) > limit:
        raise _too_large(limit)
    return body


def _unfold(body: bytes, name: str, limit: int) -> bytes:
    if name in ("gzip", "x-gzip"):
        return _gunzip(body, limit) if body[:2] == b"\x1f\x8b" else body
    if name == "deflate":
        return _inflate(body, limit)
    if name == "br":
        return _collect(_Brotli(), body, limit)
    raise PipelineError(f"网页用了不认识的压缩方式 {name[:20]}，无法读取")


class _Unfolder(Protocol):
    def step(self, data: bytes, room: int) -> bytes:
        """Feed `data`, take out at most about `room` bytes."""

    @property
    def pending(self) -> bool:
        """More can be taken out without feeding more."""


class _Zlib:
    def __init__(self, wbits: int) -> None:
        self.inner = zlib.decompressobj(wbits)

    def step(self, data: bytes, room: int) -> bytes:
        return self.inner.decompress(self.inner.unconsumed_tail + data, room)

    @property
    def pending(self) -> bool:
        return bool(self.inner.unconsumed_tail) and not self.inner.eof


class _Brotli:
    def __init__(self) -> None:
        self.inner = brotli.Decompressor()

    def step(self, data: bytes, room: int) -> bytes:
        out: bytes = self.inner.process(data, output_buffer_limit=room)
        return out

    @property
    def pending(self) -> bool:
        return not self.inner.can_accept_more_data() and not self.inner.is_finished()


def _collect(unfolder: _Unfolder, body: bytes, limit: int) -> bytes:
    out = bytearray()
    try:
        for start in range(0, len(body), _CHUNK):
            data = body[start : start + _CHUNK]
            while True:
                out += unfolder.step(data, min(_CHUNK, limit - len(out) + 1))
                if len(out) > limit:
                    raise _too_large(limit)
                if not unfolder.pending:
                    break
                data = b""
    except (zlib.error, brotli.error):
        if not out:
            raise PipelineError("网页的压缩数据已损坏，无法读取") from None
    return bytes(out)


def _gunzip(body: bytes, limit: int) -> bytes:
    """All members of a gzip file, one after the other; of very many the first ones."""
    out = b""
    for _ in range(_MAX_MEMBERS):
        if body[:2] != b"\x1f\x8b":
            break
        unfolder = _Zlib(zlib.MAX_WBITS | 16)
        out += _collect(unfolder, body, limit - len(out))
        body = unfolder.inner.unused_data
    return out


def _inflate(body: bytes, limit: int) -> bytes:
    try:
        return _collect(_Zlib(zlib.MAX_WBITS), body, limit)
    except PipelineError:
        if body[:1] == b"\x78":
            raise
        return _collect(_Zlib(-zlib.MAX_WBITS), body, limit)


def _too_large(limit: int) -> PipelineError:
    return PipelineError(f"网页解压后超过{limit // (1024 * 1024) or 1}MB，未读取")


# --- character sets ----------------------------------------------------------------------------


def decode(body: bytes, *, content_type: str = "") -> str:
    """The text of a page or feed, whatever its declarations say of it.

    Order: byte order mark; UTF-16 without one; valid UTF-8 that holds Chinese or is not
    contradicted; then what header and page declare, checked against GB18030 and Big5 by how
    much ordinary Chinese comes out. GB2312 and GBK are read as GB18030. Control characters, lone
    surrogates and noncharacters are gone from the result.
    """
    marked, mark = read_bom(body)
    if marked:
        assert mark is not None
        return clean(body[len(mark) :].decode(marked, "replace"))
    if wide := _unmarked_utf16(body):
        return clean(body.decode(wide, "replace"))
    declared = _declared(body, content_type)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
        # Two bytes or more rarely make a character of UTF-8 by chance: a few errors are damage.
        errors = text.count("\ufffd")
        if len(_NON_ASCII.findall(text)) >= 3 * errors:
            return clean(text)
        return clean(_best(body, declared))
    if not declared or declared[0] == "utf-8" or text.isascii() or _CJK.search(text):
        return text if _is_clean(body) else clean(text)
    return clean(_strict(body, declared) or text)


def clean(text: str) -> str:
    """Without control characters (tab and line ends stay), surrogates and noncharacters."""
    return _UNWANTED.sub("", text)


def _is_clean(body: bytes) -> bool:
    """Whether valid UTF-8 holds nothing that `clean` takes away: bytes are sought faster."""
    if len(body.translate(None, _CONTROLS)) != len(body):
        return False
    return not any(unwanted.search(body) for unwanted in _UNWANTED_BYTES)


def _declared(body: bytes, content_type: str) -> list[str]:
    """Codecs that the header and the page name, without repetitions."""
    named = (
        http_content_type_encoding(content_type),
        html_body_declared_encoding(body),
    )
    codecs = (name and ("gb18030" if _GB.match(name) else name) for name in named)
    return list(dict.fromkeys(codec for codec in codecs if codec and codec not in _NOT_CHARSETS))


def is_utf16(body: bytes) -> bool:
    """With a byte order mark or without; its bytes look like control characters."""
    return body.startswith((b"\xff\xfe", b"\xfe\xff")) or _unmarked_utf16(body) is not None


def _unmarked_utf16(body: bytes) -> str | None:
    """UTF-16 shows in markup: every other byte of ASCII is zero."""
    head = body[:2048]
    if len(head) < 8 or head.count(0) < len(head) // 8:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 4 * even:
        return "utf-16-le"
    return "utf-16-be" if even > 4 * odd else None


def _strict(body: bytes, codecs: list[str]) -> str | None:
    for codec in codecs:
        try:
            return body.decode(codec)
        except (UnicodeDecodeError, LookupError):
            continue
    return None


def _best(body: bytes, declared: list[str]) -> str:
    """The reading with the most ordinary Chinese and the fewest errors; declared ones first."""
    strong = [codec for codec in declared if codec not in _WEAK]
    codecs = [*strong, "utf-8", "gb18030", "big5hkscs", *declared, "cp1252"]
    best, best_score = "", float("-inf")
    for place, codec in enumerate(dict.fromkeys(codecs)):
        try:
            text = body.decode(codec, "replace")
        except LookupError:
            continue
        score = _plausible(text) - 0.01 * place
        if codec in strong and score > 0.25:
            return text
        if score > best_score:
            best, best_score = text, score
    return best


def _plausible(text: str) -> float:
    """Share of very common Chinese characters minus five times the share of errors, all of the
    characters outside ASCII."""
    total = len(_NON_ASCII.findall(text)) or 1
    errors = len(_WRONG.findall(text))
    return (len(_COMMON.findall(text)) - 5 * errors) / total
