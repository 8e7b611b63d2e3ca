"""RSS, Atom, JSON Feed and what feedparser makes of the rest."""

from __future__ import annotations

import hashlib
from collections import defaultdict

from crawlers.sources.base import Item, Listing, Response
from pipeline.feeds import FeedEntry, read_feed
from pipeline.identity import is_front, page_key
from pipeline.model import Source


def read_feed_listing(response: Response, source: Source) -> Listing:
    """The entries of a feed. The key is the link, which stays when a guid is written anew."""
    feed = read_feed(
        response.body,
        url=response.url,
        content_type=response.content_type,
        timezone=source.timezone,
    )
    shared = _shared(feed.entries)
    items: dict[str, Item] = {}
    for entry in feed.entries:
        url = "" if not entry.url or page_key(entry.url) in shared else entry.url
        key = page_key(url) if url else _key(entry)
        items.setdefault(key, Item(key, url, entry.hints, entry.content))
    return Listing(tuple(items.values()), feed.problem)


def _shared(entries: tuple[FeedEntry, ...]) -> set[str]:
    """Pages that stand for several entries, and so for none: the front page of a site, a live blog
    whose entries are places in it."""
    addresses: dict[str, set[str]] = defaultdict(set)
    titles: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        if entry.url:
            addresses[page_key(entry.url)].add(entry.url.partition("#")[2])
            titles[page_key(entry.url)].add(entry.hints.title)
    return {
        page
        for page, places in addresses.items()
        if len(titles[page]) > 1 and (len(places) > 1 or is_front(page))
    }


def _key(entry: FeedEntry) -> str:
    """What tells an entry without a page from others: not its id, which some feeds make anew at
    each request."""
    at = entry.hints.published_at
    told = at.isoformat() if at else entry.content[:500]
    about = f"{entry.hints.title}\n{told}"
    return hashlib.sha256(about.encode("utf-8", "replace")).hexdigest()[:32]
