from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from pipeline.claims.known.closing import last_part, stretches
from pipeline.claims.known.generic import generic
from pipeline.claims.known.index import ClaimIndex
from pipeline.claims.known.meaning import Meaning
from pipeline.claims.known.models import Models
from pipeline.claims.vectors import Vectors
from pipeline.model import Claim


@pytest.mark.parametrize(
    "claim", ["大家帮忙转发一下", "好心人帮忙扩散", "有图有真相,套图来了", "有车的朋友要注意了啊"]
)
def test_a_claim_that_says_nothing_is_generic(claim: str) -> None:
    assert generic(claim)


@pytest.mark.parametrize(
    "claim",
    [
        "大家注意,滨江夜市下个月取缔",
        "请转发:临江超市在卖塑料大米",
        "微信群里说12315热线要取消",
        "the market closes",
    ],
)
def test_one_that_says_something_beside_is_not(claim: str) -> None:
    assert not generic(claim)


def test_a_generic_claim_is_suggested_only() -> None:
    index = ClaimIndex([Claim("plea", "好心人帮忙转发一下"), Claim("rice", "临江超市卖塑料大米")])
    [match] = index.match("", "好心人帮忙转发一下，小区丢了一只橘猫")
    assert match.claim == "plea"
    assert not match.same


def test_the_last_part_is_whole_words_and_two_fifths_at_least() -> None:
    assert last_part("滨江夜市下个月取缔") == "下个月取缔"
    assert last_part("") == ""


def test_stretches_are_runs_of_words_as_long_as_asked_to_the_end_of_the_text() -> None:
    found = stretches("夜市增加四十个摊位", 4)
    assert found
    assert all(each in "夜市增加四十个摊位" for each in found)
    assert all(len(each) >= 4 for each in found)
    assert found[-1].endswith("摊位")
    assert stretches("摊位", 40) == ["摊位"]
    assert stretches("", 4) == []


class _Characters:
    """Texts are as near as they share characters."""

    name, dim = "characters", 256

    def encode(self, texts: Sequence[str]) -> Vectors:
        found = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in zip(found, texts, strict=True):
            for each in text:
                row[ord(each) % self.dim] += 1
            row /= max(float(np.linalg.norm(row)), 1e-9)
        return found


def test_a_claim_is_closed_by_what_says_its_last_part_wherever_it_stands() -> None:
    meaning = Meaning(["滨江夜市下个月取缔"], Models(_Characters(), _Characters()))
    said = meaning.closed(0, ("听说下个月取缔的是滨江夜市,真可惜",))
    other = meaning.closed(0, ("滨江夜市增加四十个摊位", "真热闹"))
    assert said > 0.9 > 0.5 > other
    assert meaning.closed(0, ("",)) == 0.0
