"""The sample sites: what can be reached when, validators, and content that agrees with itself."""

from __future__ import annotations

import gzip
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urljoin

import feedparser
import pytest
import requests
from ruamel.yaml import YAML
from selectolax.lexbor import LexborHTMLParser

from config.sample.web.content import BEIJING, SITES, Item, appears, items
from config.sample.web.web import NEWEST, SampleWeb, serving

BORN = datetime(2026, 3, 5, 4, 0, tzinfo=UTC)
SAMPLE = Path(__file__).parents[2] / "config" / "sample"
BASE = "http://sample.test"
LISTS = {
    "portal": ("/portal/news/", "ul.news-list a"),
    "forum": ("/forum/", "a.xst"),
    "gazette": ("/gazette/", "dt a"),
    "release": ("/release/", "table.list a"),
}
FEEDS = {"gazette": "/gazette/rss.xml", "release": "/release/atom.xml"}


class Clock:
    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock(BORN)


@pytest.fixture
def web(clock: Clock) -> SampleWeb:
    return SampleWeb(BORN, clock)


@pytest.fixture
def address(web: SampleWeb) -> Iterator[str]:
    with serving(web) as url:
        yield url


def body(web: SampleWeb, path: str) -> bytes:
    response = web.respond(path, {}, BASE)
    assert response.status == 200, path
    return response.body


def listed(web: SampleWeb, site: str) -> list[str]:
    path, selector = LISTS[site]
    links = LexborHTMLParser(body(web, path)).css(selector)
    return [urljoin(path, link.attributes["href"] or "") for link in links]


def fed(web: SampleWeb, site: str) -> list[str]:
    feed = feedparser.parse(body(web, FEEDS[site]))
    assert not feed.bozo
    return [entry.link.removeprefix(BASE) for entry in feed.entries]


def texts(web: SampleWeb, item: Item) -> str:
    encoding = "gbk" if item.site == "forum" else "utf-8"
    return body(web, item.path).decode(encoding)


@pytest.mark.parametrize("site", SITES)
def test_everything_that_has_appeared_is_linked_newest_first(
    web: SampleWeb, clock: Clock, site: str
) -> None:
    for after in (timedelta(0), timedelta(seconds=200), timedelta(minutes=20)):
        clock.at = BORN + after
        expected = [item.path for item in web.visible(site)][:NEWEST]
        assert expected
        assert listed(web, site) == expected
        if site in FEEDS:
            assert fed(web, site) == expected
    assert {item.path for item in web.visible(site)} == {
        item.path for item in web.items if item.site == site
    }


def test_every_page_has_its_title_and_paragraphs(web: SampleWeb, clock: Clock) -> None:
    clock.at = BORN + timedelta(hours=1)
    for item in web.items:
        page = LexborHTMLParser(texts(web, item))
        shown = page.body.text() if page.body else ""
        for part in (item.title, *item.paragraphs):
            assert part in shown, item.id


def test_nothing_is_served_before_its_time(web: SampleWeb, clock: Clock) -> None:
    later = [item for item in web.items if item.at > BORN]
    assert len(later) >= 12
    for item in later:
        clock.at = item.at.astimezone(UTC) - timedelta(seconds=1)
        assert web.respond(item.path, {}, BASE).status == 404
        assert item.path not in listed(web, item.site)
        clock.at = item.at.astimezone(UTC)
        assert web.respond(item.path, {}, BASE).status == 200


def test_feeds_give_the_moment_with_its_offset(web: SampleWeb) -> None:
    for site, path in FEEDS.items():
        entry = feedparser.parse(body(web, path)).entries[0]
        newest = web.visible(site)[0].at.astimezone(UTC)
        assert entry.published_parsed[:6] == newest.timetuple()[:6]


@pytest.mark.parametrize("by", ["ETag", "Last-Modified"])
@pytest.mark.parametrize("zipped", [True, False])
def test_unchanged_pages_answer_304(address: str, by: str, zipped: bool) -> None:
    asked = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}[by]
    encoding = {"Accept-Encoding": "gzip" if zipped else "identity"}
    paths = ["/robots.txt", "/", *(path for path, _ in LISTS.values()), *FEEDS.values()]
    for path in paths:
        first = requests.get(address + path, headers=encoding, timeout=5)
        assert first.status_code == 200
        assert (first.headers.get("Content-Encoding") == "gzip") is zipped
        again = requests.get(
            address + path, headers={**encoding, asked: first.headers[by]}, timeout=5
        )
        assert (again.status_code, again.content) == (304, b""), path


