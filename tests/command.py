"""The command line as users run it: a process of its own, on folders of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
KILLING = Path(__file__).parent / "faults" / "killing"


def configure(folder: Path, url: str) -> Path:
    folder.mkdir()
    (folder / "settings.yaml").write_text(
        "agency: 临江市市场监督管理局\nallow_networks: [127.0.0.0/8]\n"
    )
    (folder / "sources.yaml").write_text(
        f"- {{id: feed, kind: feed, name: 订阅, url: '{url}/feed.xml', delay: 0}}\n"
        f"- {{id: page, kind: page, name: 列表, url: '{url}/news/', delay: 0,\n"
        "   links: 'ul.news a'}\n"
    )
    (folder / "rules.yaml").write_text(
        "- {id: fee, level: II, all: [[市场监管局, 工商局], 工本费]}\n"
        "- {id: night, level: IV, any: [夜市]}\n"
    )
    return folder


def chengqing(
    folder: Path, data: Path, *arguments: str, kill: str = ""
) -> tuple[int, list[object]]:
    environment = {
        **os.environ,
        "PYTHONPATH": f"{KILLING}:{ROOT}",
        "CHENGQING_TEST_KILL": kill,
        "CHENGQING_CONFIG": str(folder),
        "CHENGQING_DATA": str(data),
    }
    done = subprocess.run(
        [sys.executable, "-m", "config.cli", *arguments, "--json"],
        capture_output=True,
        text=True,
        env=environment,
        cwd=ROOT,
        timeout=120,
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert "internal error" not in done.stderr, done.stderr
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]
