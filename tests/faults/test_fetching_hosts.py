"""Patience with hosts: tries, pauses, delays, robots.txt, budgets."""

from __future__ import annotations

import time
from http.server import BaseHTTPRequestHandler
from itertools import pairwise
from pathlib import Path

from crawlers.plan import SourcePlan
from tests.faulty_host import (
    Answer,
    Host,
    collect,
    in_turn,
    redirect,
    say,
    serving,
    source,
)


def test_a_server_that_fails_once_costs_nothing(tmp_path: Path) -> None:
    with serving("127.0.0.1") as host:
        host.feed("/1", "/2")
        host.articles("/1", "/2")
        host.answers["/feed.xml"] = in_turn(say("", status=503), host.answers["/feed.xml"])
        host.answers["/2"] = in_turn(lambda handler: handler.connection.close(), host.answers["/2"])
        outcome = collect(tmp_path, [source("a", f"{host.url}/feed.xml")])
    assert outcome.kinds("a") == ["article", "article", "listing"]
    assert (outcome.reasons("a"), outcome.pending("a")) == ([], 0)


def test_an_item_that_failed_for_now_is_pending(tmp_path: Path) -> None:
    with serving("127.0.0.1") as host:
        host.feed("/1", "/2")
        host.articles("/1")
        host.answers["/2"] = say("错误", status=502)
        outcome = collect(tmp_path, [source("a", f"{host.url}/feed.xml")])
    (failed,) = outcome.of("a", "failed")
    assert (failed.key, failed.permanent) == (f"{host.url}/2", False)
    assert failed.reason == f"{host.url}/2：服务器答复 502"
    assert outcome.pending("a") == 1


def test_a_delay_means_one_request_at_a_time(tmp_path: Path) -> None:
    def slowly(host: Host) -> Answer:
        def answer(handler: BaseHTTPRequestHandler) -> None:
            with host.answering():
                time.sleep(0.1)
            say("<html><p>正文。</p></html>")(handler)

        return answer

    paths = [f"/{number}" for number in range(4)]
    with serving("127.0.0.1") as polite, serving("127.0.0.2") as fast:
        for host in (polite, fast):
            host.feed(*paths)
            host.answers.update(dict.fromkeys(paths, slowly(host)))
        outcome = collect(
            tmp_path,
            [
                source("polite", f"{polite.url}/feed.xml", delay=0.01),
                source("fast", f"{fast.url}/feed.xml"),
            ],
        )
    assert (polite.busiest, fast.busiest) == (1, 2)
    assert len(outcome.kinds("polite")) == len(outcome.kinds("fast")) == 5


def test_a_host_is_left_alone_after_too_many_requests(tmp_path: Path) -> None:
    paths = [f"/{number}" for number in range(9)]
    with serving("127.0.0.1") as host:
        host.feed(*paths)
        host.answers.update(dict.fromkeys(paths, say("稍后", status=429, Retry_After="60")))
        outcome = collect(tmp_path, [source("a", f"{host.url}/feed.xml", delay=0.01)])
        asked = [path for path in host.asked if path in paths]
    assert asked == ["/0"], "the first answer is heard by all that wait"
    assert outcome.pending("a") == 9
    assert all(0 < event.retry_after <= 60 for event in outcome.of("a", "failed"))


def test_a_host_that_is_down_does_not_cost_every_item_its_tries(tmp_path: Path) -> None:
    paths = [f"/{number}" for number in range(40)]
    with serving("127.0.0.1") as host:
        host.feed(*paths)
        host.answers.update(dict.fromkeys(paths, say("错误", status=500)))
        outcome = collect(tmp_path, [source("a", f"{host.url}/feed.xml", delay=0.01)])
        asked = [path for path in host.asked if path in paths]
    assert len(asked) < 20
    assert outcome.pending("a") == 40


