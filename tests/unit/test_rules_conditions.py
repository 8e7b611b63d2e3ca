"""Conditions beside terms: sentence, phrase, expression, field, source; as rules.yaml has them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from alerts.rules.base import Known
from alerts.rules.checks import check_rule
from alerts.rules.keyword import KeywordRules, compile_rules
from config.loader import ConfigurationError, load_rules
from config.yaml_text import yaml_of
from pipeline.model import (
    AllOf,
    AnyOf,
    Condition,
    Phrase,
    Regex,
    Rule,
    Sentence,
    Source,
    SourceKind,
)


def matched(condition: Condition, text: str, title: str = "", **changes: Any) -> list[str]:
    rules = compile_rules([Rule("r", condition=condition, **changes)])
    return [span[2] for hit in rules.match(title, text) for span in hit.spans]


SENTENCE = Sentence((("工商局", "市场监管局"), ("收费",)))
PHRASE = Phrase((("免收",), ("工本费", "手续费")))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("工商局说今天收费", ["工商局", "收费"]),
        ("工商局说。今天收费", []),
        ("收费，市场监管局定的！工商局", ["收费", "市场监管局"]),
        ("工商局\n收费", []),
    ],
)
def test_all_in_one_sentence(text: str, found: list[str]) -> None:
    assert matched(SENTENCE, text) == found


def test_a_sentence_lies_in_one_field() -> None:
    assert matched(SENTENCE, "收费", title="工商局") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("免收工本费", ["免收", "工本费"]),
        ("免收 “手续费”", ["免收", "手续费"]),
        ("免收各种工本费", []),
        ("工本费免收", []),
        ("免收免收手续费", ["免收", "手续费"]),
    ],
)
def test_a_phrase_is_in_order_and_adjacent(text: str, found: list[str]) -> None:
    assert matched(PHRASE, text) == found


def test_phrases_and_sentences_see_through_disguise() -> None:
    assert matched(PHRASE, "免*收gong本费", spelling="evasive") == ["免*收", "gong本费"]


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"收(取|缴)?\d+元", "要收取２００元", ["收取２００元"]),
        ("工商局.{0,4}收费", "工\u200b商局要收費", ["工\u200b商局要收費"]),
        ("(?i)FEE", "Fee", ["Fee"]),
        ("監管", "监管", ["监管"]),
    ],
)
def test_expressions_look_at_folded_text(pattern: str, text: str, found: list[str]) -> None:
    assert matched(Regex(pattern), text) == found


def test_an_exact_expression_looks_at_what_is_written() -> None:
    assert matched(Regex("Fee"), "fee Fee\ud800", spelling="exact") == ["Fee"]


def test_expressions_stand_among_other_conditions() -> None:
    condition = AllOf((Regex(r"\d{5}"), AnyOf(("举报", "投诉"))))
    assert matched(condition, "举报电话12315") == ["举报", "12315"]
    assert matched(condition, "电话12315") == []


def test_an_expression_cannot_take_for_ever() -> None:
    """An engine that backtracks would need years."""
    assert matched(Regex("(收+)+费+$"), "收" * 50_000) == []


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("(收", "cannot be read"),
        ("(?=收)费", "look-around"),
        (r"(收)\1", "back-references"),
        (".*", "matches every text"),
        (".", "matches every text"),
        ("收*", "matches every text"),
    ],
)
def test_expressions_that_cannot_be_meant_are_named(pattern: str, says: str) -> None:
    [sentence] = check_rule(Rule("r", condition=Regex(pattern)))
    assert says in sentence


@pytest.mark.parametrize(("field", "hits"), [("title", 1), ("text", 0), (None, 1)])
def test_a_rule_may_look_at_one_field(field: Any, hits: int) -> None:
    rules = compile_rules([Rule("r", condition="收费", field=field)])
    assert len(rules.match("收费", "停水")) == hits


def test_a_keyword_in_the_text_alone_is_enough() -> None:
    assert matched("停水", "今日停水通告", title="通告") == ["停水"]


def test_rules_may_ask_for_kinds_and_regions_of_sources() -> None:
    sources = {
        "a": Source("a", SourceKind.FEED, "甲", region="临江"),
        "b": Source("b", SourceKind.PAGE, "乙", region="外地"),
    }
    rules = KeywordRules(
        [
            Rule("feeds", condition="收费", source_kinds=("feed",)),
            Rule("here", condition="收费", regions=("临江",)),
            Rule("both", condition="收费", source_kinds=("page",), regions=("临江",)),
        ],
        Known(sources=sources),
    )
    assert [hit.rule for hit in rules.match("", "收费", source="a")] == ["feeds", "here"]
    assert rules.match("", "收费", source="b") == []
    assert rules.match("", "收费", source="unknown") == []


WRITTEN = """
- id: a
  level: IV
  sentence: [[工商局, 市场监管局], 收费]
- id: b
  level: IV
  phrase: [免收, 工本费]
  field: title
- id: c
  level: III
  regex: ["收(取)?\\\\d+元", "缴\\\\d+元"]
  source_kinds: feed
  regions: [临江]
- id: d
  level: III
  line: 收费 +工本费 !招聘
"""


def test_the_forms_of_rules_yaml(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(WRITTEN, "utf-8")
    rules = {rule.id: rule for rule in load_rules(path)}
    assert rules["a"].condition == SENTENCE
    assert (rules["b"].condition, rules["b"].field) == (
        Phrase((("免收",), ("工本费",))),
        "title",
    )
    assert rules["c"].condition == AnyOf((Regex(r"收(取)?\d+元"), Regex(r"缴\d+元")))
    assert (rules["c"].source_kinds, rules["c"].regions) == (("feed",), ("临江",))


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("regex: '(收'", "cannot be read"),
        ("regex: ''", "put it in quotes"),
        ("sentence: [收费]", "at least two terms"),
        ("phrase: 收费", "at least two terms"),
        ("line: '!日电'", "只有排除词"),
        ("line: 12315", "put it in quotes"),
        ("{any: [收费], field: header}", "field"),
        ("{any: [收费], source_kinds: [radio]}", "source_kinds"),
    ],
)
def test_mistakes_are_told_with_file_and_line(tmp_path: Path, written: str, says: str) -> None:
    path = tmp_path / "rules.yaml"
    inside = written.strip("{}").replace(", ", "\n  ") if written[0] == "{" else written
    path.write_text(f"- id: r\n  level: IV\n  {inside}\n", "utf-8")
    with pytest.raises(ConfigurationError, match=rf"rules\.yaml:\d.*{says}"):
        load_rules(path)


def test_yaml_that_is_shown_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(
        yaml_of([{"id": "r-1", "level": "IV", "any": [{"all": ["甲", "12315"]}, "a: b", "!x"]}]),
        "utf-8",
    )
    [rule] = load_rules(path)
    assert rule.condition == AnyOf((AllOf(("甲", "12315")), "a: b", "!x"))
