"""What people decided about stories stays decided: for what comes later, and in a rebuild."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.known import Known
from pipeline.model import Mention
from pipeline.stores.memory import MemoryStore
from pipeline.story_decisions import NOTHING, Decided, Decision, decided, settle
from tests.archive import Archive, item, reading
from tests.builders import NOON, mention

MARKET = "滨江夜市下个月要全部关停取缔，摊位费也不退，大家快去找管理处要个说法，别等到最后没人管。"
RIVER = "滨江夜市下个月要搬到河西新址营业，摊位费不涨也不退，请各位摊主按通知去管理处签新协议。"


def split(*moved: str, stayed: tuple[str, ...] = (), target: str = "new") -> Decision:
    return Decision("split", "old", target, moved, stayed)


def test_a_member_that_was_split_off_is_of_the_new_story() -> None:
    made = decided([split("b", stayed=("a",))])
    assert (made.story("b", "old"), made.story("a", "old"), made.story("c", "old")) == (
        "new", "old", "old",
    )  # fmt: skip


def test_merged_stories_follow_each_other() -> None:
    made = decided([Decision("merge", "a", "b"), Decision("merge", "b", "c")])
    assert (made.story("x", "a"), made.story("x", "b"), made.story("x", "c")) == ("c", "c", "c")


def test_a_later_decision_undoes_an_earlier_one() -> None:
    back = [split("b", stayed=("a",)), Decision("merge", "new", "old")]
    assert decided(back).story("b", "old") == "old"
    swapped = [Decision("merge", "a", "b"), Decision("merge", "b", "a")]
    assert (decided(swapped).story("x", "a"), decided(swapped).story("x", "b")) == ("a", "a")


def test_a_merge_takes_along_what_was_split_off_before() -> None:
    made = decided([split("b", stayed=("a",)), Decision("merge", "new", "third")])
    assert (made.story("b", "old"), made.story("a", "old")) == ("third", "old")


def test_the_store_is_brought_in_line_once() -> None:
    store = MemoryStore()
    store.put([mention(each, story="old") for each in "abc"] + [mention("d", story="other")])
    made = decided([split("b", "c", stayed=("a",)), Decision("merge", "other", "old")])
    assert settle(store, made) == 3
    stories = {each.id: each.story for each in store.get(list("abcd")).values()}
    assert stories == {"a": "old", "b": "new", "c": "new", "d": "old"}
    assert settle(store, made) == 0


def placed(known: Known, name: str, text: str, hours: int = 0) -> Mention:
    at = NOON + timedelta(hours=hours)
    return known.place(mention(name, text[:14], text, story="", seen_at=at, published_at=at))


@pytest.fixture
def stored() -> dict[str, Mention]:
    """Two reports of one story, the second no copy of the first."""
    known = Known([])
    first, second = placed(known, "first", MARKET), placed(known, "second", RIVER)
    assert second.duplicate_of is None
    return {"first": first, "second": replace(second, story=first.story)}


SPLIT = decided([Decision("split", "first", "new", ("second",), ("first",))])


@pytest.mark.parametrize("decisions", [SPLIT, NOTHING])
def test_what_is_like_the_split_off_ones_follows_them(
    stored: dict[str, Mention], decisions: Decided
) -> None:
    if decisions is NOTHING:  # the store alone says it
        stored["second"] = replace(stored["second"], story="new")
    known = Known(stored.values(), decisions)
    assert placed(known, "third", f"转发：{RIVER}", 1).story == "new"
    assert placed(known, "fourth", RIVER.replace("签新协议", "办理手续"), 2).story == "new"
    assert placed(known, "fifth", f"转发：{MARKET}", 3).story == "first"


def test_a_copy_that_was_split_off_begins_a_family() -> None:
    known = Known([])
    first = placed(known, "first", MARKET)
    copy_text = MARKET.replace("滨江夜市", "城南菜场")
    copy = placed(known, "copy", copy_text, 1)
    assert copy.duplicate_of == "first"
    known = Known(
        [first, copy], decided([Decision("split", "first", "new", ("copy",), ("first",))])
    )
    again = placed(known, "again", f"转发：{copy_text}", 2)
    assert (again.duplicate_of, again.story) == ("copy", "new")
    assert placed(known, "other", f"转发：{MARKET}", 2).story == "first"


def test_a_rebuild_from_nothing_keeps_it() -> None:
    made = decided([Decision("split", "first", "new", ("first",), ("copy",))])
    known = Known([], made)
    assert placed(known, "first", MARKET).story == "new"
    assert placed(known, "copy", MARKET.replace("滨江夜市", "城南菜场"), 1).story == "first"


def test_what_comes_to_a_merged_story_is_of_the_one_that_took_it() -> None:
    known = Known([mention("first", MARKET[:14], MARKET, story="first")])
    merged = Known(
        [mention("first", MARKET[:14], MARKET, story="first")],
        decided([Decision("merge", "first", "other")]),
    )
    assert placed(known, "copy", f"转发：{MARKET}").story == "first"
    assert placed(merged, "copy", f"转发：{MARKET}").story == "other"


@pytest.mark.django_db
def test_the_pipeline_follows_what_is_decided_between_two_rounds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading(monkeypatch)
    archive = Archive(tmp_path)
    archive.append(item("one", f"夜市\n{MARKET}"))
    pipeline = archive.pipeline()
    pipeline.run()
    (first,) = archive.store.scan(since=NOON)
    pipeline.decisions = lambda: decided([Decision("merge", first.story, "other")])
    archive.append(item("two", f"夜市\n转发：{MARKET}", minute=5))
    pipeline.run()
    assert [each.story for each in archive.store.scan(since=NOON)] == ["other", "other"]
