"""An article that changes after it was collected, and one in several pages, to the store."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.stores import open_store
from tests.command import chengqing, configure
from tests.site import STORIES, Site, article, running_site

TITLE, TEXT = STORIES["night"]


def later(data: Path) -> None:
    """As if an hour had gone by since the last round."""
    with closing(sqlite3.connect(data / "cases.db")) as cases, cases:
        cases.execute("update alerts_revisit set next_at = '2020-01-01 00:00:00'")


def told(data: Path) -> list[tuple[bool, str | None]]:
    """Of each young article: whether it is gone, and when it is visited next."""
    with closing(sqlite3.connect(data / "cases.db")) as cases:
        return list(cases.execute("select gone_at is not null, next_at from alerts_revisit"))


def texts(data: Path, site: Site, key: str) -> list[str]:
    """All versions of an article, newest first."""
    store = open_store(f"sqlite:///{data / 'mentions.db'}")
    try:
        _, hits = chengqing(data.parent / "config", data, "search", TITLE[:4])
        ids = [h["id"] for h in hits if isinstance(h, dict) and h["url"].endswith(f"{key}.html")]
        return [mention.text for mention in store.versions(ids[0])]
    finally:
        store.close()


@pytest.fixture
def collected(tmp_path: Path) -> object:
    """A site of which one article came after the first round: only such are known to be young."""
    with running_site() as site:
        site.publish("fee")
        folder, data = configure(tmp_path / "config", site.url), tmp_path / "data"
        chengqing(folder, data, "collect", "--once")
        site.publish("fee", "night")
        chengqing(folder, data, "collect", "--once")
        assert len(told(data)) == 1
        yield site, folder, data


def test_a_changed_article_is_a_new_version_and_an_unchanged_one_is_none(
    collected: tuple[Site, Path, Path],
) -> None:
    site, folder, data = collected
    later(data)
    _, rows = chengqing(folder, data, "collect", "--once")
    assert ("/news/night.html", 304) in site.asked
    assert [row["error"] for row in rows if isinstance(row, dict)] == [None, None]
    assert texts(data, site, "night") == [TEXT]
    site.add("/news/night.html", article(TITLE, TEXT.replace("今晚", "明晚"), minute=1))
    later(data)
    chengqing(folder, data, "collect", "--once")
    assert texts(data, site, "night") == [TEXT.replace("今晚", "明晚"), TEXT]


def test_an_article_that_is_withdrawn_is_known_as_that(collected: tuple[Site, Path, Path]) -> None:
    site, folder, data = collected
    del site.pages["/news/night.html"]
    later(data)
    _, rows = chengqing(folder, data, "collect", "--once")
    assert [row["error"] for row in rows if isinstance(row, dict)] == [None, None]
    ((gone, _),) = told(data)
    assert gone
    assert texts(data, site, "night") == [TEXT], "what we have stays"


def test_an_article_that_leads_to_the_front_page_is_withdrawn(
    collected: tuple[Site, Path, Path],
) -> None:
    site, folder, data = collected
    site.moved["/news/night.html"] = "/"
    site.add("/", article("临江日报", "临江日报今日要闻：夜市、电梯、食品抽检，详见各版。" * 9))
    later(data)
    _, rows = chengqing(folder, data, "collect", "--once")
    assert [row["error"] for row in rows if isinstance(row, dict)] == [None, None]
    assert [row["new"] for row in rows if isinstance(row, dict)] == [0, 0]
    ((gone, _),) = told(data)
    assert gone
    assert texts(data, site, "night") == [TEXT], "what we have stays"


def test_an_error_in_the_place_of_an_article_does_not_become_its_text(tmp_path: Path) -> None:
    """Also where a feed's summary could speak for the page."""
    with running_site() as site:

        def publish(*keys: str) -> None:
            site.publish(*keys)
            feed, kind = site.pages["/feed.xml"]
            told = "</title><description>夜市的消息。</description><link>"
            site.pages["/feed.xml"] = feed.replace(b"</title><link>", told.encode()), kind

        publish("fee")
        folder, data = configure(tmp_path / "config", site.url), tmp_path / "data"
        chengqing(folder, data, "collect", "--once")
        publish("fee", "night")
        chengqing(folder, data, "collect", "--once")
        for page in ("<h1>系统繁忙</h1><p>系统繁忙，请稍后再试。</p>", article(TITLE, "")):
            site.add("/news/night.html", page)
            later(data)
            chengqing(folder, data, "collect", "--once")
            assert site.asked[-1] == ("/news/night.html", 200)
            assert texts(data, site, "night") == [TEXT]


def test_updates_can_be_switched_off(collected: tuple[Site, Path, Path]) -> None:
    site, folder, data = collected
    with (folder / "settings.yaml").open("a") as settings:
        settings.write("fetching: {updates: false}\n")
    later(data)
    chengqing(folder, data, "collect", "--once")
    assert [path for path, _ in site.asked].count("/news/night.html") == 1


def test_an_article_in_several_pages_is_one_mention(tmp_path: Path) -> None:
    second = "管理方说，夜市东口新铺了防滑地砖，西口的排水沟也已清理，摊主们对恢复营业表示欢迎。"
    with running_site() as site:
        site.publish("night")
        link = "<p class='pages'><a href='night_2.html'>下一页</a></p></body>"
        site.add("/news/night.html", article(TITLE, TEXT).replace("</body>", link))
        site.add("/news/night_2.html", article(TITLE, f"{TEXT}\n{second}"))
        folder, data = configure(tmp_path / "config", site.url), tmp_path / "data"
        _, rows = chengqing(folder, data, "collect", "--once")
        assert sum(row["new"] for row in rows if isinstance(row, dict)) == 1
        assert texts(data, site, "night") == [f"{TEXT}\n{second}"]


def test_a_source_whose_requests_of_the_day_are_spent_waits_for_the_next(tmp_path: Path) -> None:
    with running_site() as site:
        site.publish("fee", "night", "price")
        folder, data = configure(tmp_path / "config", site.url), tmp_path / "data"
        lines = (
            (folder / "sources.yaml")
            .read_text()
            .replace("delay: 0}", "delay: 0, daily_requests: 4}")
        )
        (folder / "sources.yaml").write_text(lines)
        spent = "今天的请求次数已用完，明天继续"
        _, (first,) = chengqing(folder, data, "collect", "--source", "feed")
        assert isinstance(first, dict)
        assert (first["new"], first["error"].partition("：")[2]) == (2, spent)
        asked = list(site.asked)
        assert len(asked) == 4
        _, (second,) = chengqing(folder, data, "collect", "--source", "feed")
        assert isinstance(second, dict)
        assert (second["fetched"], second["failed"], second["error"]) == (0, 0, spent)
        assert site.asked == asked
    with closing(sqlite3.connect(data / "cases.db")) as cases:
        ((due, failures),) = cases.execute("select due_at, failures from alerts_sourcestate")
    assert due.endswith("16:00:00"), "midnight in Beijing"
    assert failures == 0
