"""kill -9 around the quarantine, in the middle of `reprocess --apply` and of retention: what was
begun is finished by doing it again, and nothing is lost or doubled."""

from __future__ import annotations

import os
import shutil
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.model import Mention, Query
from pipeline.spool import segment_path, segments
from pipeline.stores.sqlite import SqliteStore
from tests.command import chengqing, configure
from tests.site import STORIES, running_site

SHELL = "<html><body><div id='app'></div><script src='/app.js'></script></body></html>"
LINK = "<li><a href='/news/shell.html'>一个打不开的页面的标题</a></li></ul>".encode()
START = datetime(2000, 1, 1, tzinfo=UTC)


def rows(data: Path, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(data / "cases.db") as db:
        return db.execute(query).fetchall()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Configuration and data after one round; no source is due again for an hour."""
    folder = tmp_path_factory.mktemp("template")
    with running_site() as site:
        site.publish(*STORIES)
        site.add("/news/shell.html", SHELL)
        body, kind = site.pages["/news/"]
        site.pages["/news/"] = (body.replace(b"</ul>", LINK), kind)
        configuration, data = configure(folder / "config", site.url), folder / "data"
        sources = configuration / "sources.yaml"
        sources.write_text(sources.read_text().replace("delay: 0", "delay: 0, every: 1h"))
        assert chengqing(configuration, data, "collect", "--source", "page")[0] == 0
    sources.write_text("".join(sources.read_text().splitlines(keepends=True)[1:]))
    return configuration, data


@pytest.fixture
def system(template: tuple[Path, Path], tmp_path: Path) -> tuple[Path, Path]:
    """A copy of the template: configuration and data."""
    for part, name in zip(template, ("config", "data"), strict=True):
        shutil.copytree(part, tmp_path / name)
    return tmp_path / "config", tmp_path / "data"


def stored(data: Path) -> int:
    store = SqliteStore(data / "mentions.db")
    try:
        return store.count(Query())
    finally:
        store.close()


QUARANTINE = [
    "config.cli/alerts.quarantine:CaseStoreQuarantine.keep/1/before",
    "config.cli/alerts.quarantine:CaseStoreQuarantine.keep/1/after",
    "config.cli/config.wiring:CaseStoreCheckpoint.save/1/before",
]


@pytest.mark.parametrize("point", QUARANTINE)
def test_killed_around_the_quarantine(point: str, system: tuple[Path, Path]) -> None:
    folder, data = system
    with sqlite3.connect(data / "cases.db") as db:  # as if nothing were processed yet
        for table in ("quarantined", "checkpoint", "alertmention", "alert"):
            db.execute(f"DELETE FROM alerts_{table}")
    (data / "mentions.db").unlink()
    assert chengqing(folder, data, "collect", kill=point)[0] == -9, "never reached"
    assert chengqing(folder, data, "collect")[0] == 0
    found = rows(data, "SELECT source, url, state, tries FROM alerts_quarantined")
    assert [(source, url[-10:], *rest) for source, url, *rest in found] == [
        ("page", "shell.html", "open", 1)
    ]
    assert stored(data) == len(STORIES)


@pytest.fixture
def worse(system: tuple[Path, Path]) -> dict[str, str]:
    """Let the store hold what an earlier, worse program read; the texts by address as they should
    read. And a rule is new."""
    folder, data = system
    store = SqliteStore(data / "mentions.db")
    good = list(store.scan(since=START))
    store.replace([_worse(mention) for mention in good])
    store.close()
    with (folder / "rules.yaml").open("a") as rules:
        rules.write("- {id: lift, level: III, any: [电梯]}\n")
    return {mention.url: mention.text for mention in good}


def _worse(mention: Mention) -> Mention:
    return replace(mention, text="首页 新闻", content_hash="worse", published_at=None)


REPROCESS = [
    "config.cli/pipeline.stores.sqlite:SqliteStore._replace/3/after",
    "config.cli/pipeline.stores.sqlite:SqliteStore.replace/1/after",
    "config.cli/config.wiring:Judge.__call__/1/before",
    "config.cli/config.wiring:Judge.__call__/1/after",
    "config.cli/alerts.quarantine:CaseStoreQuarantine.settle/1/before",
    "config.cli/alerts.review:Review.lapsed/1/before",
]


@pytest.mark.parametrize("point", REPROCESS)
def test_killed_while_reprocessing(
    point: str, system: tuple[Path, Path], worse: dict[str, str]
) -> None:
    folder, data = system
    arguments = ("reprocess", "--since", "2000-01-01", "--apply")
    status, _ = chengqing(folder, data, *arguments, kill=point)
    assert status == -9, "the point was never reached"
    status, _ = chengqing(folder, data, *arguments)
    assert status == 0
    store = SqliteStore(data / "mentions.db")
    mentions = list(store.scan(since=START))
    assert {mention.url: mention.text for mention in mentions} == worse
    assert all(len(store.versions(mention.id)) == 1 for mention in mentions)
    store.close()
    alerts = rows(data, "SELECT rule, mention_count FROM alerts_alert ORDER BY rule")
    assert alerts == [("fee", 1), ("lift", 1), ("night", 1)]
    status, lines = chengqing(folder, data, *arguments)
    (summary,) = [line["summary"] for line in lines if isinstance(line, dict) and "summary" in line]
    assert (len(lines), summary["unchanged"]) == (1, len(STORIES))
    assert summary["changed"] == summary["new"] == summary["raised"] == summary["lapsed"] == 0


RETENTION = [
    "config.cli/config.retention:trim/1/before",
    "config.cli/pipeline.retention:remove/1/before",
    "config.cli/pipeline.retention:remove_segment/2/after",
    "config.cli/pipeline.retention:remove/1/after",
]


@pytest.mark.parametrize("point", RETENTION)
def test_killed_while_segments_are_removed(point: str, system: tuple[Path, Path]) -> None:
    folder, data = system
    spool = data / "spool"
    for number in (2, 3, 4):  # as if each round had filled a segment
        os.link(segment_path(spool, 1), segment_path(spool, number))
    assert chengqing(folder, data, "collect")[0] == 0
    settings = folder / "settings.yaml"
    settings.write_text(settings.read_text() + "retention: {gigabytes: 0.000000001, days: 1}\n")
    with sqlite3.connect(data / "cases.db") as db:  # it would keep its segment for a day
        db.execute("DELETE FROM alerts_quarantined")
    assert chengqing(folder, data, "collect", kill=point)[0] == -9, "never reached"
    assert chengqing(folder, data, "collect")[0] == 0
    assert segments(spool) == [4]
    logged = rows(data, "SELECT action FROM clarifications_auditentry")
    assert 1 <= logged.count(("archive.trim",)) <= 2
    assert stored(data) == len(STORIES)
