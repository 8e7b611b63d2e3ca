"""Web servers on loopback that misbehave in a chosen way, and a collector to send at them."""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from crawlers.plan import Event, Plan, SourcePlan
from pipeline import spool
from pipeline.model import RawItem, Source, SourceKind

Answer = Callable[[BaseHTTPRequestHandler], object]
FEED = "<rss version='2.0'><channel><title>订阅</title></channel></rss>"
ROOT = Path(__file__).parents[1]
NAMES = ROOT / "tests" / "faults" / "names"
"""What makes a collector ask a name server that lies; see the module in that folder."""


@dataclass
class Host:
    """A server with an answer a path; `robots.txt` is 404 unless one is given."""

    url: str = ""
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    """When each came (monotonic)."""
    headers: list[dict[str, str]] = field(default_factory=list)
    busiest: int = 0
    """Most answers that were inside `answering` at one time."""
    ended: threading.Event = field(default_factory=threading.Event)
    _open: int = 0
    _counting: threading.Lock = field(default_factory=threading.Lock)

    def feed(self, *items: str, more: str = "") -> None:
        """A feed at /feed.xml; each item is a path, `more` goes into each entry."""
        entries = "".join(
            f"<item><title>标题{path}</title><link>{path}</link>{more}</item>" for path in items
        )
        self.answers["/feed.xml"] = say(
            f"<rss version='2.0'><channel><title>订阅</title>{entries}</channel></rss>",
            kind="application/rss+xml",
        )

    def articles(self, *paths: str) -> None:
        for path in paths:
            self.answers[path] = say(f"<html><h1>标题{path}</h1><p>正文。</p></html>")

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Counts the answers that are inside such a block at one time."""
        with self._counting:
            self._open += 1
            self.busiest = max(self.busiest, self._open)
        try:
            yield
        finally:
            with self._counting:
                self._open -= 1


def say(
    body: str | bytes, *, status: int = 200, kind: str = "text/html; charset=utf-8", **headers: str
) -> Answer:
    """An ordinary answer; header names with _ for -."""
    sent = body.encode() if isinstance(body, str) else body

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        if status != 304:
            handler.send_header("Content-Type", kind)
            handler.send_header("Content-Length", str(len(sent)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(sent)

    return answer


def silence(host: Host) -> None:
    """The feed is asked for, and nothing is ever said."""
    host.answers["/feed.xml"] = lambda handler: host.ended.wait() and None


def redirect(url: str) -> Answer:
    return say("", status=302, Location=url)


def in_turn(*answers: Answer) -> Answer:
    """One answer after the other; the last one stays."""
    left = list(answers)
    return lambda handler: (left.pop(0) if len(left) > 1 else left[0])(handler)


@contextmanager
def serving(address: str, *, tls: ssl.SSLContext | None = None, port: int = 0) -> Iterator[Host]:
    """A host on a free port of a loopback address, stopped at the end of the block."""
    host = Host()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            host.asked.append(self.path)
            host.times.append(time.monotonic())
            host.headers.append(dict(self.headers.items()))
            missing = say("没有", status=404)
            with suppress(OSError):
                host.answers.get(self.path, missing)(self)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing: the record is `asked`."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Broken connections are what these tests are about."""

    server = Server((address, port), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    scheme = "https" if tls else "http"
    host.url = f"{scheme}://{address}:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield host
    finally:
        host.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()


def source(id: str, url: str, **about: Any) -> Source:  # noqa: A002
    kind = about.pop("kind", SourceKind.FEED)
    return Source(id, kind, f"来源{id}", url, every=timedelta(minutes=10), **{"delay": 0, **about})


@dataclass(frozen=True)
class Outcome:
    """What a collector did: events by source, and what is in its spool."""

    status: int
    events: dict[str, list[Event]]
    items: list[RawItem]

    def of(self, source_id: str, what: str) -> list[Event]:
        return [event for event in self.events[source_id] if event.what == what]

    def kinds(self, source_id: str) -> list[str]:
        """Kinds of the records that were told of, sorted."""
        return sorted(e.kind.value for e in self.of(source_id, "fetched") if e.kind is not None)

    def reasons(self, source_id: str) -> list[str]:
        return [event.reason for event in self.of(source_id, "failed")]

    def pending(self, source_id: str) -> int:
        (done,) = self.of(source_id, "done")
        return done.pending


def plan(folder: Path, sources: Sequence[Source | SourcePlan], **limits: Any) -> Plan:
    """A plan with small limits that may go anywhere on loopback."""
    entries = tuple(each if isinstance(each, SourcePlan) else SourcePlan(each) for each in sources)
    usual: dict[str, Any] = {
        "allow_networks": ("127.0.0.0/8",),
        "timeout": 1.5,
        "max_bytes": 1_000_000,
        "round_seconds": 60,
        "pause": 0.01,
    }
    return Plan(str(folder), "Chengqing-test/1.0", entries, **{**usual, **limits})


def start(made: Plan, log: Path, **options: Any) -> subprocess.Popen[str]:
    """The collector process, its plan handed over."""
    with log.open("ab") as file:
        child = subprocess.Popen(
            [sys.executable, "-m", "crawlers"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=file,
            text=True,
            encoding="utf-8",
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": f"{NAMES}:{ROOT}"},
            **options,
        )
    assert child.stdin is not None
    child.stdin.write(made.to_json())
    child.stdin.close()
    return child


def finish(child: subprocess.Popen[str], folder: Path) -> Outcome:
    """Its events to the end."""
    assert child.stdout is not None
    with child.stdout:
        events = [Event.from_json(line) for line in child.stdout]
    status = child.wait(30)
    by_source: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        by_source[event.source].append(event)
    return Outcome(status, by_source, [item for item, _, _ in spool.read(folder, spool.START)])


def collect(tmp_path: Path, sources: Sequence[Source | SourcePlan], **limits: Any) -> Outcome:
    """One round of a real collector process."""
    folder, log = tmp_path / "spool", tmp_path / "collector.log"
    outcome = finish(start(plan(folder, sources, **limits), log), folder)
    said = log.read_text("utf-8")
    assert "Traceback" not in said, said
    return outcome
