from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalise import fold

ANY_TEXT = st.text(st.characters(), max_size=60) | st.text(
    st.sampled_from("临江市場監管局ＡＢc１２…①é́が\u200b\u202e\ufe0f\x00\ud800\u3164㎡ﬁ"),
    max_size=60,
)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("ＡＢＣ１２３", "abc123"),
        ("市場監督管理局", "市场监督管理局"),
        ("工\u200b商\u2060局", "工商局"),
        ("\u202e工商局\u202c", "工商局"),
        ("工\u0336商\u0336局", "工商局"),
        ("Cafe\u0301 CAFÉ", "cafe cafe"),
        ("收费，２００元。", "收费,200元。"),
        ("等等…", "等等..."),
        ("２０㎡", "20m2"),
        ("Straße", "strasse"),
        ("工\x00商局", "工商局"),
        ("한글", "한글"),
        ("第一行\n第二行", "第一行\n第二行"),
        ("", ""),
    ],
)
def test_same_reading_same_text(written: str, folded: str) -> None:
    assert fold(written).text == folded


def test_span_maps_back_over_dropped_characters() -> None:
    text = "请看…工\u200b商局\u200b的通知"
    folded = fold(text)
    start = folded.text.index("工商局")
    assert text[slice(*folded.original(start, start + 3))] == "工\u200b商局"


def test_span_survives_a_drop_and_an_expansion_that_cancel_out() -> None:
    text = "\u200b\u200b…工商局"
    folded = fold(text)
    assert len(folded.text) == len(text)
    start = folded.text.index("工商局")
    assert text[slice(*folded.original(start, start + 3))] == "工商局"


def test_unchanged_lengths_map_to_themselves() -> None:
    assert fold("臨江市ＡＢＣ").original(2, 5) == (2, 5)


@given(ANY_TEXT)
def test_idempotent(text: str) -> None:
    once = fold(text).text
    assert fold(once).text == once


@given(ANY_TEXT)
def test_canonical_equivalents_fold_alike(text: str) -> None:
    # Hangul aside, whose syllables written as single letters stay so.
    decomposed = unicodedata.normalize("NFD", text)
    if not any(unicodedata.name(char, "").startswith("HANGUL") for char in decomposed):
        assert fold(decomposed).text == fold(text).text


@given(ANY_TEXT, st.data())
def test_every_span_maps_back(text: str, data: st.DataObject) -> None:
    folded = fold(text)
    start = data.draw(st.integers(0, len(folded.text)))
    end = data.draw(st.integers(start, len(folded.text)))
    first, last = folded.original(start, end)
    assert 0 <= first <= last <= len(text)
    refolded = fold(text[first:last]).text
    assert folded.text[start:end] in refolded


@given(ANY_TEXT, ANY_TEXT)
def test_folding_is_by_character(first: str, second: str) -> None:
    assert fold(first + second).text == fold(first).text + fold(second).text


@pytest.mark.parametrize("written", ["🅵🆁🅰🆄🅳", "🇫🇷🇦🇺🇩", "ꜰʀᴀᴜᴅ", "ᶠʳᵃᵘᵈ", "🄵🅁🄰🅄🄳", "ⓕⓡⓐⓤⓓ", "𝓯𝓻𝓪𝓾𝓭"])
def test_letters_by_any_name_are_letters(written: str) -> None:
    assert fold(written).text == "fraud"
