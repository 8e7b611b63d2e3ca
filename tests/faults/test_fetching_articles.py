"""Articles in several pages, and articles that are fetched again while they are young."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from crawlers.articles import MAX_PARTS
from crawlers.plan import Revisit, SourcePlan, Validators
from pipeline.model import RawKind
from pipeline.spool import START, parts_of, read
from tests.faulty_host import Answer, Host, Outcome, collect, redirect, say, serving, source


def page(text: str, *links: str) -> Answer:
    """An article's page with a bar that leads to its other pages."""
    bar = "".join(f"<a href='{link}'>下一页</a>" for link in links)
    return say(f"<html><h1>夜市恢复营业</h1><p>{text}</p>{bar}</html>")


def texts(tmp_path: Path) -> list[list[str]]:
    """The bodies of each article in the spool: its first page, then the others."""
    folder = tmp_path / "spool"
    articles = [raw for raw, _, _ in read(folder, START) if raw.kind is RawKind.ARTICLE]
    return [
        [each.body.decode().partition("<p>")[2].partition("</p>")[0] for each in (raw, *parts)]
        for raw in articles
        if (parts := parts_of(folder, raw)) is not None
    ]


def test_an_article_in_several_pages_is_one_record_with_parts(tmp_path: Path) -> None:
    with serving("127.0.0.1") as host:
        host.feed("/a1.html", "/b.html")
        host.answers["/a1.html"] = page("一", "/a1_2.html", "/b.html")
        host.answers["/a1_2.html"] = page("二", "/a1_3.html")
        host.answers["/a1_3.html"] = page("三", "/a1_3.html", "/b.html")
        host.answers["/b.html"] = page("另一篇", "/a1.html")
        outcome = collect(tmp_path, [source("a", f"{host.url}/feed.xml")])
        assert len(host.asked) == 6
    assert sorted(texts(tmp_path)) == [["一", "二", "三"], ["另一篇"]]
    assert outcome.kinds("a") == ["article", "article", "listing"], "a part is told by its article"
    assert (outcome.reasons("a"), outcome.pending("a")) == ([], 0)


def test_a_page_that_cannot_be_had_ends_the_article_and_is_told(tmp_path: Path) -> None:
    with serving("127.0.0.1") as host:
        host.feed("/a1.html")
        host.answers["/a1.html"] = page("一", "/a1_2.html")
        host.answers["/a1_2.html"] = page("二", "/a1_3.html")
        outcome = collect(tmp_path, [source("a", f"{host.url}/feed.xml")])
    assert texts(tmp_path) == [["一", "二"]]
    assert outcome.reasons("a") == [f"{host.url}/a1_3.html：服务器答复 404，文章只存了前 2 页"]
    assert outcome.pending("a") == 0


def test_pages_without_end_come_to_an_end(tmp_path: Path) -> None:
    with serving("127.0.0.1") as host:
        host.feed("/a1.html")
        host.answers["/a1.html"] = page("一", "/a1_2.html")
        for number in range(2, 40):
            host.answers[f"/a1_{number}.html"] = page("又", f"/a1_{number + 1}.html")
        collect(tmp_path, [source("a", f"{host.url}/feed.xml")])
    ((first, *rest),) = texts(tmp_path)
    assert (first, rest) == ("一", ["又"] * MAX_PARTS)


def test_pages_that_lead_back_are_no_loop(tmp_path: Path) -> None:
    with serving("127.0.0.1") as host:
        host.feed("/a1.html")
        host.answers["/a1.html"] = page("一", "/a1_2.html")
        host.answers["/a1_2.html"] = redirect("/a1.html")
        collect(tmp_path, [source("a", f"{host.url}/feed.xml")])
        assert host.asked.count("/a1_2.html") == 1


def test_a_further_page_on_another_host_is_not_asked_for(tmp_path: Path) -> None:
    with serving("127.0.0.1") as host, serving("127.0.0.2") as other:
        host.feed("/a1.html")
        host.answers["/a1.html"] = page("一", f"{other.url}/a1_2.html")
        collect(tmp_path, [source("a", f"{host.url}/feed.xml")])
        assert other.asked == []


BODY = "<html><h1>标题</h1><p>正文。</p></html>"


def again(host: Host, tmp_path: Path, answer: Answer, **about: str) -> Outcome:
    """A round in which one article is known, asked for again, and answered so."""
    host.feed("/old", "/new")
    host.articles("/new")
    host.answers["/old"] = answer
    known = Revisit(f"{host.url}/old", f"{host.url}/old", "9:9", **about)  # type: ignore[arg-type]
    entry = SourcePlan(
        source("a", f"{host.url}/feed.xml", delay=0.01),
        seen=frozenset({f"{host.url}/old"}),
        revisits=(known,),
    )
    return collect(tmp_path, [entry])


def test_a_changed_article_is_kept_again_after_what_is_new(tmp_path: Path) -> None:
    with serving("127.0.0.1") as host:
        outcome = again(host, tmp_path, say(BODY, ETag='"2"'), digest="other")
        assert host.asked == ["/robots.txt", "/feed.xml", "/new", "/old"]
    _, new, old = outcome.of("a", "fetched")
    assert (new.again, new.young, old.again, old.young) == (False, True, True, False)
    assert (old.etag, old.digest) == ('"2"', sha256(BODY.encode()).hexdigest())
    assert [item.url.removeprefix(host.url) for item in outcome.items] == [
        "/feed.xml", "/new", "/old"
    ]  # fmt: skip


@pytest.mark.parametrize("status", [304, 200])
def test_an_article_that_is_the_same_is_no_record(tmp_path: Path, status: int) -> None:
    with serving("127.0.0.1") as host:
        outcome = again(
            host, tmp_path, say(BODY if status == 200 else "", status=status),
            validators=Validators('"1"', "gestern"),  # type: ignore[arg-type]
            digest=sha256(BODY.encode()).hexdigest(),
        )  # fmt: skip
        asked = host.headers[host.asked.index("/old")]
    assert (asked["If-None-Match"], asked["If-Modified-Since"]) == ('"1"', "gestern")
    (same,) = outcome.of("a", "unchanged")
    assert (same.again, same.etag, same.last_modified) == (True, '"1"', "gestern")
    assert outcome.kinds("a") == ["article", "listing"]


@pytest.mark.parametrize(("status", "what"), [(404, "gone"), (410, "gone"), (502, "failed")])
def test_an_article_that_is_withdrawn_is_told(tmp_path: Path, status: int, what: str) -> None:
    with serving("127.0.0.1") as host:
        outcome = again(host, tmp_path, say("没有", status=status))
    (told,) = outcome.of("a", what)
    assert (told.again, told.key) == (True, f"{host.url}/old")
    assert outcome.pending("a") == 0, "the list need not be read anew for it"


def test_a_visit_to_an_old_article_does_not_hold_up_the_rounds_end(tmp_path: Path) -> None:
    with serving("127.0.0.1") as host:
        host.feed("/old")
        host.answers["/old"] = lambda handler: host.ended.wait() and None
        known = Revisit(f"{host.url}/old", f"{host.url}/old", "9:9")
        entry = SourcePlan(
            source("a", f"{host.url}/feed.xml"),
            seen=frozenset({f"{host.url}/old"}),
            revisits=(known,),
        )
        outcome = collect(tmp_path, [entry], timeout=60, round_seconds=3)
    assert (outcome.reasons("a"), outcome.pending("a")) == ([], 0)
