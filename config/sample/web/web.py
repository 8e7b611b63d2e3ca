"""The sample sites as one function from request to response, and a server around it."""

from __future__ import annotations

import gzip
import hashlib
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from jinja2 import Environment, PackageLoader, StrictUndefined

from config.sample.web.content import SITES, Item, items

NEWEST = 40
"""Items on a list page or in a feed."""
ROBOTS = "User-agent: *\nDisallow: /portal/internal/\n"
HTML = "text/html; charset=utf-8"

_LISTS = {
    "/portal/news/": ("portal", "portal_list.html", HTML),
    "/gazette/": ("gazette", "gazette_list.html", HTML),
    "/gazette/rss.xml": ("gazette", "gazette_rss.xml", "application/rss+xml; charset=utf-8"),
    "/forum/": ("forum", "forum_list.html", "text/html"),
    "/release/": ("release", "release_list.html", HTML),
    "/release/atom.xml": ("release", "release_atom.xml", "application/atom+xml; charset=utf-8"),
}
_FIXED = {
    "/": ("index.html", HTML),
    "/portal/internal/roster.html": ("portal_internal.html", HTML),
    "/forum/help.html": ("forum_help.html", "text/html"),
}


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class SampleWeb:
    """The sites as they stand at `now()`, when they were born at `born`."""

    def __init__(self, born: datetime, now: Callable[[], datetime]) -> None:
        self.born = born
        self.now = now
        self.items = items(born)
        self._by_path = {item.path: item for item in self.items}
        self._pages = Environment(
            loader=PackageLoader("config.sample.web", "pages"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._pages.filters["http_date"] = lambda at: format_datetime(at)

    def visible(self, site: str) -> list[Item]:
        """What has appeared on a site, newest first."""
        now = self.now()
        return [item for item in reversed(self.items) if item.site == site and item.at <= now]

    def respond(self, path: str, headers: Mapping[str, str], base: str) -> Response:
        """The answer to a GET. `headers` have lower-case names; `base` is `http://host:port`."""
        path = path.partition("?")[0]
        if path == "/robots.txt":
            return _answer(ROBOTS.encode(), "text/plain; charset=utf-8", self.born, headers)
        if path in _LISTS:
            site, template, kind = _LISTS[path]
            shown = self.visible(site)[:NEWEST]
            changed = shown[0].at if shown else self.born
            body = self._page(template, kind, base, items=shown, changed=changed)
            return _answer(body, kind, changed, headers)
        if path in _FIXED:
            template, kind = _FIXED[path]
            return _answer(self._page(template, kind, base), kind, self.born, headers)
        item = self._by_path.get(path)
        if item is None or item.at > self.now():
            body = self._page("missing.html", HTML, base)
            return Response(404, {"Content-Type": HTML}, body)
        kind = "text/html" if item.site == "forum" else HTML
        body = self._page(f"{item.site}_article.html", kind, base, item=item)
        return _answer(body, kind, item.at, headers)

    def _page(self, template: str, kind: str, base: str, **values: object) -> bytes:
        text = self._pages.get_template(template).render(base=base, sites=SITES, **values)
        encoding = "utf-8" if "charset=utf-8" in kind else "gbk"
        return text.encode(encoding, "xmlcharrefreplace")


def _answer(body: bytes, kind: str, changed: datetime, headers: Mapping[str, str]) -> Response:
    """200 with validators, or 304 when the asker has it; compressed on request."""
    zipped = "gzip" in headers.get("accept-encoding", "")
    digest = hashlib.sha256(body).hexdigest()[:20]
    changed = changed.astimezone(UTC).replace(microsecond=0)
    fields = {
        "ETag": f'"{digest}-gzip"' if zipped else f'"{digest}"',
        "Last-Modified": format_datetime(changed, usegmt=True),
        "Vary": "Accept-Encoding",
    }
    if _has_it(digest, changed, headers):
        return Response(304, fields)
    fields["Content-Type"] = kind
    if zipped:
        fields["Content-Encoding"] = "gzip"
        body = gzip.compress(body, mtime=0)
    return Response(200, fields, body)


def _has_it(digest: str, changed: datetime, headers: Mapping[str, str]) -> bool:
    if tags := headers.get("if-none-match"):
        return digest in tags
    try:
        return changed <= parsedate_to_datetime(headers.get("if-modified-since", ""))
    except (ValueError, TypeError):
        return False


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "LinjiangSample"

    def __init__(self, web: SampleWeb, *args: object) -> None:
        self.web = web
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self._send(with_body=True)

    def do_HEAD(self) -> None:
        self._send(with_body=False)

    def _send(self, *, with_body: bool) -> None:
        host, port = self.connection.getsockname()
        base = f"http://{self.headers.get('Host') or f'{host}:{port}'}"
        headers = {name.lower(): value for name, value in self.headers.items()}
        response = self.web.respond(self.path, headers, base)
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.status != 304:
            self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if with_body:
            self.wfile.write(response.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: the system beside it shows what it fetches."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no news; anything else is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def server(web: SampleWeb, port: int = 0) -> ThreadingHTTPServer:
    """A server on loopback that listens; port 0 takes a free one. Raises OSError when taken."""
    return _Server(("127.0.0.1", port), partial(_Handler, web))


@contextmanager
def serving(web: SampleWeb, port: int = 0) -> Iterator[str]:
    """Serve from a thread of this process; gives the address without a trailing slash."""
    listening = server(web, port)
    thread = Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.server_port}"
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()
