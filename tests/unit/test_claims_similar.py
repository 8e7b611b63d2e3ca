from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.claims.known.index import ClaimIndex
from pipeline.claims.known.negation import denies
from pipeline.model import Claim

CLAIMS = [
    Claim("fee", "网传注册公司要交200元工本费"),
    Claim("market", "滨江夜市下个月全部取缔"),
    Claim("rice", "临江超市在卖塑料大米"),
    Claim("short", "停水三天"),
]
INDEX = ClaimIndex(CLAIMS)


def confirmed(text: str, title: str = "") -> list[str]:
    return [match.claim for match in INDEX.match(title, text) if match.same]


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("注册公司要交200元工本费", "fee"),
        ("刚听说注册公司得交两百元工本费，太黑了", "fee"),
        ("注冊公司要交２００元工本費", "fee"),
        ("亲戚群里说滨江夜市下个月就全部取缔了，摊主们急死", "market"),
        ("大家注意！临江的超市在卖塑料大米！不要买", "rice"),
    ],
)
def test_repeated(text: str, claim: str) -> None:
    assert confirmed(text) == [claim]


@pytest.mark.parametrize(
    "text",
    [
        "辟谣：注册公司要交200元工本费不属实",
        "注册公司要交200元工本费？是真的吗",
        "如果注册公司要交200元工本费，那就太贵了",
        "注册公司不交200元工本费",
        "注册公司要交500元工本费",
        "临江一家超市的大米又降价了",
        "东山超市在卖塑料大米",
        "停水三天",
        "",
    ],
)
def test_not_repeated(text: str) -> None:
    assert confirmed(text) == []


def test_a_title_that_refutes_covers_the_text() -> None:
    assert confirmed("滨江夜市下个月全部取缔。", title="关于夜市的谣言又来了") == []


def test_a_short_claim_is_suggested_only() -> None:
    [match] = INDEX.match("", "听说城东片区停水三天，赶紧储水")
    assert (match.claim, match.same) == ("short", False)


def test_the_span_is_the_passage_in_the_original() -> None:
    text = "今天聊点别的。\u200b滨江夜市下个月全部取缔，你们知道吗。"
    [match] = [m for m in INDEX.match("", text) if m.claim == "market"]
    assert text[slice(*match.span)].strip("\u200b") == "滨江夜市下个月全部取缔"
    assert match.field == "text"


def test_a_title_is_a_field_of_its_own() -> None:
    [match] = [m for m in INDEX.match("滨江夜市下个月全部取缔", "详见正文。") if m.same]
    assert (match.field, match.span) == ("title", (0, 11))


def test_best_first_and_no_more_than_asked_for() -> None:
    found = INDEX.match("", "注册公司要交200元工本费，滨江夜市下个月取缔", top=2)
    assert [match.claim for match in found] == ["fee", "market"]
    assert found[0].score >= found[1].score
    assert len(INDEX.match("", "注册公司要交200元工本费，滨江夜市下个月取缔", top=1)) == 1


def test_a_list_of_claims_or_keywords_repeats_none() -> None:
    texts = [
        f"{place}超市在卖塑料大米" for place in ("临江", "东山", "西川", "南浦", "北原", "中州")
    ]
    index = ClaimIndex([Claim(str(at), text) for at, text in enumerate(texts)])
    assert {m.claim for m in index.repeated("", "。".join(texts[:5]))} == set("01234")
    assert index.repeated("", "。".join(texts)) == []
    assert len(index.match("", "。".join(texts))) == 6


def test_copies_of_a_claim_stand_together_in_their_order() -> None:
    index = ClaimIndex([*CLAIMS, Claim("again", "滨江夜市，下个月全部取缔！")])
    found = index.match("", "听说滨江夜市下个月全部取缔")
    assert [match.claim for match in found[:2]] == ["market", "again"]
    assert found[0].score == found[1].score


@pytest.mark.parametrize(
    "text", ["滨江夜市下个月不会取缔", "滨江夜市下个月免于取缔", "滨江夜市下个月增加四十个摊位"]
)
def test_what_denies_a_claim_or_tells_other_news_of_it_repeats_nothing(text: str) -> None:
    assert confirmed(text) == []


def test_a_negation_that_the_text_leaves_out_is_no_denial() -> None:
    claim = "临江放出五百头狮子上街，警告人们不要出门"
    assert not denies(claim, "临江放出五百头狮子上街")
    assert not denies(claim, "临江放出狮子，让人们别出门")
    assert denies(claim, "临江放出狮子，人们照样出门")


def test_english_words_are_found_in_other_forms() -> None:
    index = ClaimIndex([Claim("a", "Tigers were released"), Claim("b", "Fees doubled for shops")])
    assert index.match("", "they are releasing a tiger http://a.example")[0].claim == "a"


def test_no_claims_no_matches() -> None:
    assert ClaimIndex([]).match("标题", "正文") == []
    assert ClaimIndex([Claim("x", "！！")]).match("标题", "正文！！") == []


@given(st.text(st.characters(), max_size=80), st.text(st.characters(), max_size=20))
def test_never_raises_and_keeps_scores_in_range(text: str, title: str) -> None:
    for match in INDEX.match(title, text):
        assert 0 <= match.score <= 1
        assert 0 <= match.span[0] < match.span[1] <= max(len(text), len(title))
