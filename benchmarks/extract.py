"""Pages a second of our extraction beside trafilatura (fast), same pages, one core, one run.

    python benchmarks/extract.py [FOLDER] [--rounds N]

FOLDER holds *.html files (default: the golden pages of the tests). Decoding is part of both.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import trafilatura

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from pipeline.extract import extract  # noqa: E402

GOLDEN = ROOT / "tests" / "quality" / "pages"
NOW = datetime(2026, 3, 20, tzinfo=UTC)


def ours(body: bytes) -> None:
    extract(body, now=NOW)


def theirs(body: bytes) -> None:
    trafilatura.bare_extraction(body, fast=True, include_comments=False, with_metadata=True)


def seconds(read: Callable[[bytes], None], pages: Sequence[bytes]) -> float:
    start = time.perf_counter()
    for body in pages:
        read(body)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=GOLDEN)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    pages = [path.read_bytes() for path in sorted(options.folder.glob("*.html"))]
    if not pages:
        parser.error(f"no *.html files in {options.folder}")
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    ours(pages[0])
    theirs(pages[0])
    best = {"ours": float("inf"), "trafilatura": float("inf")}
    for _ in range(options.rounds):
        best["ours"] = min(best["ours"], seconds(ours, pages))
        best["trafilatura"] = min(best["trafilatura"], seconds(theirs, pages))
    size = sum(map(len, pages)) / len(pages) / 1024
    print(f"{len(pages)} pages, mean {size:.0f} KB, best of {options.rounds} rounds, one core")
    for name, taken in best.items():
        print(f"{name:12} {len(pages) / taken:8.1f} pages/s")
    print(f"ratio        {best['trafilatura'] / best['ours']:8.1f}")


if __name__ == "__main__":
    main()
