"""Gate on extraction: shares of exact titles and times, mean bigram F1 of the text.

The floors in `extract_floors.json` only rise. `pages_gold.json` holds no sentence of the real pages
that it judges: a digest of the title, the time, and hashes of the text's bigrams, taken from the
extraction of each page after a person had read the page beside it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import zlib
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.extract import extract
from pipeline.model import Extraction

HERE = Path(__file__).parent
GOLDEN = HERE.parent / "golden" / "pages"
REAL = HERE.parents[2] / "shared" / "data" / "pages"
NOW = datetime(2026, 3, 20, tzinfo=UTC)
FLOORS: dict[str, dict[str, float]] = json.loads((HERE / "extract_floors.json").read_text("utf-8"))

Bigrams = Counter[int]


def bigrams(text: str) -> Bigrams:
    packed = "".join(text.split())
    return Counter(zlib.crc32(packed[i : i + 2].encode()) for i in range(len(packed) - 1))


def f1(got: Bigrams, expected: Bigrams) -> float:
    total = got.total() + expected.total()
    return 2 * (got & expected).total() / total if total else 1.0


def shown_time(page: Extraction) -> str | None:
    if page.published_at is None:
        return None
    if page.published_precision == "day":
        return page.published_at.date().isoformat()
    return page.published_at.isoformat()


def gate(name: str, results: Iterable[tuple[str, bool, bool, float]]) -> None:
    """Each result: page, title exact, time exact, F1 of the text."""
    rows = list(results)
    shares = {
        "title": sum(row[1] for row in rows) / len(rows),
        "time": sum(row[2] for row in rows) / len(rows),
        "text_f1": sum(row[3] for row in rows) / len(rows),
    }
    worst = [row for row in rows if not (row[1] and row[2] and row[3] > 0.97)]
    below = {key: share for key, share in shares.items() if share < FLOORS[name][key]}
    assert not below, f"below the floor: {below}; pages: {worst}"


def test_golden_pages_stay_above_the_floor() -> None:
    results = []
    for path in sorted(GOLDEN.glob("*.json")):
        expected: dict[str, Any] = json.loads(path.read_text("utf-8"))
        page = extract(path.with_suffix(".html").read_bytes(), now=NOW)
        at = page.published_at.isoformat() if page.published_at else None
        score = f1(bigrams(page.text), bigrams(expected["text"]))
        same_time = at == expected["published_at"]
        results.append((path.stem, page.title == expected["title"], same_time, score))
    gate("golden", results)


@pytest.mark.skipif(not REAL.is_dir(), reason="real pages (../shared/data/pages) are not here")
def test_real_pages_stay_above_the_floor() -> None:
    results = []
    for gold in json.loads((HERE / "pages_gold.json").read_text("utf-8")):
        page = extract((REAL / gold["file"]).read_bytes())
        packed = base64.b64decode(gold["bigrams"])
        expected = Counter(struct.unpack(f"<{len(packed) // 4}I", packed))
        title = hashlib.sha256(page.title.encode()).hexdigest() == gold["title"]
        same_time = shown_time(page) == gold["published_at"]
        results.append((gold["file"], title, same_time, f1(bigrams(page.text), expected)))
    gate("pages", results)
