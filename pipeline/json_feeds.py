"""JSON Feed 1.0 and 1.1 (jsonfeed.org) → entries."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class JsonEntry:
    """One item as written; nothing is checked or cleaned."""

    url: str
    title: str
    author: str
    summary: str
    guid: str
    content: str
    dates: tuple[str, ...]
    """Publication first, then the last change."""


def read_json_feed(text: str) -> tuple[str, list[JsonEntry]] | None:
    """Title and entries of a JSON feed; None when the text is no such feed.

    The version is not insisted on: what has `items` with an id, an address or content is a feed.
    """
    try:
        feed, _ = json.JSONDecoder().raw_decode(text.strip())
    except (ValueError, RecursionError):
        return None
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        return None
    declared = "jsonfeed.org" in _text(feed, "version")
    entries = [_entry(item) for item in items if isinstance(item, dict)]
    entries = [each for each in entries if each.url or each.title or each.content]
    if not declared and not entries:
        return None
    return _text(feed, "title"), entries


def _entry(item: dict[str, Any]) -> JsonEntry:
    author = item.get("author")
    named = item.get("authors") or ([author] if author else [])
    names = [_text(each, "name") for each in named if isinstance(each, dict)]
    # A link post is about `external_url`; the article that is published stands at `url`.
    url = _text(item, "url") or _text(item, "external_url")
    guid = _text(item, "id")
    return JsonEntry(
        url=url or (guid if guid.startswith(("http://", "https://")) else ""),
        title=_text(item, "title"),
        author="、".join(name for name in names if name),
        summary=_text(item, "summary"),
        guid=guid,
        content=_text(item, "content_html") or _text(item, "content_text"),
        dates=(_text(item, "date_published"), _text(item, "date_modified")),
    )


def _text(about: dict[str, Any], key: str) -> str:
    """A value that is a text or, as ids often are, a number."""
    value = about.get(key)
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
