from __future__ import annotations

import gzip
import tracemalloc
import zlib

import brotli
import pytest

from pipeline.decode import decode, decompress
from pipeline.errors import PipelineError

TEXT = "临江市市场监管局今日发布通告，提醒市民不要相信网上关于收费的传言。"
TRADITIONAL = "臨江市市場監督管理局今日發佈通告，請市民不要相信網上關於收費的消息。"
LIMIT = 100_000


def page(text: str, charset: str = "") -> str:
    meta = f'<meta charset="{charset}">' if charset else ""
    return f"<html><head>{meta}<title>通告</title></head><body><p>{text}</p></body></html>"


# --- content encodings ---


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("", b"abc" * 99),
        ("identity", b"abc" * 99),
        ("gzip", gzip.compress(b"abc" * 99)),
        ("x-gzip", gzip.compress(b"abc" * 99)),
        ("GZIP", gzip.compress(b"abc" * 50) + gzip.compress(b"abc" * 49)),
        ("deflate", zlib.compress(b"abc" * 99)),
        ("deflate", raw_deflate(b"abc" * 99)),
        ("br", brotli.compress(b"abc" * 99)),
        ("gzip, br", brotli.compress(gzip.compress(b"abc" * 99))),
        ("br, gzip, deflate", zlib.compress(gzip.compress(brotli.compress(b"abc" * 99)))),
    ],
)
def test_known_encodings_are_undone(encoding: str, packed: bytes) -> None:
    assert decompress(packed, encoding, limit=LIMIT) == b"abc" * 99


def test_a_body_that_is_not_gzip_after_all_is_returned_as_it_is() -> None:
    assert decompress(b"<html>", "gzip", limit=LIMIT) == b"<html>"


def test_a_body_that_breaks_off_gives_what_was_there() -> None:
    packed = gzip.compress(bytes(range(256)) * 300)
    got = decompress(packed[: len(packed) // 2], "gzip", limit=LIMIT)
    assert got
    assert (bytes(range(256)) * 300).startswith(got)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_a_bomb_is_refused_before_it_unfolds(encoding: str) -> None:
    size = 200 * 1024 * 1024
    plain = bytes(1024 * 1024)
    if encoding == "br":
        packed = brotli.compress(bytes(size), quality=5)
    else:
        packer = zlib.compressobj(wbits=zlib.MAX_WBITS | (16 if encoding == "gzip" else 0))
        packed = b"".join(packer.compress(plain) for _ in range(200)) + packer.flush()
    tracemalloc.start()
    with pytest.raises(PipelineError, match="1MB"):
        decompress(packed, encoding, limit=1024 * 1024)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * 1024 * 1024


def test_a_nested_bomb_is_refused() -> None:
    packed = gzip.compress(gzip.compress(bytes(50 * 1024 * 1024)))
    with pytest.raises(PipelineError):
        decompress(packed, "gzip, gzip", limit=1024 * 1024)


def test_exactly_the_limit_is_accepted() -> None:
    assert len(decompress(gzip.compress(bytes(LIMIT)), "gzip", limit=LIMIT)) == LIMIT
    with pytest.raises(PipelineError):
        decompress(gzip.compress(bytes(LIMIT + 1)), "gzip", limit=LIMIT)
    with pytest.raises(PipelineError):
        decompress(bytes(LIMIT + 1), "", limit=LIMIT)


@pytest.mark.parametrize("encoding", ["compress", "gzip,gzip,gzip,gzip"])
def test_what_cannot_be_undone_is_refused(encoding: str) -> None:
    with pytest.raises(PipelineError):
        decompress(b"x", encoding, limit=LIMIT)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(b"x" * 99)[:10] + b"\xff" * 20),
        ("br", b"\xff" * 40),
        ("deflate", b"\x78\x9c\xff\xff\xff"),
    ],
)
def test_broken_data_is_one_clear_error(encoding: str, body: bytes) -> None:
    with pytest.raises(PipelineError, match="损坏"):
        decompress(body, encoding, limit=LIMIT)


# --- character sets ---


@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("header", ["", "text/html; charset=utf-8", "text/html; charset=gbk"])
@pytest.mark.parametrize("meta", ["", "utf-8", "gb2312"])
def test_chinese_is_read_whatever_is_declared(codec: str, header: str, meta: str) -> None:
    body = page(TEXT, meta).encode(codec)
    assert decode(body, content_type=header) == page(TEXT, meta)


@pytest.mark.parametrize("meta", ["", "big5", "utf-8", "gb2312"])
def test_big5_is_told_from_gb(meta: str) -> None:
    assert decode(page(TRADITIONAL * 3, meta).encode("big5")) == page(TRADITIONAL * 3, meta)


def test_gb2312_is_read_as_gb18030() -> None:
    text = "姓名：镕、喆、㐂；臺灣、€"
    assert decode(page(text, "gb2312").encode("gb18030")) == page(text, "gb2312")


def test_utf8_with_mark_or_cut_in_a_character() -> None:
    assert decode(b"\xef\xbb\xbf" + TEXT.encode()) == TEXT
    assert decode(TEXT.encode()[:-1]).startswith(TEXT[:-1])
    stray = TEXT.encode() * 20 + "通告".encode("gbk") + TEXT.encode() * 20
    assert decode(stray, content_type="text/html; charset=utf-8").count(TEXT) == 40


@pytest.mark.parametrize(
    ("codec", "text"),
    [("windows-1251", "Привет, мир"), ("shift_jis", "今日はいい天気ですね"), ("latin-1", "Café")],
)
def test_other_languages_are_read_as_declared(codec: str, text: str) -> None:
    html = f"<html><body><p>{text}</p></body></html>"
    assert decode(html.encode(codec), content_type=f"text/html; charset={codec}") == html


def test_control_characters_and_surrogates_are_gone() -> None:
    dirty = "甲\x00乙\x0b丙\x7f丁\x85\t戊\r\n\ufffe己".encode("utf-8", "surrogatepass")
    assert decode(dirty + b"\xed\xa0\x80").rstrip("\ufffd") == "甲乙丙丁\t戊\r\n己"


@pytest.mark.parametrize("declared", ["nonsense", "utf-7", "base64", "zlib", "idna", "undefined"])
def test_strange_declarations_do_no_harm(declared: str) -> None:
    body = page(TEXT, declared).encode("gbk")
    assert TEXT in decode(body, content_type=f"text/html; charset={declared}")


def test_any_bytes_give_some_text() -> None:
    for body in (b"", b"\xff", bytes(range(256)) * 20, b"\xfe\xff", b"\x00" * 50):
        assert isinstance(decode(body), str)


def test_very_many_members_of_a_gzip_file_are_not_all_read() -> None:
    members = gzip.compress("夜市".encode()) + gzip.compress(b"") * 300_000
    assert decompress(members, "gzip", limit=100) == "夜市".encode()
