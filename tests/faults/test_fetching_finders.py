"""Lists that name the same article: it is fetched once, and all who named it are known."""

from __future__ import annotations

import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from crawlers.plan import SourcePlan
from pipeline.model import RawKind, SourceKind
from tests.faulty_host import Host, Outcome, collect, in_turn, say, serving, source

LIST = "<ul><li><a href='/news/20260305/1.html'>夜市今晚恢复营业，摊位照旧</a></li></ul>"


def lists(host: Host) -> None:
    host.feed("/news/20260305/1.html")
    host.answers["/list.html"] = say(f"<html><body>{LIST}</body></html>")
    host.answers["/news/20260305/1.html"] = say("<html><h1>夜市</h1><p>恢复营业。</p></html>")


def finders(outcome: Outcome) -> list[tuple[str, tuple[str, ...]]]:
    return [(raw.source, raw.hints.also) for raw in outcome.items if raw.kind is RawKind.ARTICLE]


def test_the_first_source_of_the_file_owns_it_whichever_list_comes_first(tmp_path: Path) -> None:
    with serving("127.0.0.1") as host:
        lists(host)
        feed = SourcePlan(source("z", f"{host.url}/feed.xml"), place=0)
        page = SourcePlan(source("a", f"{host.url}/list.html", kind=SourceKind.PAGE), place=1)
        for n, order in enumerate(([feed, page], [page, feed])):
            folder = tmp_path / str(n)
            folder.mkdir()
            outcome = collect(folder, order)
            assert finders(outcome) == [("z", ("a",))]
            told = [[e.position for e in outcome.of(s, "fetched")][-1] for s in "az"]
            assert told[0] == told[1], "one record, told of to both"
        assert host.asked.count("/news/20260305/1.html") == 2, "once a round"


def test_a_list_that_comes_late_joins(tmp_path: Path) -> None:
    with serving("127.0.0.1") as host, serving("127.0.0.2") as slow:
        lists(host)

        def late(handler: BaseHTTPRequestHandler) -> None:
            for _ in range(200):
                if "/news/20260305/1.html" in host.asked:
                    break
                time.sleep(0.05)
            time.sleep(0.3)
            link = LIST.replace("/news", f"{host.url}/news")
            say(f"<html><body>{link}</body></html>")(handler)

        slow.answers["/list.html"] = in_turn(late)
        outcome = collect(
            tmp_path,
            [
                source("feed", f"{host.url}/feed.xml"),
                source("page", f"{slow.url}/list.html", kind=SourceKind.PAGE, links="li a"),
            ],
            timeout=20,
        )
        assert host.asked.count("/news/20260305/1.html") == 1
    assert finders(outcome) == [("feed", ()), ("page", ())]
    assert outcome.kinds("page") == ["article", "listing"]
