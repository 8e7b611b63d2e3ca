"""What can be said of an address that somebody wants to watch. Values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from crawlers.sources import SOURCE_TYPES
from crawlers.sources.base import Item, Listing, Response
from pipeline.model import Source, SourceKind

What = Literal[
    "feed", "page", "sitemap", "hotlist", "search", "article", "opml", "login", "soft404", "shell",
    "gone", "robots", "address", "unreachable", "document", "empty", "other",
]  # fmt: skip
GOOD: tuple[What, ...] = ("feed", "page", "sitemap", "hotlist", "search")
"""What can be a source as it is."""

MANY = 50
"""So many other addresses are suggested at most."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why nothing came: the sentence and the code of the collector's event."""

    reason: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Another address that is probably meant."""

    url: str
    label: str
    kind: SourceKind = SourceKind.FEED


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`sentence` says what the address is, `advice` what to do; `source` as it would be watched."""

    what: What
    sentence: str
    advice: str = ""
    suggestions: tuple[Suggestion, ...] = ()
    items: tuple[Item, ...] = ()
    source: Source | None = None

    @property
    def good(self) -> bool:
        return self.what in GOOD


def read(response: Response, source: Source) -> Listing:
    """The address as this kind of source would read it."""
    return SOURCE_TYPES[source.kind](response, source)


_GOOD_SENTENCES = {
    SourceKind.FEED: "这是订阅源",
    SourceKind.PAGE: "这是列表页",
    SourceKind.SITEMAP: "这是站点地图",
    SourceKind.HOTLIST: "这是 JSON 列表",
    SourceKind.SEARCH: "这是搜索结果页",
}


def good(source: Source, items: Sequence[Item], advice: str = "") -> Diagnosis:
    """It can be watched as it is."""
    what: Any = source.kind.value
    sentence = f"{_GOOD_SENTENCES[source.kind]}，找到 {len(items)} 条。"
    return Diagnosis(what, sentence, advice, items=tuple(items), source=source)
