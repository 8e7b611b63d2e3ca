from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.normalise import fold
from pipeline.tokenise import _RUN, LONGEST_WORD, Phrase, indexed, phrase, spans_in, tokens


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("临江夜市", "临江 江夜 夜市 市"),
        ("水", "水"),
        ("停水，通告", "停水 水 通告 告"),
        ("停\u200b水", "停水 水"),
        ("AI诈骗training", "ai 诈骗 骗 training"),
        ("ＡＩ詐騙", "ai 诈骗 骗"),
        ("3.5公里", "3 5 公里 里"),
        ("GB18030", "gb18030"),
        ("a_b-c'd", "a b c d"),
        ("𠮷野家", "𠮷野 野家 家"),
        ("㐂\U00030000\U000323af", "㐂\U00030000 \U00030000\U000323af \U000323af"),
        ("人々〇", "人々 々〇 〇"),
        ("Café été", "cafe ete"),
        ("кот Ёж", "кот еж"),
        ("ひらがなと漢字", "ひらかなと 汉字 字"),
        ("！？…—“”", ""),
        ("\x00\ud800\t\n", ""),
        ("", ""),
    ],
)
def test_tokens_of_a_text(text: str, found: str) -> None:
    assert indexed(text) == found


@given(st.text(st.one_of(st.sampled_from("临江水𠮷a1é_ ,。\n々"), st.characters()), max_size=300))
def test_tokens_are_those_of_run_after_run(text: str) -> None:
    found: list[str] = []
    for han, word in _RUN.findall(fold(text).text):
        found += [han[at : at + 2] for at in range(len(han))] if han else [word[:LONGEST_WORD]]
    assert tokens(text) == found
    assert indexed(text) == " ".join(found)


def test_a_word_counts_up_to_a_length() -> None:
    whole, more = "x" * LONGEST_WORD, "y" * (LONGEST_WORD + 1)
    assert tokens(f"{whole * 9}停{more} {whole}") == [whole, "停", more[1:], whole]


@pytest.mark.parametrize(
    ("text", "found", "open_end"),
    [
        ("水", ("水",), True),
        ("停水", ("停水",), False),
        ("城东停水", ("城东", "东停", "停水"), False),
        ("停水 通告", ("停水", "水", "通告"), False),
        ("停水，水", ("停水", "水", "水"), True),
        ("AI诈", ("ai", "诈"), True),
        ("诈骗AI", ("诈骗", "骗", "ai"), False),
    ],
)
def test_what_a_search_word_asks_for(text: str, found: tuple[str, ...], open_end: bool) -> None:
    made = phrase(text)
    assert made is not None
    assert (made.tokens, made.open_end) == (found, open_end)


@pytest.mark.parametrize("text", ["", "！？", " \u200b ", "_", "\ud800"])
def test_nothing_to_search(text: str) -> None:
    assert phrase(text) is None


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("今日城东停水，请储水。", ["停水", "水"], ["停水", "水"]),
        ("停 水停水", ["停水"], ["停水"]),
        ("水水水", ["水水"], ["水水水"]),
        ("說：停\u200b水，ＡＩ詐騙", ["停水", "ai诈"], ["停\u200b水", "ＡＩ詐"]),
        ("training trains", ["train"], []),
        ("AI诈骗，AIs", ["AI"], ["AI"]),
        ("停水，通告", ["停水 通告"], ["停水，通告"]),
        ("停水了，通告", ["停水 通告"], []),
        ("①㈱㎏", ["1", "kg"], ["①", "㎏"]),
        ("Ａ.Ｂ.c", ['a"b'], ["Ａ.Ｂ"]),
        ("无关", ["停水"], []),
        ("", ["停水"], []),
    ],
)
def test_spans_stand_in_the_original(text: str, words: list[str], shown: list[str]) -> None:
    phrases = tuple(made for word in words if (made := phrase(word)))
    assert [text[start:end] for start, end in spans_in(text, phrases)] == shown


def test_without_a_search_there_is_nothing_to_show() -> None:
    assert spans_in("停水", ()) == ()


def sequence_stands_in(wanted: Phrase, text: str) -> bool:
    """What an engine does with positions, read off the tokens alone."""
    of = tokens(text)
    *first, last = wanted.tokens
    return any(
        of[i : i + len(first)] == first
        and (of[i + len(first)].startswith(last) if wanted.open_end else of[i + len(first)] == last)
        for i in range(len(of) - len(first))
    )


_LETTERS = st.text("停水公告ab1 ，_\u200bÉ𠮷々", max_size=12)


@settings(max_examples=500, deadline=None)
@given(_LETTERS, _LETTERS)
def test_the_pattern_finds_what_the_tokens_say(text: str, word: str) -> None:
    made = phrase(word)
    if made is None:
        assert tokens(word) == []
        return
    found = made.stands_in(fold(text).text)
    assert found == sequence_stands_in(made, text)
    assert bool(spans_in(text, (made,))) == found


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=30))
def test_a_text_is_found_by_itself_and_by_its_parts(text: str) -> None:
    whole = phrase(text)
    if whole is not None:
        assert whole.stands_in(fold(text).text)
    spans = spans_in(text, tuple(p for part in text if (p := phrase(part)) and p.open_end))
    for start, end in spans:
        assert 0 <= start < end <= len(text)
