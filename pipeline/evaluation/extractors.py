"""Extractors that are compared: ours, and the known ones where they are installed.

Each is imported only when it is asked for; none of them but trafilatura comes with the system.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from typing import Any, TypeAlias

from pipeline.decode import decode
from pipeline.evaluation.extraction import Reading

Extractor: TypeAlias = Callable[[bytes, str, datetime | None], Reading]
"""Page as fetched, its address, when it was fetched (None: unknown) → what it says."""
NOTHING = Reading("", "")
_DIGITS = re.compile(r"\d+")


def _ours() -> Extractor:
    from pipeline.extract import extract

    def read(body: bytes, url: str, now: datetime | None) -> Reading:
        page = extract(body, url=url, now=now)
        day = page.published_precision == "day"
        at = page.published_at
        stamp = None if at is None else at.date().isoformat() if day else at.isoformat()
        return Reading(page.title, page.text, stamp, page.author, page.source)

    return read


def _trafilatura() -> Extractor:
    library = import_module("trafilatura")

    def read(body: bytes, url: str, now: datetime | None) -> Reading:
        found = library.bare_extraction(
            body, url=url or None, include_comments=False, with_metadata=True
        )
        if found is None:
            return NOTHING
        return Reading(
            _text(found.title), _text(found.text), found.date, _text(found.author),
            _text(found.sitename),
        )  # fmt: skip

    return read


def _gne() -> Extractor:
    library = import_module("gne")
    extractor = library.GeneralNewsExtractor()

    def read(body: bytes, url: str, now: datetime | None) -> Reading:
        found: dict[str, Any] = extractor.extract(decode(body))
        time = _text(found.get("publish_time")) or None
        return Reading(
            _text(found.get("title")), _text(found.get("content")), _iso(time),
            _text(found.get("author")), None,
        )  # fmt: skip

    return read


def _newspaper() -> Extractor:
    library = import_module("newspaper")

    def read(body: bytes, url: str, now: datetime | None) -> Reading:
        address = url or "https://example.invalid/"
        # Left to itself it asks the network for the sizes of the pictures.
        article = library.Article(address, language="zh", fetch_images=False)
        article.download(input_html=decode(body))
        article.parse()
        date = article.publish_date
        at = date.isoformat() if isinstance(date, datetime) else _text(date) or None
        return Reading(
            _text(article.title), _text(article.text), at, " ".join(article.authors), None
        )

    return read


def _resiliparse() -> Extractor:
    library = import_module("resiliparse.extract.html2text")

    def read(body: bytes, url: str, now: datetime | None) -> Reading:
        return Reading("", _text(library.extract_plain_text(decode(body), main_content=True)))

    return read


EXTRACTORS: dict[str, Callable[[], Extractor]] = {
    "chengqing": _ours,
    "trafilatura": _trafilatura,
    "gne": _gne,
    "newspaper4k": _newspaper,
    "resiliparse": _resiliparse,
}
"""Name → what loads it; loading raises ImportError where it is not installed."""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _iso(time: str | None) -> str | None:
    """GNE gives the time as the page writes it: 2026年3月5日 09:30, 2026/03/05 09:30:11 …"""
    if time is None:
        return None
    try:
        return datetime.fromisoformat(time.strip()).isoformat()
    except ValueError:
        pass
    numbers = [int(part) for part in _DIGITS.findall(time)][:5]
    if len(numbers) < 3:
        return None
    year, month, day, hour, minute = [*numbers, 0, 0][:5]
    try:
        at = datetime(year, month, day, hour, minute)  # noqa: DTZ001 - the page's own zone
    except ValueError:
        return None
    return at.isoformat() if len(numbers) == 5 else at.date().isoformat()
