"""Figures of extraction: what counts as the same title, time and text."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace

import pytest

from pipeline.evaluation.extraction import (
    Reading,
    Score,
    bigrams,
    f1,
    figures,
    same_time,
    score,
)
from pipeline.evaluation.extractors import EXTRACTORS

PAGE = """<html><head><title>城东停水通知 - 临江网</title></head><body><h1>城东停水通知</h1>
<p>2026-03-05 08:30 来源：临江日报</p><div><p>受管网改造影响，城东片区今晚停水。</p>
<p>恢复时间为次日六点，请居民提前储水。</p></div></body></html>""".encode()


def test_text_is_compared_by_its_pairs_of_characters_without_whitespace() -> None:
    assert f1(bigrams("今晚 停水\n通知"), bigrams("今晚停水通知")) == 1.0
    assert f1(bigrams("今晚停水"), bigrams("明早开闸")) == 0.0
    assert f1(bigrams("停水通知"), bigrams("停水公告")) == pytest.approx(1 / 3)
    assert f1(bigrams(""), bigrams("")) == 1.0
    assert f1(bigrams("停水"), bigrams("")) == 0.0


@pytest.mark.parametrize(
    ("got", "expected", "same"),
    [
        ("2026-03-05T08:30:59+08:00", "2026-03-05T08:30+08:00", True),
        ("2026-03-05T00:30Z", "2026-03-05T08:30+08:00", True),
        ("2026-03-05 08:30", "2026-03-05T08:30+08:00", True),
        ("2026-03-05T08:31+08:00", "2026-03-05T08:30+08:00", False),
        ("2026-03-05", "2026-03-05T08:30+08:00", False),
        ("2026-03-05", "2026-03-05T00:00+08:00", False),
        ("2026-03-05", "2026-03-05", True),
        ("2026-03-05T00:00:00", "2026-03-05", True),
        ("2026-03-05T00:00:00+00:00", "2026-03-05", True),
        ("2026-03-05T08:30+08:00", "2026-03-05", False),
        ("2026-03-06", "2026-03-05", False),
        (None, "2026-03-05", False),
        ("2026-03-05", None, False),
        (None, None, True),
        ("last Thursday", "2026-03-05", False),
    ],
)
def test_times_are_the_same_to_the_minute(
    got: str | None, expected: str | None, same: bool
) -> None:
    assert same_time(got, expected) is same


def test_author_and_source_count_only_where_the_label_says_them() -> None:
    label = Reading("标题", "正文", None, author="", source=None)
    one = score("a.html", Reading(" 标题 ", "正文", None, author="", source="临江网"), label)
    assert (one.title, one.time, one.f1, one.author, one.source) == (True, True, 1.0, True, None)
    assert score("a.html", Reading("标题", "正文"), label).author is None  # has no such field


def test_figures_of_several_pages() -> None:
    made = figures(
        [
            Score("a", True, True, 1.0, author=True),
            Score("b", False, True, 0.5),
        ]
    )
    assert (made.pages, made.title, made.time) == (2, 0.5, 1.0)
    assert (made.f1_mean, made.f1_min, made.f1_low) == (0.75, 0.5, 1)
    assert (made.author, made.source) == (1.0, None)
    with pytest.raises(ValueError, match="no page"):
        figures([])


@pytest.mark.parametrize("name", ["chengqing", "trafilatura"])
def test_extractors_that_come_with_the_system_read_a_plain_page(name: str) -> None:
    read = EXTRACTORS[name]()
    assert "城东片区今晚停水" in read(PAGE, "https://linjiang.example/a.html", None).text


@pytest.mark.parametrize(
    ("written", "taken"),
    [
        ("2026年3月5日 08:30", "2026-03-05T08:30:00"),
        ("2026/03/05 08:30:11", "2026-03-05T08:30:00"),
        ("2026-03-05T08:30:11+08:00", "2026-03-05T08:30:11+08:00"),
        ("2026年3月5日", "2026-03-05"),
        ("3月5日", None),
        ("2026-13-45", None),
        ("", None),
    ],
)
def test_gne_gives_times_as_pages_write_them(
    written: str, taken: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = {"title": "标题", "content": "正文", "publish_time": written, "author": "周敏"}
    extractor = SimpleNamespace(extract=lambda html: answer)
    library = ModuleType("gne")
    library.GeneralNewsExtractor = lambda: extractor  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "gne", library)
    got = EXTRACTORS["gne"]()(PAGE, "", None)
    assert got == Reading("标题", "正文", taken, author="周敏")


def test_ours_and_trafilatura_come_with_the_system() -> None:
    ours = EXTRACTORS["chengqing"]()(PAGE, "", None)
    assert ours.title == "城东停水通知"
    assert ours.published_at == "2026-03-05T08:30:00+08:00"
    assert EXTRACTORS["trafilatura"]()(b"", "", None) == Reading("", "")
