"""Pairs of texts contrasted a second, beside a plain comparison by difflib in the same run.

    python -m benchmarks.contrast [FILE] [--rounds N]

FILE holds JSON lines with `official` and `mention` (and `distorted`, `type`: then what was found is
printed too); default: our own cases of the quality tests. difflib's `SequenceMatcher` aligns the
characters and stands for what can be had without reading: any change counts. The time is that of
the processor, the rounds alternate, and the best of each counts.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from statistics import mean

from pipeline.claims.contrast import contrast

OWN = Path(__file__).resolve().parents[1] / "tests" / "quality" / "contrast_cases.json"


@dataclass(frozen=True, slots=True)
class Pair:
    official: str
    mention: str
    label: str


def pairs(file: Path | None) -> list[Pair]:
    if file is None:
        cases = json.loads(OWN.read_text("utf-8"))
        return [Pair(c["official"], text, label) for c in cases for label, text in c["versions"]]
    lines = map(json.loads, file.read_text("utf-8").splitlines())
    return [Pair(line["official"], line["mention"], line.get("type", "")) for line in lines]


def by_difflib(official: str, mention: str) -> float:
    """How unlike two texts are, 0…1."""
    return 1 - SequenceMatcher(None, official, mention, autojunk=False).ratio()


def by_us(official: str, mention: str) -> float:
    return contrast(official, mention).score


def rate(score: Callable[[str, str], float], of: Sequence[Pair]) -> float:
    started = time.process_time()
    for pair in of:
        score(pair.official, pair.mention)
    return len(of) / (time.process_time() - started)


def found(of: Sequence[Pair]) -> None:
    """Share of pairs taken for distorted, and mean unlikeness by difflib, for each label."""
    flagged: dict[str, list[bool]] = defaultdict(list)
    unlike: dict[str, list[float]] = defaultdict(list)
    for pair in of:
        flagged[pair.label].append(contrast(pair.official, pair.mention).distorted)
        unlike[pair.label].append(by_difflib(pair.official, pair.mention))
    print(f"{'kind':34}{'pairs':>7}{'distorted':>11}{'difflib, mean':>15}")
    for label in sorted(flagged):
        share, apart = mean(flagged[label]), mean(unlike[label])
        print(f"{label:34}{len(flagged[label]):7}{share:11.3f}{apart:15.3f}")


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args(arguments)
    of = pairs(chosen.file)
    contrast("今天", "明天")
    ours, theirs = 0.0, 0.0
    for _ in range(chosen.rounds):
        ours, theirs = max(ours, rate(by_us, of)), max(theirs, rate(by_difflib, of))
    size = mean(len(pair.official) for pair in of)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(of)} pairs, {size:.0f} characters each: contrast {ours:,.0f} pairs/s,")
    print(f"difflib {theirs:,.0f} pairs/s; {memory:.0f} MB at most, most of it the dictionaries")
    found(of)


if __name__ == "__main__":
    main(sys.argv[1:])