def test_a_list_changes_when_something_appears(web: SampleWeb, clock: Clock) -> None:
    before = web.respond("/forum/", {}, BASE)
    clock.at = BORN + timedelta(seconds=30)
    for header, name in (("if-none-match", "ETag"), ("if-modified-since", "Last-Modified")):
        assert web.respond("/forum/", {header: before.headers[name]}, BASE).status == 200


def test_an_article_never_changes(web: SampleWeb, clock: Clock) -> None:
    item = web.visible("forum")[0]
    first = web.respond(item.path, {"accept-encoding": "gzip"}, BASE)
    clock.at = BORN + timedelta(days=1)
    assert web.respond(item.path, {"accept-encoding": "gzip"}, BASE) == first
    assert gzip.decompress(first.body) == body(web, item.path)


def test_robots_close_one_folder_that_is_linked(web: SampleWeb) -> None:
    assert b"Disallow: /portal/internal/" in body(web, "/robots.txt")
    assert b'href="/portal/internal/roster.html"' in body(web, "/portal/news/")
    assert web.respond("/portal/internal/roster.html", {}, BASE).status == 200


def test_the_content_agrees_with_itself_and_with_the_rules() -> None:
    rules = {rule["id"] for rule in YAML(typ="safe").load((SAMPLE / "rules.yaml").read_text())}
    made = {item.id: item for item in items(BORN)}
    assert len(made) >= 45
    assert len({item.path for item in made.values()}) == len(made)
    assert {item.site for item in made.values()} == set(SITES)
    for item in made.values():
        assert set(item.expect) <= rules, item.id
        assert BORN - timedelta(days=14) <= item.at <= BORN + timedelta(minutes=15), item.id
        if item.repost_of:
            original = made[item.repost_of]
            assert original.at < item.at
            assert (original.expect, original.topic) == (item.expect, item.topic), item.id
    first = min(item.at for item in made.values() if item.at > BORN and item.expect)
    assert first - BORN <= timedelta(seconds=30)


@pytest.mark.parametrize("day", range(7))
def test_both_weeks_have_news_whatever_weekday_the_birth_is(day: int) -> None:
    born = BORN + timedelta(days=day)
    made = items(born)
    week = born.astimezone(BEIJING).isocalendar()[:2]
    before = (born - timedelta(days=7)).astimezone(BEIJING).isocalendar()[:2]
    last = [item for item in made if item.at.isocalendar()[:2] == before]
    assert [item.id for item in last if item.id == "rice-refuted"]
    assert len([item for item in last if item.expect]) >= 5
    assert [item for item in made if item.expect and item.at.isocalendar()[:2] == week]


def test_moments_are_read_or_refused() -> None:
    assert appears("-1d 09:20", BORN) == datetime(2026, 3, 4, 9, 20, tzinfo=BEIJING)
    assert appears("+2m", BORN) == BORN + timedelta(minutes=2)
    with pytest.raises(ValueError, match="no moment"):
        appears("yesterday", BORN)


def started(state: Path, address: Path) -> tuple[subprocess.Popen[bytes], str]:
    address.unlink(missing_ok=True)
    command = [sys.executable, "-m", "config.sample.web", "--state", str(state)]
    process = subprocess.Popen(
        [*command, "--url-file", str(address)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=SAMPLE.parents[1],
    )
    deadline = time.monotonic() + 30
    while not address.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    return process, address.read_text().strip()


def stopped(process: subprocess.Popen[bytes]) -> tuple[int, bytes]:
    process.send_signal(signal.SIGTERM)
    printed, _ = process.communicate(timeout=20)
    return process.returncode, printed


def test_a_restart_keeps_birth_and_port(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    process, url = started(state, tmp_path / "url")
    try:
        assert requests.get(f"{url}/portal/news/", timeout=5).status_code == 200
    finally:
        assert stopped(process) == (0, b"")
    first = json.loads(state.read_text())
    process, again = started(state, tmp_path / "url")
    try:
        assert (again, json.loads(state.read_text())) == (url, first)
    finally:
        stopped(process)


def test_a_spoilt_state_file_is_one_sentence(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    state.write_text("[]")
    done = subprocess.run(
        [sys.executable, "-m", "config.sample.web", "--state", str(state)],
        capture_output=True,
        text=True,
        cwd=SAMPLE.parents[1],
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "delete it" in done.stderr
