from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.claims.facts import FactIndex, compare
from pipeline.claims.reading import read
from pipeline.model import Fact, FactElement, Finding

AT = datetime(2026, 3, 5, 4, 0, tzinfo=UTC)


def fact(id: str = "fee", value: str = "0元", **changes: Any) -> Fact:  # noqa: A002
    values: dict[str, Any] = {
        "statement": f"企业开办工本费{value}。",
        "subjects": ("企业开办", "注册公司"),
        "elements": (FactElement("fee", "amount", value, cues=("工本费",)),),
    }
    return Fact(id, **{**values, **changes})


def kinds(facts: list[Fact], text: str, at: datetime = AT, title: str = "") -> list[str]:
    return [f"{f.fact}:{f.kind}" for f in compare(facts, text, at=at, title=title)]


def test_a_conflict_shows_both_sides_at_its_place_in_the_original() -> None:
    text = "听说…注册公司\u200b要交工本费２００元。"
    [finding] = compare([fact()], text, at=AT)
    assert finding == Finding("fee", "conflict", "fee", "0元", "２００元", (13, 17), "text")
    assert text[13:17] == "２００元"


def test_a_finding_in_the_title() -> None:
    [finding] = compare([fact()], "详见正文。", at=AT, title="注册公司工本费200元")
    assert (finding.field, finding.span) == ("title", (7, 11))


def test_a_title_that_refutes_silences_the_text() -> None:
    assert kinds([fact()], "注册公司要交工本费200元。", title="辟谣！这些说法别信") == []


def test_the_subject_may_stand_in_a_sentence_beside() -> None:
    assert kinds([fact()], "今天去注册公司。窗口说工本费200元。") == ["fee:conflict"]
    assert kinds([fact()], "今天去注册公司。天气好。人不多。午饭很香。工本费200元。") == []


OLD = fact("old", "100元", effective_to=date(2025, 12, 31))
NEW = fact("new", "50元", effective_from=date(2026, 1, 1))


@pytest.mark.parametrize(
    ("value", "found"),
    [("100元", ["old:outdated"]), ("50元", ["new:consistent"]), ("80元", ["new:conflict"])],
)
def test_successive_facts(value: str, found: list[str]) -> None:
    assert kinds([OLD, NEW], f"注册公司的工本费是{value}。") == found


def test_successor_by_name_ends_what_it_supersedes() -> None:
    old = fact("old", "100元")
    new = fact("new", "50元", effective_from=date(2026, 1, 1), supersedes="old")
    assert kinds([old, new], "注册公司的工本费是100元。") == ["old:outdated"]
    before = datetime(2025, 6, 1, tzinfo=UTC)
    assert kinds([old, new], "注册公司的工本费是100元。", before) == ["old:consistent"]


def test_a_report_may_announce_what_is_not_yet_in_force() -> None:
    before = datetime(2025, 12, 20, tzinfo=UTC)
    assert kinds([OLD, NEW], "注册公司的工本费是50元。", before) == []
    assert kinds([OLD, NEW], "注册公司的工本费是80元。", before) == ["old:conflict"]


def test_the_day_is_the_agencys() -> None:
    eve = datetime(2025, 12, 31, 17, 0, tzinfo=UTC)  # 01:00 on 1 January in Beijing
    assert kinds([OLD, NEW], "注册公司的工本费是50元。", eve) == ["new:consistent"]


def test_facts_not_in_force_say_nothing() -> None:
    assert kinds([OLD], "注册公司的工本费是200元。") == []


REQUIRED = fact(
    elements=(
        FactElement("fee", "amount", "0元", cues=("工本费",)),
        FactElement("scope", "phrase", "全市", required=True),
    )
)


def test_an_omission_only_where_the_subject_is_treated() -> None:
    assert kinds([REQUIRED], "注册公司免收工本费。") == ["fee:consistent", "fee:omission"]
    assert kinds([REQUIRED], "全市注册公司免收工本费。") == ["fee:consistent", "fee:consistent"]
    assert kinds([REQUIRED], "今天注册公司的人很多。") == []
    [omission] = [f for f in compare([REQUIRED], "注册公司免收工本费。", at=AT) if f.found is None]
    assert (omission.element, omission.span) == ("scope", None)


def test_units_must_agree_for_durations_too() -> None:
    limit = fact(elements=(FactElement("limit", "duration", "3个工作日", cues=("办结",)),))
    assert kinds([limit], "注册公司3天办结。") == ["fee:conflict"]
    assert kinds([limit], "注册公司三个工作日办结。") == ["fee:consistent"]


def test_no_facts() -> None:
    assert FactIndex([]).compare("标题", "注册公司", at=AT) == []
    assert kinds([Fact("bare", "没有要素。", subjects=("注册公司",))], "注册公司") == []


@given(
    st.text(
        st.sampled_from("注册公司工本费交收元两百0123,。？不免是谣言去年起全市\u200b…"), max_size=60
    )
)
def test_never_raises_and_spans_hold_what_was_found(text: str) -> None:
    for finding in compare([OLD, NEW, REQUIRED], "注册公司" + text, at=AT):
        if finding.span is not None:
            assert ("注册公司" + text)[slice(*finding.span)] == finding.found


def test_a_table_is_not_read_and_what_runs_on_is_cut() -> None:
    assert kinds([fact()], "注册公司工本费" + "200元 " * 40) == []
    filler = "这里说的是别的事情，" * 60
    text = f"注册公司工本费200元，{filler}"
    [finding] = compare([fact()], text, at=AT)
    assert text[slice(*(finding.span or (0, 0)))] == "200元"
    lines = read("", text).lines
    assert "".join(line.text for line in lines) == text
    assert max(len(line.text) for line in lines) <= 400


def test_sums_with_a_name_of_their_own_are_not_the_fee() -> None:
    assert kinds([fact()], "注册公司工本费全免，刻章费200元。") == ["fee:consistent"]
    assert kinds([fact()], "注册公司花了200元买打印纸。") == []


def test_another_edition_or_city_is_not_compared() -> None:
    fair = fact(
        statement="第八届临江市灯会票价30元。",
        subjects=("灯会",),
        elements=(FactElement("fee", "amount", "30元", cues=("票价",)),),
    )
    assert kinds([fair], "第七届灯会票价20元。") == []
    assert kinds([fair], "武汉灯会票价20元。") == []
    assert kinds([fair], "灯会票价20元。") == ["fee:conflict"]


def test_elements_without_cues_are_told_by_their_statement() -> None:
    show = fact(
        statement="菊花展在翠屏公园举办，门票20元。",
        subjects=("菊花展",),
        elements=(
            FactElement("ticket", "amount", "20元"),
            FactElement("where", "place", "翠屏公园"),
        ),
    )
    assert kinds([show], "菊花展挪到植物园举办，门票50元。") == ["fee:conflict", "fee:conflict"]
    assert kinds([show], "看菊花展走丢了手机，里面有300元现金。") == []


def test_an_opinion_leaves_nothing_out() -> None:
    assert kinds([REQUIRED], "我觉得注册公司免收工本费应该推广。") == []
