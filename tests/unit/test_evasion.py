"""What disguises are made of: sounds, parts, numbers, forms of a text; and the judgement."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.disguise_forms import read
from pipeline.evasion import EvasiveTerms
from pipeline.normalise import fold
from pipeline.numerals import in_words, other_writings, value_of
from pipeline.parts import main_part, splits
from pipeline.sounds import bopomofo, initials, is_pinyin, readings, spelt, syllable, tone


@pytest.mark.parametrize(
    ("letters", "pieces"),
    [
        ("gongshangju", ("gong", "shang", "ju")),
        ("gongsj", ("gong", "s", "j")),
        ("gsj", ("g", "s", "j")),
        ("shipinanquan", ("shi", "pin", "an", "quan")),
        ("x" * 41, ("x",) * 41),
    ],
)
def test_letters_are_read_as_pinyin(letters: str, pieces: tuple[str, ...]) -> None:
    assert spelt(letters) == pieces
    assert is_pinyin(letters) is all(len(piece) > 1 for piece in pieces)


def test_sounds_of_characters() -> None:
    assert (tone("商"), syllable("商"), initials("商")) == ("shang1", "shang", ("s", "sh"))
    assert tone("9") == "jiu3"
    assert tone("*") == ""
    assert readings("工商") == readings("公伤") == readings("宫桑")
    assert len(readings("银行")) == 2
    assert bopomofo("去ㄍㄨㄥㄕㄤㄐㄩˊ吧") == [
        (1, 4, "gong"), (4, 6, "shang"), (6, 9, "ju"),
    ]  # fmt: skip


def test_parts_of_characters() -> None:
    assert set(splits("湖")) == {"氵胡", "水胡"}
    assert {"讠䍃", "言䍃"} <= set(splits("谣"))
    assert splits("一") == ()
    assert main_part("红") == main_part("攻") == "工"
    assert main_part("嘿") == "黑"


@pytest.mark.parametrize(
    ("value", "words"),
    [(15, "一十五"), (120, "一百二十"), (205, "二百零五"), (3000, "三千"),
     (10_000, "一万"), (10_050, "一万零五十"), (2_300_000, "二百三十万"), (10**8, "一亿")],
)  # fmt: skip
def test_numbers_in_words_and_back(value: int, words: str) -> None:
    assert in_words(value) == words
    assert value_of(words) == value


@given(st.integers(1, 10**9 - 1))
def test_every_number_comes_back(value: int) -> None:
    words = in_words(value)
    assert value_of(words) == (value if value >= 10 else None)


@pytest.mark.parametrize(
    ("term", "others"),
    [
        ("200元", {"二百元", "两百元", "2百元"}),
        ("三千元", {"3000元", "3千元"}),
        ("15天", {"十五天", "一十五天"}),
        ("一万元", {"10000元", "1万元"}),
    ],
)
def test_numbers_have_other_writings(term: str, others: set[str]) -> None:
    assert others <= set(other_writings(term))


@pytest.mark.parametrize("term", ["工商局", "", "010", "二三得"])
def test_what_is_no_number_has_no_other_writings(term: str) -> None:
    assert other_writings(term) == []


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("工商局", ["plain", "family"]),
        ("工x商x局", ["plain", "strewn", "family"]),
        ("工工商商局局", ["plain", "doubled", "family"]),
        ("🏃路", ["plain", "pictures", "family"]),
    ],
)
def test_a_text_is_read_in_the_ways_it_gives_reason_for(text: str, kinds: list[str]) -> None:
    assert [form.kind for form in read(text).forms] == kinds


ALPHABET = "工商局收费公伤菊弗贝氵去gonshuf 0159*，🏃\n\u3105ˊ"


@given(st.text(st.sampled_from(ALPHABET), max_size=30) | st.text(max_size=30))
def test_units_lie_in_the_text_in_order(text: str) -> None:
    folded = fold(text).text
    reading = read(folded)
    assert len(reading.plain) == len(folded)
    for form in reading.forms:
        assert len(form.symbols) == len(form.starts) == len(form.ends)
        assert form.starts == sorted(form.starts)
        assert all(
            0 <= start < end <= len(folded)
            for start, end in zip(form.starts, form.ends, strict=True)
        )


TERMS = EvasiveTerms(["工商局", "收费", "12315", "200元", "fraud"])


@given(st.text(st.sampled_from(ALPHABET + "1235百元两frad4"), max_size=30))
def test_any_text_can_be_searched(text: str) -> None:
    folded = fold(text).text
    for number, start, end in TERMS.find(folded):
        assert 0 <= number < 5
        assert 0 <= start < end <= len(folded)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("打一二三一五", ["一二三一五"]),
        ("交两百元", ["两百元"]),
        ("交1200元", []),
        ("交一百二百元", []),
        ("单号9123150", []),
        ("说工𝐬𝐡𝐚𝐧𝐠局", ["工𝐬𝐡𝐚𝐧𝐠局"]),
        ("局商工", ["局商工"]),
        ("エ商局", ["エ商局"]),
        ("去gsj办事", ["gsj"]),
        ("see gsj.com", []),
        ("见 https://x.example/gsj/1", []),
        ("工商\n局要收钱", ["工商\n局"]),
        ("frаud!", ["frаud"]),
    ],
)
def test_what_is_seen_and_where(text: str, found: list[str]) -> None:
    folded = fold(text)
    spans = sorted(folded.original(start, end) for _, start, end in TERMS.find(folded.text))
    assert [text[slice(*span)] for span in spans] == found
