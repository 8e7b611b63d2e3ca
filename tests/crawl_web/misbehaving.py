"""How servers misbehave: answers that never end, break off or unfold."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from functools import cache

import brotli

from tests.crawl_web.server import Answer, Exchange, say


async def silence(exchange: Exchange) -> None:
    await exchange.reader.read()
    exchange.last = True


async def one_byte_at_a_time(exchange: Exchange) -> None:
    await exchange.head(200, Content_Type="text/html")
    while True:
        await exchange.send(b"<")
        await asyncio.sleep(0.2)


async def half(exchange: Exchange) -> None:
    await exchange.head(200, Content_Type="text/html", Content_Length="10000")
    await exchange.send("<html><h1>只有一半".encode())
    exchange.last = True


async def hang_up(exchange: Exchange) -> None:
    exchange.hang_up()


async def endless(exchange: Exchange) -> None:
    await exchange.head(200, Content_Type="text/html")
    while True:
        await exchange.send(b"<p>endless</p>" * 16_384)


async def endless_headers(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 -\r\n")
    while True:
        await exchange.send(b"X-Any: " + b"x" * 8000 + b"\r\n")


async def two_gigabytes(exchange: Exchange) -> None:
    await exchange.head(200, Content_Type="text/html", Content_Length=str(2 << 30))
    await silence(exchange)


async def not_asked(exchange: Exchange) -> None:
    """304 without a condition in the request."""
    await exchange.head(304, ETag='"1"')


@cache
def gzip_bomb(gigabytes: int) -> bytes:
    """Zeros, a thousandth of their size: one flushed megabyte repeated."""
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    head = packer.compress(b"") + packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    megabyte = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + megabyte * 1000 * gigabytes


@cache
def brotli_bomb() -> bytes:
    packed: bytes = brotli.compress(bytes(500_000_000), quality=1)
    return packed


def nested(body: bytes) -> bytes:
    for _ in range(5):
        body = gzip.compress(body)
    return body


def packed(body: bytes, encoding: str) -> Answer:
    return say(body, Content_Encoding=encoding)