def test_robots_are_followed_cut_and_asked_once(tmp_path: Path) -> None:
    def endless_rules(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b"User-agent: *\nDisallow: /no\n")
        while True:
            handler.wfile.write(b"# nothing\n" * 1000)

    with serving("127.0.0.1") as host:
        host.feed("/1", "/no/2")
        host.articles("/1", "/no/2")
        host.answers["/robots.txt"] = redirect("/rules.txt")
        host.answers["/rules.txt"] = endless_rules
        outcome = collect(tmp_path, [source("a", f"{host.url}/feed.xml")])
        assert sorted(host.asked) == ["/1", "/feed.xml", "/robots.txt", "/rules.txt"]
    assert outcome.kinds("a") == ["article", "listing"]
    assert outcome.reasons("a") == [f"{host.url}/no/2：该网站的 robots.txt 不允许采集此页"]


def test_a_short_wait_that_a_host_asks_for_is_kept_within_the_round(tmp_path: Path) -> None:
    with serving("127.0.0.1") as host:
        host.feed("/1", "/2", "/3")
        host.articles("/1", "/2", "/3")
        host.answers["/1"] = in_turn(say("稍后", status=429, Retry_After="1"), host.answers["/1"])
        host.answers["/3"] = in_turn(say("维护", status=503, Retry_After="1"), host.answers["/3"])
        outcome = collect(tmp_path, [source("a", f"{host.url}/feed.xml", delay=0.01)])
        at = dict(zip(host.asked, host.times, strict=True))
    assert outcome.kinds("a") == ["article", "article", "article", "listing"]
    assert (outcome.reasons("a"), outcome.pending("a")) == ([], 0)
    assert host.asked.count("/1") == host.asked.count("/3") == 2
    assert at["/2"] - host.times[host.asked.index("/1")] >= 1, "all that waits keeps the wait"


def test_a_host_that_asks_for_short_waits_for_ever_is_left_alone(tmp_path: Path) -> None:
    with serving("127.0.0.1") as host:
        host.feed("/1", "/2")
        host.answers.update(dict.fromkeys(("/1", "/2"), say("稍后", status=429, Retry_After="1")))
        outcome = collect(tmp_path, [source("a", f"{host.url}/feed.xml", delay=0.01)])
        asked = [path for path in host.asked if path in ("/1", "/2")]
    assert len(asked) == 3
    assert outcome.pending("a") == 2


def test_a_delay_that_robots_txt_asks_for_is_kept(tmp_path: Path) -> None:
    with serving("127.0.0.1") as host:
        host.feed("/1", "/2")
        host.articles("/1", "/2")
        rules = "User-agent: *\nCrawl-delay: 0.6\n"
        host.answers["/robots.txt"] = say(rules, kind="text/plain")
        collect(tmp_path, [source("a", f"{host.url}/feed.xml")])
        times = [
            at for path, at in zip(host.asked, host.times, strict=True) if "robots" not in path
        ]
    assert [later - earlier >= 0.6 for earlier, later in pairwise(times)] == [True, True]


def test_no_more_requests_than_the_days_budget(tmp_path: Path) -> None:
    with serving("127.0.0.1") as poor, serving("127.0.0.2") as rich:
        for host in (poor, rich):
            host.feed("/1", "/2", "/3")
            host.articles("/1", "/2", "/3")
        entry = SourcePlan(source("poor", f"{poor.url}/feed.xml"), budget=4, renews=3600)
        outcome = collect(tmp_path, [entry, source("rich", f"{rich.url}/feed.xml")])
        assert len(poor.asked) == 4
    assert (outcome.pending("poor"), outcome.pending("rich")) == (1, 0)
    assert [(e.reason.partition("：")[2], e.retry_after) for e in outcome.of("poor", "failed")] == [
        ("今天的请求次数已用完，明天继续", 3600)
    ]
    assert [outcome.of(name, "done")[0].requests for name in ("poor", "rich")] == [4, 5]
