"""`chengqing evidence` and `chengqing reprocess` as users run them."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from pipeline.stores.sqlite import SqliteStore
from tests.command import ROOT, chengqing, configure
from tests.site import STORIES, article, running_site

START = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Configuration and data after one round, with one mention as an earlier program read it."""
    folder = tmp_path_factory.mktemp("archive")
    with running_site() as site:
        site.publish(*STORIES)
        configuration, data = configure(folder / "config", site.url), folder / "data"
        assert chengqing(configuration, data, "collect", "--source", "page")[0] == 0
    store = SqliteStore(data / "mentions.db")
    for mention in store.scan(since=START):
        if mention.title == STORIES["night"][0]:
            text = mention.text.replace("，管理方提醒游客留意路面湿滑", "")
            store.replace([replace(mention, text=text, published_at=None, content_hash="old")])
    store.close()
    return configuration, data


def plainly(system: tuple[Path, Path], *arguments: str) -> tuple[int, str, str]:
    """Without --json."""
    folder, data = system
    done = subprocess.run(
        [sys.executable, "-m", "config.cli", *arguments, "--config", folder, "--data", data],
        capture_output=True, text=True, cwd=ROOT, env={**os.environ}, timeout=120,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def only(lines: list[object]) -> dict[str, Any]:
    (line,) = lines
    assert isinstance(line, dict)
    return line


def test_the_record_of_a_mention(system: tuple[Path, Path], tmp_path: Path) -> None:
    found = only(chengqing(*system, "search", "电梯")[1])
    out = tmp_path / "record.warc.gz"
    status, lines = chengqing(*system, "evidence", found["id"], "--out", str(out))
    record = only(lines)
    assert status == 0
    body = article(*STORIES["lift"], minute=list(STORIES).index("lift")).encode()
    assert record["sha256"] == hashlib.sha256(body).hexdigest()
    assert (record["state"], record["url"]) == ("here", found["url"])
    with out.open("rb") as file:
        (copied,) = [each.content_stream().read() for each in ArchiveIterator(file)]
    assert copied == body


def test_a_mention_that_is_not_there_is_named(system: tuple[Path, Path]) -> None:
    status, out, error = plainly(system, "evidence", "nobody")
    assert (status, out) == (2, "")
    assert error == "there is no mention “nobody”\n"


def test_differences_for_people(system: tuple[Path, Path]) -> None:
    status, out, error = plainly(system, "reprocess", "--since", "2026-01-01")
    assert (status, error) == (0, "")
    assert f"[有变化] page  {STORIES['night'][0]}" in out
    assert "{+管理方提醒游客留意路面湿滑，+}" in out
    assert "发布时间：（无） → 2026-03-05 08:04" in out
    assert "有变化 1，不再是文章 0，未变 5" in out
    assert "只是预览，没有改动" in out


def test_differences_for_programs(system: tuple[Path, Path]) -> None:
    status, lines = chengqing(*system, "reprocess", "--since", "2026-01-01", "--source", "page")
    assert status == 0
    change, summary = lines
    assert isinstance(change, dict)
    assert change["change"] == "changed"
    assert change["fields"]["published_at"] == {"old": None, "new": "2026-03-05T08:04:00+08:00"}
    assert isinstance(summary, dict)
    assert summary["summary"]["applied"] is False
    assert (summary["summary"]["changed"], summary["summary"]["unchanged"]) == (1, 5)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--since", "gestern"), "--since: “gestern” is no ISO 8601 time"),
        (("--since", "2026-01-02", "--until", "2026-01-01"), "--until: must be later"),
        (("--since", "2026-01-01", "--source", "pages"), "there is no source “pages”"),
    ],
)
def test_what_is_wrong_is_one_sentence(
    system: tuple[Path, Path], arguments: tuple[str, ...], sentence: str
) -> None:
    status, out, error = plainly(system, "reprocess", *arguments)
    assert (status, out) == (2, "")
    assert sentence in error
    assert len(error.splitlines()) == 1


def test_an_archive_that_was_restored_from_an_older_copy(tmp_path: Path) -> None:
    with running_site() as site:
        folder, data = configure(tmp_path / "config", site.url), tmp_path / "data"
        segment = data / "spool" / "spool-00000001.warc.gz"

        def new(*keys: str) -> int:
            site.publish(*keys)
            status, rows = chengqing(folder, data, "collect", "--once", "--source", "page")
            assert status == 0
            return int(only(rows)["new"])

        assert new("fee") == 1
        older = segment.read_bytes()
        assert new("fee", "night", "lift") == 2
        segment.write_bytes(older)
        assert new("fee", "night", "lift", "price") == 1
