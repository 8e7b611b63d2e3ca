"""The steps of one page's reading, in the order in which they need each other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from pipeline.extract.fields import field_article
from pipeline.extract.noise import noisy_elements
from pipeline.extract.page import Page
from pipeline.extract.parse import read_page
from pipeline.extract.second_opinion import second_opinion
from pipeline.extract.state import carried_article
from pipeline.extract.structured import structured_article
from pipeline.extract.text import Content, find_content, render
from pipeline.extract.time import Published, find_time
from pipeline.extract.title import (
    Headline,
    find_title,
    large_title,
    title_beside,
    title_in_brackets,
)
from pipeline.extract.verdict import confidence, is_article

_LITTLE = 80
"""Characters in sentences below which the article is sought in the page's scripts too."""

_DOUBTFUL = 0.45
"""Confidence below which the same is done."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found on a page, before it is decided whether that is an article."""

    page: Page
    headline: Headline
    content: Content
    text: str
    published: Published | None

    @property
    def byline(self) -> int | None:
        """Index of the block that shows the publication time."""
        return self.published.block if self.published else None

    @property
    def confidence(self) -> float:
        return confidence(self.page, self.headline, self.content, self.published)

    @property
    def is_article(self) -> bool:
        return is_article(
            self.page,
            self.headline,
            self.content,
            self.text,
            dated=self.byline is not None and self.byline < max(self.content.blocks, default=0),
        )


def read(html: str, *, title: str, zone: tzinfo, now: datetime | None) -> Reading | None:
    """The best reading of a page; None when it cannot be parsed. `title` is what a link called it.

    Where the page's elements hold next to nothing, the data of its scripts is read instead, and
    then trafilatura is asked.
    """
    page = read_page(html)
    if page is None:
        return None
    reading = _read(page, title, zone, now)
    if reading.content.prose >= _LITTLE and reading.confidence >= _DOUBTFUL:
        return reading
    html = page.html
    carried = structured_article(html) or field_article(html) or carried_article(html)
    if carried is not None:
        inner = read_page(carried.as_html(reading.headline.text))
        other = _read(inner, title, zone, now) if inner else reading
        if other.content.prose > 2 * reading.content.prose:
            return replace(other, published=other.published or reading.published)
    return _asked(reading)


def _read(page: Page, title: str, zone: tzinfo, now: datetime | None) -> Reading:
    noisy = noisy_elements(page)
    headline = find_title(page, noisy, title)
    content = find_content(page, noisy, headline)
    published = find_time(page, noisy, headline, content, zone, now)
    if headline.block is None and content.blocks:
        below = content.blocks[0]
        shown = published.block if published else None
        if shown is not None and below - 8 <= shown < content.blocks[-1]:
            below = shown
        beside = title_beside(page, below, noisy, headline)
        if beside is None and below != content.blocks[0]:
            beside = large_title(page, content.blocks[0], noisy)
        if beside:
            headline = beside
            content = find_content(page, noisy, headline)
            published = find_time(page, noisy, headline, content, zone, now)
        elif bracketed := title_in_brackets(page.blocks[content.blocks[0]].text, headline):
            headline = bracketed
    return Reading(page, headline, content, render(page, content), published)


def _asked(reading: Reading) -> Reading:
    """With trafilatura's text where headline and byline promise an article that we do not see."""
    promised = reading.headline.block is not None and reading.byline is not None
    text = second_opinion(reading.page.html) if promised and reading.content.prose < 10 else ""
    if not text:
        return reading
    return replace(reading, text=text, content=replace(reading.content, prose=len(text)))
