from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.rules.checks import check_rule
from alerts.rules.keyword import compile_rules
from alerts.rules.lines import as_parts, in_words, read_line
from config.conditions import read_condition
from pipeline.model import AllOf, AnyOf, Condition, Near, NoneOf, Phrase, Regex, Rule, Sentence


@pytest.mark.parametrize(
    ("line", "condition"),
    [
        ("收费", "收费"),
        ("收费 +工本费 !招聘", AllOf(("收费", "工本费", NoneOf(("招聘",))))),
        ("收费 罚款", AnyOf(("收费", "罚款"))),
        ("收费 罚款 +工商局", AllOf((AnyOf(("收费", "罚款")), "工商局"))),
        ("+收费 +罚款", AllOf(("收费", "罚款"))),
        ("移民 & (特朗普 | 美国)", AllOf(("移民", AnyOf(("特朗普", "美国"))))),
        ("移民＆（特朗普｜美国）", AllOf(("移民", AnyOf(("特朗普", "美国"))))),
        ("甲 & 乙 | 丙", AnyOf((AllOf(("甲", "乙")), "丙"))),
        ("夜市 -招聘", AllOf(("夜市", NoneOf(("招聘",))))),
        ("甲 & !乙", AllOf(("甲", NoneOf(("乙",))))),
        ("+甲|乙 !丙|丁", AllOf((AnyOf(("甲", "乙")), NoneOf((AnyOf(("丙", "丁")),))))),
        ("“营业 执照” | covid-19", AnyOf(("营业 执照", "covid-19"))),
    ],
)
def test_a_line_becomes_a_rule(line: str, condition: Condition) -> None:
    assert read_line(line) == condition
    assert check_rule(Rule("r", condition=condition)) == []


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("!日电", "只有排除词"),
        ("-日电 !广告", "只有排除词"),
        ("", "空的"),
        ("移民 (特朗普 | 美国)", "请写“&”"),
        ("(甲 | 乙", "括号没有成对"),
        ("甲)", "多了一个"),
        ("()", "空的"),
        ('"甲', "引号没有成对"),
        ('""', "引号里是空的"),
        ("甲 &", "后面缺一个词"),
        ("| 甲", "前面缺一个词"),
        ("+ 甲", "紧挨着"),
        ("甲 & +乙", "不和"),
        ("(" * 30 + "甲", "太深"),
        ("甲" * 3000, "太长"),
    ],
)
def test_a_line_that_cannot_be_meant_is_answered_with_a_sentence(line: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read_line(line)


def test_a_newcomer_writes_a_and_b_or_c() -> None:
    rules = compile_rules([Rule("r", condition=read_line("移民 & (特朗普 | 美国)"))])
    headlines = ("特朗普谈移民新规", "美国收紧移民政策", "加拿大移民人数上升", "特朗普会见球队")
    assert [bool(rules.match(title, "")) for title in headlines] == [True, True, False, False]


def test_exclusions_of_one_rule_leave_others_alone() -> None:
    rules = compile_rules(
        [Rule("a", condition=read_line("夜市 !招聘")), Rule("b", condition=read_line("夜市"))]
    )
    assert [hit.rule for hit in rules.match("", "夜市招聘")] == ["b"]


@pytest.mark.parametrize(
    ("condition", "words", "parts"),
    [
        ("收费", "含“收费”", {"any": ["收费"]}),
        (
            AllOf(("收费", "工本费", NoneOf(("招聘",)))),
            "含“收费”，且含“工本费”，且不含“招聘”",
            {"all": ["收费", "工本费"], "none": ["招聘"]},
        ),
        (
            AllOf(("移民", AnyOf(("特朗普", "美国")))),
            "含“移民”，且含“特朗普”“美国”之一",
            {"all": ["移民", ["特朗普", "美国"]]},
        ),
        (
            AnyOf((AllOf(("甲", "乙")), "丙")),
            "（含“甲”，且含“乙”）或含“丙”",
            {"any": [{"all": ["甲", "乙"]}, "丙"]},
        ),
        (
            Near((("注册",), ("收费", "缴费")), 9),
            "“注册”与“收费”/“缴费”相距不超过9字",
            {"near": {"terms": ["注册", ["收费", "缴费"]], "within": 9}},
        ),
        (Sentence((("甲",), ("乙",))), "“甲”与“乙”在同一句里", {"sentence": ["甲", "乙"]}),
        (Phrase((("甲",), ("乙",))), "“甲”与“乙”依次紧挨着", {"phrase": ["甲", "乙"]}),
        (Regex(r"收\d+元"), r"符合表达式“收\d+元”", {"regex": r"收\d+元"}),
    ],
)
def test_a_condition_in_words_and_in_yaml(
    condition: Condition, words: str, parts: dict[str, object]
) -> None:
    assert in_words(condition) == words
    assert as_parts(condition) == parts


LINES = st.lists(
    st.sampled_from(["甲", "乙", "丙", "+丁", "!戊", "(", ")", "&", "|", " ", "甲 & (乙 | 丙)"]),
    max_size=8,
).map(" ".join)
TEXTS = st.text(st.sampled_from("甲乙丙丁戊。"), max_size=8)


@given(LINES, TEXTS)
def test_what_is_shown_means_what_was_written(line: str, text: str) -> None:
    try:
        condition = read_line(line)
    except ValueError:
        return
    again = read_condition(as_parts(condition))
    if not check_rule(Rule("r", condition=condition)):
        first, second = (
            bool(compile_rules([Rule("r", condition=each)]).match("", text))
            for each in (condition, again)
        )
        assert first == second
