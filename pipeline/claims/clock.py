"""A time of day as it is said: 下午2点, 晚上12点, 凌晨四点一刻."""

from __future__ import annotations

_NIGHT = ("晚", "晚上", "晚间", "夜里", "夜间", "深夜")
_AFTERNOON = ("下午", "傍晚")
LATE = (*_AFTERNOON, *_NIGHT)
"""Parts of the day in which hours are counted from noon."""
_SMALL = 5
"""Up to the hour before it, a night is that of the next morning: 深夜2点 is two, 晚上5点 is 17."""


def minutes(part: str | None, hour: int, minute: int) -> int | None:
    """Minutes after the day began, up to 24:59 in its last night; None for what no clock shows.

    At twelve a part of the day decides: 中午12点 and 下午12点 are noon, 晚上12点 ends the day, and
    凌晨12点 begins it.
    """
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return None
    if (
        (part in _AFTERNOON and 1 <= hour < 12)
        or (part in _NIGHT and _SMALL <= hour <= 12)
        or (part == "中午" and 1 <= hour <= 2)
    ):
        hour += 12
    elif part in ("凌晨", "午夜") and hour == 12:
        hour = 0
    return hour * 60 + minute
