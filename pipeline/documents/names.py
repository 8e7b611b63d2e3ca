"""Names of files: in a header, and what they say of programme, date and time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePosixPath
from typing import Literal
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

_NAMED = re.compile(r"filename\*=UTF-8''([^;\s]+)")
_DATE = re.compile(
    r"(?<!\d)(?P<year>20\d\d)(?P<mark>[-_.年]?)(?P<month>0?[1-9]|1[0-2])(?:(?P=mark)|月)"
    r"(?P<day>3[01]|[12]\d|0?[1-9])日?"
    r"(?:[\s_T-]*(?P<hour>[01]\d|2[0-3])[:：时点.-]?(?P<minute>[0-5]\d)(?:[0-5]\d)?分?)?(?!\d)"
)
_MARKS = " _-—·.,，()（）[]【】"


def disposition(name: str) -> str:
    """The header `content-disposition` that names a file (RFC 6266, always in its UTF-8 form)."""
    return f"attachment; filename*=UTF-8''{quote(name.encode('utf-8', 'replace'), safe='')}"


def name_in(headers: Mapping[str, str]) -> str:
    """The name in such a header; empty when there is none."""
    found = _NAMED.search(headers.get("content-disposition", ""))
    return unquote(found[1]) if found else ""


def extension(name: str) -> str:
    """In lower case, without the dot."""
    return PurePosixPath(name).suffix.lower().lstrip(".")


def stem(name: str) -> str:
    return PurePosixPath(name).stem


def moment_in(name: str, zone: str) -> tuple[datetime, Literal["minute", "day"]] | None:
    """The date in a name such as 临江新闻_2026-11-24_1830.srt, and its time if it has one."""
    found = _DATE.search(stem(name))
    if found is None:
        return None
    hour = found["hour"]
    try:
        at = datetime(
            int(found["year"]), int(found["month"]), int(found["day"]),
            int(hour or 0), int(found["minute"] or 0), tzinfo=ZoneInfo(zone),
        )  # fmt: skip
    except ValueError:
        return None
    return at, "minute" if hour else "day"


def programme_in(name: str) -> str:
    """What a name holds beside the date: the programme, the paper."""
    rest = _DATE.sub(" ", stem(name), count=1)
    return " ".join(re.sub(r"[_\s]+", " ", rest).strip(_MARKS).split())
