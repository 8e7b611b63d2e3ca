"""What was fetched, as the spool keeps it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from crawlers.plan import Validators
from crawlers.sources.base import Item
from pipeline.decode import decode, decompress
from pipeline.errors import SpoolError
from pipeline.model import Hints, Position, RawItem, RawKind
from pipeline.spool import SpoolWriter, read_at

MAX_PAGE_BYTES = 10 * 1024 * 1024
"""A page that unfolds to more is not looked at for further pages."""

_log = logging.getLogger(__name__)


class Archive:
    """The spool of a round; `stop` ends the round when it can no longer be written."""

    def __init__(self, spool: SpoolWriter, stop: Callable[[str, int], None]) -> None:
        self._spool, self._stop = spool, stop

    def store(self, raw: RawItem) -> str:
        """Where the record stands, as text. Raises SpoolError, the round being over then."""
        try:
            return str(self._spool.append(raw))
        except SpoolError as error:
            _log.error("%s", error)
            self._stop("存档无法写入，采集已停止，请检查磁盘空间", 1)
            raise

    def read(self, position: str) -> RawItem | None:
        """The record that stands there; None when it is gone."""
        try:
            return read_at(self._spool.folder, Position.parse(position))
        except (SpoolError, ValueError):
            return None

    def hints_at(self, position: str) -> Hints:
        """What was known of the item whose record stands there, for another visit to its page;
        nothing when it is gone.

        Without the feed's summary: that speaks for a page that was never read, and must not take
        the place of an article when an error, a wall or an empty page stands there later.
        """
        raw = self.read(position)
        return replace(raw.hints, parts=(), summary="") if raw is not None else Hints()


def conditions(validators: Validators) -> dict[str, str]:
    """Headers of a conditional GET."""
    headers = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    return {name: value for name, value in headers.items() if value}


def decoded_body(response: Any, *, limit: int = MAX_PAGE_BYTES) -> bytes:
    """A response's body, decompressed. Raises PipelineError."""
    return decompress(response.body, header(response, "Content-Encoding"), limit=limit)


def text_of(raw: RawItem, *, looks_right: Callable[[bytes], bool]) -> str:
    """A page's text, decompressed and decoded; empty when its bytes do not look right. Raises
    PipelineError when it cannot be read."""
    body = decompress(raw.body, raw.headers.get("content-encoding", ""), limit=MAX_PAGE_BYTES)
    if not looks_right(body):
        return ""
    return decode(body, content_type=raw.headers.get("content-type", ""))


def shown_record(raw: RawItem, html: str) -> RawItem:
    """The page as a browser showed it, in the place of the page as it came."""
    as_sent = ("content-encoding", "content-length", "transfer-encoding")
    headers = {name: value for name, value in raw.headers.items() if name not in as_sent}
    headers |= {"content-type": "text/html; charset=utf-8", "x-rendered": "chromium"}
    return replace(raw, headers=headers, body=html.encode("utf-8", "replace"))


def header(response: Any, name: str) -> str:
    value: bytes = response.headers.get(name) or b""
    return value.decode("latin-1")


def response_record(
    response: Any, kind: RawKind, source: str, url: str, hints: Hints | None = None
) -> RawItem:
    """A response as it came; `url` is the address that was asked for first."""
    headers = {
        key.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
        for key, values in response.headers.items()
    }
    return RawItem(
        kind, source, url, response.url, datetime.now(UTC), response.status, headers, response.body,
        hints or Hints(),
    )  # fmt: skip


def entry_record(source: str, item: Item) -> RawItem:
    """What the listing itself holds, where there is no page to fetch."""
    hints = replace(item.hints, guid=item.hints.guid or item.key)
    published = hints.published_at
    about = {
        **asdict(hints),
        "published_at": published and published.isoformat(),
        "url": item.url,
        "content": item.content or hints.summary,
    }
    body = json.dumps(about, ensure_ascii=False).encode("utf-8", "replace")
    return RawItem(
        RawKind.ENTRY, source, item.url, item.url, datetime.now(UTC), 200, {}, body, hints
    )
