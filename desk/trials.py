"""Trying a source before it is saved: what is asked, what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pipeline.model import SourceKind

KINDS = (
    SourceKind.FEED, SourceKind.PAGE, SourceKind.SITEMAP, SourceKind.SEARCH, SourceKind.HOTLIST,
)  # fmt: skip
"""Kinds that have an address to try."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A source as somebody would configure it; without a kind, that is to be found out."""

    url: str
    kind: SourceKind | None = None
    links: str | None = None
    items: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TriedItem:
    """What the list names. `time` with a precision of "day" is a date alone."""

    title: str
    url: str
    time: datetime | None = None


@dataclass(frozen=True, slots=True)
class TriedArticle:
    """One of the first articles as it would be stored; `problem` when it could not be read."""

    url: str
    title: str = ""
    time: datetime | None = None
    lead: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class TriedElsewhere:
    """Another address that is probably meant."""

    url: str
    label: str
    kind: SourceKind


@dataclass(frozen=True, slots=True)
class Trial:
    """What an address is. `what` is a word, `good` whether it can be watched as it is."""

    url: str
    what: str
    good: bool
    sentence: str
    advice: str = ""
    elsewhere: tuple[TriedElsewhere, ...] = ()
    items: tuple[TriedItem, ...] = ()
    articles: tuple[TriedArticle, ...] = ()
    yaml: str = ""
    """The entry for sources.yaml; empty where nothing can be watched."""


class TrySource(Protocol):
    """Fetches as the collector does, politely and safely, and stores nothing.

    One list and a few articles; takes up to a minute. Raises ChengqingError when the address is no
    web address, or another trial is running.
    """

    def __call__(self, wanted: Wanted) -> Trial: ...
