"""Mentions compared with 1,000 facts, beside a bare scan for their subjects.

Run: `.venv/bin/python -m benchmarks.facts`. Texts of 800 characters of random Chinese; one core.
In the first kind nothing is touched, in the second each text speaks of two facts, rightly of one
and wrongly of the other; of the mix one text in ten does, which is many: of 1,721 posts and pages
of the development data hardly any spoke of one of 167 facts. Times are of the processor, so that
others at work on the machine count less.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from ahocorasick_rs import AhoCorasick

from benchmarks.texts import LETTERS, chinese, show
from pipeline.claims.facts import FactIndex
from pipeline.model import Fact, FactElement
from pipeline.normalise import fold

_AT = datetime(2026, 3, 5, 4, 0, tzinfo=UTC)
_show = partial(show, seconds=2.0)


def main() -> None:
    random.seed(7)
    facts = [_fact(number) for number in range(1_000)]
    subjects = [subject for fact in facts for subject in fact.subjects]
    untouched = [chinese(800) for _ in range(200)]
    touching = [_speaking(text, facts) for text in untouched]
    started = time.process_time()
    index = FactIndex(facts)
    print(f"{'compile 1,000 facts':34}{time.process_time() - started:10.2f} s")
    scan = partial(AhoCorasick(subjects).find_matches_as_indexes, overlapping=True)
    _show("bare scan for the subjects", scan, untouched)
    _show("fold alone", fold, untouched)
    _show("compare, nothing touched", lambda text: index.compare("", text, at=_AT), untouched)
    _show("compare, two facts touched", lambda text: index.compare("", text, at=_AT), touching)
    mixed = [touching[n] if n % 10 == 0 else text for n, text in enumerate(untouched)]
    _show("compare, one text in ten touched", lambda text: index.compare("", text, at=_AT), mixed)
    found = [each.kind for text in touching for each in index.compare("", text, at=_AT)]
    print(f"{len(touching)} texts: {found.count('conflict')} conflicts", end=", ")
    print(f"{found.count('consistent')} consistent")


def _fact(number: int) -> Fact:
    subject = "".join(random.choices(LETTERS, k=4))
    return Fact(
        f"f{number}",
        f"{subject}工本费{number + 10}元，3个工作日内办结。",
        subjects=(subject, f"{subject}办理"),
        elements=(
            FactElement("fee", "amount", f"{number + 10}元", cues=("工本费", "收费")),
            FactElement("limit", "duration", "3个工作日", cues=("办结", "办理时限")),
            FactElement("start", "date", "2026-01-01"),
            FactElement("scope", "phrase", "全市", required=True),
        ),
    )


def _speaking(text: str, facts: Sequence[Fact]) -> str:
    right, wrong = random.sample(facts, 2)
    told = f"。全市{right.subjects[0]}3个工作日办结。{wrong.subjects[0]}工本费8888元。"
    return f"{text[:300]}{told}{text[300 + len(told) :]}"


if __name__ == "__main__":
    main()
