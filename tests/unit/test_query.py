from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import QueryError
from pipeline.query import MAX_LENGTH, MAX_WORDS, Search, parse
from pipeline.stores.pages import read_cursor, write_cursor


def shape(search: Search) -> list[str]:
    """Clauses as text: `-` excludes, `|` between alternatives, `*` for an open end."""
    return [
        ("-" if clause.negative else "")
        + "|".join(" ".join(p.tokens) + ("*" if p.open_end else "") for p in clause.phrases)
        for clause in search.clauses
    ]


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("", []),
        ("停水", ["停水"]),
        ("水", ["水*"]),
        ("停水 通告", ["停水", "通告"]),
        ("停水\u3000通告", ["停水", "通告"]),
        ('"停水 通告"', ["停水 水 通告"]),
        ("“停水 通告”", ["停水 水 通告"]),
        ("停水，通告", ["停水 水 通告"]),
        ("停水 -通告", ["停水", "-通告"]),
        ('停水 -"临时 通告"', ["停水", "-临时 时 通告"]),
        ("停水 －通告", ["停水", "-通告"]),
        ("-停水", ["-停水"]),
        ("停水 OR 停电", ["停水|停电"]),
        ("停水 OR 停电 OR 停气 通告", ["停水|停电|停气", "通告"]),
        ("通告 停水 OR 停电", ["通告", "停水|停电"]),
        ('"停水 了" OR AI', ["停水 水 了*|ai"]),
        ('"OR"', ["or"]),
        ("or", ["or"]),
        ("OR 停水 OR", ["停水"]),
        ("停水 OR OR 停电", ["停水|停电"]),
        ("停水 OR -停电", ["停水", "-停电"]),
        ("-停水 OR 停电", ["-停水", "停电"]),
        ("-OR", ["-or"]),
        ("停水 OR ！ 停电", ["停水|停电"]),
        ("停水-通告", ["停水 水 通告"]),
        ("2026-03-05", ["2026 03 05"]),
        ("Wi-Fi", ["wi fi"]),
        ("- 停水", ["停水"]),
        ("--停水", ["-停水"]),
        ('"停水', ["停水"]),
        ('停水"', ["停水"]),
        ('停"水"', ["停*", "水*"]),
        ("停* (水) title:x", ["停*", "水*", "title x"]),
    ],
)
def test_how_a_search_is_read(text: str, clauses: list[str]) -> None:
    assert shape(parse(text)) == clauses


@pytest.mark.parametrize("text", ["(((", "-", "OR", "  ！？ ", '""', '-""', "OR OR", "(" * 999])
def test_a_search_without_a_word_is_told_and_not_taken_for_everything(text: str) -> None:
    with pytest.raises(QueryError, match=r"^“.{1,21}”里没有可查的词，"):
        parse(text)


def test_only_what_is_wanted_is_highlighted() -> None:
    assert [p.tokens for p in parse("停水 OR 停电 -通告").wanted] == [("停水",), ("停电",)]


def test_a_search_has_its_limits() -> None:
    assert len(parse("水 " * MAX_WORDS).clauses) == MAX_WORDS
    with pytest.raises(QueryError, match="超过 50 个词"):
        parse("水 " * (MAX_WORDS + 1))
    parse("水" * MAX_LENGTH)
    with pytest.raises(QueryError, match="超过 1000 个字符"):
        parse("水" * (MAX_LENGTH + 1))


@settings(max_examples=300, deadline=None)
@given(st.text('停水OR "“”-－ab！\x00\ud800\n', max_size=40) | st.text(max_size=40))
def test_any_text_is_a_search(text: str) -> None:
    try:
        found = parse(text)
    except QueryError as error:
        said = str(error)
    else:
        said = ""
    if said:
        assert "里没有可查的词" in said
        assert said.isprintable()
        return
    assert bool(found.clauses) is bool(text.strip())
    for clause in found.clauses:
        assert clause.phrases
        assert all(token and not token.isspace() for p in clause.phrases for token in p.tokens)


@given(
    st.integers(-(10**17), 10**17),
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=64),
)
def test_a_cursor_comes_back_and_fits_into_an_address(at: int, mention_id: str) -> None:
    cursor = write_cursor(at, mention_id)
    assert read_cursor(cursor) == (at, mention_id)
    assert cursor.isascii()
    assert cursor.replace("-", "").replace("_", "").isalnum()


@given(st.text(max_size=40))
def test_what_is_no_cursor_is_refused(text: str) -> None:
    try:
        at, mention_id = read_cursor(text)
    except QueryError:
        return
    assert write_cursor(at, mention_id).rstrip("=")
