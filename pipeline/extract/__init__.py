"""A page's bytes → what it says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import trafilatura
from selectolax.lexbor import LexborHTMLParser

from pipeline.decode import decode
from pipeline.model import Extraction, Hints


def plain_text(html: str) -> str:
    """Text of a fragment of HTML."""
    body = LexborHTMLParser(html).body
    return body.text(separator="\n", strip=True) if body is not None else ""


def extract(
    body: bytes,
    *,
    url: str = "",
    content_type: str = "",
    now: datetime | None = None,
    timezone: str = "Asia/Shanghai",
    hints: Hints = Hints(),  # noqa: B008
) -> Extraction:
    made: Any = trafilatura.bare_extraction(decode(body, content_type=content_type), url=url or None)
    if made is None or not made.text:
        return Extraction()
    return Extraction(title=made.title or "", text=made.text, author=made.author or "", language="zh")
