"""The scripts of a page, which carry data where the markup holds none."""

from __future__ import annotations

import re
from collections.abc import Iterator

_BEGIN = re.compile(r"<script\b", re.I)
_END = re.compile(r"</script", re.I)


def scripts(html: str) -> Iterator[tuple[str, str]]:
    """Attributes as written and content of each.

    One without an end is the last: to seek the end anew from each of a million that have none (as a
    regular expression for the whole does) would take days.
    """
    place = 0
    while begin := _BEGIN.search(html, place):
        head = html.find(">", begin.end())
        end = _END.search(html, head) if head >= 0 else None
        if end is None:
            return
        yield html[begin.end() : head], html[head + 1 : end.start()]
        place = end.end()
