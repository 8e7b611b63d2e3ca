"""Many small web servers in one thread: one port, an address of 127.0.0.0/8 each.

Every request is recorded at this side, with its time and how many others its host had open.
"""

from __future__ import annotations

import asyncio
import hashlib
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formatdate

_HEAD_LIMIT = 64 * 1024


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came in; `at` is in seconds of the event loop's clock."""

    host: str
    path: str
    at: float
    open: int
    """Requests of this host that were being answered, this one among them."""
    agent: str
    conditional: bool


@dataclass
class Exchange:
    """One request and the connection on which it is answered."""

    path: str
    headers: Mapping[str, str]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    last: bool = False
    """No other request follows on this connection."""

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def head(self, status: int, **headers: str) -> None:
        """Status line and headers; header names with _ for -."""
        lines = [f"HTTP/1.1 {status} -"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        await self.send("\r\n".join([*lines, "", ""]).encode("utf-8"))

    def hang_up(self) -> None:
        self.last = True
        self.writer.transport.abort()


Answer = Callable[[Exchange], Awaitable[None]]
Lookup = Callable[[str, str], Answer]
"""(address, path) → how it is answered."""


@dataclass
class Web:
    """`secure` are the addresses that speak TLS, each with its own certificate; it counts what stands
    there when the servers start."""

    addresses: Iterable[str]
    lookup: Lookup | None = None
    secure: dict[str, ssl.SSLContext] = field(default_factory=dict)
    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    touched: list[str] = field(default_factory=list)
    """Addresses to which a connection was made, one entry each."""
    sent: int = 0

    def __post_init__(self) -> None:
        self._sockets, self.port = _listen(list(self.addresses))
        self._open: Counter[str] = Counter()
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Web:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        loop = self._loop
        servers = [
            loop.run_until_complete(
                asyncio.start_server(self._connection, sock=each, limit=_HEAD_LIMIT, ssl=tls)
            )
            for each in self._sockets
            for tls in (self.secure.get(each.getsockname()[0]),)
        ]
        loop.run_forever()
        for server in servers:
            server.close()
        for task in self._tasks:
            task.cancel()
        while self._tasks:
            loop.run_until_complete(asyncio.sleep(0))
        loop.close()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        host: str = writer.get_extra_info("sockname")[0]
        self.touched.append(host)
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while await self._exchange(host, reader, writer):
                    pass
        finally:
            self._tasks.discard(task)
            writer.transport.abort() if writer.transport.is_closing() else writer.close()

    async def _exchange(
        self, host: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Answers one request; whether another one may follow."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.strip().split("\r\n")
        headers = {
            name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)
        }
        path = first.split(" ")[1]
        self._open[host] += 1
        self.asked.append(
            Asked(
                host,
                path,
                self._loop.time(),
                self._open[host],
                headers.get("user-agent", ""),
                "if-none-match" in headers or "if-modified-since" in headers,
            )
        )
        exchange = Exchange(path, headers, reader, writer)
        try:
            assert self.lookup is not None
            await self.lookup(host, path)(exchange)
        finally:
            self._open[host] -= 1
        return not exchange.last


def _listen(addresses: list[str]) -> tuple[list[socket.socket], int]:
    """A port that is free on all addresses."""
    for _ in range(20):
        sockets: list[socket.socket] = []
        port = 0
        try:
            for address in addresses:
                each = socket.socket()
                sockets.append(each)
                each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                each.bind((address, port))
                each.listen(64)
                each.setblocking(False)
                port = port or each.getsockname()[1]
            return sockets, port
        except OSError:
            for each in sockets:
                each.close()
    raise OSError("no port is free on all addresses")


# --- ordinary answers --------------------------------------------------------------------------


def say(
    body: str | bytes,
    *,
    status: int = 200,
    kind: str = "text/html; charset=utf-8",
    validator: str = "",
    chunked: bool = False,
    close: bool = False,
    after: float = 0,
    **headers: str,
) -> Answer:
    """An answer of a healthy server. `validator` is "etag", "date" or none; it answers a
    conditional request for the same body with 304. `after` are seconds that it thinks."""
    sent = body.encode() if isinstance(body, str) else body
    etag = f'"{hashlib.sha256(sent).hexdigest()[:16]}"'
    changed = formatdate(1_700_000_000, usegmt=True)
    known = {"etag": {"ETag": etag}, "date": {"Last_Modified": changed}, "": {}}[validator]

    async def answer(exchange: Exchange) -> None:
        await asyncio.sleep(after)
        asked = exchange.headers
        if known and (
            asked.get("if-none-match") == etag or asked.get("if-modified-since") == changed
        ):
            await exchange.head(304, **known)
            return
        exchange.last = close
        usual = {"Content_Type": kind, **({"Connection": "close"} if close else {}), **known}
        if chunked:
            await exchange.head(status, Transfer_Encoding="chunked", **usual, **headers)
            for start in range(0, len(sent), 500):
                part = sent[start : start + 500]
                await exchange.send(b"%x\r\n%s\r\n" % (len(part), part))
            await exchange.send(b"0\r\n\r\n")
        else:
            await exchange.head(status, Content_Length=str(len(sent)), **usual, **headers)
            await exchange.send(sent)

    return answer


def redirect(url: str, status: int = 302) -> Answer:
    return say("", status=status, Location=url)


def in_turn(*answers: Answer) -> Answer:
    """One answer after the other; the last one stays."""
    left = list(answers)

    async def answer(exchange: Exchange) -> None:
        await (left.pop(0) if len(left) > 1 else left[0])(exchange)

    return answer
