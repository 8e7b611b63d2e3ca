"""One article at several addresses is one mention, when its pages say so."""

from __future__ import annotations

import pytest

from pipeline.model import Hints, Mention, Position, RawItem, RawKind
from pipeline.understand import understand
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
    made = []
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
