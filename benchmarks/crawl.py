"""A round over 200 healthy sources on loopback without delays, and what it takes.

    python -m benchmarks.crawl [ARTICLES]

Each source is a feed of ARTICLES articles (10 by default) on a host of its own. Ours is the whole
command, `chengqing collect --once`: robots.txt, addresses checked, everything kept in the spool,
extracted, compared, stored and judged. The named peer is a bare Scrapy spider in the same run, with
the same limits a host: robots.txt, feed, articles, and nothing done with them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.crawl_web.listings import rss
from tests.crawl_web.rounds import ROOT, configured, watch
from tests.crawl_web.world import Family, World

SOURCES = 200
PEER = """
import sys
import feedparser, scrapy
from scrapy.crawler import AsyncCrawlerProcess

class Bare(scrapy.Spider):
    name = "bare"
    start_urls = sys.argv[1].split()
    count = 0

    def parse(self, response):
        for entry in feedparser.parse(response.body).entries:
            yield response.follow(entry.link, self.parse_article)

    def parse_article(self, response):
        Bare.count += 1

process = AsyncCrawlerProcess({
    "ROBOTSTXT_OBEY": True, "CONCURRENT_REQUESTS": 0, "CONCURRENT_REQUESTS_PER_DOMAIN": 2,
    "DOWNLOAD_DELAY": 0.01, "DOWNLOAD_DELAY_JITTER": 0, "LOG_LEVEL": "WARNING",
    "TELNETCONSOLE_ENABLED": False,
})
process.crawl(Bare)
process.start()
print(Bare.count)
"""


def told(name: str, articles: int, seconds: float, cpu: float, peaks: list[int]) -> None:
    memory = " + ".join(f"{peak / 1e6:.0f}" for peak in peaks)
    print(
        f"{name:<14} {articles} articles in {seconds:5.1f} s = {articles / seconds:6.1f} a second, "
        f"processor {cpu / seconds:4.0%} of one core, peak memory {memory} MB"
    )


def peer(world: World) -> tuple[int, float, float, list[int]]:
    urls = " ".join(f"{site.url}{site.listing}" for site in world.sources)
    began = time.monotonic()
    child = subprocess.Popen(
        [sys.executable, "-c", PEER, urls], stdout=subprocess.PIPE, cwd=ROOT, env=dict(os.environ)
    )
    peaks, cpu = watch(child)
    assert child.stdout is not None
    return int(child.stdout.read()), time.monotonic() - began, cpu, peaks


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    folder = Path(tempfile.mkdtemp(prefix="chengqing-benchmark-"))
    world = World(folder)
    for number in range(SOURCES):
        world.site(f"rss-{number}", Family(rss, count=count))
    with world.web:
        made = configured(folder, world, timeout=10, round=300).collect()
        if made.status:
            sys.exit(made.said)
        stored = sum(line["new"] for line in made.lines.values())
        bare, seconds, cpu, peaks = peer(world)
    told("chengqing", stored, made.seconds, made.cpu, list(made.peaks))
    told("bare Scrapy", bare, seconds, cpu, peaks)
    print(f"ratio of articles a second: {stored / made.seconds / (bare / seconds):.2f}")


if __name__ == "__main__":
    main()
