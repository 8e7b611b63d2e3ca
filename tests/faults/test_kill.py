"""kill -9 of the collector or the pipeline at any moment: nothing lost, nothing doubled."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import chengqing, configure
from tests.site import STORIES, running_site

POINTS = [
    "crawlers/pipeline.spool:SpoolWriter.append/1/before",
    "crawlers/pipeline.spool:SpoolWriter.append/4/after",
    "crawlers/crawlers.plan:Event.to_json/1/before",
    "crawlers/crawlers.plan:Event.to_json/5/after",
    "config.cli/crawlers.plan:Event.from_json/3/after",
    "config.cli/config.rounds:Round.take/2/before",
    "config.cli/config.rounds:Round.take/2/after",
    "config.cli/pipeline.stores.sqlite:SqliteStore._insert/3/after",
    "config.cli/pipeline.stores.sqlite:SqliteStore.put/1/after",
    "config.cli/config.wiring:Judge.__call__/1/before",
    "config.cli/config.wiring:Judge.__call__/1/after",
    "config.cli/config.wiring:CaseStoreCheckpoint.save/1/after",
    "config.cli/config.rounds:Round.finish/1/before",
]


@pytest.mark.parametrize("point", POINTS)
def test_killed_and_started_again(point: str, tmp_path: Path) -> None:
    with running_site() as site:
        site.publish(*STORIES)
        folder, data = configure(tmp_path / "config", site.url), tmp_path / "data"
        status, results = chengqing(folder, data, "collect", "--once", kill=point)
        child_killed = any(
            "意外结束" in str(r.get("error")) for r in results if isinstance(r, dict)
        )
        assert status == -9 or child_killed, "the point was never reached"
        for _ in range(2):
            status, _results = chengqing(folder, data, "collect", "--once")
            assert status == 0
        _, mentions = chengqing(folder, data, "search", "", "--limit", "100")
        urls = [m["url"] for m in mentions if isinstance(m, dict)]
        assert sorted(urls) == sorted(f"{site.url}/news/{key}.html" for key in STORIES)
        _, alerts = chengqing(folder, data, "alerts")
        found = {a["rule"]: len(a["mentions"]) for a in alerts if isinstance(a, dict)}
        assert (len(alerts), found) == (2, {"fee": 1, "night": 1})
        site.asked.clear()
        chengqing(folder, data, "collect", "--once")
        paths = [path for path, status in site.asked if status == 200]
        assert paths == [], "what is there is not fetched again"
