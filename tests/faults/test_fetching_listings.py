"""Sources with several listings, and those whose items have no page, by a real collector."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from pipeline.model import RawKind, SourceKind
from tests.faulty_host import collect, say, serving, source


def urlset(*paths: str) -> str:
    return f"<urlset>{''.join(f'<url><loc>{path}</loc></url>' for path in paths)}</urlset>"


def index(*paths: str) -> str:
    rows = "".join(f"<sitemap><loc>{path}</loc></sitemap>" for path in paths)
    return f"<sitemapindex>{rows}</sitemapindex>"


def test_sources_that_share_an_index_share_its_sitemaps(tmp_path: Path) -> None:
    with serving("127.0.0.1") as host:
        host.answers["/sitemap.xml"] = say(index("/a.xml", "/b.xml.gz", "/a.xml"), ETag='"1"')
        host.answers["/a.xml"] = say(urlset("/1", "/2"))
        host.answers["/b.xml.gz"] = say(
            gzip.compress(urlset("/2", "/3").encode()), kind="application/gzip"
        )
        host.articles("/1", "/2", "/3")
        two = [
            source(name, f"{host.url}/sitemap.xml", kind=SourceKind.SITEMAP) for name in ("a", "b")
        ]
        outcome = collect(tmp_path, two)
    asked = [path for path in host.asked if path != "/robots.txt"]
    assert sorted(asked) == ["/1", "/2", "/3", "/a.xml", "/b.xml.gz", "/sitemap.xml"]
    for each in ("a", "b"):
        (listed,) = outcome.of(each, "listed")
        assert (listed.found, listed.new, listed.left) == (3, 3, 0)
        assert outcome.pending(each) == 0
        # An index that did not change may name sitemaps that did.
        assert {event.etag for event in outcome.of(each, "fetched")} == {""}


def test_an_index_that_names_itself_comes_to_an_end(tmp_path: Path) -> None:
    with serving("127.0.0.1") as host:
        host.answers["/sitemap.xml"] = say(index("/sitemap.xml", "/deeper.xml"))
        host.answers["/deeper.xml"] = say(index("/deepest.xml", "/sitemap.xml"))
        host.answers["/deepest.xml"] = say(index("/no-further.xml"))
        outcome = collect(
            tmp_path, [source("a", f"{host.url}/sitemap.xml", kind=SourceKind.SITEMAP)]
        )
    asked = [path for path in host.asked if path != "/robots.txt"]
    assert asked == ["/sitemap.xml", "/deeper.xml", "/deepest.xml"]
    assert len(outcome.of("a", "done")) == 1


def test_a_search_goes_on_when_one_of_its_terms_fails(tmp_path: Path) -> None:
    with serving("127.0.0.1") as host:
        rows = "".join(f"<li><a href='/{n}'>夜市 第{n}号公告发布</a></li>" for n in (1, 2))
        host.answers["/s?q=%D2%B9%CA%D0"] = say(f"<p>搜索 夜市</p><ul>{rows}</ul>")
        host.articles("/1", "/2")
        search = source(
            "a", f"{host.url}/s?q={{query}}", kind=SourceKind.SEARCH, terms=("夜市", "早市"),
            charset="gbk", links="li a",
        )  # fmt: skip
        outcome = collect(tmp_path, [search])
    (listed,) = outcome.of("a", "listed")
    assert (listed.found, listed.new) == (2, 2)
    assert len(outcome.reasons("a")) == 1
    assert "404" in outcome.reasons("a")[0]
    assert len([event for event in outcome.of("a", "fetched") if event.kind == "article"]) == 2


def test_the_budget_of_a_round_counts_over_all_listings(tmp_path: Path) -> None:
    with serving("127.0.0.1") as host:
        host.answers["/sitemap.xml"] = say(index("/a.xml", "/b.xml"))
        host.answers["/a.xml"] = say(urlset("/1", "/2"))
        host.answers["/b.xml"] = say(urlset("/3", "/4"))
        host.articles("/1", "/2", "/3", "/4")
        bounded = source("a", f"{host.url}/sitemap.xml", kind=SourceKind.SITEMAP, max_items=3)
        outcome = collect(tmp_path, [bounded])
    (listed,) = outcome.of("a", "listed")
    assert (listed.found, listed.new, listed.left) == (4, 4, 1)
    assert len([event for event in outcome.of("a", "fetched") if event.kind == "article"]) == 3


def test_items_of_a_hot_list_without_a_page_are_kept_as_they_are(tmp_path: Path) -> None:
    answer = {
        "data": [{"t": "夜市恢复", "u": "/1"}, {"t": "停水到几点", "x": "问了三次没有答复。"}]
    }
    with serving("127.0.0.1") as host:
        host.answers["/hot.json"] = say(json.dumps(answer), kind="application/json")
        host.articles("/1")
        hot = source(
            "a", f"{host.url}/hot.json", kind=SourceKind.HOTLIST, items="data",
            fields=(("title", "t"), ("url", "u"), ("text", "x")),
        )  # fmt: skip
        outcome = collect(tmp_path, [hot])
    (entry,) = [item for item in outcome.items if item.kind is RawKind.ENTRY]
    assert json.loads(entry.body)["title"] == "停水到几点"
    assert json.loads(entry.body)["content"] == "问了三次没有答复。"
    assert [item.url for item in outcome.items if item.kind is RawKind.ARTICLE] == [f"{host.url}/1"]
