"""The collector process: a plan on stdin, events on stdout, the log on stderr."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import sys
from pathlib import Path

from twisted.logger import globalLogBeginner

from crawlers.ledger import Ledger
from crawlers.offspring import kill_offspring
from crawlers.plan import Plan
from crawlers.round import RoundSpider
from crawlers.settings import scrapy_settings
from pipeline.errors import ChengqingError
from pipeline.spool import SpoolWriter

_PR_SET_PDEATHSIG = 1
_LAST_RESORT = 60
"""Seconds after the end of the round at which a process that cannot end itself is killed."""


def main() -> int:
    parent = os.getppid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        return 1
    plan = Plan.from_json(sys.stdin.read())
    signal.alarm(int(plan.round_seconds) + _LAST_RESORT)
    from scrapy.crawler import AsyncCrawlerProcess

    _quiet_certificates()

    try:
        with SpoolWriter(Path(plan.spool)) as spool:
            ledger = Ledger(plan, _write)
            process = AsyncCrawlerProcess(scrapy_settings(plan))
            process.crawl(RoundSpider, plan=plan, spool=spool, ledger=ledger, leave=_leave)
            process.start(install_signal_handlers=False)
    except ChengqingError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0 if ledger.settled else 1


def _quiet_certificates() -> None:
    """Twisted writes a traceback for each bad certificate; the event has a sentence."""
    globalLogBeginner.beginLoggingTo([], redirectStandardIO=False)
    logging.getLogger("twisted").addFilter(
        lambda record: not record.getMessage().startswith("while verifying certificate")
    )


def _write(line: str) -> None:
    try:
        sys.stdout.write(line)
        sys.stdout.flush()
    except BrokenPipeError:  # nobody listens any more
        _leave(1)


def _leave(status: int) -> None:
    """End without waiting for connections or for threads that ask a name server."""
    kill_offspring()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    _leave(main())
