"""The index of many keys finds what a dictionary finds."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalise import codes_of
from pipeline.sieve import Index, triples

NUMBERS = st.lists(st.integers(0, 40) | st.integers(0, 2**64 - 1), max_size=60)


@given(keys=NUMBERS, others=NUMBERS)
def test_it_finds_what_a_dictionary_finds(keys: list[int], others: list[int]) -> None:
    index = Index(np.array(keys, dtype=np.uint64))
    asked = others + keys[:20]
    wanted = {
        (place, entry)
        for place, number in enumerate(asked)
        for entry, key in enumerate(keys)
        if number == key
    }
    places, entries = index.find(np.array(asked, dtype=np.uint64))
    found = [*zip(places.tolist(), entries.tolist(), strict=True)]
    assert len(found) == len(wanted)
    assert set(found) == wanted
    holds = index.holds(np.array(asked, dtype=np.uint64)).tolist()
    assert holds == [number in keys for number in asked]


@given(text=st.text(max_size=30))
def test_equal_triples_have_equal_numbers(text: str) -> None:
    text = "".join(char for char in text if not "\ud800" <= char <= "\udfff")
    numbers = triples(codes_of(text)).tolist()
    heads = [text[place : place + 3] for place in range(len(text) - 2)]
    assert [numbers.index(number) for number in numbers] == [heads.index(head) for head in heads]
