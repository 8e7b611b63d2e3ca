"""What benchmarks of single texts share: random Chinese, and the time that a judge takes."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence

_COMMON = "的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会"
LETTERS = _COMMON * 4 + "".join(map(chr, range(0x4E00, 0x4E00 + 3000)))


def chinese(size: int) -> str:
    """Random letters with punctuation, `size` of them together."""
    return "".join(
        "。" if place % 39 == 38 else "，" if place % 13 == 12 else random.choice(LETTERS)
        for place in range(size)
    )


def show(
    name: str, judge: Callable[[str], object], texts: Sequence[str], *, seconds: float
) -> None:
    """Mean and median processor time of a text; all texts again until `seconds` are over."""
    times: list[float] = []
    stop = time.process_time() + seconds
    while time.process_time() < stop:
        for text in texts:
            started = time.process_time()
            judge(text)
            times.append(time.process_time() - started)
    times.sort()
    mean, median = sum(times) / len(times), times[len(times) // 2]
    print(f"{name:34}{mean * 1e3:10.3f} ms mean{median * 1e3:10.3f} ms median")
