from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.claims.elements import elements
from pipeline.claims.numerals import number
from pipeline.model import ElementKind
from pipeline.normalise import fold

INFINITE = float("inf")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("200", 200), ("1,200", 1200), ("3.5万", 35000), ("3万5千", 35000), ("两百", 200),
        ("一百二十", 120), ("三万五", 35000), ("二百五", 250), ("十五", 15), ("一千零五", 1005),
        ("二〇二六", 2026), ("一亿二千万", 120_000_000), ("三点五", 3.5), ("十百", None),
        ("万", None),
    ],
)  # fmt: skip
def test_numbers(written: str, value: float | None) -> None:
    assert number(written) == value


@pytest.mark.parametrize(
    ("kind", "text", "found", "low", "high", "unit"),
    [
        ("amount", "要交两百元", "两百元", 200, 200, "元"),
        ("amount", "２００元", "200元", 200, 200, "元"),
        ("amount", "约200元", "约200元", 180, 220, "元"),
        ("amount", "100-200元", "100-200元", 100, 200, "元"),
        ("amount", "100元至200元", "100元至200元", 100, 200, "元"),
        ("amount", "200元以上", "200元以上", 200, INFINITE, "元"),
        ("amount", "一律免费", "免费", 0, 0, "元"),
        ("amount", "五十块钱", "五十块钱", 50, 50, "元"),
        ("amount", "￥88", "¥88", 88, 88, "元"),
        ("amount", "30美元", "30美元", 30, 30, "美元"),
        ("percentage", "百分之三十", "百分之三十", 30, 30, "%"),
        ("percentage", "三成半", "三成半", 35, 35, "%"),
        ("duration", "三个工作日内", "三个工作日", 3, 3, "工作日"),
        ("duration", "3天", "3天", 4320, 4320, "分"),
        ("duration", "一个半小时", "一个半小时", 90, 90, "分"),
        ("duration", "1小时30分钟", "1小时30分钟", 90, 90, "分"),
        ("duration", "半年", "半年", 6, 6, "月"),
        ("duration", "30日内", "30日", 43200, 43200, "分"),
        ("count", "摊位126个", "126个", 126, 126, "个"),
        ("count", "3名学生", "3名", 3, 3, "人"),
    ],
)
def test_quantities(
    kind: ElementKind, text: str, found: str, low: float, high: float, unit: str
) -> None:
    folded = fold(text).text
    [element] = elements(folded, kind)
    assert folded[element.start : element.end] == found
    assert [element.low, element.high] == pytest.approx([low, high])
    assert element.unit == unit


def test_more_than_stays_below_the_next_step() -> None:
    [element] = elements("200多元", "amount")
    assert (element.low, 299 < element.high < 300) == (200, True)


@pytest.mark.parametrize(
    ("kind", "text"),
    [("duration", "2026年"), ("duration", "5月"), ("amount", "并非免费"), ("amount", "元旦"),
     ("count", "3个工作日"), ("count", "第3个"), ("percentage", "5个百分点")],
)  # fmt: skip
def test_what_only_looks_like_it(kind: ElementKind, text: str) -> None:
    assert elements(text, kind) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026年1月1日起", (2026, 1, 1, None)),
        ("二〇二六年三月一日", (2026, 3, 1, None)),
        ("2026-01-01", (2026, 1, 1, None)),
        ("11月10日", (None, 11, 10, None)),
        ("今年11月10日", (2026, 11, 10, None)),
        ("明天上午9点", (2026, 3, 6, 540)),
        ("晚上10点半", (None, None, None, 1350)),
        ("22:30", (None, None, None, 1350)),
        ("11月10日8时", (None, 11, 10, 480)),
        ("2026年5月", (2026, 5, None, None)),
    ],
)
def test_dates(text: str, expected: tuple[int | None, ...]) -> None:
    [element] = elements(text, "date", date(2026, 3, 5))
    moment = element.moment
    assert moment is not None
    assert (moment.year, moment.month, moment.day, moment.minute) == expected


@pytest.mark.parametrize("text", ["13月40日", "25:99", "昨天"])
def test_no_dates(text: str) -> None:
    assert elements(text, "date") == []


KINDS: tuple[ElementKind, ...] = (
    "amount", "percentage", "duration", "date", "count", "docno", "modality",
)  # fmt: skip


@given(
    st.text(st.sampled_from("一二三十百千万亿两〇点12,.:-%元天个年月日时分半成多约"), max_size=20)
)
def test_any_heap_of_numbers_is_read(text: str) -> None:
    for kind in KINDS:
        for element in elements(text, kind, date(2026, 3, 5)):
            assert 0 <= element.start < element.end <= len(text)
            assert element.low <= element.high
