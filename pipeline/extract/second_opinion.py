"""trafilatura, asked only where our own reading finds nothing on what looks like an article."""

from __future__ import annotations

import re

from lxml.etree import LxmlError

MIN_CHARACTERS = 120
"""In sentences."""
_MOST_TAGS = 20_000
_SENTENCE = re.compile(r"[，。；！？]|[,.] ")


def second_opinion(html: str) -> str:
    """The text that trafilatura finds; empty when it finds little. About 50 ms a page.

    Not asked of pages with so many tags that it would take seconds.
    """
    if html.count("<") > _MOST_TAGS:
        return ""
    from trafilatura import extract  # half a second and 30 MB, for few pages

    try:
        text = extract(html, fast=True, include_comments=False, include_tables=True)
    except (LxmlError, ValueError, RecursionError):
        return ""
    if not text:
        return ""
    lines = [line for line in text.splitlines() if len(line) >= 20 and _SENTENCE.search(line)]
    return text.strip() if sum(map(len, lines)) >= MIN_CHARACTERS else ""
