"""Processes below ours."""

from __future__ import annotations

import os
import subprocess
import sys

from crawlers.offspring import descendants


def test_a_process_that_ends_while_it_is_looked_at_has_no_children() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert child.pid in descendants(os.getpid())
        child.communicate()
    assert descendants(child.pid) == []
