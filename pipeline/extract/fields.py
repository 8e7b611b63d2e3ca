"""Articles that a page hands to its scripts in hidden text areas, one for each of their parts."""

from __future__ import annotations

import html as entities
import re

from pipeline.extract.state import MIN_HAN, Carried

_FIELD = re.compile(r"<textarea\b([^>]*)>(.*?)</textarea", re.S | re.I)
_NAMED = re.compile(r"\b(?:class|id|name)\s*=\s*[\"']?([^\"'>]*)", re.I)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_TITLE = re.compile(r"(?<![a-z])(?:title|headline)\b")
_TIME = re.compile(r"time|date")
_SOURCE = re.compile(r"source|media")
_AUTHOR = re.compile(r"author")
_LONGEST = 150
"""Characters of a part that is not the text."""


def field_article(html: str) -> Carried | None:
    """The article whose text fills a text area; its other parts by what their areas are called."""
    fields = [
        (" ".join(_NAMED.findall(match[1])).lower(), entities.unescape(match[2]).strip())
        for match in _FIELD.finditer(html)
    ]
    content = max((value for _, value in fields), key=_weight, default="")
    if _weight(content) < MIN_HAN:
        return None
    found = (_first(pattern, fields) for pattern in (_TITLE, _TIME, _SOURCE, _AUTHOR))
    return Carried(content, *found)


def _weight(text: str) -> int:
    return len(_HAN.findall(text))


def _first(pattern: re.Pattern[str], fields: list[tuple[str, str]]) -> str:
    return next(
        (value for label, value in fields if 0 < len(value) < _LONGEST and pattern.search(label)),
        "",
    )
