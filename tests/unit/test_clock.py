"""A clock that is set back while the system runs: nothing waits for the old time to come again."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from apscheduler.schedulers.background import BackgroundScheduler

from alerts.history import Outcome, record_visit
from alerts.models import SourceState
from config.collect import due_sources
from config.configuration import Configuration
from config.schedule import Scheduler
from config.wiring import System
from pipeline.model import Source, SourceKind
from tests.builders import NOON

pytestmark = pytest.mark.django_db

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
SOURCE = Source("gazette", SourceKind.FEED, "临江日报", "http://news.example/rss.xml")


@pytest.fixture
def system(tmp_path: Path) -> System:
    return System(Configuration(sources=(SOURCE,)), tmp_path)


def due(system: System, now: datetime) -> list[str]:
    return [source.id for source in due_sources(system, now=now)]


def test_a_source_that_was_visited_by_the_old_time_is_due(system: System) -> None:
    record_visit(SOURCE, NOON, Outcome(answered=True), Random(1))
    assert due(system, NOON + SECOND) == []
    assert due(system, NOON - SECOND) == [], "clocks of two machines lie apart"
    assert due(system, NOON - HOUR) == ["gazette"]
    SourceState.objects.update(due_at=NOON, last_attempt_at=NOON - HOUR)
    assert due(system, NOON - HOUR) == []


def test_a_habit_that_was_learnt_ahead_is_learnt_anew() -> None:
    record_visit(SOURCE, NOON + 1000 * HOUR, Outcome(answered=True), Random(1))
    record_visit(SOURCE, NOON, Outcome(answered=True), Random(1))
    assert SourceState.objects.get().habit_at == NOON


def test_the_ticks_come_at_once(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([NOON, NOON, NOON - HOUR, NOON - HOUR])
    passed = iter([100.0, 105.0, 110.0, 115.0])
    monkeypatch.setattr(System, "clock", lambda _: next(times))
    monkeypatch.setattr("config.schedule.time.monotonic", lambda: next(passed))
    scheduler, ticks = Scheduler(system), BackgroundScheduler(timezone="UTC")
    ticks.start(paused=True)
    try:
        job = ticks.add_job(print, "interval", seconds=5, next_run_time=NOON + 5 * SECOND)
        scheduler.follow_clock(ticks)
        assert job.next_run_time == NOON + 5 * SECOND
        scheduler.follow_clock(ticks)
        assert job.next_run_time == NOON - HOUR
        scheduler.follow_clock(ticks)
        assert scheduler.began == (NOON - HOUR, 110.0), "once"
    finally:
        ticks.shutdown(wait=False)
