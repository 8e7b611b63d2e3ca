"""How well versions of official texts are told apart: distorted, or only written otherwise.

The cases are our own inventions about 临江市: for each official text, versions of it with what was
done to them. A kind of distortion (`number`, `cause` …) must be found, a kind of harmless rewriting
must not be taken for one. `contrast_blind_cases.json` was written without a look at the code, in four
rounds that were each run once before they were looked at (docs/decisions/0008-contrast.md); of the
last, eight notices, only totals were ever seen.
"""

from __future__ import annotations

import json
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from pipeline.claims.contrast import Contrast, DifferenceKind, contrast

HARMLESS = ("notation", "synonym", "frame", "summary", "order", "voice", "short", "rounding")
BLIND_FOUND_FLOOR = 0.97
BLIND_FALSE_CEILING = 0.1
UNSEEN = 8
UNSEEN_FOUND_FLOOR = 0.975
UNSEEN_FALSE_CEILING = 0.14
FOUND_FLOOR = 0.98
FALSE_CEILING = 0.02
NAMED_FLOOR = 0.92
"""Of the distortions found, those of which a difference has the kind that was made."""
RANKED_FLOOR = 0.99


@cache
def _contrasted(
    name: str = "contrast_cases", last: int = 0
) -> dict[str, list[tuple[str, Contrast]]]:
    """Versions and what was found in them by kind; of the last so many notices, 0 for all."""
    written = (Path(__file__).parent / f"{name}.json").read_text("utf-8")
    found: dict[str, list[tuple[str, Contrast]]] = defaultdict(list)
    for case in json.loads(written)[-last:]:
        for label, version in case["versions"]:
            found[label].append((version, contrast(case["official"], version)))
    return found


def _flagged(label: str) -> list[bool]:
    return [result.distorted for _, result in _contrasted()[label]]


def test_there_are_cases_of_every_kind() -> None:
    assert set(_contrasted()) == {*get_args(DifferenceKind), *HARMLESS}
    assert sum(map(len, _contrasted().values())) >= 430


def test_distortions_are_found() -> None:
    flagged = [flag for kind in get_args(DifferenceKind) for flag in _flagged(kind)]
    assert sum(flagged) / len(flagged) >= FOUND_FLOOR


@pytest.mark.parametrize("kind", get_args(DifferenceKind))
def test_nearly_every_distortion_of_a_kind_is_found(kind: str) -> None:
    flagged = _flagged(kind)
    missed = [text for text, result in _contrasted()[kind] if not result.distorted]
    assert len(missed) <= max(1, round((1 - FOUND_FLOOR) * len(flagged))), missed


def test_harmless_rewriting_is_not_taken_for_distortion() -> None:
    flagged = [flag for kind in HARMLESS for flag in _flagged(kind)]
    assert sum(flagged) / len(flagged) <= FALSE_CEILING


@pytest.mark.parametrize("kind", HARMLESS)
def test_hardly_any_harmless_rewriting_of_a_kind_is_flagged(kind: str) -> None:
    false = [text for text, result in _contrasted()[kind] if result.distorted]
    assert len(false) <= 1, false


def test_differences_have_the_kind_that_was_made() -> None:
    named = [
        any(difference.kind == kind for difference in result.differences)
        for kind in get_args(DifferenceKind)
        for _, result in _contrasted()[kind]
        if result.distorted
    ]
    assert sum(named) / len(named) >= NAMED_FLOOR


def test_distorted_versions_score_above_harmless_ones() -> None:
    distorted, harmless = (
        [result.score for kind in kinds for _, result in _contrasted()[kind]]
        for kinds in (get_args(DifferenceKind), HARMLESS)
    )
    above = sum((a > b) + 0.5 * (a == b) for a in distorted for b in harmless)
    assert above / (len(distorted) * len(harmless)) >= RANKED_FLOOR


@pytest.mark.parametrize(
    ("last", "least", "found_floor", "false_ceiling"),
    [
        (0, 620, BLIND_FOUND_FLOOR, BLIND_FALSE_CEILING),
        (UNSEEN, 60, UNSEEN_FOUND_FLOOR, UNSEEN_FALSE_CEILING),
    ],
)
def test_what_was_written_blind_is_told_apart(
    last: int, least: int, found_floor: float, false_ceiling: float
) -> None:
    blind = _contrasted("contrast_blind_cases", last)
    distorted, harmless = (
        [result.distorted for kind in kinds for _, result in blind.get(kind, ())]
        for kinds in (get_args(DifferenceKind), HARMLESS)
    )
    assert len(distorted) + len(harmless) >= least
    assert sum(distorted) / len(distorted) >= found_floor
    assert sum(harmless) / len(harmless) <= false_ceiling
