"""What goes from the archive, what stays, and what happens when the disk is nearly full."""

from __future__ import annotations

import os
import shutil
from collections import namedtuple
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.models import Quarantined
from alerts.quarantine import CaseStoreQuarantine
from clarifications.models import AuditEntry
from config import retention as keeping
from config.configuration import Configuration, RetentionSettings, Settings
from config.locks import locked
from config.schedule import Scheduler
from config.wiring import CaseStoreCheckpoint, System
from pipeline import retention
from pipeline.errors import SpoolError
from pipeline.model import Position, Source, SourceKind, Unread
from pipeline.retention import Segment, closed_segments, doomed
from pipeline.spool import SpoolWriter, segment_path, segments
from tests.archive import item
from tests.builders import NOON

DAY = timedelta(days=1)
CLOSED = [Segment(n, 100, NOON + n * DAY) for n in range(1, 6)]


def numbers(**changes: Any) -> list[int]:
    values: dict[str, Any] = {
        "excess": 0, "oldest": NOON - DAY, "processed": 9, "wanted": (), **changes,
    }  # fmt: skip
    return [each.number for each in doomed(CLOSED, **values)]


@pytest.mark.parametrize(
    ("changes", "gone"),
    [
        ({}, []),
        ({"oldest": NOON + 3 * DAY}, [1, 2]),
        ({"excess": 1}, [1]),
        ({"excess": 100}, [1]),
        ({"excess": 101}, [1, 2]),
        ({"excess": 10_000}, [1, 2, 3, 4, 5]),
        ({"excess": 10_000, "processed": 3}, [1, 2]),
        ({"oldest": NOON + 9 * DAY, "processed": 3}, [1, 2]),
        ({"excess": 150, "wanted": {1, 3}}, [2, 4]),
        ({"excess": 150, "wanted": {1, 3}, "oldest": NOON + 2 * DAY}, [1, 2]),
        ({"oldest": NOON + 4 * DAY, "excess": 250, "wanted": {1}}, [1, 2, 3]),
    ],
)
def test_what_goes(changes: dict[str, Any], gone: list[int]) -> None:
    assert numbers(**changes) == gone


@pytest.fixture
def system(db: None, own_data: Path) -> System:
    """Five segments, a day each; the last one is open."""
    settings = Settings(retention=RetentionSettings(days=30, gigabytes=50, free_gigabytes=0))
    system = System(Configuration(settings=settings), own_data)
    with SpoolWriter(system.spool, segment_bytes=1) as writer:
        for number in range(5):
            writer.append(item(f"m{number}", "正文", minute=number * 24 * 60))
    CaseStoreCheckpoint().save(Position(5, 0))
    return system


def at(system: System, monkeypatch: pytest.MonkeyPatch, now: datetime) -> System:
    monkeypatch.setattr("config.wiring.utc_now", lambda: now)
    return system


def limited(system: System, **changes: Any) -> System:
    values = {"days": 30, "gigabytes": 50.0, "free_gigabytes": 0.0} | changes
    settings = Settings(retention=RetentionSettings(**values))
    return System(Configuration(settings=settings), system.data)


def test_segments_end_when_the_next_one_begins(system: System) -> None:
    ended = [each.ended for each in closed_segments(system.spool)]
    assert ended == [NOON + n * DAY for n in range(1, 5)]


def test_a_damaged_neighbour_leaves_the_time_of_the_file(system: System) -> None:
    path = segment_path(system.spool, 2)
    path.write_bytes(b"\0" * 100)
    os.utime(segment_path(system.spool, 1), (1_000_000, 1_000_000))
    first = closed_segments(system.spool)[0]
    assert first.ended == datetime.fromtimestamp(1_000_000, UTC)


def test_old_segments_go_and_the_log_tells(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = CaseStoreQuarantine("r")
    kept.keep([Unread(Position(n, 0), "gazette", "", "没有文章") for n in (1, 4)], NOON)
    trimmed = keeping.trim(at(system, monkeypatch, NOON + 33 * DAY - timedelta(minutes=1)))
    assert segments(system.spool) == [3, 4, 5]
    assert (trimmed.segments, trimmed.put_aside) == (2, 1)
    states = Quarantined.objects.order_by("segment").values_list("segment", "state")
    assert list(states) == [(1, "dismissed"), (4, "open")]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.payload["segments"]) == ("archive.trim", [1, 2])
    assert keeping.trim(system) == keeping.Trimmed(0, 0, 0)
    assert AuditEntry.objects.count() == 1


def test_the_open_segment_and_what_was_not_processed_stay(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(system, monkeypatch, NOON + 1000 * DAY)
    CaseStoreCheckpoint().save(Position(3, 0))
    keeping.trim(system)
    assert segments(system.spool) == [3, 4, 5]
    CaseStoreCheckpoint().save(Position(9, 0))
    keeping.trim(system)
    assert segments(system.spool) == [5]


def test_too_much_goes_after_a_round(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    at(system, monkeypatch, NOON + 5 * DAY)
    size = retention.size_of(system.spool)
    keeping.trim_if_full(limited(system, gigabytes=size / 1e9))
    assert segments(system.spool) == [1, 2, 3, 4, 5]
    CaseStoreQuarantine("r").keep([Unread(Position(1, 0), "", "", "损坏")], NOON)
    keeping.trim_if_full(limited(system, gigabytes=(size - 1) / 1e9))
    assert segments(system.spool) == [1, 3, 4, 5], "what waits for a repair goes by age alone"


def test_daily_when_no_round_runs(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    at(system, monkeypatch, NOON + 1000 * DAY)
    scheduler = Scheduler(system)
    with locked(system.data / "collect.lock"):
        scheduler.archive()
    assert segments(system.spool) == [1, 2, 3, 4, 5]
    scheduler.archive()
    assert segments(system.spool) == [5]
    monkeypatch.setattr(keeping, "trim_if_idle", _never)
    scheduler.archive()


def _never(_: System) -> None:
    raise AssertionError("once a day is enough")


Usage = namedtuple("Usage", "total used free")


def test_a_nearly_full_disk_pauses_the_collector(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    from config.collect import collect

    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**12, 0, 4 * 10**8))
    assert keeping.shortage(limited(system, free_gigabytes=0.4)) == ""
    with pytest.raises(keeping.PausedError, match=r"磁盘只剩 0\.4 GB，少于要求的 1 GB，采集已暂停"):
        collect(limited(system, free_gigabytes=1))


def test_a_segment_that_cannot_be_removed_is_one_sentence(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refused)
    at(system, monkeypatch, NOON + 1000 * DAY)
    with pytest.raises(SpoolError, match="cannot be removed"):
        keeping.trim(system)


def test_the_scheduler_tells_once_that_it_pauses(
    system: System, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    source = Source("gazette", SourceKind.FEED, "临江日报", "http://news.example/rss.xml")
    scheduler = Scheduler(System(Configuration(sources=(source,)), system.data))
    monkeypatch.setattr(keeping, "shortage", lambda _: "磁盘只剩 0.4 GB")
    for _ in range(3):
        scheduler.collect()
    assert caplog.messages == ["磁盘只剩 0.4 GB"]
    assert scheduler.child is None
