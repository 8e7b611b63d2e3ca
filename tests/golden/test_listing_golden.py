"""One listing of each kind of source, read into the items that it names."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawlers.sources import SOURCE_TYPES, listing_urls
from crawlers.sources.base import Response
from pipeline.model import Source, SourceKind

LISTINGS = Path(__file__).parent / "listings"
BASE = "http://news.linjiang.example/list/"
NOW = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)
HOT = Source(
    "hot", SourceKind.HOTLIST, "热榜", BASE,
    items="data.list",
    fields=(
        ("title", "word"), ("url", "link"), ("id", "tid"), ("time", "created"),
        ("author", "user.name"), ("text", "brief"),
    ),
)  # fmt: skip
SEARCH = Source(
    "so", SourceKind.SEARCH, "站内搜索", "http://news.linjiang.example/so?q={query}",
    terms=("临江市市场监管局",), charset="gbk",
)  # fmt: skip
CASES = {
    "feed.xml": Source("feed", SourceKind.FEED, "日报", BASE),
    "json_feed.json": Source("json", SourceKind.FEED, "发布", BASE),
    "page.html": Source("page", SourceKind.PAGE, "门户", BASE),
    "sitemap.xml": Source("map", SourceKind.SITEMAP, "地图", BASE),
    "sitemap_index.xml": Source("index", SourceKind.SITEMAP, "地图", BASE),
    "search.html": SEARCH,
    "hotlist.json": HOT,
}


def read(name: str) -> dict[str, Any]:
    source = CASES[name]
    url = listing_urls(source)[0]
    body = (LISTINGS / name).read_bytes()
    listing = SOURCE_TYPES[source.kind](Response(url, "", body, NOW, url), source)
    items = []
    for item in listing.items:
        at = item.hints.published_at
        items.append(
            {
                "url": item.url,
                "title": item.hints.title,
                "at": at and f"{at.isoformat()} {item.hints.published_precision}",
                "author": item.hints.author,
                "content": item.content,
            }
        )
    return {"items": items, "more": list(listing.more), "problem": listing.problem}


@pytest.mark.parametrize("name", CASES)
def test_a_listing_of_each_kind(name: str) -> None:
    expected = json.loads((LISTINGS / f"{name}.expected").read_text("utf-8"))
    assert read(name) == expected


def test_every_kind_on_the_web_has_a_listing() -> None:
    assert {source.kind for source in CASES.values()} == set(SOURCE_TYPES)
