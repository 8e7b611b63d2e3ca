"""Pairs judged a second, with and without sentence models, beside plain measures in the same run.

    python -m benchmarks.pairs [FILE] [--pairs N] [--rounds N]

FILE holds JSON lines with `a`, `b` and `same`; default: our own pairs of the quality tests.
difflib's `SequenceMatcher` and the cosine of the sentence model stand for what can be had without
training; the area under the ROC curve is printed beside each. The time is that of the processor,
the rounds alternate, and the best of each counts. Every round sees other texts than the one before,
so that nothing is remembered.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np

from pipeline.claims.pairs.model import PairModel, lexical, semantic
from pipeline.claims.vectors import universal_encoder
from pipeline.evaluation.pairs import area_under_roc

OWN = Path(__file__).resolve().parents[1] / "tests" / "quality" / "pairs.jsonl"
Pair = tuple[str, str]
Way = Callable[[Sequence[Pair]], list[float]]


def by_difflib(pairs: Sequence[Pair]) -> list[float]:
    return [SequenceMatcher(None, a, b, autojunk=False).ratio() for a, b in pairs]


def by_cosine(pairs: Sequence[Pair]) -> list[float]:
    encode = universal_encoder().encode
    a, b = encode([a for a, _ in pairs]), encode([b for _, b in pairs])
    return list(np.einsum("ij,ij->i", a, b).astype(float))


def judged(model: PairModel) -> Way:
    return lambda pairs: [verdict.score for verdict in model.judge(pairs)]


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, default=OWN)
    parser.add_argument("--pairs", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args(arguments)
    lines = [json.loads(line) for line in chosen.file.read_text("utf-8").splitlines()]
    lines = lines[: chosen.pairs]
    labels = [line["same"] for line in lines]
    ways: dict[str, Way] = {
        "difflib": by_difflib,
        "ours, lexical": judged(lexical()),
        "cosine, USE": by_cosine,
        "ours, with models": judged(semantic()),
    }
    best, scores = dict.fromkeys(ways, 0.0), {}
    for round_ in range(chosen.rounds):
        pairs = [(line["a"] + "。" * round_, line["b"] + "。" * round_) for line in lines]
        for name, way in ways.items():
            started = time.process_time()
            scores[name] = way(pairs)
            best[name] = max(best[name], len(pairs) / (time.process_time() - started))
    print(f"{len(lines)} pairs of {chosen.file.name}")
    print(f"{'way':20}{'pairs/s':>10}{'ratio':>8}{'AUC':>8}")
    for name, rate in best.items():
        area = area_under_roc(labels, scores[name])
        print(f"{name:20}{rate:10.0f}{rate / best['difflib']:8.2f}{area or 0:8.3f}")
    print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main(sys.argv[1:])
