"""One spooled record → what it says: the pure part of the pipeline, before anything is compared."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal

from pipeline.decode import decompress
from pipeline.documents import Part, Problem
from pipeline.documents.records import is_document, name_of, parts_of
from pipeline.errors import PipelineError
from pipeline.extract import extract, plain_text
from pipeline.extract.language import find_language
from pipeline.extract.pagination import joined
from pipeline.identity import canonical_url, content_hash, mention_id, same_site
from pipeline.model import NO_SITES, Extraction, Hints, Mention, Position, RawItem, RawKind, Sites

MAX_PAGE_BYTES = 12 * 1024 * 1024
"""A page that unfolds to more is not read: no article needs it, and its tree may take sixty
times as much memory."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record from which no mention can be made, and why."""

    source: str
    url: str
    reason: str


def understand(
    raw: RawItem,
    position: Position,
    zone: str,
    parts: Sequence[RawItem] = (),
    sites: Sites = NO_SITES,
) -> tuple[Mention | Unreadable, ...]:
    """What is in a record, not yet compared with other mentions; nothing for a listing or for a
    further page of an article.

    A table or a mail may hold several mentions, and some that cannot be read. `zone` is the IANA
    zone in which the source writes times without an offset. `parts` are the records that
    `raw.hints.parts` names (`spool.parts_of`); `sites` is what the configuration says of how single
    sites are read.
    """
    if raw.kind in (RawKind.LISTING, RawKind.PART):
        return ()
    if is_document(raw):
        return _from_document(raw, position, zone)
    try:
        page = (
            _entry_page(raw)
            if raw.kind is RawKind.ENTRY
            else _whole_article(raw, zone, parts, sites)
        )
    except PipelineError as error:
        return (Unreadable(raw.source, raw.url, str(error)),)
    own = raw.final_url if page.is_article else raw.url
    page = _completed(page, raw.hints)
    if not page.text and not page.title:
        return (Unreadable(raw.source, raw.url, "页面上没有读到文章"),)
    return (_mention(raw, page, position, own or raw.url),)


def _from_document(raw: RawItem, position: Position, zone: str) -> tuple[Mention | Unreadable, ...]:
    """What came by another way than the web: several articles, some of which may be unreadable."""
    try:
        found = parts_of(raw, zone)
    except PipelineError as error:
        return (Unreadable(raw.source, name_of(raw), str(error)),)
    return tuple(
        Unreadable(raw.source, each.where, each.reason)
        if isinstance(each, Problem)
        else _part_mention(raw, each, position)
        for each in found
    )


def _part_mention(raw: RawItem, part: Part, position: Position) -> Mention:
    url = canonical_url(part.url)
    key = f"{raw.source}\n{part.key or sha256(raw.body).hexdigest()}"
    return Mention(
        id=mention_id(key),
        version=int(raw.fetched_at.timestamp() * 1000),
        url=url,
        source=raw.source,
        title=part.title,
        text=part.text,
        seen_at=raw.fetched_at,
        published_at=part.published_at,
        published_precision=part.published_precision,
        author=part.author,
        origin=part.origin,
        language=find_language(part.text, ""),
        content_hash=content_hash(part.title, part.text),
        raw=str(position),
        also=raw.hints.also,
    )


def _whole_article(raw: RawItem, zone: str, parts: Sequence[RawItem], sites: Sites) -> Extraction:
    """The first page with the text of all; a page that cannot be read is left out."""
    page = _article_page(raw, zone, sites)
    if not page.is_article or not parts:
        return page
    texts = [page.text]
    for part in parts:
        with suppress(PipelineError):
            texts.append(_article_page(part, zone, sites).text)
    return replace(page, text=joined(texts))


def _article_page(raw: RawItem, zone: str, sites: Sites) -> Extraction:
    body = decompress(raw.body, raw.headers.get("content-encoding", ""), limit=MAX_PAGE_BYTES)
    return extract(
        body,
        url=raw.final_url,
        content_type=raw.headers.get("content-type", ""),
        now=raw.fetched_at,
        timezone=zone,
        hints=raw.hints,
        sites=sites,
    )


def _entry_page(raw: RawItem) -> Extraction:
    """What the feed itself gives of an entry whose page cannot be had."""
    try:
        entry: dict[str, Any] = json.loads(raw.body)
        return Extraction(text=plain_text(str(entry.get("content") or "")))
    except (ValueError, AttributeError):
        raise PipelineError("条目的记录已损坏") from None


def _completed(page: Extraction, hints: Hints) -> Extraction:
    """Gaps filled from the feed; what the page itself says stands."""
    text = page.text or plain_text(hints.summary)
    if not text and not page.title:
        return page
    at, precision = page.published_at, page.published_precision
    if hints.published_at and (at is None or (precision == "day" and _same_day(at, hints))):
        at, precision = hints.published_at, hints.published_precision
    return replace(
        page,
        title=page.title or hints.title,
        text=text or hints.title,
        published_at=at,
        published_precision=precision,
        author=page.author or hints.author,
    )


def _same_day(at: datetime, hints: Hints) -> bool:
    return hints.published_at is not None and (
        hints.published_at.astimezone(at.tzinfo).date() == at.date()
    )


def _mention(raw: RawItem, page: Extraction, position: Position, own: str) -> Mention:
    """`own` is the address of the article: where it was found or, when there was none and the feed
    speaks for it, the address that was asked for (walls and errors lie at one for all)."""
    url = _address(own, page.canonical_url)
    precision: Literal["minute", "day"] | None = page.published_precision
    return Mention(
        id=mention_id(url) if url else mention_id(f"{raw.source}\n{raw.hints.guid}"),
        version=int(raw.fetched_at.timestamp() * 1000),
        url=url,
        source=raw.source,
        title=page.title,
        text=page.text,
        seen_at=raw.fetched_at,
        published_at=page.published_at,
        published_precision=precision,
        author=page.author,
        origin=page.source,
        language=page.language,
        content_hash=content_hash(page.title, page.text),
        raw=str(position),
        also=raw.hints.also,
    )


def _address(url: str, claimed: str) -> str:
    """The address that identifies the article. A page may name another one of its own site only:
    else anybody could speak in the place of an official page."""
    if claimed and same_site(claimed, url):
        url = claimed
    return canonical_url(url) if url else ""
