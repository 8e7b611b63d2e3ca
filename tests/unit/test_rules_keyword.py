from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.rules.checks import check_rule
from alerts.rules.keyword import compile_rules
from pipeline.errors import BadInputError
from pipeline.model import AllOf, AnyOf, Condition, Near, NoneOf, Rule, RuleHit, When
from pipeline.normalise import fold


def rule(condition: Condition | None, id: str = "r", **changes: Any) -> Rule:  # noqa: A002
    return Rule(id, condition=condition, **changes)


def hits(condition: Condition, text: str, title: str = "", **changes: Any) -> list[RuleHit]:
    return compile_rules([rule(condition, **changes)]).match(title, text)


def matched(condition: Condition, text: str, **changes: Any) -> list[str]:
    return [span[2] for hit in hits(condition, text, **changes) for span in hit.spans]


FEE = AllOf((AnyOf(("市场监管局", "工商局")), AnyOf(("收费", "工本费"))))


def test_all_looks_at_title_and_text_together() -> None:
    [hit] = hits(FEE, "办照要工本费", title="工商局新规")
    assert hit.spans == ((0, 3, "工商局", "title"), (3, 6, "工本费", "text"))
    assert hit.reason == "规则“r”命中：标题含“工商局”，正文含“工本费”。"


def test_reason_uses_the_name_of_the_rule() -> None:
    [hit] = hits(AnyOf(("收费",)), "要收费", name="收费谣言")
    assert hit.reason == "规则“收费谣言”命中：正文含“收费”。"


def test_none_keeps_a_rule_from_hitting_and_leaves_no_span() -> None:
    condition = AllOf((FEE, NoneOf(("招聘",))))
    assert hits(condition, "工商局收费岗位招聘") == []
    assert matched(condition, "工商局收费") == ["工商局", "收费"]


def test_conditions_nest() -> None:
    condition = AnyOf((AllOf(("甲方", NoneOf(("乙方",)))), "丙方"))
    assert hits(condition, "甲方来了")
    assert not hits(condition, "甲方和乙方来了")
    assert hits(condition, "甲方和乙方和丙方来了")


@pytest.mark.parametrize(
    ("text", "fires"),
    [("注册一家公司收费", True), ("收费才能注册", True), ("注册" + "很" * 9 + "收费", False)],
)
def test_near_counts_between_the_matches_in_either_order(text: str, fires: bool) -> None:
    assert bool(hits(Near((("注册",), ("收费",)), 8), text)) is fires


def test_near_counts_original_characters() -> None:
    text = "注册\u200b\u200b\u200b收费"
    assert not hits(Near((("注册",), ("收费",)), 2), text)
    assert hits(Near((("注册",), ("收费",)), 3), text)


def test_near_sees_each_field_by_itself() -> None:
    assert not hits(Near((("注册",), ("收费",)), 50), "收费", title="注册")


def test_near_of_three_is_a_chain_of_neighbours() -> None:
    condition = Near((("甲",), ("乙",), ("丙",)), 2)
    assert hits(condition, "丙12甲12乙")
    assert not hits(condition, "丙123甲12乙")


def test_near_shows_only_what_lies_together() -> None:
    text = "收费" + "很" * 40 + "注册要收费"
    [hit] = hits(Near((("注册",), ("收费",)), 5), text)
    assert [span[:2] for span in hit.spans] == [(42, 44), (45, 47)]


def test_near_wants_two_matches_even_of_one_term() -> None:
    condition = Near((("收费",), ("收费",)), 5)
    assert not hits(condition, "要收费")
    assert hits(condition, "收费又收费")


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        ("training data", False),
        ("AI诈骗", True),
        ("反AI", True),
        ("use AI, now", True),
        ("ＡＩ", True),
        ("AI2", False),
        ("OpenAI诈骗", False),
    ],
)
def test_latin_terms_are_whole_words(text: str, fires: bool) -> None:
    assert bool(hits(AnyOf(("AI",)), text)) is fires


@pytest.mark.parametrize("text", ["市場監督", "市场监督", "市\u200b场监\u0336督"])
def test_normalised_terms_fold(text: str) -> None:
    assert matched(AnyOf(("市场监督",)), text) == [text]


def test_exact_terms_do_not_fold() -> None:
    assert not hits(AnyOf(("AI",)), "ai 诈骗", spelling="exact")
    assert hits(AnyOf(("AI",)), "AI 诈骗", spelling="exact")
    assert not hits(AnyOf(("市场",)), "市場", spelling="exact")


def test_one_term_in_two_spellings() -> None:
    rules = compile_rules(
        [
            rule(AnyOf(("AI",)), "exact", spelling="exact"),
            rule(AnyOf(("AI",)), "normalised"),
            rule(AnyOf(("ai",)), "lower"),
        ]
    )
    assert [hit.rule for hit in rules.match("", "ai诈骗")] == ["normalised", "lower"]


def test_overlapping_terms_are_all_found() -> None:
    assert matched(AnyOf(("市场监管", "监管局", "市场监管局")), "市场监管局") == [
        "市场监管",
        "市场监管局",
        "监管局",
    ]


def test_matches_of_one_term_do_not_overlap() -> None:
    assert [s[:2] for h in hits(AnyOf(("哈哈",)), "哈哈哈哈哈") for s in h.spans] == [
        (0, 2),
        (2, 4),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "工*商*局", "工 商 局", "工😀商😀局", "gong商局", "gong shang ju", "公伤局", "G商局",
        "工.商.局", "ＧＯＮＧ商局", "工\n商\n局",
    ],
)  # fmt: skip
def test_evasive_sees_through(text: str) -> None:
    assert matched(AnyOf(("工商局",)), f"听说{text}，要查", spelling="evasive") == [text]
    assert not hits(AnyOf(("工商局",)), f"听说{text}，要查")


