"""Hot lists and other JSON interfaces: where the items and their parts stand is configured."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

import jmespath
from jmespath.exceptions import JMESPathError

from crawlers.sources.base import Item, Listing, Response
from pipeline.decode import clean, decode
from pipeline.extract import plain_text
from pipeline.extract.moment import moments
from pipeline.feed_times import Precision, read_time
from pipeline.identity import page_key
from pipeline.model import Hints, Source

FIELDS = ("title", "url", "id", "time", "author", "text")
MAX_ITEMS = 2_000
MAX_TITLE = 500
_CALLBACK = re.compile(r"(?:/\*.*?\*/)?\s*+(?:[\w$.]++\s*+&&\s*+)?[\w$.]++\s*+\(\s*+(?=[\[{])")
"""JSONP: the JSON stands in the call of a function. Possessive, else millions of spaces take
hours."""
_SECONDS = (1e8, 1e10)
"""Numbers between these are seconds since 1970; a thousand or a million times as much is finer."""


def read_hotlist_listing(response: Response, source: Source) -> Listing:
    """The items of a JSON answer; those without an address are kept as the list gives them."""
    text = decode(response.body, content_type=response.content_type).strip()
    called = _CALLBACK.match(text)
    try:
        answer, _ = json.JSONDecoder().raw_decode(text[called.end() :] if called else text)
    except (ValueError, RecursionError):
        return Listing((), "接口返回的不是 JSON，请检查网址或该站是否要求登录")
    try:
        found = jmespath.search(source.items, answer)
    except (JMESPathError, RecursionError) as error:
        return Listing((), f"按 items 取不到列表（{_short(error)}）")
    if not isinstance(found, list):
        return Listing((), f"JSON 里按 items（{source.items}）没有找到列表，接口可能已改变")
    return _listing(found, response, source)


def _listing(found: list[Any], response: Response, source: Source) -> Listing:
    paths = {name: jmespath.compile(path) for name, path in source.fields}
    items: dict[str, Item] = {}
    empty = 0
    for each in found[:MAX_ITEMS]:
        try:
            values = {name: path.search(each) for name, path in paths.items()}
        except (JMESPathError, RecursionError):
            values = {}
        item = _item(values, response, source)
        if item is None:
            empty += 1
        else:
            items.setdefault(item.key, item)
    if found and not items:
        return Listing((), "列表里的条目按 fields 取不到标题，接口可能已改变")
    if len(found) > MAX_ITEMS:
        return Listing(tuple(items.values()), f"列表有 {len(found)} 条，只读取了前 {MAX_ITEMS} 条")
    many = empty * 2 > len(found)  # one or two are advertisements
    return Listing(tuple(items.values()), f"列表里有 {empty} 条取不到标题" if many else "")


def _item(values: dict[str, Any], response: Response, source: Source) -> Item | None:
    title = " ".join(plain_text(_text(values.get("title"))).split())[:MAX_TITLE]
    if not title:
        return None
    guid = _text(values.get("id"))
    url = _address(response.url, _text(values.get("url")))
    hints = Hints(
        title=title,
        author=" ".join(plain_text(_text(values.get("author"))).split())[:MAX_TITLE],
        guid=guid,
    )
    found = _time(values.get("time"), response.at, source.timezone)
    if found is not None:
        hints = replace(hints, published_at=found[0], published_precision=found[1])
    # Many hot lists are headlines alone; without a page to fetch, the headline is what was said.
    text = _text(values.get("text")) or ("" if url else title)
    return Item(page_key(url) if url else guid or title, url, hints, text)


def _text(value: Any) -> str:
    """A value as text; nothing for what is no text or number."""
    if isinstance(value, str):
        return clean(value).strip()
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return clean("、".join(value)).strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _address(base: str, link: str) -> str:
    try:
        made = urljoin(base, link) if link else ""
    except ValueError:
        return ""
    return made if made.startswith(("http://", "https://")) else ""


def _time(value: Any, now: datetime, zone: str) -> tuple[datetime, Precision] | None:
    """Seconds, milliseconds or microseconds since 1970, a written time, or one relative to now."""
    text = _text(value)
    if re.fullmatch(r"\d{9,17}(?:\.\d+)?", text):
        return _since_1970(float(text))
    found = read_time(text, zone)
    if found is not None or not text or len(text) > 100:
        return found
    here = ZoneInfo(zone)
    shown = next(iter(moments(text, here, now.astimezone(here))), None)
    if shown is None:
        return None
    return shown.at.astimezone(UTC), shown.precision


def _since_1970(number: float) -> tuple[datetime, Precision] | None:
    for unit in (1, 1e3, 1e6):
        if _SECONDS[0] <= number / unit < _SECONDS[1]:
            return datetime.fromtimestamp(int(number / unit), UTC), "minute"
    return None


def _short(error: Exception) -> str:
    return str(error).splitlines()[0][:100] if str(error) else type(error).__name__
