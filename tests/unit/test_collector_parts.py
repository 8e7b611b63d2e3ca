"""The small parts of the collector: plan, ledger, patience, settings, listings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crawlers.hosts import MAX_RETRY_AFTER, retry_after
from crawlers.ledger import Ledger
from crawlers.plan import Event, Plan, SourcePlan, Validators
from crawlers.reasons import Reason
from crawlers.settings import SHORTEST_DELAY, scrapy_settings
from crawlers.sources import SOURCE_TYPES
from crawlers.sources.base import Response
from pipeline.model import RawKind, Source, SourceKind


def source(id: str, url: str = "http://news.example/", delay: float = 1) -> Source:  # noqa: A002
    return Source(id, SourceKind.FEED, id, url, every=timedelta(minutes=3), delay=delay)


def plan(*sources: Source) -> Plan:
    return Plan("/spool", "测试/1.0", tuple(SourcePlan(each) for each in sources))


def test_a_plan_survives_its_json() -> None:
    made = Plan(
        "/spool",
        "测试/1.0",
        (
            SourcePlan(source("a"), Validators('"1"', "gestern"), frozenset({"x", "y"})),
            SourcePlan(Source("b", SourceKind.PAGE, "门户", "http://b.example/", links="ul a")),
        ),
        allow_networks=("10.0.0.0/8",),
        round_seconds=7,
    )
    assert Plan.from_json(made.to_json()) == made


def test_an_event_survives_its_json() -> None:
    event = Event(
        "fetched", "a", url="http://a.example/1", key="k", kind=RawKind.ENTRY, status=200,
        position="1:0", listed_keys=("甲", "乙"),
    )  # fmt: skip
    line = event.to_json()
    assert Event.from_json(line) == event
    assert "\n" not in line
    assert Event.from_json(Event("done", "a").to_json()) == Event("done", "a")


def test_every_source_ends_in_one_done() -> None:
    lines: list[str] = []
    ledger = Ledger(plan(source("a"), source("b"), source("c")), lines.append)
    ledger.owe("a")
    ledger.paid("a")
    ledger.failed("a", "http://a.example/1", Reason("超时没有答复"), "k")
    ledger.paid("a")
    ledger.failed("b", "http://b.example/", Reason("服务器答复 500"))
    ledger.paid("b")
    before = ledger.settled
    ledger.owe("c")
    ledger.close("时间用尽")
    assert (before, ledger.settled) == (False, True)
    events = [Event.from_json(line) for line in lines]
    assert [(e.source, e.pending) for e in events if e.what == "done"] == [
        ("a", 1),
        ("b", 0),  # a listing that failed owes nothing
        ("c", 2),
    ]
    assert [e.reason for e in events if e.what == "failed"] == [
        "http://a.example/1：超时没有答复",
        "服务器答复 500",
        "时间用尽",
    ]


NOW = datetime(2026, 3, 5, 0, 0, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("Thu, 05 Mar 2026 00:10:00 GMT", 600),
        ("Wed, 04 Mar 2026 00:10:00 GMT", 0),
        ("Thu, 05 Mar 2126 00:10:00 GMT", MAX_RETRY_AFTER),
        ("9" * 400, MAX_RETRY_AFTER),
        ("-5", 0),
        ("soon", 0),
        ("", 0),
        ("²", 0),
    ],
)
def test_how_long_a_server_asks_us_to_stay_away(text: str, seconds: float) -> None:
    assert retry_after(text, now=NOW) == seconds


def test_a_host_gets_the_longest_delay_of_its_sources() -> None:
    slots = scrapy_settings(
        plan(
            source("a", "http://news.example/1", delay=1),
            source("b", "http://news.example/2", delay=5),
            source("c", "http://other.example/", delay=0),
        )
    )["DOWNLOAD_SLOTS"]
    assert slots == {
        "news.example": {"delay": 5, "concurrency": 1},
        "other.example": {"delay": SHORTEST_DELAY, "concurrency": 2},
    }


def test_every_kind_of_source_on_the_web_has_a_reader() -> None:
    web = {"feed", "page", "sitemap", "search", "hotlist"}
    assert web <= {str(kind) for kind in SOURCE_TYPES}


def listing(kind: SourceKind, body: str) -> list[tuple[str, str]]:
    made = Source("a", kind, "a", "http://news.example/", links="a" if kind == "page" else None)
    read = SOURCE_TYPES[kind](Response("http://news.example/", "text/html", body.encode()), made)
    return [(item.key, item.url) for item in read.items]


def test_the_key_of_an_item_is_its_page_and_stays_when_guid_or_scheme_change() -> None:
    entry = "<item><title>{title}</title><link>{link}</link><guid>{title}</guid></item>"
    feed = "<rss version='2.0'><channel>{}</channel></rss>"
    first = feed.format(entry.format(title="夜市开放", link="http://news.example/1?utm_source=rss"))
    second = feed.format(entry.format(title="更正：夜市未开放", link="https://news.example/1"))
    assert [key for key, _ in listing(SourceKind.FEED, first)] == [
        key for key, _ in listing(SourceKind.FEED, second)
    ]


def test_an_item_is_named_once() -> None:
    entry = "<item><title>{}</title><link>http://news.example/1</link></item>"
    feed = f"<rss version='2.0'><channel>{entry.format('甲')}{entry.format('乙')}</channel></rss>"
    assert len(listing(SourceKind.FEED, feed)) == 1
    links = "<a href='/1#top'>夜市</a><a href='/1?spm=3'>夜市恢复营业</a>"
    assert listing(SourceKind.PAGE, links) == [("https://news.example/1", "http://news.example/1")]
