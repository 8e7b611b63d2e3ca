"""Builders of the system's values with sensible defaults, for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.model import Mention

NOON = datetime(2026, 3, 5, 4, 0, tzinfo=UTC)
"""Noon of 5 March 2026 in Beijing: the tests' usual now."""


def mention(id: str = "m1", title: str = "标题", text: str = "正文。", **changes: Any) -> Mention:  # noqa: A002
    """A mention first seen at NOON, published an hour before."""
    values: dict[str, Any] = {
        "id": id,
        "version": int(NOON.timestamp() * 1000),
        "url": f"http://news.example/{id}",
        "source": "gazette",
        "title": title,
        "text": text,
        "seen_at": NOON,
        "published_at": NOON - timedelta(hours=1),
        "published_precision": "minute",
        "language": "zh",
        "story": id,
        "content_hash": f"{title}\n{text}",
    }
    return Mention(**{**values, **changes})
