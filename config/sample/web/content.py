"""What the sample sites publish, and when: read from `content.yaml`, placed around a birth."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML

BEIJING = ZoneInfo("Asia/Shanghai")
CONTENT = Path(__file__).with_name("content.yaml")
SITES = ("portal", "gazette", "forum", "release")

_BEFORE = re.compile(r"-(\d+)d (\d\d):(\d\d)")
_AFTER = re.compile(r"\+(\d+)([sm])")


@dataclass(frozen=True, slots=True)
class Item:
    """One article or thread. `at` is when it appears, in Beijing time."""

    id: str
    site: str
    at: datetime
    title: str
    paragraphs: tuple[str, ...]
    author: str = ""
    origin: str = ""
    topic: str = ""
    repost_of: str = ""
    replies: tuple[Mapping[str, str], ...] = ()
    table: tuple[tuple[str, ...], ...] = ()
    expect: tuple[str, ...] = ()
    """Ids of the rules of the sample agency that must hit it."""
    previous: Item | None = None
    """The article before it on the same site."""

    @property
    def number(self) -> int:
        """As it stands in its address; the same whatever else is published."""
        return zlib.crc32(self.id.encode()) % 9_000_000 + 1_000_000

    @property
    def path(self) -> str:
        day, number = self.at, self.number
        return {
            "portal": f"/portal/news/{day:%Y/%m%d}/c_{number}.html",
            "gazette": f"/gazette/html/{day:%Y-%m/%d}/content_{number}.htm",
            "forum": f"/forum/thread-{number}-1-1.html",
            "release": f"/release/art/{day:%Y/%m/%d}/art_31_{number}.html",
        }[self.site]


def appears(at: str, born: datetime) -> datetime:
    """When `at` is: `-3d 09:20` (that day before birth, clock of Beijing), `+90s`, `+15m`."""
    local = born.astimezone(BEIJING)
    if before := _BEFORE.fullmatch(at):
        days, hour, minute = map(int, before.groups())
        day = local.date() - timedelta(days=days)
        return datetime.combine(day, time(hour, minute), BEIJING)
    if after := _AFTER.fullmatch(at):
        return local + timedelta(seconds=int(after[1]) * (60 if after[2] == "m" else 1))
    raise ValueError(f"“{at}” is no moment; write one such as -3d 09:20 or +90s")


def items(born: datetime, path: Path = CONTENT) -> tuple[Item, ...]:
    """All items, oldest first."""
    entries: list[dict[str, Any]] = YAML(typ="safe").load(path.read_text("utf-8"))
    placed = sorted((_item(entry, born) for entry in entries), key=lambda item: item.at)
    latest: dict[str, Item] = {}
    linked = []
    for item in placed:
        linked.append(replace(item, previous=latest.get(item.site)))
        latest[item.site] = item
    return tuple(linked)


def _item(entry: dict[str, Any], born: datetime) -> Item:
    lists = {key: tuple(entry.get(key, ())) for key in ("paragraphs", "replies", "expect")}
    table = tuple(tuple(row) for row in entry.get("table", ()))
    at = appears(entry["at"], born)
    return Item(**{**entry, **lists, "table": table, "at": at})
