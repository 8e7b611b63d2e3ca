"""What a listing names."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from pipeline.model import Hints


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Response:
    """A listing as fetched, decompressed.

    `url` is what answered after redirects, `asked` what was asked for. `at` is when: what is recent
    counts from it.
    """

    url: str
    content_type: str
    body: bytes
    at: datetime = field(default_factory=_now)
    asked: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a listing names. `key` tells it from others of its source.

    `url` is empty where the listing gives no address; `content` is what the listing itself holds.
    """

    key: str
    url: str
    hints: Hints = field(default_factory=Hints)
    content: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    items: tuple[Item, ...]
    problem: str = ""
    """One sentence for the desk when the listing is not what it should be."""
    more: tuple[str, ...] = ()
    """Addresses of further listings of the same source, as a sitemap index names them."""
