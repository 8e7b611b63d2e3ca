"""Articles a second from the spool to the alert on one core, split by step.

    python benchmarks/pipeline.py [FOLDER]

The pages (*.html of FOLDER, by default our golden pages) are put into a spool several times under
different addresses, then processed into a SQLite store with the sample agency's rules. The named
peer is trafilatura, fast mode, on the same pages in the same run: extraction alone, nothing stored.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

WANTED = 300
GOLDEN = Path(__file__).parents[1] / "tests" / "quality" / "pages"


def timed(seconds: dict[str, float], name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        start = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            seconds[name] += time.perf_counter() - start

    return call


def main() -> None:
    os.environ["CHENGQING_DATA"] = data = tempfile.mkdtemp(prefix="chengqing-benchmark-")
    from config.wiring import start

    system = start()
    from pipeline import known, spool, understand
    from pipeline.model import RawItem, RawKind

    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else GOLDEN
    pages = [path.read_bytes() for path in sorted(folder.glob("*.html"))]
    if not pages:
        sys.exit(f"{folder}: no *.html there")
    copies = [(n, pages[n % len(pages)]) for n in range(max(WANTED, len(pages)))]
    with spool.SpoolWriter(system.spool) as writer:
        for number, body in copies:
            url = f"https://news.example/{number}.html"
            writer.append(
                RawItem(RawKind.ARTICLE, "gazette", url, url, datetime.now(UTC), 200, {}, body)
            )
    seconds: dict[str, float] = defaultdict(float)
    pipeline = system.pipeline()
    pipeline.alerts = timed(seconds, "rules and alerts", pipeline.alerts)
    pipeline.store.put = timed(seconds, "store", pipeline.store.put)  # type: ignore[method-assign]
    pipeline.checkpoint.save = timed(seconds, "checkpoint", pipeline.checkpoint.save)  # type: ignore[method-assign]
    understand._article_page = timed(seconds, "decode, extract", understand._article_page)
    known.Known.place = timed(seconds, "duplicates, story", known.Known.place)  # type: ignore[method-assign]
    began = time.perf_counter()
    report = pipeline.run()
    total = time.perf_counter() - began
    seconds["spool, everything else"] = total - sum(seconds.values())

    import trafilatura

    began = time.perf_counter()
    for _, body in copies:
        trafilatura.extract(body.decode("utf-8", "replace"), fast=True)
    peer = time.perf_counter() - began

    print(
        f"{len(copies)} articles ({len(pages)} pages), {sum(report.new.values())} stored, in {data}"
    )
    for name, spent in sorted(seconds.items(), key=lambda item: -item[1]):
        print(f"  {name:<24} {spent / len(copies) * 1000:7.2f} ms an article  {spent / total:6.1%}")
    print(f"spool to alert: {len(copies) / total:8.1f} articles/s")
    print(f"trafilatura:    {len(copies) / peer:8.1f} articles/s (extraction alone)")
    print(f"ratio:          {peer / total:8.2f}")


if __name__ == "__main__":
    main()
