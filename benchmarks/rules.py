"""Rules a second: one scan for all terms beside a naive loop, and the judgement of one mention.

Run: `.venv/bin/python -m benchmarks.rules`. Texts and terms are random Chinese; one core.
"""

from __future__ import annotations

import random
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial

from ahocorasick_rs import AhoCorasick, Implementation

from alerts.rules.keyword import compile_rules
from alerts.rules.ruleset import compile_all
from pipeline.model import AllOf, AnyOf, Claim, Fact, FactElement, Mention, Near, NoneOf, Rule
from pipeline.normalise import fold

_COMMON = "的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会"
_LETTERS = _COMMON * 4 + "".join(map(chr, range(0x4E00, 0x4E00 + 3000)))
_ROUNDS = 6
_SLOW = 0.02
"""Seconds: what takes longer for one text is measured on ten."""


def main() -> None:
    random.seed(7)
    texts = [_chinese(800) for _ in range(200)]
    terms = _terms(20_000, texts)
    print("800-character texts, 20,000 terms; texts a second of processor time, best of rounds")
    automaton = AhoCorasick(terms, implementation=Implementation.ContiguousNFA)
    dense = AhoCorasick(terms, implementation=Implementation.DFA)
    ways: dict[str, Callable[[str], object]] = {
        "scan alone, ContiguousNFA": partial(automaton.find_matches_as_indexes, overlapping=True),
        "scan alone, DFA": partial(dense.find_matches_as_indexes, overlapping=True),
        "fold alone": fold,
    }
    for count in (10_000, 100_000):
        ways[f"{count:,} keyword rules"] = _matcher(_rules(count, terms))
    evasive = [replace(rule, spelling="evasive") for rule in _rules(10_000, terms)]
    ways["10,000 keyword rules, all evasive"] = _matcher(evasive)
    ways["100 keyword rules, all evasive"] = _matcher(evasive[:100])
    ways["naive `term in text` loop"] = lambda text: [term for term in terms if term in text]
    ways["100 rules, 50 claims, 50 facts"] = _judge_of_a_desk()
    best = _measured(ways, texts)
    for name, rate in best.items():
        share = rate / best["scan alone, ContiguousNFA"]
        print(f"{name:36}{rate:10,.0f}   {share:6.3f} of the scan")
    slower = best["10,000 keyword rules"] / best["100,000 keyword rules"]
    print(f"ten times the rules take {slower:.2f} times as long")
    print(f"memory: {_megabytes()} MB, all of the above together")


def _matcher(rules: Sequence[Rule]) -> Callable[[str], object]:
    before, started = _megabytes(), time.process_time()
    compiled = compile_rules(rules)
    spelling, seconds = rules[0].spelling, time.process_time() - started
    print(
        f"compiled {len(rules):,} {spelling} rules in {seconds:.1f} s, "
        f"{_megabytes() - before} MB more"
    )
    return lambda text: compiled.match("", text)


def _megabytes() -> int:
    """The most memory that the process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _measured(ways: dict[str, Callable[[str], object]], texts: Sequence[str]) -> dict[str, float]:
    """Texts a second of each way. They take turns, so that a busy machine is busy for all."""
    best = dict.fromkeys(ways, 0.0)
    sizes = {}
    for name, work in ways.items():
        started = time.process_time()
        work(texts[0])
        slow = time.process_time() - started > _SLOW
        sizes[name] = texts[:10] if slow else texts
    for _ in range(_ROUNDS):
        for name, work in ways.items():
            started = time.process_time()
            for text in sizes[name]:
                work(text)
            best[name] = max(best[name], len(sizes[name]) / (time.process_time() - started))
    return best


def _chinese(size: int) -> str:
    return "".join("，" if place % 13 == 12 else random.choice(_LETTERS) for place in range(size))


def _terms(count: int, texts: Sequence[str]) -> list[str]:
    """Half of them cut from the texts, so that each text has some tens of hits."""
    found: set[str] = set()
    while len(found) < count // 3:
        text, size = random.choice(texts), random.choice((2, 2, 3, 4))
        start = random.randrange(len(text) - size)
        if "，" not in (term := text[start : start + size]):
            found.add(term)
    while len(found) < count:
        found.add("".join(random.choices(_LETTERS, k=random.choice((2, 3, 4)))))
    return sorted(found)


def _rules(count: int, terms: Sequence[str]) -> list[Rule]:
    return [
        Rule(
            f"r{number}",
            condition=AllOf((AnyOf((a, b)), AnyOf((c,)), NoneOf((d,))))
            if number % 2
            else Near(((a, b), (c, d)), 30),
        )
        for number in range(count)
        for a, b, c, d in [random.sample(terms, 4)]
    ]


def _judge_of_a_desk() -> Callable[[str], object]:
    subjects = [f"{_chinese(4)}办理" for _ in range(50)]
    rules = [
        *_rules(98, [_chinese(3) for _ in range(400)]),
        Rule("claims", kind="claim"),
        Rule("facts", kind="fact"),
    ]
    ruleset = compile_all(
        rules,
        [Claim(f"c{i}", _chinese(20), verdict=False) for i in range(50)],
        [
            Fact(
                f"f{i}",
                f"{subject}免费。",
                subjects=(subject,),
                elements=(FactElement("fee", "amount", "0元", cues=("收费",)),),
                effective_from=date(2025, 1, 1),
            )
            for i, subject in enumerate(subjects)
        ],
    )
    now = datetime(2026, 3, 5, 4, tzinfo=UTC)

    def judge(text: str) -> object:
        told = f"{text}。{subjects[len(text) % 50]}要收费200元。"
        return ruleset.evaluate(Mention("m", 1, "", "s", "标题", told, now), now)

    return judge


if __name__ == "__main__":
    main()
