"""The tables against a plain reference: every signature compared with every other."""

from __future__ import annotations

import random

from pipeline.bands import BANDS, PERMUTATIONS, ROWS, Bands, narrow


def changed(signature: list[int], places: int, dice: random.Random) -> list[int]:
    """A signature with that many other places."""
    made = list(signature)
    for place in dice.sample(range(PERMUTATIONS), places):
        made[place] = (made[place] + dice.randrange(1, 256)) & 0xFF
    return made


def random_signature(dice: random.Random) -> list[int]:
    return [dice.getrandbits(32) for _ in range(PERMUTATIONS)]


def meet(left: bytes, right: bytes) -> bool:
    return any(left[at : at + ROWS] == right[at : at + ROWS] for at in range(0, BANDS * ROWS, ROWS))


def agree(left: bytes, right: bytes) -> int:
    return sum(left[at] == right[at] for at in range(PERMUTATIONS))


def test_all_that_meet_in_a_band_are_found_with_their_equal_places() -> None:
    dice = random.Random(3)
    originals = [random_signature(dice) for _ in range(300)]
    signatures = [
        narrow(changed(each, dice.randrange(PERMUTATIONS), dice))
        for each in originals
        for _ in range(3)
    ]
    bands = Bands()
    for each in signatures:
        bands.add(each)
    for each in map(narrow, originals):
        expected = {
            row: agree(known, each)
            for row, known in enumerate(signatures)
            if meet(known, each) and agree(known, each) >= 10
        }
        found = dict(bands.agreeing(each, least=10, most=900))
        assert expected.items() <= found.items()
        assert all(agree(signatures[row], each) == places for row, places in found.items())


def test_the_best_come_first_and_the_oldest_of_equals() -> None:
    dice = random.Random(4)
    wanted = random_signature(dice)
    bands = Bands()
    for places in (40, 0, 20, 0):
        bands.add(narrow(changed(wanted, places, dice)))
    found = bands.agreeing(narrow(wanted), least=1, most=3)
    assert found == [(1, 126), (3, 126), (2, 106)]


def test_a_full_bucket_lets_the_oldest_go() -> None:
    dice = random.Random(5)
    common = random_signature(dice)
    bands = Bands()
    for _ in range(1000):
        bands.add(narrow(changed(common, 20, dice)))
    found = bands.agreeing(narrow(common), least=1, most=1000)
    assert 999 in [row for row, _places in found]
    assert len(found) < 1000


def test_nothing_is_found_among_nothing() -> None:
    assert Bands().agreeing(narrow(random_signature(random.Random(6))), least=0, most=5) == []
