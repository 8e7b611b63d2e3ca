"""Extracted mentions a second through all that follows, on one core, split by step.

    python -m benchmarks.mentions [COUNT] [--profile]

duplicate check and story → SQLite store → 1,000 keyword rules, 1,000 claims, 1,000 facts → alerts.
Texts have 800 characters, made of invented sentences; one in fifty speaks of a fact, one in fifty
repeats a claim. The named peer is what one would put together of libraries, in the same run: rensa
for duplicates, ahocorasick_rs for the terms, SQLite FTS5 with its trigrams; it judges nothing.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import sqlite3
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from ahocorasick_rs import AhoCorasick
from rensa import RMinHash, RMinHashLSH

from pipeline.identity import content_hash, mention_id
from pipeline.model import (
    AllOf,
    AnyOf,
    Claim,
    Fact,
    FactElement,
    Mention,
    NoneOf,
    Position,
    Rule,
)
from pipeline.run import BATCH

SENTENCES = Path(__file__).parents[1] / "tests" / "quality" / "evasion" / "ordinary.txt"
KNOWN = 1_000
"""Rules, claims and facts each."""
SIZE = 800
NOW = datetime(2026, 3, 5, 4, tzinfo=UTC)
_RANDOM = Random(7)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("count", nargs="?", type=int, default=1_000)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    os.environ["CHENGQING_DATA"] = data = tempfile.mkdtemp(prefix="chengqing-benchmark-")
    from config.wiring import Judge, start

    system = start()
    sentences = [
        line for line in SENTENCES.read_text("utf-8").splitlines() if line and line[0] != "#"
    ]
    subjects = [f"{_word(4)}证" for _ in range(KNOWN)]
    claims = [_claim(number) for number in range(KNOWN)]
    rules = [*_rules(sentences), Rule("claims", kind="claim"), Rule("facts", kind="fact")]
    facts = [_fact(number, subject) for number, subject in enumerate(subjects)]
    mentions = [_mention(n, sentences, subjects, claims) for n in range(options.count)]

    from pipeline import known
    from pipeline.reader import Reading
    from pipeline.run import Report

    seconds: dict[str, float] = defaultdict(float)
    pipeline = system.pipeline()
    judge = Judge(
        replace(system.configuration, rules=tuple(rules), claims=tuple(claims), facts=tuple(facts))
    )
    for kind, compiled in judge.compiled._compiled.items():
        compiled.evaluate = timed(seconds, f"rules: {kind}", compiled.evaluate)  # type: ignore[method-assign]
    pipeline.alerts = judge
    from alerts import services

    services.raise_alerts = timed(seconds, "alerts written", services.raise_alerts)
    pipeline.store.put = timed(seconds, "store", pipeline.store.put)  # type: ignore[method-assign]
    known.Known.place = timed(seconds, "duplicates, story", known.Known.place)  # type: ignore[method-assign]
    readings = [Reading(Position.parse(mention.raw), (mention,)) for mention in mentions]
    report = Report()
    pipeline._take(readings[:1], report)  # tables and indexes that are made at first use
    seconds.clear()
    profile = cProfile.Profile()
    began = time.process_time()
    if options.profile:
        profile.enable()
    for place in range(1, len(readings), BATCH):
        pipeline._take(readings[place : place + BATCH], report)
    profile.disable()
    total = time.process_time() - began
    seconds["everything else"] = total - sum(seconds.values())
    if options.profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(35)
    peer = _peer([mention.text for mention in mentions], sentences)
    print(f"{len(mentions)} mentions, {sum(report.new.values())} stored in {data}")
    print(f"{sum(report.duplicate.values())} duplicates, {sum(report.alerts.values())} alerts")
    for name, spent in sorted(seconds.items(), key=lambda item: -item[1]):
        print(f"  {name:<20}{spent / len(mentions) * 1e3:7.3f} ms a mention {spent / total:6.1%}")
    print(f"to the alert:          {len(mentions) / total:8.0f} mentions/s")
    print(f"rensa, ahocorasick_rs, FTS5: {len(mentions) / peer:8.0f} texts/s, nothing judged")
    print(f"ratio: {peer / total:.2f}")


def timed(seconds: dict[str, float], name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        start = time.process_time()
        try:
            return function(*args, **kwargs)
        finally:
            seconds[name] += time.process_time() - start

    return call


def _word(size: int) -> str:
    return "".join(chr(0x4E00 + _RANDOM.randrange(3000)) for _ in range(size))


def _terms(sentences: Sequence[str]) -> list[str]:
    """Pieces of sentences: terms that occur."""
    cut = (_RANDOM.choice(sentences) for _ in range(KNOWN * 2))
    return [each[at : at + 3] for each in cut for at in [_RANDOM.randrange(max(len(each) - 3, 1))]]


def _rules(sentences: Sequence[str]) -> list[Rule]:
    terms = [term for term in _terms(sentences) if term.strip()]
    return [
        Rule(
            f"r{number}",
            condition=AllOf((AnyOf((a, _word(3))), AnyOf((_word(2), _word(3))), NoneOf((b,)))),
        )
        for number in range(KNOWN)
        for a, b in [_RANDOM.sample(terms, 2)]
    ]


def _claim(number: int) -> Claim:
    return Claim(f"c{number}", f"{_word(3)}小区{_word(2)}停水{number}天", verdict=False)


def _fact(number: int, subject: str) -> Fact:
    return Fact(
        f"f{number}",
        f"{subject}工本费{number + 10}元，3个工作日内办结。",
        subjects=(subject, f"{subject}办理"),
        elements=(
            FactElement("fee", "amount", f"{number + 10}元", cues=("工本费", "收费")),
            FactElement("limit", "duration", "3个工作日", cues=("办结", "办理时限")),
        ),
    )


def _mention(
    number: int, sentences: Sequence[str], subjects: Sequence[str], claims: Sequence[Claim]
) -> Mention:
    text = ""
    while len(text) < SIZE:
        text += _RANDOM.choice(sentences)
    if number % 50 == 0:
        text = f"{text[: SIZE - 40]}。{_RANDOM.choice(subjects)}办理要收费{number + 5}元。"
    if number % 50 == 25:
        text = f"{text[: SIZE - 40]}。听说{_RANDOM.choice(claims).text}，大家注意。"
    title = _RANDOM.choice(sentences)[:20]
    url, seen = f"https://news.example/{number}.html", NOW + timedelta(seconds=number)
    return Mention(
        mention_id(url), int(seen.timestamp() * 1000), url, "gazette", title, text, seen,
        content_hash=content_hash(title, text), language="zh", raw=f"1:{number}",
    )  # fmt: skip


def _peer(texts: Sequence[str], sentences: Sequence[str]) -> float:
    """Seconds for the same texts."""
    scan = AhoCorasick([term for term in _terms(sentences) if term])
    db = sqlite3.connect(Path(tempfile.mkdtemp()) / "peer.db")
    db.execute("CREATE VIRTUAL TABLE texts USING fts5 (text, tokenize='trigram')")
    index = RMinHashLSH(0.5, 128, 32)
    began = time.process_time()
    for number, text in enumerate(texts):
        signature = RMinHash(128, 1)
        signature.update([text[at : at + 4] for at in range(len(text) - 3)])
        index.query(signature)
        index.insert(number, signature)
        scan.find_matches_as_indexes(text, overlapping=True)
        db.execute("INSERT INTO texts VALUES (?)", (text,))
        if number % BATCH == BATCH - 1:
            db.commit()
    return time.process_time() - began


if __name__ == "__main__":
    main()
