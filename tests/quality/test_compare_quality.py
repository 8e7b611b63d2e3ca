"""How well texts are compared with facts, on eleven sets of our own, with floors.

Each set has its facts (`first.yaml` …) and labelled texts (`first.jsonl` …, the form of `chengqing
evaluate compare`). All is invented. A text of the third to fifth set whose id ends in an odd digit was
never looked at while the comparison was made: these are the `unseen` ones. The tenth and eleventh set
were written without a look at the code; of the eleventh only totals were ever seen.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest

from config.loader import load_facts
from pipeline.claims.facts import FactIndex
from pipeline.evaluation.comparison import Figures, Judged, Row, Verdict, figures

FOLDER = Path(__file__).parent / "compare"
FLOORS = json.loads((Path(__file__).parent / "compare_floors.json").read_text("utf-8"))
EARLIER = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
BLIND = ("tenth", "eleventh")
SETS = (*EARLIER, *BLIND)


@cache
def judged(name: str) -> tuple[Judged, ...]:
    index = FactIndex(load_facts(FOLDER / f"{name}.yaml"))
    found = []
    for line in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines():
        case = json.loads(line)
        at = datetime.fromisoformat(case["published_at"])
        findings = index.compare("", case["text"], at=at)
        for each in findings:
            assert each.span is None or case["text"][slice(*each.span)] == each.found
        found.append(
            Judged(
                case["id"],
                frozenset(Verdict(e["fact"], e["kind"], e["element"]) for e in case["findings"]),
                frozenset(Verdict(e.fact, e.kind, e.element) for e in findings),
            )
        )
    return tuple(found)


def element_kinds() -> dict[tuple[str, str], str]:
    facts = [fact for name in SETS for fact in load_facts(FOLDER / f"{name}.yaml")]
    return {(fact.id, each.id): each.kind for fact in facts for each in fact.elements}


def result(names: tuple[str, ...], keep: Callable[[Judged], bool]) -> Figures:
    cases = [case for name in names for case in judged(name) if keep(case)]
    return figures(cases, element_kinds())


def is_unseen(case: Judged) -> bool:
    return int(case.id[-1], 16) % 2 == 1


MEASURED = {
    "earlier": lambda: result(EARLIER, lambda _: True),
    "unseen": lambda: result(EARLIER[2:5], is_unseen),
    "blind": lambda: result(BLIND, lambda _: True),
    "never looked at": lambda: result(BLIND[1:], lambda _: True),
}


@pytest.mark.parametrize("part", MEASURED)
def test_facts_are_compared_well(part: str) -> None:
    found = MEASURED[part]()
    rows: dict[str, Row] = {row.group: row for row in found.kinds}
    floors = FLOORS[part]
    too_low = [
        f"{kind} {figure} {getattr(rows[kind], figure):.3f} < {floor}"
        for kind, wanted in floors.items()
        if kind != "falsely_alarmed"
        for figure, floor in wanted.items()
        if getattr(rows[kind], figure) < floor
    ]
    assert too_low == []
    assert found.falsely_alarmed / found.silent <= floors["falsely_alarmed"]


def test_the_sets_are_large_and_hold_every_kind() -> None:
    cases = [case for name in SETS for case in judged(name)]
    kinds = element_kinds()
    in_conflict = {
        kinds[v.fact, v.element] for case in cases for v in case.expected if v.kind == "conflict"
    }
    assert len(cases) >= 1000
    assert len({fact for fact, _ in kinds}) >= 167
    assert in_conflict == set(kinds.values())
    assert len(in_conflict) == 10
