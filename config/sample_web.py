"""Starting the sample web beside the system, and finding the one that runs.

Its port and its birth are kept in the data folder, so that addresses and dates stay what they were
over restarts.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from config import environment
from config.children import end_child, start_child
from pipeline.errors import ChengqingError

START_SECONDS = 20


def _url_file(data: Path) -> Path:
    return data / "sample-web.url"


def sample_web_address(data: Path) -> str | None:
    """Address of the sample web that belongs to this data folder, running or not yet again."""
    given = os.environ.get(environment.SAMPLE_WEB)
    if given:
        return given
    try:
        return _url_file(data).read_text("utf-8").strip() or None
    except OSError:
        return None


def is_running(address: str | None) -> bool:
    if address is None:
        return False
    try:
        return requests.get(f"{address}/robots.txt", timeout=2).ok
    except requests.RequestException:
        return False


@contextmanager
def running_sample_web(data: Path) -> Iterator[str]:
    """The address of the sample web; started for the time of the block unless one runs already."""
    address = sample_web_address(data)
    if address is not None and is_running(address):
        yield address
        return
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    url_file = _url_file(data)
    url_file.unlink(missing_ok=True)
    state = ["--state", str(data / "sample-web.json"), "--url-file", str(url_file)]
    child = start_child("config.sample.web", state, data / "sample-web.log")
    try:
        yield _wait(child, url_file)
    finally:
        end_child(child)


def _wait(child: subprocess.Popen[bytes], url_file: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and child.poll() is None:
        if url_file.exists() and is_running(address := url_file.read_text("utf-8").strip()):
            return address
        time.sleep(0.1)
    raise ChengqingError(f"the sample web did not start; see {url_file.with_suffix('.log')}")
