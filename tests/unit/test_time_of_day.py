"""Times of day as they are said."""

from __future__ import annotations

import pytest

from pipeline.claims.clock import minutes


@pytest.mark.parametrize(
    ("part", "hour", "minute", "shown"),
    [
        (None, 8, 30, "08:30"),
        ("上午", 9, 0, "09:00"),
        ("中午", 12, 0, "12:00"),
        ("中午", 1, 30, "13:30"),
        ("下午", 12, 30, "12:30"),
        ("下午", 2, 0, "14:00"),
        ("傍晚", 6, 0, "18:00"),
        ("晚上", 8, 0, "20:00"),
        ("晚上", 12, 0, "24:00"),
        ("晚上", 22, 30, "22:30"),
        ("深夜", 2, 0, "02:00"),
        ("凌晨", 12, 15, "00:15"),
        ("凌晨", 4, 0, "04:00"),
        (None, 24, 0, "24:00"),
    ],
)
def test_minutes(part: str | None, hour: int, minute: int, shown: str) -> None:
    found = minutes(part, hour, minute)
    assert found is not None
    assert f"{found // 60:02}:{found % 60:02}" == shown


@pytest.mark.parametrize(("hour", "minute"), [(25, 0), (24, 1), (9, 60)])
def test_what_no_clock_shows(hour: int, minute: int) -> None:
    assert minutes(None, hour, minute) is None
