"""Pages a second of our extraction beside trafilatura (fast), same pages, one core, one run.

    python benchmarks/extract.py [FOLDER] [--rounds N]

FOLDER holds *.html files (default: our own pages of the quality tests). Decoding is part of both.
The rounds of both alternate; the time is that of the processor, and the best round of each counts,
so that other work on the machine disturbs little. Each runs once more in a process of its own for
the peak of its memory.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

OWN = ROOT / "tests" / "quality" / "pages"
NOW = datetime(2026, 3, 20, tzinfo=UTC)
Reader = Callable[[bytes], object]


def ours() -> Reader:
    from pipeline.extract import extract

    return lambda body: extract(body, now=NOW)


def theirs() -> Reader:
    import trafilatura

    return lambda body: trafilatura.bare_extraction(
        body, fast=True, include_comments=False, with_metadata=True
    )


NAMES = {"ours": ours, "trafilatura": theirs}


def seconds(read: Reader, pages: Sequence[bytes]) -> float:
    start = time.process_time()
    for body in pages:
        read(body)
    return time.process_time() - start


def peak(name: str, pages: Sequence[bytes]) -> float:
    """MB that a process of its own takes at most to read all pages."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_peak, (name, pages))


def _peak(name: str, pages: Sequence[bytes]) -> float:
    seconds(NAMES[name](), pages)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=OWN)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    pages = [path.read_bytes() for path in sorted(options.folder.glob("*.html"))]
    if not pages:
        parser.error(f"no *.html files in {options.folder}")
    peaks = {name: peak(name, pages) for name in NAMES}
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    readers = {name: make() for name, make in NAMES.items()}
    best = dict.fromkeys(NAMES, float("inf"))
    for _ in range(options.rounds + 1):
        for name, read in readers.items():
            best[name] = min(best[name], seconds(read, pages))
    size = sum(map(len, pages)) / len(pages) / 1024
    print(f"{len(pages)} pages, mean {size:.0f} KB, best of {options.rounds} rounds, one core")
    for name, taken in best.items():
        rate = f"{len(pages) / taken:8.1f} pages/s"
        print(
            f"{name:12} {rate} {taken / len(pages) * 1000:7.1f} ms/page {peaks[name]:6.0f} MB peak"
        )
    print(f"ratio        {best['trafilatura'] / best['ours']:8.1f}")


if __name__ == "__main__":
    main()
