from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pipeline.extract.moment import from_epoch, moments

BEIJING = ZoneInfo("Asia/Shanghai")
AFTER_MIDNIGHT = datetime(2026, 3, 6, 0, 20, tzinfo=BEIJING)
"""A Friday, twenty minutes old in Beijing and still Thursday in UTC."""


def read(text: str, now: datetime | None = None, *, compact: bool = False) -> list[str]:
    return [
        m.at.isoformat()[: 16 if m.precision == "minute" else 10]
        for m in moments(text, BEIJING, now, compact=compact)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-05 08:30:59", "2026-03-05T08:30"),
        ("2026/3/5 8:30", "2026-03-05T08:30"),
        ("2026.03.05", "2026-03-05"),
        ("2026年3月5日", "2026-03-05"),
        ("2026年03月05日08:30", "2026-03-05T08:30"),
        ("2026年3月5日 8时30分", "2026-03-05T08:30"),
        ("2026年3月5日 下午3:20", "2026-03-05T15:20"),
        ("2026年3月5日上午12:05", "2026-03-05T12:05"),
        ("2026年3月5日（星期四）08:30", "2026-03-05T08:30"),
        ("2026 03 / 05 16:42:12", "2026-03-05T16:42"),
        ("2026-03-05T08:30:00.000+0800", "2026-03-05T08:30"),
        ("2026-03-05T00:30:00Z", "2026-03-05T08:30"),
        ("2026-03-05 24:00", "2026-03-06T00:00"),
        ("18-03-08 23:16", "2018-03-08T23:16"),
        ("March 5, 2026 at 3:20 PM", "2026-03-05T15:20"),
        ("5 Mar 2026", "2026-03-05"),
    ],
)
def test_absolute_times(text: str, expected: str) -> None:
    assert read(f"发布时间：{text} 来源") == [expected]


def test_the_offset_of_the_page_is_kept() -> None:
    found = moments("2026-03-05T08:30:00+09:00", BEIJING, None)[0].at
    assert found.utcoffset() == timedelta(hours=9)
    assert found == datetime(2026, 3, 4, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["2026-13-05", "2026-02-30", "1.2.3", "12345678901", "第2026-1号", "电话 0571-12-34"]
)
def test_what_is_no_date(text: str) -> None:
    assert read(text, AFTER_MIDNIGHT) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("昨天 23:50", "2026-03-05T23:50"),
        ("2小时前", "2026-03-05T22:20"),
        ("半小时前", "2026-03-05T23:50"),
        ("15分钟前", "2026-03-06T00:05"),
        ("刚刚", "2026-03-06T00:20"),
        ("3月5日 08:30", "2026-03-05T08:30"),
        ("03-05 08:30", "2026-03-05T08:30"),
        ("12-31 08:30", "2025-12-31T08:30"),
        ("上周五", "2026-02-27"),
        ("本周一 09:00", "2026-03-02T09:00"),
        ("前天", "2026-03-04"),
        ("3天前", "2026-03-03"),
        ("2 hours ago", "2026-03-05T22:20"),
        ("yesterday", "2026-03-05"),
    ],
)
def test_times_counted_from_now(text: str, expected: str) -> None:
    assert read(text, AFTER_MIDNIGHT) == [expected]
    assert read(text, AFTER_MIDNIGHT.astimezone(UTC)) == [expected]
    assert read(text) == []


def test_compact_dates_are_read_only_where_asked_for() -> None:
    assert read("20260305083000", compact=True) == ["2026-03-05T08:30"]
    assert read("20260305083000") == []


def test_epochs() -> None:
    seconds = int(datetime(2026, 3, 5, 8, 30, 12, tzinfo=BEIJING).timestamp())
    expected = datetime(2026, 3, 5, 8, 30, tzinfo=BEIJING)
    assert from_epoch(seconds, BEIJING) == expected
    assert from_epoch(seconds * 1000 + 7, BEIJING) == expected
    assert from_epoch(12345, BEIJING) is None
