"""The processes below this one: a browser must not outlive the collector."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path


def kill_offspring() -> None:
    """Kill every descendant of this process. The collector starts none but the browser's."""
    for pid in descendants(os.getpid()):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def descendants(pid: int) -> list[int]:
    """Of a process, deepest last; any of them may end by itself while it is looked at.

    Those that start meanwhile may be missed, their parent is gone then.
    """
    found: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                found.extend(map(int, (task / "children").read_text().split()))
    return found + [each for child in found for each in descendants(child)]
