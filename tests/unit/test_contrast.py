"""An official text against versions of it: what is a difference, and where it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.claims.contrast import Contrast, contrast

OFFICIAL = "自2026年3月1日起，临江市企业开办免收工本费，3个工作日内办结。未经核验的材料不得受理。"


def _shown(official: str, mention: str) -> list[tuple[str, str, str]]:
    return [
        (found.kind, official[slice(*found.official)], mention[slice(*found.mention)])
        for found in contrast(official, mention).differences
    ]


@pytest.mark.parametrize(
    ("written", "instead", "difference"),
    [
        ("3个工作日", "5个工作日", ("number", "3个工作日", "5个工作日")),
        ("3月1日", "3月2日", ("date", "2026年3月1日", "2026年3月2日")),
        ("不得", "可以", ("modality", "不得", "可以")),
        ("临江市", "清河市", ("subject", "临江市", "清河市")),
    ],
)
def test_changed_word_is_shown_in_both_texts(
    written: str, instead: str, difference: tuple[str, str, str]
) -> None:
    assert _shown(OFFICIAL, OFFICIAL.replace(written, instead)) == [difference]


def test_left_out_sentence_is_shown_whole() -> None:
    assert _shown(OFFICIAL, OFFICIAL.split("未经")[0]) == [
        ("omission", "未经核验的材料不得受理。", "")
    ]


def test_invented_sentence_is_shown_whole() -> None:
    assert _shown(OFFICIAL, OFFICIAL + "逾期罚款500元。") == [("addition", "", "逾期罚款500元。")]


@pytest.mark.parametrize(
    "mention",
    [
        OFFICIAL,
        "未经核验的材料不得受理。自2026年3月1日起，临江市企业开办免收工本费，3个工作日内办结。",
        "自2026-03-01起，临江市企业开办免收工本费，三个工作日内办结。未经核验的材料不得受理。",
        "【转发】" + OFFICIAL + "[赞]@小张 快看",
        OFFICIAL.replace("不得", "禁止"),
        "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in OFFICIAL),
    ],
)
def test_harmless_rewriting_is_no_difference(mention: str) -> None:
    found = contrast(OFFICIAL, mention)
    assert not found.distorted
    assert found.differences == ()


def test_offsets_count_characters_of_the_originals() -> None:
    mention = "😀\u200b" + OFFICIAL.replace("3个", "\u200b５个")
    assert _shown(OFFICIAL, mention) == [("number", "3个工作日", "５个工作日")]


def test_distortion_scores_above_harmless_rewriting() -> None:
    harmless = contrast(OFFICIAL, OFFICIAL.replace("办结", "办妥")).score
    assert harmless < 0.5 < contrast(OFFICIAL, OFFICIAL.replace("免收", "加收")).score


@pytest.mark.parametrize(
    ("official", "mention"),
    [
        ("", ""),
        ("", OFFICIAL),
        (OFFICIAL, ""),
        (OFFICIAL, "今天天气真好，一起去爬山吗？"),
        ("。！？", "\ud800"),
        ("\x00\u200b", "【【【##"),
    ],
)
def test_what_does_not_treat_the_official_text_is_no_version_of_it(
    official: str, mention: str
) -> None:
    found = contrast(official, mention)
    assert (found.distorted, found.score, found.differences) == (False, 0.0, ())


@pytest.mark.parametrize(
    "text",
    [
        "临江市免收工本费" * 20_000,
        "，".join(f"第{i}条不得收费" for i in range(2_000)),
        "。".join(f"第{i}条不得收费" for i in range(2_000)),
        "3" * 100_000,
        "【" * 40_000,
        "#" * 40_000,
    ],
    ids=["one line", "commas", "sentences", "digits", "brackets", "tags"],
)
def test_long_texts_are_survived(text: str) -> None:
    assert isinstance(contrast(text, text), Contrast)
    assert isinstance(contrast(text, text[: len(text) // 2] + "另有" + text[::-1]), Contrast)


def test_same_result_each_time() -> None:
    mention = OFFICIAL.replace("3个", "5个").replace("不得", "可以")
    assert contrast(OFFICIAL, mention) == contrast(OFFICIAL, mention)


def test_summary_of_a_long_text_is_no_omission() -> None:
    told = "临江市将于6月1日起在全市推行电子秤统一检定。"
    rest = "".join(
        f"{name}摊位由市场监管所于6月{day}日上门检定，不收取费用。"
        for name, day in (("东湖", 3), ("西街", 5), ("南门", 9), ("北关", 12), ("城郊", 20))
    )
    assert not contrast(told + rest, told).distorted


def test_sentences_beside_the_official_text_are_weighed_not_compared() -> None:
    story = "我家楼下的菜场终于换秤了，排队的人不少，大家都挺高兴。" * 3
    assert not contrast(OFFICIAL, story + OFFICIAL + story).distorted


_LETTERS = "临江市不得可以免收元3月1日，。【】#万三成无未%先再因被年第批 \n。，\u200b５😀a@[]()"


@given(st.text(_LETTERS, max_size=60), st.text(_LETTERS, max_size=60))
def test_any_two_texts_give_spans_within_them(official: str, mention: str) -> None:
    found = contrast(official, mention)
    assert 0 <= found.score <= 1
    assert found.distorted == bool(found.differences) == (found.score > 0.5)
    for difference in found.differences:
        for text, (start, end) in ((official, difference.official), (mention, difference.mention)):
            assert 0 <= start <= end <= len(text)


@given(st.text(_LETTERS, max_size=80))
def test_text_is_no_distortion_of_itself(text: str) -> None:
    assert contrast(text, text).differences == ()


@pytest.mark.parametrize(
    ("official", "mention"),
    [
        ("城东联赛和城西联赛都停办。", "城西联赛和城东联赛都停办。"),
        ("先修城东大桥还是城西大桥，由市民投票。", "先修城西大桥还是城东大桥，由市民投票。"),
    ],
)
def test_what_stands_side_by_side_may_change_places(official: str, mention: str) -> None:
    assert not contrast(official, mention).distorted
