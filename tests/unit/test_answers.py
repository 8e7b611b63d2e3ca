"""What speaks of a question, without any engine."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.answers import Answer, answers_of, choose, question
from pipeline.errors import QueryError
from pipeline.model import Claim, Fact, FactElement
from pipeline.query import MAX_WORDS, wanted_text
from pipeline.tokenise import indexed, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("注册公司的工本费", "注册 公司 的 工本 工本费"),
        ("市場監督管理局", "市场 监督 管理 管理局"),
        ("3.5公里，Wi-Fi", "3 5 公里 wi fi"),
        ("！？\u200b", ""),
    ],
)
def test_words_are_cut_by_the_dictionary(text: str, found: str) -> None:
    assert " ".join(words(text)) == found


@settings(deadline=None)
@given(st.text(max_size=60))
def test_words_and_pairs_hold_nothing_that_an_engine_would_read(text: str) -> None:
    for token in [*words(text), *indexed(text).split()]:
        assert token.isalnum() or not token.isascii()
        assert not set(token) & set(" \"'()*:-")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("停水 通告", "停水 通告"),
        ('"停水 通告" OR 停电', "停水 通告 停电"),
        ("停水 -通告 －停电", "停水"),
        ("-停水", ""),
        ("OR", ""),
    ],
)
def test_what_a_search_looks_for(text: str, wanted: str) -> None:
    assert wanted_text(text) == wanted


def speaks(text: str, answer: str) -> bool:
    asked = question(text)
    return asked is not None and bool(choose(asked, [Answer("claim", "a", answer)], 5))


FEE = "网传注册公司要交200元工本费"


@pytest.mark.parametrize(
    "text",
    [
        "工本费", "注册公司", "听说注册公司要收钱是真的吗", "註冊公司 工本費", "工本费 OR 手续费",
        f"刚从窗口回来，{FEE}，" + "今天排队的人真不少，大家都在议论这件事情。" * 20,
    ],
)  # fmt: skip
def test_speaks_of_it(text: str) -> None:
    assert speaks(text, FEE)


@pytest.mark.parametrize(
    "text",
    [
        "停水", "", "-工本费", "工本费 -注册", "手机注册不了怎么办", "公司团建去爬山",
        "是真的吗", "今天排队的人真不少，大家都在议论这件事情。" * 20,
    ],
)  # fmt: skip
def test_speaks_of_something_else(text: str) -> None:
    assert not speaks(text, FEE)


def test_whether_something_is_true_asks_for_nothing_by_itself() -> None:
    assert question("谣言") is question("是真的吗") is question("网传 怎么回事？") is None
    for text in ("酒吧", "的士", "了解", "目的"):
        assert speaks(text, f"网传临江{text}要收费"), "what ends a question may end a word"


def test_choosing_keeps_the_order_and_the_number() -> None:
    asked = question("工本费")
    assert asked is not None
    ranked = [Answer("claim", str(n), FEE if n % 2 else "停水") for n in range(8)]
    assert [each.id for each in choose(asked, ranked, 3)] == ["1", "3", "5"]


def test_marks_are_where_it_stands_in_the_original() -> None:
    asked = question("註冊公司 wifi")
    assert asked is not None
    text = "在临江注\u200b册公司，Wi-Fi与ＷＩＦＩ和wifis"
    assert [text[start:end] for start, end in asked.marks(text)] == ["注\u200b册公司", "ＷＩＦＩ"]


def test_a_fact_is_found_by_all_that_names_it() -> None:
    fact = Fact(
        "fee", "企业开办免收工本费。", ("注册公司",),
        (FactElement("limit", "duration", "3个工作日", ("办理时限",)),), source="临市监发〔2024〕18号",
    )  # fmt: skip
    (answer,) = answers_of([], [fact]).all
    assert answer == Answer(
        "fact", "fee", "企业开办免收工本费。\n注册公司\n临市监发〔2024〕18号\n办理时限"
    )
    assert answers_of([Claim("a", FEE)], [fact]).all[0] == Answer("claim", "a", FEE)


def test_the_same_limits_as_a_search() -> None:
    with pytest.raises(QueryError):
        question(" ".join(["停水"] * (MAX_WORDS + 1)))
    with pytest.raises(QueryError):
        question("？！")


@settings(deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_no_text_is_too_strange(text: str, answer: str) -> None:
    try:
        asked = question(text)
    except QueryError:
        return
    if asked is not None:
        choose(asked, [Answer("claim", "a", answer)], 1)
        for start, end in asked.marks(answer):
            assert 0 <= start < end <= len(answer)
