"""The kinds of sources: each reads its listing into items. A new kind is a file and a line here."""

from __future__ import annotations

from collections.abc import Callable

from crawlers.sources.base import Listing, Response
from crawlers.sources.feed import read_feed_listing
from crawlers.sources.page import read_page_listing
from pipeline.model import Source, SourceKind

SOURCE_TYPES: dict[SourceKind, Callable[[Response, Source], Listing]] = {
    SourceKind.FEED: read_feed_listing,
    SourceKind.PAGE: read_page_listing,
}
