"""RSS, Atom and what feedparser makes of the rest."""

from __future__ import annotations

from crawlers.sources.base import Item, Listing, Response
from pipeline.feeds import read_feed
from pipeline.identity import page_key
from pipeline.model import Source


def read_feed_listing(response: Response, source: Source) -> Listing:
    """The entries of a feed. The key is the link, which stays when a guid is written anew."""
    feed = read_feed(
        response.body,
        url=response.url,
        content_type=response.content_type,
        timezone=source.timezone,
    )
    items: dict[str, Item] = {}
    for entry in feed.entries:
        key = page_key(entry.url) if entry.url else entry.hints.guid or entry.hints.title
        items.setdefault(key, Item(key, entry.url, entry.hints, entry.content))
    return Listing(tuple(items.values()), feed.problem)
