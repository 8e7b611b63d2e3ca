"""What governs a value, phrases and slots: the parts of the comparison with facts."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.claims.elements import bare_days, bare_numbers, elements, first_of
from pipeline.claims.phrases import is_left_out, phrased
from pipeline.claims.reading import read
from pipeline.claims.scope import governing, is_about_elsewhere, is_over, is_town, markers
from pipeline.claims.slots import is_same_name, slot
from pipeline.model import ElementKind
from pipeline.normalise import fold

TODAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("text", "value", "time", "place", "stance"),
    [
        ("原来票价2元，现在3元", "2元", "past", None, None),
        ("原来票价2元，现在3元", "3元", "now", None, None),
        ("2024年票价2元，2026年3元", "2元", "2024", None, None),
        ("2024年5月1日票价2元", "2元", "2024月", None, None),
        ("票价拟调到3元", "3元", "plan", None, None),
        ("外地票价3元，我市2元", "3元", None, "elsewhere", None),
        ("外地票价3元，我市2元", "2元", None, "ours", None),
        ("比北京还贵，票价3元", "3元", None, None, None),
        ("听代办的人说票价3元", "3元", None, None, None),
        ("我觉得票价3元太贵", "3元", None, None, "supposed"),
        ("票价3元，希望降一点", "3元", None, None, None),
        ("我以为是2元，实际3元", "3元", None, None, "real"),
    ],
)
def test_what_governs_a_value(
    text: str, value: str, time: str | None, place: str | None, stance: str | None
) -> None:
    found, at = markers(text), text.index(value)
    assert governing(found.times, at) == time
    assert governing(found.places, at) == place
    assert governing(found.stances, at) == stance


def test_a_wish_behind_a_value() -> None:
    text = "票价1元就好了"
    assert markers(text).wished_at > text.index("1元")
    assert markers("票价1元").wished_at == -1


def test_other_towns_are_known_only_where_the_own_is() -> None:
    text, home = "云川市公交票价3元", frozenset({"临江"})
    assert governing(markers(text).places, 9) is None
    assert governing(markers(text, home).places, 9) == "elsewhere"
    assert governing(markers("临江市公交票价3元", home).places, 9) == "ours"
    assert governing(markers("按照市里规定票价3元", home).places, 9) is None
    assert (is_town("云川"), is_town("依据")) == (True, False)


def test_a_text_about_another_city() -> None:
    home = frozenset({"临江"})
    assert is_about_elsewhere("武汉公交涨价", home)
    assert not is_about_elsewhere("武汉公交涨价", frozenset())
    assert not is_about_elsewhere("武汉和临江公交涨价", home)
    assert not is_about_elsewhere("比武汉还贵", home)


def test_what_holds_no_more() -> None:
    assert is_over("早就取消了")
    assert not is_over("的标准")


@pytest.mark.parametrize(
    ("text", "asserted"),
    [
        ("票价涨到3元，谁来管？", True),
        ("票价涨到3元，是真的吗？", False),
        ("请问票价涨到3元了没有", False),
        ("凭什么票价涨到3元？", True),
        ("为什么票价涨到3元？", False),
        ("局里作出是否涨到3元的决定。", True),
        ("票价涨到3元，良心呢？", True),
        ("学校说要涨到3元，请核实。", False),
    ],
)
def test_how_far_a_question_reaches(text: str, asserted: bool) -> None:
    text = fold(text).text
    [line] = read("", text).lines
    assert (text.index("3元") < line.asked_from) is asserted


def test_a_doubt_in_the_next_sentence() -> None:
    first, _ = read("", "票价涨到3元了。真的假的？").lines
    assert not first.asserts


@pytest.mark.parametrize(
    ("phrase", "text", "right"),
    [
        ("全市", "全市企业开办免费", True),
        ("全市", "企业开办仅限主城区免费", False),
        ("本市户籍", "本市户口家庭可申领", True),
        ("本市户籍", "外地户口的家庭也行", False),
        ("满2年", "满5年才免征", False),
        ("满2年", "满两年免征", True),
        ("三级预警", "一级预警发布", False),
        ("60周岁以上", "65岁以上老人", False),
        ("60周岁以上", "六十岁以上老人，80岁以上另有补贴", True),
        ("三分之二以上业主同意", "半数以上业主同意即可", False),
        ("仅限线下门店", "线上购买也能补", False),
        ("仅限线下门店", "只能在线下门店买", True),
        ("高峰时段除外", "免费乘车", None),
    ],
)
def test_phrases(phrase: str, text: str, right: bool | None) -> None:
    found = phrased(phrase, (), text)
    assert (found.right if found else None) is right
    if found:
        assert 0 <= found.start < found.end <= len(text)


def test_what_is_said_in_other_words_is_not_left_out() -> None:
    assert is_left_out("无房职工", "租房提取每月1500元") is True
    assert is_left_out("无房职工", "名下没有住房的职工可申请") is False
    assert is_left_out("凭处方", "持处方购药") is False
    assert is_left_out("首次创业", "大学生创业有补贴", ("大学生创业",)) is True


@pytest.mark.parametrize(
    ("kind", "value", "cues", "text", "found"),
    [
        ("place", "市民广场", ("起点",), "起点改在体育中心。", "体育中心"),
        ("place", "云港大道88号", ("位于",), "新院区位于迎宾路12号。", "迎宾路12号"),
        ("place", "临江大桥", ("绕行",), "请绕行滨江二桥！", "滨江二桥"),
        ("place", "国际会展中心", ("举行",), "将在城北体育馆举行", "城北体育馆"),
        ("place", "国际会展中心", ("举行",), "将在我市举行", None),
        ("name", "市农业农村局", ("主办",), "由市商务局主办", "市商务局"),
        ("name", "临江市第三小学", ("学区",), "学区调整到第五小学", "第五小学"),
        ("name", "周文涛", ("局长",), "局长李建国表示", "李建国"),
        ("name", "周文涛", ("局长",), "李建国被任命为教育局局长", "李建国"),
        ("name", "周文涛", ("局长",), "副局长李建国表示", None),
        ("name", "周文涛", ("局长",), "局长到一中调研", None),
    ],
)
def test_what_stands_in_the_place_of_a_name(
    kind: str, value: str, cues: tuple[str, ...], text: str, found: str | None
) -> None:
    text = fold(text).text
    filled = slot(kind, value, cues, (), text)
    assert (text[filled.start : filled.end] if filled else None) == found
    assert filled is None or not filled.right


def test_short_names_are_the_same() -> None:
    assert is_same_name("三小", "临江市第三小学")
    assert is_same_name("国际会展中心", "临江国际会展中心")
    assert not is_same_name("五小", "临江市第三小学")
    filled = slot("name", "临江市第三小学", ("对口",), (), "对口的还是三小")
    assert filled is not None
    assert filled.right


@pytest.mark.parametrize(
    ("kind", "text", "low", "high"),
    [
        ("amount", "2块8毛5", 2.85, 2.85), ("amount", "五毛钱", 0.5, 0.5),
        ("amount", "伍拾万元", 5e5, 5e5), ("amount", "50元以上200元以下", 50, 200),
        ("amount", "超过200元", 200, 299.9999), ("percentage", "七五折", 75, 75),
        ("percentage", "半价", 50, 50), ("percentage", "两成左右", 20, 20),
        ("percentage", "5‰", 0.5, 0.5), ("duration", "1年6个月", 18, 18),
        ("count", "60公里", 6e4, 6e4), ("count", "两针", 2, 2), ("count", "65周岁", 65, 65),
    ],
)  # fmt: skip
def test_more_notations(kind: ElementKind, text: str, low: float, high: float) -> None:
    [found] = elements(text, kind)
    assert [found.low, found.high] == pytest.approx([low, high], rel=1e-4)


@pytest.mark.parametrize("text", ["打折扣", "六成功", "第2针", "取消房地产税费"])
def test_no_value(text: str) -> None:
    kinds: tuple[ElementKind, ...] = ("amount", "percentage", "count", "duration")
    assert [each for kind in kinds for each in elements(text, kind)] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("5月18日至24日", [(5, 18, None, "from"), (5, 24, None, "to")]),
        ("5月18日报名，30日结束", [(5, 18, None, None), (5, 30, None, None)]),
        ("下午2点到5点", [(None, None, 840, "from"), (None, None, 1020, "to")]),
        ("下月1日", [(4, 1, None, None)]),
        ("元旦起", [(1, 1, None, None)]),
        ("6月底前", [(6, 30, None, None)]),
        ("年底前完成", [(12, 31, None, None)]),
        ("即日起", [(3, 10, None, None)]),
        ("零时起", [(None, None, 0, None)]),
        ("4月份起", [(4, None, None, None)]),
    ],
)
def test_more_dates(text: str, found: list[tuple[object, ...]]) -> None:
    moments = [each.moment for each in elements(fold(text).text, "date", TODAY)]
    assert [(m.month, m.day, m.minute, m.role) for m in moments if m] == found


def test_days_and_numbers_without_a_unit() -> None:
    assert [each.low for each in bare_days("公示期3日，3月5日起")] == [3 * 1440]
    assert [each.low for each in bare_numbers("最多贷70万，3号楼", "amount")] == [700_000]
    assert bare_numbers("初一女生", "amount") == []


def test_values_as_facts_write_them() -> None:
    assert [first_of("modality", word) is not None for word in ("可", "应", "须", "免")] == [
        True
    ] * 4
    duration = first_of("duration", "60日")
    assert duration is not None
    assert duration.low == 60 * 1440


LETTERS = "全市仅限本户籍满2年以上线下的三分之二在于由局长李小学路号主办举行，。"


@given(
    st.text(st.sampled_from(LETTERS), max_size=24), st.text(st.sampled_from(LETTERS), max_size=40)
)
def test_parts_take_any_text(value: str, text: str) -> None:
    if value:
        phrased(value, ("主办",), text)
        is_left_out(value, text)
        for kind in ("place", "name"):
            filled = slot(kind, value, ("主办",), ("小学",), text)
            assert filled is None or 0 <= filled.start < filled.end <= len(text)
