"""How things are shown: marks, versions, times, sources, conditions, cells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desk import times
from desk.conditions import in_words
from desk.differences import differences
from desk.exports import defused
from desk.marking import Mark, passages, segments
from desk.source_health import Lately, judge
from pipeline.model import AllOf, AnyOf, Near, NoneOf, Source, SourceKind
from tests.builders import NOON

TEXT = "第一句。窗口说要交200元工本费！第三句没有什么。最后一句也提到工本费。"


def test_passages_are_the_sentences_with_marks() -> None:
    first, last = TEXT.index("200元"), TEXT.rindex("工本费")
    marks = [Mark(last, last + 3, "term"), Mark(first, first + 4, "conflict")]
    shown = ["".join(each.text for each in passage) for passage in passages(TEXT, marks)]
    assert shown == ["窗口说要交200元工本费！", "最后一句也提到工本费。"]


def test_overlapping_marks_keep_both_kinds() -> None:
    cut = segments("窗口说要交200元", [Mark(0, 9, "claim"), Mark(5, 9, "conflict")])
    assert [(each.text, each.kinds) for each in cut] == [
        ("窗口说要交", ("claim",)),
        ("200元", ("claim", "conflict")),
    ]


marks = st.builds(
    Mark, st.integers(-5, 60), st.integers(-5, 60), st.sampled_from(["term", "claim"])
)


@given(st.text(max_size=50), st.lists(marks, max_size=6))
@example("0", [Mark(-2, -1, "term")])
def test_segments_lose_no_character(text: str, given_marks: list[Mark]) -> None:
    cut = segments(text, given_marks)
    assert "".join(each.text for each in cut) == text
    for passage in passages(text, given_marks):
        assert "".join(each.text for each in passage) in text


def test_differences_are_words_not_characters() -> None:
    changes = differences("三个工作日内办结。", "五个工作日内办结，不收费。")
    assert "".join(each.text for each in changes if each.kind != "added") == "三个工作日内办结。"
    assert "".join(each.text for each in changes if each.kind != "removed") == (
        "五个工作日内办结，不收费。"
    )
    assert any(each.kind == "same" and "工作日" in each.text for each in changes)


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (timedelta(seconds=20), "刚刚"),
        (timedelta(0), "刚刚"),
        (timedelta(seconds=-20), "不到1分钟后"),
        (timedelta(minutes=3), "3分钟前"),
        (timedelta(hours=2, minutes=5), "2小时5分前"),
        (timedelta(hours=9, minutes=5), "9小时前"),
        (timedelta(days=1, hours=23), "1天23小时前"),
        (timedelta(days=12), "12天前"),
        (timedelta(hours=-3), "3小时后"),
    ],
)
def test_relative_times(before: timedelta, said: str) -> None:
    assert times.relative(NOON - before, NOON) == said


def test_absolute_times_are_those_of_the_agency() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    late = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)
    assert times.absolute(late, zone, NOON) == "3月5日 01:00"
    assert times.absolute(late.replace(year=2025), zone, NOON) == "2025年3月5日 01:00"


@dataclass
class Known:
    due_at: datetime | None = None
    last_attempt_at: datetime | None = NOON
    last_success_at: datetime | None = NOON
    last_new_at: datetime | None = NOON
    gap_at: datetime | None = None
    failures: int = 0
    pending: int = 0
    code: str = ""
    error: str = ""
    usual: dict[str, Any] | None = None


SOURCE = Source("gazette", SourceKind.FEED, "临江日报", "http://news.example/")


@pytest.mark.parametrize(
    ("known", "kind"),
    [
        (None, "waiting"),
        (Known(), "ok"),
        (Known(failures=2, error="没有应答。"), "failing"),
        (Known(due_at=NOON - timedelta(hours=2)), "late"),
        (Known(due_at=NOON - timedelta(minutes=5)), "ok"),
        (Known(last_new_at=NOON - timedelta(days=4)), "ok"),
        (Known(last_new_at=NOON - timedelta(days=15)), "silent"),
        (Known(failures=2, code="robots", error="robots.txt 不允许。"), "robots"),
        (Known(failures=2, code="gone", error="服务器答复 404"), "gone"),
        (Known(gap_at=NOON - timedelta(days=1)), "gap"),
        (Known(pending=4), "partial"),
        (Known(gap_at=NOON - timedelta(days=1), last_new_at=NOON - timedelta(days=20)), "silent"),
    ],
)
def test_health_of_sources(known: Known | None, kind: str) -> None:
    assert judge(SOURCE, known, NOON).kind == kind


def test_what_waits_in_quarantine_is_said_but_is_no_trouble() -> None:
    health = judge(SOURCE, Known(), NOON, Lately(unread=3))
    assert (health.kind, health.label, health.troubled) == ("unread", "有未读出", False)
    assert health.sentence == "有3份内容没能读出，在隔离区。"
    worse = judge(SOURCE, Known(pending=4), NOON, Lately(unread=3))
    assert (worse.kind, worse.beside) == ("partial", (health.sentence,))
    form = Source("form", SourceKind.ENTRY, "录入", "")
    assert judge(form, None, NOON, Lately(unread=1)).kind == "unread"
    assert judge(form, None, NOON, Lately()).kind == "ok"


def test_conditions_in_words() -> None:
    condition = AllOf(
        (AnyOf(("工商局", "市监局")), Near((("注册",), ("收费",)), 30), NoneOf(("招聘",)))
    )
    assert in_words(condition) == (
        "含“工商局”“市监局”之一，且“注册”与“收费”相距不超过30字，且不含“招聘”"
    )


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@A1", "\t=1", "＝1"])
def test_cells_that_look_like_formulas_are_defused(cell: str) -> None:
    assert defused(cell) == "'" + cell


def test_other_cells_stay() -> None:
    assert [defused("标题"), defused(None), defused(3)] == ["标题", "", "3"]
