"""When young articles are fetched again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from alerts.models import Revisit
from config import revisits
from crawlers.plan import Event
from tests.builders import NOON

pytestmark = pytest.mark.django_db

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def event(what: Any = "fetched", key: str = "k", **about: Any) -> Event:
    return Event(what, "gazette", url=f"http://news.example/{key}", key=key, **about)


def due(after: timedelta, *sources: str) -> list[str]:
    found = revisits.due(sources or ("gazette",), NOON + after)
    return [each.key for rows in found.values() for each in rows]


def test_an_article_is_visited_four_times_at_growing_ages() -> None:
    revisits.begin(event(digest="1", position="1:0", etag='"1"'), NOON)
    visits, at = [], timedelta(0)
    while Revisit.objects.exists():
        at += 10 * MINUTE
        if due(at):
            visits.append(at)
            revisits.visited(event("unchanged", etag='"1"'), NOON + at)
    assert visits == [HOUR, 6 * HOUR, DAY, 3 * DAY]


def test_a_source_that_is_visited_seldom_misses_none_twice() -> None:
    revisits.begin(event(), NOON)
    revisits.visited(event("unchanged"), NOON + 7 * HOUR)
    assert due(DAY - MINUTE) == []
    assert due(DAY) == ["k"]


def test_what_the_visit_said_is_known_the_next_time() -> None:
    revisits.begin(event(digest="1", position="1:0", etag='"1"', last_modified="a"), NOON)
    revisits.visited(event("failed"), NOON + HOUR)
    ((first,),) = revisits.due(["gazette"], NOON + DAY).values()
    assert (first.digest, first.position) == ("1", "1:0")
    assert (first.validators.etag, first.validators.last_modified) == ('"1"', "a")
    changed = event(digest="2", position="1:9", etag='"2"', last_modified="b", again=True)
    revisits.visited(changed, NOON + DAY)
    ((second,),) = revisits.due(["gazette"], NOON + 3 * DAY).values()
    assert (second.digest, second.position) == ("2", "1:9")
    assert (second.validators.etag, second.validators.last_modified) == ('"2"', "b")


def test_an_article_that_is_gone_stays_known_as_that_and_may_come_back() -> None:
    revisits.begin(event(), NOON)
    revisits.gone(event("gone"), NOON + HOUR)
    revisits.gone(event("gone"), NOON + 6 * HOUR)
    assert Revisit.objects.get().gone_at == NOON + HOUR
    revisits.visited(event("fetched", digest="1"), NOON + DAY)
    assert Revisit.objects.get().gone_at is None
    revisits.gone(event("gone"), NOON + 3 * DAY)
    row = Revisit.objects.get()
    assert (row.gone_at, row.next_at) == (NOON + 3 * DAY, None)
    assert due(30 * DAY) == []


def test_no_round_is_filled_with_old_articles() -> None:
    for number in range(revisits.MOST + 5):
        revisits.begin(event(key=f"k{number}"), NOON - number * MINUTE)
    revisits.begin(Event("fetched", "portal", url="http://p.example/1", key="p"), NOON)
    assert len(due(HOUR)) == revisits.MOST
    assert due(HOUR)[0] == f"k{revisits.MOST + 4}", "the longest overdue first"
    assert due(HOUR, "portal") == ["p"]
    assert due(HOUR, "other") == []


def test_a_budget_is_for_what_is_new() -> None:
    for number in range(9):
        revisits.begin(event(key=f"k{number}"), NOON)
    (found,) = revisits.due(["gazette"], NOON + HOUR).values()
    afforded = [len(revisits.afforded(found, left)) for left in (None, 100, 20, 3, 0)]
    assert afforded == [9, 9, 5, 0, 0]


def test_one_address_of_two_sources_is_visited_once() -> None:
    revisits.begin(event(), NOON)
    revisits.begin(Event("fetched", "portal", url="http://news.example/k", key="k"), NOON)
    assert due(HOUR, "gazette", "portal") == ["k"]


def test_a_visit_to_what_nobody_knows_changes_nothing() -> None:
    revisits.visited(event("unchanged"), NOON)
    revisits.gone(event("gone"), NOON)
    assert not Revisit.objects.exists()
