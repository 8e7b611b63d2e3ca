"""Links from the JSON that a page carries for its script, where the markup holds no list."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from pipeline.extract.scripts import scripts

_TITLES = ("title", "newstitle", "doctitle", "headline", "subject", "name", "text", "content")
_ADDRESSES = ("url", "link", "href", "docurl", "newsurl", "weburl", "linkurl", "pcurl", "path")
_START = re.compile(r"(?:^|=|\()\s*(?=[{\[])")
_HTML = re.compile(r"<[a-z][^>]*>", re.I)
_MIN_TITLE = 4
_MIN_ITEMS = 3
_MAX_NODES = 200_000
_MAX_STARTS = 20
"""Places in one script where JSON may begin: each costs a reading."""


def embedded_links(page: str) -> list[tuple[str, str]]:
    """Address as written and title of each item of the list with the most title text.

    `page` is a page with JSON in its scripts, or the JSON itself.
    """
    best: list[tuple[str, str]] = []
    for value in _values(page):
        for items in _lists(value):
            if _weight(items) > _weight(best):
                best = items
    return best


def _values(page: str) -> Iterator[Any]:
    if page.lstrip()[:1] in ("{", "["):
        found_in = [page.lstrip()]
    else:
        found_in = [content for about, content in scripts(page) if "ld+json" not in about.lower()]
    decoder = json.JSONDecoder()
    for script in found_in:
        place = 0
        for _ in range(_MAX_STARTS):
            found = _START.search(script, place)
            if found is None:
                break
            try:
                value, place = decoder.raw_decode(script, found.end())
                yield value
            except (ValueError, RecursionError):
                place = found.end() + 1


def _lists(value: Any) -> Iterator[list[tuple[str, str]]]:
    """Every list in a value whose members have a title and an address."""
    waiting, seen = [value], 0
    while waiting and seen < _MAX_NODES:
        node = waiting.pop()
        seen += 1
        if isinstance(node, dict):
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
            pairs = [pair for each in node if isinstance(each, dict) and (pair := _pair(each))]
            if len(pairs) >= _MIN_ITEMS:
                yield pairs


def _pair(item: dict[str, Any]) -> tuple[str, str] | None:
    keys = {
        re.sub(r"[_-]", "", key.lower()): value
        for key, value in item.items()
        if isinstance(value, str)
    }
    title = next((keys[name] for name in _TITLES if keys.get(name)), "")
    url = next((keys[name] for name in _ADDRESSES if keys.get(name)), "")
    title = " ".join(_HTML.sub("", title).split())
    if len(title) < _MIN_TITLE or not re.match(r"https?://|/|\./|[\w%-]+[/.?]", url):
        return None
    return url, title


def _weight(items: list[tuple[str, str]]) -> int:
    return sum(min(len(title), 40) for _, title in items)
