"""Invented pages of many shapes beside what a reader takes from them, compared exactly."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.extract import extract
from pipeline.model import Extraction

PAGES = Path(__file__).parent / "pages"
NOW = datetime(2026, 3, 20, tzinfo=UTC)


@pytest.mark.parametrize("name", sorted(path.stem for path in PAGES.glob("*.html")))
def test_page_says_what_a_reader_takes_from_it(name: str) -> None:
    expected = json.loads((PAGES / f"{name}.json").read_text("utf-8"))
    got = asdict(extract((PAGES / f"{name}.html").read_bytes(), now=NOW))
    got["published_at"] = got["published_at"] and got["published_at"].isoformat()
    assert {field: got[field] for field in expected} == expected


def test_there_are_articles_and_pages_without_one() -> None:
    empty = [p for p in PAGES.glob("*.html") if extract(p.read_bytes(), now=NOW) == Extraction()]
    assert len(empty) >= 6
    assert len(list(PAGES.glob("*.html"))) - len(empty) >= 15
