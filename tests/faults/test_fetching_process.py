"""The collector process: it ends by itself, on a signal, with its parent, on a full disk."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.faulty_host import (
    ROOT,
    collect,
    finish,
    plan,
    say,
    serving,
    silence,
    source,
    start,
)


def test_the_round_ends_by_itself(tmp_path: Path) -> None:
    with serving("127.0.0.1") as good, serving("127.0.0.2") as silent:
        good.feed("/1")
        good.articles("/1")
        silence(silent)
        sources = [source(n, f"{h.url}/feed.xml") for n, h in (("good", good), ("silent", silent))]
        outcome = collect(tmp_path, sources, timeout=60, round_seconds=3)
    assert outcome.status == 0
    assert outcome.kinds("good") == ["article", "listing"]
    assert outcome.reasons("silent") == ["本轮时间用尽，余下的下一轮继续"]
    assert outcome.pending("silent") == 1


def test_a_signal_ends_the_round_in_order(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    with serving("127.0.0.1") as host:
        host.feed("/1", "/2")
        host.articles("/1")
        host.answers["/2"] = lambda handler: host.ended.wait() and None
        made = plan(folder, [source("a", f"{host.url}/feed.xml", delay=0.01)], timeout=60)
        child = start(made, tmp_path / "log")
        assert child.stdout is not None
        told = [child.stdout.readline() for _ in range(3)]
        child.send_signal(signal.SIGTERM)
        outcome = finish(child, folder)
    assert '"kind": "article"' in told[-1]
    assert outcome.status == 0
    assert outcome.reasons("a") == ["采集被停止，余下的下一轮继续"]
    assert outcome.pending("a") == 1
    assert len(outcome.items) == 2


def test_a_collector_ends_with_its_parent(tmp_path: Path) -> None:
    script = (
        "import sys, time\nfrom pathlib import Path\n"
        "from crawlers.plan import Plan\nfrom tests.faulty_host import start\n"
        "child = start(Plan.from_json(sys.argv[1]), Path(sys.argv[2]))\n"
        "print(child.stdout.readline(), child.pid, flush=True)\ntime.sleep(60)\n"
    )
    with serving("127.0.0.1") as host:
        host.feed("/1")
        host.answers["/1"] = lambda handler: host.ended.wait() and None
        made = plan(tmp_path / "spool", [source("a", f"{host.url}/feed.xml")], timeout=60)
        parent = subprocess.Popen(
            [sys.executable, "-c", script, made.to_json(), str(tmp_path / "log")],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        assert parent.stdout is not None
        with parent.stdout:
            parent.stdout.readline()
            pid = int(parent.stdout.readline())
        parent.kill()
        parent.wait()
        deadline = time.monotonic() + 30
        while _runs(pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not _runs(pid)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_full_disk_ends_the_round_with_a_sentence(tmp_path: Path) -> None:
    folder, log = tmp_path / "spool", tmp_path / "log"
    with serving("127.0.0.1") as host:
        host.feed("/1", "/2")
        host.articles("/1")
        host.answers["/2"] = say(os.urandom(60_000))
        made = plan(folder, [source("a", f"{host.url}/feed.xml", delay=0.01)])
        limit = (30_000, 30_000)
        child = start(
            made, log, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        )
        outcome = finish(child, folder)
    assert outcome.status == 1
    assert outcome.reasons("a") == ["存档无法写入，采集已停止，请检查磁盘空间"]
    assert outcome.pending("a") == 1
    assert outcome.kinds("a") == ["article", "listing"]
    assert len(outcome.items) == 2
    assert "cannot be written (File too large)" in log.read_text("utf-8")


def test_a_second_collector_on_one_spool_is_refused(tmp_path: Path) -> None:
    folder, log = tmp_path / "spool", tmp_path / "log"
    with serving("127.0.0.1") as host:
        host.feed("/1")
        host.answers["/1"] = lambda handler: host.ended.wait() and None
        made = plan(folder, [source("a", f"{host.url}/feed.xml")], timeout=60)
        first = start(made, tmp_path / "first.log")
        assert first.stdout is not None
        first.stdout.readline()
        second = finish(start(made, log), folder)
        first.terminate()
        finish(first, folder)
    assert second.status == 1
    assert second.events == {}
    assert "another process is writing to this spool" in log.read_text("utf-8")
    assert "Traceback" not in log.read_text("utf-8")
