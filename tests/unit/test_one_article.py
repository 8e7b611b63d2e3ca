"""One article at several addresses is one mention, when its pages say so."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.model import Hints, Mention, Position, RawItem, RawKind
from pipeline.understand import Unreadable, understand
from tests.archive import Archive, item
from tests.builders import NOON
from tests.site import STORIES, article

DESK = "http://www.news.example/202603/t0305_81.html"


def mention(url: str, head: str = "") -> Mention:
    body = article(*STORIES["night"]).replace("<head>", f"<head>{head}")
    raw = RawItem(RawKind.ARTICLE, "a", url, url, NOON, 200, {}, body.encode())
    (made,) = understand(raw, Position(1, 0), "Asia/Shanghai")
    assert isinstance(made, Mention)
    return made


CANONICAL = f"<link rel='canonical' href='{DESK}'>"


@pytest.mark.parametrize(
    ("url", "head"),
    [
        ("http://m.news.example/81", CANONICAL),
        ("http://3g.news.example/a/81?from=timeline", CANONICAL),
        ("http://news.example/202603/t0305_81.html", CANONICAL),
        ("http://www.news.example/amp/t0305_81.html", CANONICAL),
        ("http://www.news.example/202603/t0305_81.html?amp=1", CANONICAL),
        ("http://m.news.example/81", f"<meta property='og:url' content='{DESK}?utm_source=x'>"),
        (f"{DESK}?spm=1.2&from=groupmessage", ""),
        ("https://www.news.example/202603/t0305_81.html", ""),
        ("https://news-example.cdn.ampproject.org/c/www.news.example/202603/t0305_81.html", ""),
    ],
)
def test_versions_of_an_article_are_one_mention(url: str, head: str) -> None:
    assert mention(url, head).id == mention(DESK).id


@pytest.mark.parametrize(
    ("url", "head"),
    [
        ("http://copies.example/81", CANONICAL),
        ("http://blog.news.example/81", CANONICAL),
        ("http://m.news.example/81", "<link rel='canonical' href='http://www.news.example/'>"),
        ("http://m.news.example/81", "<link rel='canonical' href='file:///etc/passwd'>"),
    ],
)
def test_nobody_speaks_in_the_place_of_another_page(url: str, head: str) -> None:
    assert mention(url, head).id == mention(url).id != mention(DESK).id


def test_what_a_feed_says_of_pages_behind_one_wall_is_not_one_mention() -> None:
    wall = b"<html><head><title>\xe7\x99\xbb\xe5\xbd\x95</title></head><body></body></html>"
    made: list[Mention | Unreadable] = []
    for number in (1, 2):
        url, hints = (
            f"http://www.news.example/{number}",
            Hints(title=f"第{number}条", summary="摘要。"),
        )
        raw = RawItem(
            RawKind.ARTICLE, "a", url, "http://www.news.example/login", NOON, 200, {}, wall, hints
        )
        made += understand(raw, Position(1, number), "Asia/Shanghai")
    assert [each.url for each in made] == [f"http://www.news.example/{n}" for n in (1, 2)]


@pytest.mark.django_db
def test_a_site_that_writes_one_address_into_all_its_pages_keeps_its_articles(
    tmp_path: Path,
) -> None:
    archive = Archive(tmp_path)
    head = "<head><link rel='canonical' href='http://news.example/list/index.html'>"
    pages = {key: article(*STORIES[key]).replace("<head>", head) for key in ("fee", "lift", "food")}
    archive.append(*(item(key, page) for key, page in pages.items()))
    archive.pipeline().run()
    title, text = STORIES["lift"]
    corrected = article(title, text.replace("三个", "四个")).replace("<head>", head)
    archive.append(item("lift", corrected, minute=9))
    archive.pipeline().run()

    found = {each.title: each for each in archive.store.scan(since=NOON)}
    assert set(found) == {STORIES[key][0] for key in pages}
    assert len({each.id for each in found.values()}) == 3
    assert [len(archive.store.versions(found[STORIES[key][0]].id)) for key in pages] == [1, 2, 1]
    _, steps = archive.reprocess(apply=True)
    assert [change for step in steps for change in step.changes] == []


@pytest.mark.django_db
def test_articles_that_were_taken_for_versions_of_one_are_found_by_reading_them_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = Archive(tmp_path)
    head = "<head><link rel='canonical' href='http://news.example/list/index.html'>"
    for minute, key in enumerate(("fee", "lift")):
        page = article(*STORIES[key]).replace("<head>", head)
        archive.append(item(key, page, minute=minute))
    with monkeypatch.context() as before:
        before.setattr("pipeline.run.rightful", lambda mention, *_: mention)
        archive.pipeline().run()
    assert [each.title for each in archive.store.scan(since=NOON)] == [STORIES["lift"][0]]
    archive.reprocess(apply=True)
    assert {each.title for each in archive.store.scan(since=NOON)} == {
        STORIES[key][0] for key in ("fee", "lift")
    }
