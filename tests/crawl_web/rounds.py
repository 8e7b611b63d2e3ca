"""A round as users run it, on the generated web, with the memory it took."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.crawl_web.world import NETWORK, World

ROOT = Path(__file__).parents[2]
AGENT = "Chengqing-crawl/1.0"
PATIENCE = 300
"""Seconds after which a round that has not ended is killed."""


@dataclass(frozen=True)
class Round:
    """`lines` by source; `peaks` are the highest resident sizes in bytes of each process."""

    status: int
    lines: Mapping[str, Mapping[str, Any]]
    said: str
    seconds: float
    peaks: tuple[int, ...]
    cpu: float
    """Seconds of processor time of all its processes."""


@dataclass
class Installation:
    """A configuration and a data folder of its own."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def configure(self, sources: Iterable[Mapping[str, Any]], **fetching: float) -> None:
        config = self.folder / "config"
        config.mkdir()
        settings = {
            "agency": "临江市市场监督管理局",
            "allow_networks": [NETWORK],
            "user_agent": AGENT,
            "fetching": fetching,
        }
        rules = [{"id": "market", "level": "IV", "all": ["农贸市场", "投诉窗口"]}]
        for name, value in (("settings", settings), ("sources", list(sources)), ("rules", rules)):
            path = config / f"{name}.yaml"
            path.write_text(json.dumps(value, ensure_ascii=False), "utf-8")  # JSON is YAML

    def collect(self) -> Round:
        """`chengqing collect --once --json`, to its end."""
        out, err = self.folder / "stdout", self.folder / "stderr"
        began = time.monotonic()
        with out.open("wb") as stdout, err.open("wb") as stderr:
            child = subprocess.Popen(
                [sys.executable, "-m", "config.cli", "collect", "--once", "--json"],
                stdout=stdout,
                stderr=stderr,
                cwd=ROOT,
                env={
                    **os.environ,
                    "PYTHONPATH": str(ROOT),
                    "CHENGQING_CONFIG": str(self.folder / "config"),
                    "CHENGQING_DATA": str(self.data),
                    **self.environment,
                },
            )
            peaks, cpu = watch(child)
        lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
        return Round(
            child.returncode, {line["source"]: line for line in lines}, err.read_text("utf-8"),
            time.monotonic() - began, tuple(peaks), cpu,
        )  # fmt: skip


def configured(folder: Path, world: World, **fetching: float) -> Installation:
    made = Installation(folder, {"SSL_CERT_FILE": str(world.authorities)})
    made.configure((site.source() for site in world.sources), **fetching)
    return made


def watch(child: subprocess.Popen[bytes]) -> tuple[list[int], float]:
    """Waits for the end; the highest resident size of the process and of each of its children,
    and the processor time of all."""
    peaks: dict[int, int] = {}
    seen: Counter[int] = Counter()
    deadline = time.monotonic() + PATIENCE
    before = os.times()
    while child.poll() is None:
        if time.monotonic() > deadline:
            child.kill()
        for pid in _family(child.pid):
            # The last one counts: before it becomes itself, a child has the peak of its parent,
            # whose memory it shares; one that is seen but once or twice may never be more.
            peaks[pid] = _peak(pid) or peaks.get(pid, 0)
            seen[pid] += 1
        time.sleep(0.05)
    after = os.times()
    spent = after.children_user + after.children_system
    lasting = [peak for pid, peak in peaks.items() if seen[pid] > 2]
    return lasting, spent - before.children_user - before.children_system


def _family(pid: int) -> list[int]:
    found = [pid]
    for each in found:
        for path in Path(f"/proc/{each}/task").glob("*/children"):
            try:
                found += map(int, path.read_text().split())
            except OSError:  # it has just ended
                continue
    return found


def _peak(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    line = next((each for each in status.splitlines() if each.startswith("VmHWM")), "VmHWM: 0")
    return int(line.split()[1]) * 1024
