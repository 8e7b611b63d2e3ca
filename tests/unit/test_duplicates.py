from __future__ import annotations

import random

import pytest

from pipeline.duplicates import DuplicateIndex, sketch

ARTICLE = (
    "临江市市场监督管理局昨日通报，城南农贸市场三家摊位因使用未经检定的电子秤被立案调查。"
    "执法人员在现场封存电子秤五台，并责令市场开办方在十日内完成全部计量器具的自查。"
    "该局计量科负责人表示，全市二百余家农贸市场将在月底前轮查一遍，市民发现缺斤短两可拨打热线反映。"
)
OTHER = (
    "临江港三号码头扩建工程昨日完成桩基施工，预计明年六月投入使用。"
    "项目建成后，港区年吞吐能力将增加八百万吨，带动周边仓储物流企业集聚。"
    "建设单位表示，施工期间航道保持畅通，请过往船舶留意临时航标。"
)


def long_text(seed: int, length: int) -> str:
    dice = random.Random(seed)
    return "".join(chr(dice.randrange(0x4E00, 0x5E00)) for _ in range(length))


LONG = long_text(1, 1200)


def index(**texts: str) -> DuplicateIndex:
    made = DuplicateIndex()
    for name, text in texts.items():
        made.add(name, name, sketch(text))
    return made


def edited(text: str, share: float, seed: int) -> str:
    dice = random.Random(seed)
    out = []
    for character in text:
        kind = dice.random() / share
        if kind < 1 / 3:
            continue
        out.append("某" if 1 / 3 <= kind < 2 / 3 else character)
        if 2 / 3 <= kind < 1:
            out.append("的")
    return "".join(out)


@pytest.mark.parametrize(
    "copy",
    [
        ARTICLE,
        f"转发：{ARTICLE}（来源：网络）",
        ARTICLE[: len(ARTICLE) * 4 // 5],
        ARTICLE.replace("，", ", ").replace("电子秤", "電子秤"),
        edited(ARTICLE, 0.1, 1),
        edited(ARTICLE, 0.15, 2),
    ],
)
def test_a_copy_is_found(copy: str) -> None:
    found = index(other=OTHER, first=ARTICLE).find(sketch(copy))
    assert found is not None
    assert found[0] == "first"
    assert 0.35 <= found[1] <= 1


def test_another_text_is_new() -> None:
    assert index(first=ARTICLE).find(sketch(OTHER)) is None


def test_short_texts_are_equal_or_new() -> None:
    known = index(first="今天停水吗？")
    assert known.find(sketch("今天停水吗")) == ("first", 1.0)
    assert known.find(sketch("明天停水吗")) is None


def test_the_family_is_that_of_the_first_member() -> None:
    known = index(first=ARTICLE)
    copy = f"转发：{ARTICLE}"
    known.add("second", "first", sketch(copy))
    found = known.find(sketch(copy))
    assert found == ("first", 1.0)


def test_a_signature_of_another_version_is_made_anew() -> None:
    made = DuplicateIndex()
    made.add("first", "first", sketch(ARTICLE, (1, 2, 3)))
    assert made.find(sketch(ARTICLE)) == ("first", 1.0)


def test_a_chain_of_edits_leads_to_the_first_member() -> None:
    made, text = index(a=ARTICLE), ARTICLE
    for step, name in enumerate("bcd"):
        text = edited(text, 0.1, step)
        found = made.find(sketch(text))
        assert found is not None
        assert found[0] == "a"
        made.add(name, found[0], sketch(text))


def test_copies_word_for_word_cost_no_memory() -> None:
    made = index(a=ARTICLE)
    for name in "bcd":
        made.add(name, "a", sketch(ARTICLE))
    assert len(made) == 1


def test_a_comment_before_a_copy_does_not_hide_it() -> None:
    comment = (
        "昨天路过城南的时候就看见好几个穿制服的人在那边忙，原来是因为这个，希望以后能一直管下去。"
    )
    found = index(first=ARTICLE).find(sketch(comment + ARTICLE))
    assert found is not None
    assert found[0] == "first"


@pytest.mark.parametrize(
    "copy",
    [
        LONG[300:],
        long_text(2, 300) + LONG,
        long_text(2, 200) + LONG[200:],
        LONG[:500],
        edited(LONG, 0.2, 4),
    ],
    ids=["beginning lost", "comment before", "new lead", "end lost", "edited"],
)
def test_copies_of_long_texts_are_found_either_way_round(copy: str) -> None:
    for known, new in ((LONG, copy), (copy, LONG)):
        assert index(first=known).find(sketch(new)) is not None


def test_long_texts_with_the_same_preamble_are_not_copies() -> None:
    preamble = long_text(5, 260)
    first, second = preamble + long_text(6, 1200), preamble + long_text(7, 1200)
    assert index(first=first).find(sketch(second)) is None


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            "今日天气：多云转晴，东北风3级，最高气温18℃；夜间晴，最低气温9℃，空气质量良。",
            "今日天气：小雨转阴，西北风4级，最高气温13℃；夜间阴，最低气温6℃，空气质量优。",
        ),
        (
            "关于停水的通知：本周三上午八时至十一时，江东路、柳堤街一带停水检修，请提前储水。",
            "关于停水的通知：本周六下午二时至五时，云岭路、东门街一带停水检修，请提前储水。",
        ),
    ],
)
def test_bulletins_on_one_form_are_new(first: str, second: str) -> None:
    assert index(first=first).find(sketch(second)) is None


def test_one_distorted_figure_does_not_make_a_new_text() -> None:
    copy = ARTICLE.replace("十日", "三十日")
    found = index(first=ARTICLE).find(sketch(copy))
    assert found is not None


def test_the_tables_grow_and_lose_nothing() -> None:
    dice = random.Random(5)
    letters = sorted(set(ARTICLE + OTHER))
    texts = ["".join(dice.choices(letters, k=40)) for _ in range(1100)]
    made = DuplicateIndex()
    for name, text in enumerate(texts):
        made.add(str(name), str(name), sketch(text))
    for name in (0, 1, 1022, 1023, 1024, 1025, 1099):
        assert made.find(sketch(texts[name])) == (str(name), 1.0)


def test_empty_texts_do_no_harm() -> None:
    known = index(empty="", blank="…")
    assert known.find(sketch(ARTICLE)) is None
