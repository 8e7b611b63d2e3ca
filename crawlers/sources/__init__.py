"""The kinds of sources: each reads its listing into items. A new kind is a file and a line here."""

from __future__ import annotations

from collections.abc import Callable

from crawlers.sources.base import Listing, Response
from crawlers.sources.feed import read_feed_listing
from crawlers.sources.files import read_files
from crawlers.sources.hotlist import read_hotlist_listing
from crawlers.sources.inbox import read_inbox
from crawlers.sources.local import LocalReader
from crawlers.sources.mailbox import read_mailbox
from crawlers.sources.page import read_page_listing
from crawlers.sources.search import read_search_listing, search_urls
from crawlers.sources.sitemap import read_sitemap_listing
from pipeline.model import Source, SourceKind

SOURCE_TYPES: dict[SourceKind, Callable[[Response, Source], Listing]] = {
    SourceKind.FEED: read_feed_listing,
    SourceKind.PAGE: read_page_listing,
    SourceKind.SITEMAP: read_sitemap_listing,
    SourceKind.SEARCH: read_search_listing,
    SourceKind.HOTLIST: read_hotlist_listing,
}
LOCAL_TYPES: dict[SourceKind, LocalReader] = {
    SourceKind.FILES: read_files,
    SourceKind.MAILBOX: read_mailbox,
    SourceKind.ENTRY: read_inbox,
    SourceKind.TIPS: read_inbox,
}
"""Kinds that have no listing on the web: what they bring comes by another way."""


def listing_urls(source: Source) -> tuple[str, ...]:
    """The addresses of a source's listings: one, but a search has one for each of its terms."""
    return search_urls(source) if source.kind is SourceKind.SEARCH else (source.url,)