@pytest.mark.parametrize(
    ("term", "text"),
    [("湖面桥梁", "氵胡面木乔梁"), ("收费", "收fei"), ("罚款", "罚*款"), ("fraud", "fr4ud"),
     ("fraud", "f.r.a.u.d"), ("fraud", "fгaud".replace("г", "r").replace("a", "а"))],
)  # fmt: skip
def test_evasive_ways_of_writing(term: str, text: str) -> None:
    assert matched(AnyOf((term,)), f"这个{text}！", spelling="evasive") == [text]


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("收费", "税收，费用"), ("收费", "税收 费用"), ("收费", "回收废品"), ("工商局", "工商 局长"),
        ("工商局", "工伤局"), ("登记证", "登机证"), ("收入", "收人民币"), ("都市", "每天都是"),
        ("我们", "all women"), ("费", "fei"), ("vip", "win10"),
    ],
)  # fmt: skip
def test_evasive_leaves_ordinary_text_alone(term: str, text: str) -> None:
    assert not hits(AnyOf((term,)), text, spelling="evasive")


def test_evasive_reason_names_the_term_meant() -> None:
    [hit] = hits(AnyOf(("工商局",)), "工*商*局", spelling="evasive")
    assert "“工*商*局”（即“工商局”）" in hit.reason


def test_sources_and_disabled_rules() -> None:
    rules = compile_rules(
        [
            rule(AnyOf(("收费",)), "forum", sources=("forum",)),
            rule(AnyOf(("收费",)), "off", enabled=False),
        ]
    )
    assert [hit.rule for hit in rules.match("", "收费", source="forum")] == ["forum"]
    assert rules.match("", "收费", source="gazette") == []
    assert rules.match("", "收费") == []


@pytest.mark.parametrize(
    ("when", "fires"),
    [
        (When(hours=(time(22), time(7))), True),
        (When(hours=(time(9), time(17))), False),
        (When(weekdays=(5,)), True),
        (When(weekdays=(4,)), False),
        (When(since=date(2026, 3, 6)), True),
        (When(until=date(2026, 3, 5)), False),
    ],
)
def test_time_conditions_are_in_the_agencys_zone(when: When, fires: bool) -> None:
    at = datetime(2026, 3, 5, 17, 30, tzinfo=UTC)  # Friday 6 March, 01:30 in Beijing
    rules = compile_rules([rule(AnyOf(("收费",)), when=when)])
    assert bool(rules.match("", "收费", at=at)) is fires
    assert rules.match("", "收费") == []


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        (NoneOf(("招聘",)), "every text"),
        (AnyOf((NoneOf(("招聘",)), "收费")), "every text"),
        (AnyOf(()), "empty list"),
        (AllOf((AnyOf(()), "收费")), "empty list"),
        (Near((("注册",), ("收费",)), -1), "negative"),
        (Near((("注册",),), 5), "two terms"),
        (Near((("注册",), ()), 5), "empty list"),
        (AllOf(("收费", NoneOf(("收费",)))), "never hit"),
        (AllOf(("违规收费", NoneOf(("收费",)))), "never hit"),
        (AnyOf(("\u200b",)), "no visible"),
        (None, "needs any"),
    ],
)
def test_rules_that_cannot_be_meant_are_named(condition: Condition | None, says: str) -> None:
    [sentence] = check_rule(rule(condition))
    assert says in sentence


@pytest.mark.parametrize(
    "condition",
    [
        FEE,
        Near((("注册",), ("收费",)), 0),
        AllOf(("收费", NoneOf(("违规收费",)))),
        AllOf((AnyOf(("收费", "罚款")), NoneOf(("罚款",)))),
        AllOf(("AIGC", NoneOf(("AI",)))),
    ],
)
def test_rules_that_can_hit_pass(condition: Condition) -> None:
    assert check_rule(rule(condition)) == []


def test_a_rule_without_positive_terms_is_refused() -> None:
    with pytest.raises(BadInputError, match="names no term"):
        compile_rules([rule(NoneOf(("招聘",)))])


TEXTS = st.text(st.sampled_from("工商局收费注册ab \u200b*，\ud800\x00😀"), max_size=40)
TERMS = st.text(st.sampled_from("工商局收费ab"), min_size=1, max_size=3)


@given(st.lists(TERMS, min_size=1, max_size=4), TEXTS, TEXTS)
def test_spans_hold_what_they_say(terms: list[str], title: str, text: str) -> None:
    for spelling in ("exact", "normalised", "evasive"):
        for hit in hits(AnyOf(tuple(terms)), text, title, spelling=spelling):
            assert hit.spans == tuple(
                sorted(hit.spans, key=lambda span: (span[3] == "text", span[:2]))
            )
            for start, end, found, field in hit.spans:
                assert (title if field == "title" else text)[start:end] == found


@given(st.lists(TERMS, min_size=1, max_size=3), TEXTS)
def test_chinese_terms_are_found_like_substrings(terms: list[str], text: str) -> None:
    chinese = tuple(term for term in terms if not any(char in "ab" for char in term))
    expected = any(fold(term).text in fold(text).text for term in chinese)
    assert bool(chinese and hits(AnyOf(chinese), text)) is expected


def test_ten_thousand_rules_share_one_scan() -> None:
    many = [rule(AllOf((f"词甲{i}号", f"词乙{i}号")), f"r{i}") for i in range(10_000)]
    compiled = compile_rules(many)
    assert [hit.rule for hit in compiled.match("词甲77号", "词乙77号和词甲78号")] == ["r77"]
