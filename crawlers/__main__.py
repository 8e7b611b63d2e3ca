"""The collector process: a plan on stdin, events on stdout, the log on stderr."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from pathlib import Path

from crawlers.plan import Plan
from crawlers.round import RoundSpider
from crawlers.settings import scrapy_settings
from pipeline.errors import ChengqingError
from pipeline.spool import SpoolWriter

_PR_SET_PDEATHSIG = 1


def main() -> int:
    parent = os.getppid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        return 1
    plan = Plan.from_json(sys.stdin.read())
    from scrapy.crawler import AsyncCrawlerProcess

    try:
        with SpoolWriter(Path(plan.spool)) as spool:
            process = AsyncCrawlerProcess({**scrapy_settings(plan), "CHENGQING_PLAN": plan})
            process.crawl(RoundSpider, plan=plan, spool=spool)
            process.start()
    except ChengqingError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
