"""A crawl of more than 200 sources, faults among them: it ends, gets all there is, tells of every
fault, keeps to every robots.txt and delay (measured at the servers), and stays small."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pipeline.stores import open_store
from tests.crawl_web.faulty import FAULTS
from tests.crawl_web.healthy import HEALTHY
from tests.crawl_web.rounds import AGENT, Installation, Round, configured
from tests.crawl_web.server import Asked
from tests.crawl_web.world import TRAPS, Site, World

MEMORY = 350 * 1000 * 1000
"""Bytes of all processes of a round together."""
CLOCK = 0.01
"""Seconds by which a timer may be early."""

Mentions = Counter[tuple[str, str]]


@dataclass(frozen=True)
class Visit:
    """One round: what it printed, what the servers saw, what the store held after it."""

    round: Round
    asked: Mapping[str, list[Asked]]
    mentions: Mentions


@dataclass(frozen=True)
class Crawl:
    world: World
    first: Visit
    second: Visit

    def error(self, visit: Visit, site: Site) -> str:
        return str(visit.round.lines[site.id]["error"] or "")


def _world(folder: Path) -> World:
    world = World(folder)
    for name, (count, build) in HEALTHY.items():
        for number in range(count):
            world.site(f"{name}-{number}", build)
    for name, (build, told) in FAULTS.items():
        world.site(name, build).told = told
    return world


def _visit(world: World, installation: Installation) -> Visit:
    world.web.asked.clear()
    made = installation.collect()
    assert made.status == 0, made.said
    asked: dict[str, list[Asked]] = defaultdict(list)
    for each in world.web.asked:
        asked[each.host].append(each)
    store = open_store(f"sqlite:///{installation.data / 'mentions.db'}")
    try:
        stored = store.scan(since=datetime(1900, 1, 1, tzinfo=UTC))
        return Visit(made, asked, Counter((each.url, each.title) for each in stored))
    finally:
        store.close()


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawl]:
    folder = tmp_path_factory.mktemp("crawl")
    world = _world(folder)
    installation = configured(folder, world, timeout=10, round=200, pause=0.5)
    with world.web:
        yield Crawl(world, _visit(world, installation), _visit(world, installation))


def test_it_ends_by_itself_with_a_line_for_each_source(crawl: Crawl) -> None:
    sources = {site.id for site in crawl.world.sources}
    assert len(sources) >= 200
    for visit in (crawl.first, crawl.second):
        assert (visit.round.status, visit.round.said) == (0, "")
        assert set(visit.round.lines) == sources
        assert not [line for line in visit.round.lines.values() if "时间用尽" in str(line["error"])]


def test_every_article_that_exists_is_a_mention_once(crawl: Crawl) -> None:
    wanted = Mentions()
    for site in crawl.world.sites.values():
        wanted += site.articles
    assert _difference(crawl.first.mentions, wanted) == {}
    assert wanted.total() > 900


def test_the_second_round_brings_what_was_still_owed_and_nothing_else(crawl: Crawl) -> None:
    later = Mentions()
    for site in crawl.world.sites.values():
        later += site.later
    assert _difference(crawl.second.mentions, crawl.first.mentions + later) == {}


def _difference(found: Mentions, wanted: Mentions) -> dict[tuple[str, str], int]:
    """How often each mention was found more (or, negative, less) than it should be."""
    return {key: found[key] - wanted[key] for key in found | wanted if found[key] != wanted[key]}


def test_every_fault_is_told_at_its_source_and_no_other(crawl: Crawl) -> None:
    wrong = {
        site.id: error
        for site in crawl.world.sources
        if not _tells(error := crawl.error(crawl.first, site), site.told)
    }
    assert wrong == {}
    assert all(
        bool(crawl.first.round.lines[s.id]["failed"]) is bool(s.told) for s in crawl.world.sources
    )


def test_what_still_fails_is_told_again(crawl: Crawl) -> None:
    wrong = {
        site.id: error
        for site in crawl.world.sources
        if not _tells(
            error := crawl.error(crawl.second, site),
            site.told if site.told_later is None else site.told_later,
        )
    }
    assert wrong == {}


def _tells(error: str, told: str) -> bool:
    return error.endswith(told) if told else not error


def test_each_source_counts_its_own_new_articles(crawl: Crawl) -> None:
    for visit, due in ((crawl.first, "articles"), (crawl.second, "later")):
        new = {name: line["new"] for name, line in visit.round.lines.items()}
        own = {site.id: getattr(site, due).total() for site in crawl.world.sources}
        shared = {site.id for site in crawl.world.sources if site.shared}
        assert {name: new[name] for name in own.keys() - shared if new[name] != own[name]} == {}
        assert sum(new[name] for name in shared) == sum(own[name] for name in shared)


# --- at the servers' side ----------------------------------------------------------------------


def test_robots_txt_comes_first_and_is_obeyed(crawl: Crawl) -> None:
    for visit in (crawl.first, crawl.second):
        for host, asked in visit.asked.items():
            site = crawl.world.sites[host]
            assert asked[0].path == "/robots.txt", site.id
            assert {each.path for each in asked} & site.refused == set(), site.id
            assert {each.agent for each in asked} == {AGENT}


def test_delays_are_kept(crawl: Crawl) -> None:
    slow = [site for site in crawl.world.sites.values() if site.spacing]
    assert len(slow) >= 10
    for visit in (crawl.first, crawl.second):
        for site in slow:
            times = [each.at for each in visit.asked.get(site.host, [])]
            gaps = [after - before for before, after in pairwise(times)]
            assert all(gap >= site.spacing - CLOCK for gap in gaps), (site.id, gaps)
    assert all(len(crawl.first.asked[site.host]) >= 4 for site in slow)


def test_no_host_is_asked_by_many_at_a_time(crawl: Crawl) -> None:
    for visit in (crawl.first, crawl.second):
        for host, asked in visit.asked.items():
            site = crawl.world.sites[host]
            assert max(each.open for each in asked) <= (1 if site.spacing else 2), site.id


def test_nothing_outside_the_allowed_network_is_touched(crawl: Crawl) -> None:
    assert not set(TRAPS) & set(crawl.world.web.touched)


def test_an_article_is_fetched_once_whoever_names_it(crawl: Crawl) -> None:
    paths = {urlsplit(url).path for site in _healthy(crawl) for url, _ in site.articles}
    for site in _healthy(crawl):
        times = Counter(each.path.partition("?utm_")[0] for each in crawl.first.asked[site.host])
        assert {path: n for path, n in times.items() if n > 1} == {}, site.id
        again = [each for each in crawl.second.asked[site.host] if each.path in paths]
        assert again == [], site.id


def test_what_has_not_changed_is_not_sent_again(crawl: Crawl) -> None:
    for site in crawl.world.sources:
        line = crawl.second.round.lines[site.id]
        assert bool(line["unchanged"]) is site.conditional, site.id
        asked = [each for each in crawl.second.asked[site.host] if each.path == site.listing]
        assert all(each.conditional for each in asked) or not site.conditional, site.id


def _healthy(crawl: Crawl) -> list[Site]:
    return [site for site in crawl.world.sources if site.id not in FAULTS]


def test_a_round_stays_small(crawl: Crawl) -> None:
    for visit in (crawl.first, crawl.second):
        assert len(visit.round.peaks) >= 2, "the collector has a process of its own"
        assert sum(visit.round.peaks) < MEMORY, visit.round.peaks
