"""What all stores answer alike: pages of hits with their cursors, and counts per hour or day."""

from __future__ import annotations

import base64
import binascii
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pipeline.errors import QueryError
from pipeline.model import Mention, Page, SearchHit
from pipeline.query import Search
from pipeline.stores.versions import milliseconds
from pipeline.tokenise import spans_in

_CURSOR = re.compile(r"(-?\d{1,18}) (.{1,512})", re.DOTALL)


def page(found: Sequence[Mention], search: Search, *, limit: int, total: int) -> Page:
    """A page from up to `limit` + 1 mentions: the one too many tells that there is another page."""
    shown = found[:limit]
    wanted = search.wanted
    hits = tuple(
        SearchHit(mention, spans_in(mention.text, wanted), spans_in(mention.title, wanted))
        for mention in shown
    )
    more = bool(shown) and len(found) > limit
    cursor = write_cursor(milliseconds(shown[-1].at), shown[-1].id) if more else None
    return Page(hits, total, cursor)


def write_cursor(at: int, mention_id: str) -> str:
    """Where the next page begins: after this time (milliseconds) and id; safe in addresses."""
    return base64.urlsafe_b64encode(f"{at} {mention_id}".encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[int, str]:
    """Raises QueryError when it is not one of ours."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError):
        text = ""
    match = _CURSOR.fullmatch(text)
    if match is None:
        raise QueryError("翻页标记无效，请从第一页重新检索")
    return int(match[1]), match[2]


def buckets(
    counted: Iterable[tuple[datetime, int]], interval: Literal["hour", "day"], timezone: str
) -> list[tuple[datetime, int]]:
    """Times and how many mentions each stands for, summed per hour or day of a zone: start of the
    bucket in that zone, ascending. The hour that a clock shows twice is two buckets."""
    zone = ZoneInfo(timezone)
    counts: Counter[datetime] = Counter()
    for at, number in counted:
        local = at.astimezone(zone)
        if interval == "day":
            start = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        else:
            start = at - timedelta(
                minutes=local.minute, seconds=local.second, microseconds=local.microsecond
            )
        counts[start.astimezone(UTC)] += number
    return [(start.astimezone(zone), counts[start]) for start in sorted(counts)]
