"""Stands between a client and a real server and spoils what passes, as networks do."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

import requests

Fault = Literal["none", "cut before", "cut after", "busy"]
_OWN_HEADERS = ("transfer-encoding", "connection", "content-length", "content-encoding")


class FaultProxy(ThreadingHTTPServer):
    """`fault` is what happens to the next requests:

    cut before: the connection is closed and nothing reaches the server;
    cut after: the server did it, but the answer is lost;
    busy: 503, as balancers answer.
    """

    daemon_threads = True
    fault: Fault = "none"

    def __init__(self, server: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.server = server
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.seen = 0


class _Handler(BaseHTTPRequestHandler):
    server: FaultProxy

    def _pass(self) -> None:
        self.close_connection = True
        fault = self.server.fault
        self.server.seen += 1
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if fault == "cut before":
            return
        if fault == "busy":
            self.send_error(503, "Service Unavailable")
            return
        headers = {k: v for k, v in self.headers.items() if k.lower() not in _OWN_HEADERS}
        answer = requests.request(
            self.command, self.server.server + self.path, headers=headers, data=body, timeout=30
        )
        if fault == "cut after":
            return
        self.send_response(answer.status_code)
        for name, value in answer.headers.items():
            if name.lower() not in _OWN_HEADERS:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.content)

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = _pass  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def fault_proxy(server: str) -> Iterator[FaultProxy]:
    with FaultProxy(server) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield proxy
        finally:
            proxy.shutdown()
            thread.join()
