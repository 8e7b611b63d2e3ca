"""How many disguises are seen, and how often ordinary text is taken for one, with floors.

`chengqing match` with evasive rules is what is measured: one rule a term, all terms on all texts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import pytest

from alerts.rules.keyword import KeywordRules, compile_rules
from pipeline.model import AnyOf, Rule, Spelling
from pipeline.normalise import fold
from pipeline.numerals import other_writings
from tests.quality.evasion.cases import Case, cases, second

CASES = cases()
TERMS = sorted({case.term for case in CASES if case.term})
RECALL, PRECISION = 0.98, 0.98
PER_KIND = 0.6
SECOND_RECALL, SECOND_PRECISION = 0.965, 0.945
"""On sentences that were written to mislead; see docs/evasion.md."""


def _rules(spelling: Spelling, terms: Sequence[str]) -> KeywordRules:
    return compile_rules([Rule(t, condition=AnyOf((t,)), spelling=spelling) for t in terms])


EVASIVE, PLAIN = _rules("evasive", TERMS), _rules("normalised", TERMS)


def _hit(case: Case) -> set[str]:
    """Terms found in disguise, without those that are part of the one meant."""
    plain = {hit.rule for hit in PLAIN.match("", case.text)}
    found = {hit.rule for hit in EVASIVE.match("", case.text)}
    same = {term for term in TERMS if case.term in (term, *other_writings(term))}
    return {
        term
        for term in found - plain | found & {case.term}
        if term == case.term or not (case.term and (term in case.term or term in same))
    }


@pytest.mark.parametrize("held_out", [False, True], ids=["tuning", "held out"])
def test_disguises_are_seen_and_ordinary_text_is_left_alone(held_out: bool) -> None:
    right, wrong, wanted, seen = 0, [], Counter[str](), Counter[str]()
    for case in CASES:
        if case.held_out == held_out:
            found = _hit(case)
            wanted[case.kind] += bool(case.term)
            seen[case.kind] += bool(case.term and case.term in found)
            right += bool(case.term and case.term in found)
            wrong += [(term, case.text) for term in found - {case.term}]
    recall, precision = right / wanted.total(), right / (right + len(wrong))
    report = f"recall {recall:.4f}, precision {precision:.4f}; {wrong}"
    assert recall >= RECALL, report
    assert precision >= PRECISION, report
    assert all(seen[kind] >= PER_KIND * count for kind, count in wanted.items()), seen


def test_the_second_set() -> None:
    terms = sorted({case.term for case in second() if case.term})
    evasive, plain = _rules("evasive", terms), _rules("normalised", terms)
    right, missed, wrong = 0, [], []
    for case in second():
        found = {hit.rule for hit in evasive.match("", case.text)}
        right += case.term in found
        missed += [case] if case.term and case.term not in found else []
        others = found - {hit.rule for hit in plain.match("", case.text)}
        wrong += [(term, case.text) for term in others if term not in case.term]
    recall, precision = right / (right + len(missed)), right / (right + len(wrong))
    report = f"recall {recall:.4f}, precision {precision:.4f}; {missed}; {wrong}"
    assert recall >= SECOND_RECALL, report
    assert precision >= SECOND_PRECISION, report


def test_the_set_is_as_wide_as_it_says() -> None:
    kinds = Counter(case.kind for case in CASES if case.term)
    assert len(kinds) >= 40
    assert min(kinds.values()) >= 20
    assert sum(not case.term for case in CASES) >= 500
    halves = Counter(case.held_out for case in CASES)
    assert min(halves.values()) > 0.45 * len(CASES)


def test_what_is_found_is_what_was_written() -> None:
    """But for signs, invisible characters and the digit of a tone at the edges."""
    unlike = []
    for case in CASES:
        hits = {hit.rule: hit for hit in EVASIVE.match("", case.text)}
        if case.term in hits:
            spans = {_core(span[2]) for span in hits[case.term].spans}
            if _core(case.disguise) not in spans:
                unlike.append((case.disguise, spans))
    assert len(unlike) <= 0.01 * len(CASES), unlike


def _core(written: str) -> str:
    return re.sub(r"^\W+|\W+$", "", fold(written).text).rstrip("1234")
