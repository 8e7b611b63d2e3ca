"""The scheduler: a few fixed ticks in memory; what is due stands in rows.

Rounds run as `chengqing collect` in a child process, since a Scrapy reactor starts only once in a
process. A tick that comes late still runs, and never twice at a time.
"""

from __future__ import annotations

import logging
import signal
import subprocess
import threading
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from config.children import end_child, start_child
from config.collect import due_sources
from config.locks import locked
from config.wiring import System

COLLECT_SECONDS = 5
DIGEST_SECONDS = 60
ARCHIVE_SECONDS = 600
ROUND_LIMIT = 1800
"""Seconds after which a round that hangs is ended, so that later rounds happen."""

STEPPED_BACK = timedelta(minutes=1)
"""What the clock loses against the time that has gone by, from which it was set back."""

_log = logging.getLogger(__name__)


class Scheduler:
    """Runs until it is stopped. One a data folder: raises LockedError for a second one."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.stopped = threading.Event()
        self.child: subprocess.Popen[bytes] | None = None
        self.trimmed: date | None = None
        self.shortage = ""
        self.began = system.clock(), time.monotonic()
        """The clock, and the time that has gone by, at the start and at the last step back."""

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stopped.set())
        with locked(self.system.data / "schedule.lock", wait=False):
            ticks = self._ticks()
            ticks.start()
            try:
                while not self.stopped.wait(COLLECT_SECONDS):
                    self.follow_clock(ticks)
            finally:
                self._end_child()
                ticks.shutdown(wait=True)

    def _ticks(self) -> BackgroundScheduler:
        scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(4)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone="UTC",
        )
        ticks = (
            (self.collect, COLLECT_SECONDS),
            (self.digest, DIGEST_SECONDS),
            (self.archive, ARCHIVE_SECONDS),
        )
        for tick, seconds in ticks:
            scheduler.add_job(
                _guarded, "interval", args=[tick], seconds=seconds, id=tick.__name__,
                next_run_time=self.system.clock(),
            )  # fmt: skip
        return scheduler

    def follow_clock(self, ticks: BackgroundScheduler) -> None:
        """When the clock was set back, the next ticks come now: they were planned by the old time,
        and would be missed for as long as it was set back."""
        clock, passed = self.system.clock(), time.monotonic()
        before, at = self.began
        if clock - before < timedelta(seconds=passed - at) - STEPPED_BACK:
            _log.warning("the clock was set back; the next ticks come now")
            self.began = clock, passed
            for job in ticks.get_jobs():
                job.modify(next_run_time=clock)

    def collect(self) -> None:
        """A round, when a source is due."""
        if self.stopped.is_set() or not due_sources(self.system, now=self.system.clock()):
            return
        if self._paused():
            return
        log = self.system.data / "collect.log"
        self.child = start_child("config.cli", ["collect"], log)
        try:
            self.child.wait(ROUND_LIMIT)
        except subprocess.TimeoutExpired:
            _log.warning("the round took longer than %d s and was ended", ROUND_LIMIT)
            self._end_child()

    def digest(self) -> None:
        """The weekly digest, when its hour has come and it has not been made."""
        from config.digests import send_due_digest

        send_due_digest(self.system)

    def archive(self) -> None:
        """Retention, once a day, when no round is running."""
        from config.retention import trim_if_idle

        today = self.system.clock().date()
        if self.trimmed != today and trim_if_idle(self.system) is not None:
            self.trimmed = today

    def _paused(self) -> bool:
        """No room on the disk: told once, not at every tick."""
        from config.retention import shortage

        before, self.shortage = self.shortage, shortage(self.system)
        if self.shortage and not before:
            _log.warning("%s", self.shortage)
        return bool(self.shortage)

    def _end_child(self) -> None:
        if self.child is not None:
            end_child(self.child)


def _guarded(tick: Any) -> None:
    """A tick's failure is one line in the log, and the next one comes."""
    from django.db import close_old_connections

    try:
        tick()
    except Exception:  # noqa: BLE001 - a process boundary: recorded, and tried again
        _log.exception("%s failed and will be tried again", tick.__name__)
    finally:
        close_old_connections()


def log_to(path: Path) -> None:
    """Send this process's log to a file, one line an entry."""
    logging.basicConfig(
        filename=path,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        level=logging.INFO,
        force=True,
    )
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a tick that is busy is no news
