"""What a new source is to be called: names taken from what its list says of itself."""

from __future__ import annotations

import re
from collections.abc import Collection
from html import unescape

from crawlers.records import text_of
from pipeline.errors import PipelineError
from pipeline.model import RawItem

_LONGEST = 40
_WITHIN = 64 * 1024
_TITLE = re.compile(r"<(?:[\w-]+:)?title\b[^>]*>(.*?)</(?:[\w-]+:)?title\s*>", re.S | re.I)
_ITEM = re.compile(r"<(?:[\w-]+:)?(?:item|entry|url)\b", re.I)
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.S)


def title_of(listing: RawItem) -> str:
    """What a feed or a page calls itself; empty when it does not say."""
    try:
        text = text_of(listing, looks_right=lambda _: True)[:_WITHIN]
    except PipelineError:
        return ""
    found, first = _TITLE.search(text), _ITEM.search(text)
    if found is None or (first is not None and first.start() < found.start()):
        return ""
    title = unescape(_CDATA.sub(r"\1", found[1]))
    return " ".join(re.sub(r"<[^>]*>", "", title).split())[:_LONGEST]


def free_id(host: str, taken: Collection[str]) -> str:
    """An id made from the host that no other source has."""
    plain = re.sub(r"[^a-z0-9]+", "-", host.lower().removeprefix("www.")).strip("-") or "source"
    number = 1
    while (key := plain if number == 1 else f"{plain}-{number}") in taken:
        number += 1
    return key
