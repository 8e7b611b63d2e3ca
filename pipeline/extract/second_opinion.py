"""trafilatura, asked only where our own reading finds nothing on what looks like an article."""

from __future__ import annotations

from lxml.etree import LxmlError
from trafilatura import extract

MIN_CHARACTERS = 120


def second_opinion(html: str) -> str:
    """The text that trafilatura finds; empty when it finds little. About 50 ms a page."""
    try:
        text = extract(html, fast=True, include_comments=False, include_tables=True)
    except (LxmlError, ValueError, RecursionError):
        return ""
    return text.strip() if text and len(text) >= MIN_CHARACTERS else ""
