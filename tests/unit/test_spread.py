from __future__ import annotations

from datetime import timedelta
from typing import Any

from pipeline.model import Mention
from pipeline.spread import Told, joined, spread
from tests.builders import NOON, mention

NAMES = {"gazette": "临江日报", "forum": "临江论坛", "portal": "临江门户网"}


def told(id: str, minute: int, source: str, **changes: Any) -> Mention:  # noqa: A002
    at = NOON + timedelta(minutes=minute)
    return mention(id, source=source, seen_at=at, published_at=at, story="first", **changes)


def by_id(mentions: list[Mention]) -> dict[str, Told]:
    return {each.mention.id: each for each in spread(mentions, NAMES)}


FIRST = told("first", 0, "forum")
GAZETTE = told("paper", 10, "gazette", duplicate_of="first")


def test_a_copy_that_names_an_earlier_source_was_copied_from_there() -> None:
    copy = told("copy", 20, "portal", duplicate_of="first", origin="临江日报客户端")
    found = by_id([copy, GAZETTE, FIRST])["copy"]
    assert (found.copied, found.how, found.names) == (GAZETTE, "named", "临江日报客户端")


def test_a_note_in_the_text_names_it_too() -> None:
    copy = told("copy", 20, "portal", duplicate_of="first", text="夜市要关。（来源：临江日报）")
    user = told("user", 30, "forum", duplicate_of="first", text="真的吗//@阿明:夜市要关")
    author = told("author", 5, "forum", duplicate_of="first", author="阿明")
    found = by_id([FIRST, GAZETTE, copy, author, user])
    assert (found["copy"].copied, found["copy"].how) == (GAZETTE, "named")
    assert (found["user"].copied, found["user"].how) == (author, "named")


def test_without_a_name_it_is_concluded_that_the_earliest_was_copied() -> None:
    copy = told("copy", 20, "portal", duplicate_of="first")
    found = by_id([FIRST, GAZETTE, copy])["copy"]
    assert (found.copied, found.how, found.names) == (FIRST, "alike", "")


def test_a_named_source_that_came_later_is_only_told() -> None:
    late = told("late", 30, "gazette", duplicate_of="first")
    copy = told("copy", 20, "portal", duplicate_of="first", origin="临江日报")
    found = by_id([FIRST, late, copy])["copy"]
    assert (found.copied, found.how, found.names) == (FIRST, "alike", "临江日报")


def test_its_own_name_is_no_source() -> None:
    own = told("own", 20, "gazette", duplicate_of="first", origin="临江日报")
    found = by_id([FIRST, own])["own"]
    assert (found.copied, found.how, found.names) == (FIRST, "alike", "")


def test_the_first_that_was_noticed_may_be_the_copy() -> None:
    earlier = told("earlier", -60, "gazette", duplicate_of="first")
    found = by_id([FIRST, earlier])
    assert found["earlier"].copied is None
    assert found["first"].copied == earlier


def test_other_reports_of_the_event_are_no_copies() -> None:
    other = told("other", 20, "portal", origin="临江论坛")
    assert by_id([FIRST, other])["other"].how is None


def test_a_date_without_a_time_does_not_make_it_the_first() -> None:
    midnight = NOON.replace(hour=16) - timedelta(days=1)
    dated = mention(
        "dated", source="gazette", seen_at=NOON + timedelta(minutes=40), published_at=midnight,
        published_precision="day", duplicate_of="first",
    )  # fmt: skip
    assert by_id([FIRST, dated])["dated"].copied == FIRST


def test_sources_in_the_order_in_which_they_joined() -> None:
    again = told("again", 30, "forum", duplicate_of="first")
    found = joined(spread([again, GAZETTE, FIRST], NAMES))
    assert [(each.source, each.count, each.copies) for each in found] == [
        ("forum", 2, 1),
        ("gazette", 1, 1),
    ]
    assert found[0].first == FIRST
