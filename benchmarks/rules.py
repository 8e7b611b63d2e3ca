"""Rules a second: one scan for all terms beside a naive loop, and the judgement of one mention.

Run: `.venv/bin/python -m benchmarks.rules`. Texts and terms are random Chinese; one core.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import partial

from ahocorasick_rs import AhoCorasick, Implementation

from alerts.rules import compile_all
from alerts.rules.keyword import compile_rules
from pipeline.model import AllOf, AnyOf, Claim, Fact, FactElement, Mention, Near, NoneOf, Rule
from pipeline.normalise import fold

_COMMON = "的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会"
_LETTERS = _COMMON * 4 + "".join(map(chr, range(0x4E00, 0x4E00 + 3000)))
_SECONDS = 2.0


def main() -> None:
    random.seed(7)
    texts = [_chinese(800) for _ in range(200)]
    terms = _terms(20_000, texts)
    rules = _rules(10_000, terms)
    print("800-character texts, 20,000 terms, 10,000 rules; texts a second")
    for kind in (Implementation.ContiguousNFA, Implementation.DFA):
        automaton = AhoCorasick(terms, implementation=kind)
        name = f"scan alone, {str(kind).rpartition('.')[2]}"
        _show(name, partial(automaton.find_matches_as_indexes, overlapping=True), texts)
    _show("fold alone", fold, texts)
    started = time.perf_counter()
    compiled = compile_rules(rules)
    print(f"{'compile':34}{time.perf_counter() - started:10.2f} s")
    _show("keyword rules", lambda text: compiled.match("", text), texts)
    evasive = compile_rules([Rule(r.id, condition=r.condition, spelling="evasive") for r in rules])
    _show("keyword rules, all evasive", lambda text: evasive.match("", text), texts)
    _show("naive `term in text` loop", lambda text: [t for t in terms if t in text], texts)
    _show("100 rules, 50 claims, 50 facts", _judge_of_a_desk(), texts)


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


def _show(name: str, work: Callable[[str], object], texts: Sequence[str]) -> None:
    work(texts[0])
    done, started = 0, time.perf_counter()
    while time.perf_counter() - started < _SECONDS:
        work(texts[done % len(texts)])
        done += 1
    print(f"{name:34}{done / (time.perf_counter() - started):10,.0f}")


if __name__ == "__main__":
    main()
