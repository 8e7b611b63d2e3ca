"""Child processes that do not outlive us, even when we are killed."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def _die_with_parent() -> None:
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def start_child(module: str, arguments: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
    """Run `python -m module`, output to `log`, in a group of its own: Ctrl-C reaches only us.

    The child gets SIGTERM when the thread that called this ends.
    """
    with log.open("ab") as file:
        return subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )


def end_child(child: subprocess.Popen[bytes], seconds: float = 15) -> None:
    """SIGTERM, then SIGKILL after `seconds`; returns when it is gone."""
    if child.poll() is not None:
        return
    child.terminate()
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
