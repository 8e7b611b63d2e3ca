"""The pipeline over a small site: stored once, found, judged, fetched once."""

from __future__ import annotations

from pathlib import Path

from tests.command import chengqing, configure
from tests.site import STORIES, article, running_site

FIELDS = {"source", "fetched", "unchanged", "new", "duplicate", "failed", "alerts", "error"}


def test_a_site_is_collected_once_searched_and_judged(tmp_path: Path) -> None:
    with running_site() as site:
        site.publish(*STORIES)
        folder, data = configure(tmp_path / "config", site.url), tmp_path / "data"
        status, first = chengqing(folder, data, "collect", "--once")
        assert status == 0
        results = [r for r in first if isinstance(r, dict)]
        assert sum(r["new"] for r in results) == len(STORIES)
        assert [set(r) for r in results] == [FIELDS, FIELDS]
        assert [r["error"] for r in results] == [None, None]
        assert sum(r["alerts"] for r in results) == 2
        for key, word in (("lift", "电梯"), ("market", "摊位"), ("price", "油机"), ("fee", "创业")):
            _, hits = chengqing(folder, data, "search", word)
            urls = [h["url"] for h in hits if isinstance(h, dict)]
            assert f"{site.url}/news/{key}.html" in urls
            for hit in hits:
                assert isinstance(hit, dict)
                assert all(hit["text"][start:end] == word for start, end in hit["highlights"])
        sent = site.sent
        _, second = chengqing(folder, data, "collect", "--once")
        assert [(r["new"], r["fetched"]) for r in second if isinstance(r, dict)] == [(0, 0), (0, 0)]
        assert [r["unchanged"] for r in second if isinstance(r, dict)] == [1, 1]
        assert site.sent - sent < 200, "the second round transfers next to nothing"


def test_a_new_item_is_all_that_is_fetched(tmp_path: Path) -> None:
    with running_site() as site:
        keys = list(STORIES)
        site.publish(*keys[:3])
        folder, data = configure(tmp_path / "config", site.url), tmp_path / "data"
        chengqing(folder, data, "collect", "--once")
        site.publish(*keys[:4])
        site.asked.clear()
        chengqing(folder, data, "collect", "--once")
        fetched = [path for path, status in site.asked if path.endswith(".html")]
        assert fetched == [f"/news/{keys[3]}.html"]


def test_a_page_that_is_gone_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    with running_site() as site:
        site.publish(*STORIES)
        del site.pages["/news/lift.html"]
        folder, data = configure(tmp_path / "config", site.url), tmp_path / "data"
        status, results = chengqing(folder, data, "collect", "--once", "--source", "page")
        assert status == 0
        (result,) = [r for r in results if isinstance(r, dict)]
        assert (result["new"], result["failed"]) == (len(STORIES) - 1, 1)
        assert "lift.html：服务器答复 404" in result["error"]


def test_an_unknown_source_is_named(tmp_path: Path) -> None:
    with running_site() as site:
        folder = configure(tmp_path / "config", site.url)
        status, results = chengqing(folder, tmp_path / "data", "collect", "--source", "feet")
        assert (status, results) == (2, [])


def test_a_repost_joins_the_story_and_its_alert(tmp_path: Path) -> None:
    title, text = STORIES["fee"]
    with running_site() as site:
        site.publish(*STORIES)
        folder, data = configure(tmp_path / "config", site.url), tmp_path / "data"
        chengqing(folder, data, "collect", "--once")
        site.add("/news/copy.html", article(f"转发：{title}", f"{text}大家怎么看？", minute=30))
        site.add(
            "/news/", f"<ul class='news'><li><a href='/news/copy.html'>转发：{title}</a></li></ul>"
        )
        _, results = chengqing(folder, data, "collect", "--once")
        duplicate = [r["duplicate"] for r in results if isinstance(r, dict)]
        assert sum(duplicate) == 1
        _, alerts = chengqing(folder, data, "alerts", "--level", "II")
        (alert,) = [a for a in alerts if isinstance(a, dict)]
        assert len(alert["mentions"]) == 2
