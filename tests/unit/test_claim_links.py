"""Links between mentions and known claims: by what they hold, and what is wanting."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.claims.known.circulation import OLD
from pipeline.claims.known.index import ClaimIndex
from pipeline.model import Claim, ClaimMatch
from tests.builders import NOON

PAGE = "https://bbs.example/t/17"
FEE = Claim("fee", "网传注册公司要交200元工本费", False, sources=(PAGE,))
MARKET = Claim("market", "滨江夜市下个月全部取缔", False, answered_on=(NOON - OLD).date())
WATER = Claim("water", "停水三天", False)
CANTEEN = Claim("canteen", "临江三中食堂用过期肉，上百名学生食物中毒", False)
INDEX = ClaimIndex([FEE, MARKET, WATER, CANTEEN])


def link(text: str, **about: object) -> ClaimMatch:
    [found] = INDEX.links("", text, **about)  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("注册公司要交200元工本费吗？", "asked"),
        ("注册公司要交500元工本费", "differs"),
        ("听说要停水三天，赶紧储水", "short"),
        ("食堂用过期肉，上百名学生食物中毒", "names"),
        ("在窗口注册公司，要交的材料真不少，跑了好几趟，200元打车费", "part"),
    ],
)
def test_a_suggestion_says_what_is_wanting(text: str, doubt: str) -> None:
    found = link(text)
    assert (found.same, found.suggested, found.doubt) == (False, True, doubt)


@pytest.mark.parametrize(
    "text",
    [
        "辟谣：注册公司要交200元工本费不属实",
        "注册公司不交200元工本费",
        "今天天气很好，去公园走了走。",
        "",
    ],
)
def test_what_denies_a_claim_or_has_nothing_to_do_with_it_is_no_link(text: str) -> None:
    assert INDEX.links("", text) == []


def test_a_repetition_is_held_by_words_and_shows_its_passage() -> None:
    text = "朋友说，注册公司要交200元工本费。"
    found = link(text, at=NOON)
    assert (found.claim, found.same, found.method, found.doubt) == ("fee", True, "words", None)
    assert text[slice(*found.span)] == "注册公司要交200元工本费"


def test_an_old_claim_is_only_suggested() -> None:
    text = "亲戚群里说滨江夜市下个月就全部取缔了"
    assert link(text, at=NOON).same
    assert link(text).same, "of unknown time"
    late = link(text, at=NOON + timedelta(days=2))
    assert (late.same, late.doubt, late.suggested) == (False, "old", True)


def test_a_page_on_which_the_claim_was_seen_counts_by_itself() -> None:
    text = "办公司要交200元"
    assert not any(match.same for match in INDEX.links("", text))
    found = link(text, url="http://bbs.example/t/17?utm_source=app#top")
    assert (found.claim, found.same, found.method) == ("fee", True, "url")


def test_so_does_a_text_that_links_there() -> None:
    text = f"办公司要交200元，见 {PAGE}。"
    found = link(text, url="https://elsewhere.example/2")
    assert (found.same, found.method) == (True, "url")


def test_at_that_page_an_old_claim_is_still_the_claim() -> None:
    index = ClaimIndex([Claim("old", MARKET.text, False, "", MARKET.answered_on, (PAGE,))])
    [found] = index.links("", MARKET.text, at=NOON + timedelta(days=400), url=PAGE)
    assert (found.same, found.method) == (True, "url")


@pytest.mark.parametrize("text", ["辟谣：注册公司要交200元工本费不属实", "注册公司不交200元工本费"])
def test_a_page_that_was_corrected_repeats_nothing(text: str) -> None:
    assert INDEX.links("", text, url=PAGE) == []


def test_a_page_that_says_something_else_now_is_suggested() -> None:
    found = link("雨天路滑，请各位慢行。", url=PAGE)
    assert (found.claim, found.same, found.suggested, found.method) == ("fee", False, True, "url")
    assert INDEX.links("", f"雨天路滑，见 {PAGE}") == [], "a mere link says nothing"


def test_words_are_named_before_the_address() -> None:
    assert link("注册公司要交200元工本费", url=PAGE).method == "words"


def test_what_tells_of_many_claims_at_once_is_suggested_nothing() -> None:
    said = [
        "停水三天", "停电两周", "封路一月", "桥塌两座", "学校停课", "油价翻倍", "医院搬家"
    ]  # fmt: skip
    index = ClaimIndex([Claim(str(at), text, False) for at, text in enumerate(said)])
    assert [match.doubt for match in index.links("", f"听说{said[0]}")] == ["short"]
    assert index.links("", "，".join(said)) == []


def test_links_never_chain() -> None:
    """A text like one that was linked, and unlike the claim, is no nearer for it."""
    linked = "办公司要交200元，排队排到下午三点，窗口态度还差，白跑一趟"
    follower = "排队排到下午三点，窗口态度还差，白跑一趟"
    before = INDEX.links("", follower, at=NOON, url="https://a.example/2")
    assert INDEX.links("", linked, at=NOON, url=PAGE)[0].same
    assert INDEX.links("", follower, at=NOON, url="https://a.example/2") == before == []


def test_claims_of_the_same_words_keep_their_own_dates() -> None:
    fresh = Claim("fresh", MARKET.text, False, answered_on=NOON.date())
    index = ClaimIndex([MARKET, fresh])
    found = index.links("", MARKET.text, at=NOON + timedelta(days=30))
    assert {match.claim: match.same for match in found} == {"market": False, "fresh": True}
