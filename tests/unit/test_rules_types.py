from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from alerts.rules.ruleset import RULE_TYPES, compile_all
from pipeline.errors import BadInputError
from pipeline.model import AnyOf, Claim, Fact, FactElement, Rule
from tests.builders import NOON, mention

CLAIMS = (
    Claim("fee-200", "网传注册公司要交200元工本费", verdict=False),
    Claim("market", "滨江夜市下个月全部取缔", verdict=False),
    Claim("park", "滨江公园周末免费开放", verdict=True),
)
FACTS = (
    Fact(
        "fee",
        "全市企业开办免收工本费，3个工作日内办结。",
        subjects=("企业开办", "注册公司"),
        elements=(
            FactElement("fee", "amount", "0元", cues=("工本费", "收费")),
            FactElement("limit", "duration", "3个工作日", cues=("办结",)),
        ),
        effective_from=date(2025, 1, 1),
    ),
)


def test_a_claim_rule_shows_what_is_repeated() -> None:
    rules = compile_all([Rule("known", kind="claim", name="旧谣言")], CLAIMS, FACTS)
    [hit] = rules.evaluate(mention(text="朋友说，注册公司要交200元工本费。气人。"), NOON)
    assert (hit.rule, hit.kind) == ("known", "claim")
    assert [match.claim for match in hit.claims] == ["fee-200"]
    assert hit.spans[0][2] == "注册公司要交200元工本费"
    assert hit.reason.startswith(
        "规则“旧谣言”命中：重复已认定不实的说法“网传注册公司要交200元工本费”"
    )


@pytest.mark.parametrize(
    "text",
    [
        "官方辟谣：注册公司要交200元工本费是谣言。",
        "注册公司要交200元工本费吗？",
        "注册公司不用交200元工本费。",
        "注册公司要交300元工本费。",
        "滨江公园周末免费开放。",
        "今天天气很好。",
    ],
)
def test_a_claim_rule_stays_silent(text: str) -> None:
    rules = compile_all([Rule("known", kind="claim")], CLAIMS, FACTS)
    assert rules.evaluate(mention(text=text), NOON) == []


def test_refs_restrict_claim_and_fact_rules() -> None:
    text = "注册公司要交200元工本费。滨江夜市下个月全部取缔。"
    rules = compile_all(
        [
            Rule("one", kind="claim", refs=("market",)),
            Rule("none", kind="fact", refs=("other",)),
            Rule("fee", kind="fact", refs=("fee",)),
        ],
        CLAIMS,
        FACTS,
    )
    found = rules.evaluate(mention(text=text), NOON)
    assert [hit.rule for hit in found] == ["one", "fee"]
    assert [match.claim for match in found[0].claims] == ["market"]
    assert [finding.element for finding in found[1].findings] == ["fee"]


def test_a_fact_rule_sets_the_fact_beside_it() -> None:
    rules = compile_all([Rule("conflict", kind="fact", level="II")], CLAIMS, FACTS)
    [hit] = rules.evaluate(mention(text="注册公司要交200元工本费，10个工作日才办结。"), NOON)
    assert hit.level == "II"
    assert [(f.element, f.expected, f.found) for f in hit.findings] == [
        ("fee", "0元", "200元"),
        ("limit", "3个工作日", "10个工作日"),
    ]
    assert "文中称“200元”，口径为“0元”" in hit.reason
    assert "另有1处不一致" in hit.reason
    assert [span[2] for span in hit.spans] == ["200元", "10个工作日"]


def test_a_fact_rule_does_not_mind_what_is_right() -> None:
    rules = compile_all([Rule("conflict", kind="fact")], CLAIMS, FACTS)
    assert rules.evaluate(mention(text="注册公司免收工本费，三个工作日办结。"), NOON) == []


def test_an_omission_rule_says_what_was_left_out() -> None:
    required = replace(FACTS[0].elements[1], id="area", kind="phrase", value="全市", required=True)
    facts = (replace(FACTS[0], elements=(FACTS[0].elements[0], required)),)
    rules = compile_all([Rule("short", kind="omission"), Rule("fee", kind="fact")], CLAIMS, facts)
    [hit] = rules.evaluate(mention(text="注册公司现在免收工本费。"), NOON)
    assert (hit.rule, hit.kind, hit.spans) == ("short", "omission", ())
    assert "文中未提及“全市”（全市企业开办免收工本费，3个工作日内办结）" in hit.reason
    assert rules.evaluate(mention(text="全市注册公司免收工本费。"), NOON) == []


def test_hits_keep_the_order_of_the_rules() -> None:
    rules = compile_all(
        [Rule("b", kind="fact"), Rule("a", condition=AnyOf(("工本费",))), Rule("c", kind="claim")],
        CLAIMS,
        FACTS,
    )
    found = rules.evaluate(mention(text="注册公司要交200元工本费。"), NOON)
    assert [hit.rule for hit in found] == ["b", "a", "c"]


def test_conditions_of_source_hold_for_all_kinds() -> None:
    rules = compile_all(
        [Rule(kind, kind=kind, sources=("forum",)) for kind in ("claim", "fact")], CLAIMS, FACTS
    )
    text = "注册公司要交200元工本费。"
    assert rules.evaluate(mention(text=text), NOON) == []
    assert len(rules.evaluate(mention(text=text, source="forum"), NOON)) == 2


def test_kinds_are_registered_and_others_refused() -> None:
    assert set(RULE_TYPES) == {
        "keyword", "claim", "fact", "omission", "frequency", "spike", "newcomer",
    }  # fmt: skip
    with pytest.raises(BadInputError, match="unknown kind"):
        compile_all([Rule("x", kind="magic")], (), ())
