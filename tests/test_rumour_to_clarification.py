"""The whole story in a real browser, on either mention store.

A rumour appears on the sample web, becomes an alert, a case, a draft; the drafter may not approve it,
another person does; it is published, stands in the week's digest, and the log is intact.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.browser import browser as browser

ROOT = Path(__file__).parents[1]
RUMOUR = "注册公司又要收钱了？"
WAIT = 60_000
ENGINES = ["sqlite", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)]


class Desk:
    """A running system and the people at it."""

    def __init__(self, url: str, data: Path, environment: dict[str, str], browser: Browser) -> None:
        self.url, self.data, self.environment, self.browser = url, data, environment, browser
        lines = (data / "first-login.txt").read_text("utf-8").splitlines()
        self.passwords = dict(line.split("\t")[1:] for line in lines if line.count("\t") == 2)

    def person(self, role: str) -> Page:
        page = self.browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        page.set_default_timeout(WAIT)
        page.goto(f"{self.url}/login/")
        page.fill("#id_username", role)
        page.fill("#id_password", self.passwords[role])
        page.click("form button.primary")
        expect(page).to_have_url(f"{self.url}/")
        return page

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "config.cli", *arguments],
            env=self.environment, cwd=ROOT, capture_output=True, text=True, timeout=120,
        )  # fmt: skip


@pytest.fixture(params=ENGINES)
def desk(request: pytest.FixtureRequest, tmp_path: Path, browser: Browser) -> Iterator[Desk]:
    data = tmp_path / "data"
    data.mkdir()
    environment = {**os.environ, "CHENGQING_DATA": str(data), "CHENGQING_PORT": str(_free_port())}
    environment.pop("CHENGQING_CONFIG", None)
    if request.param == "elasticsearch":
        server = request.getfixturevalue("elasticsearch_url")
        environment["CHENGQING_MENTIONS"] = f"elasticsearch+{server}/t-{uuid.uuid4().hex[:12]}"
    # The sample web is as if it had been born a minute ago: its first live rumour is there.
    born = datetime.now(UTC) - timedelta(seconds=60)
    state = {"born": born.replace(microsecond=0).isoformat(), "port": 0}
    (data / "sample-web.json").write_text(json.dumps(state))
    with (tmp_path / "up.log").open("wb") as log:
        up = subprocess.Popen(
            [sys.executable, "-m", "config.cli", "up"],
            env=environment, cwd=ROOT, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        url = _console(up, tmp_path / "up.log")
        yield Desk(url, data, environment, browser)
    finally:
        up.send_signal(signal.SIGTERM)
        assert up.wait(60) == 0, "a signal ends everything cleanly"
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{url}/healthz", timeout=5)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _console(up: subprocess.Popen[bytes], log: Path) -> str:
    """Address from the last start-up line."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and up.poll() is None:
        for line in log.read_text("utf-8").splitlines():
            if line.startswith("Console: "):
                return line.removeprefix("Console: ").rstrip("/")
        time.sleep(0.2)
    pytest.fail(f"the console did not start: {log.read_text('utf-8')}")


def _alert_of(desk: Desk, page: Page) -> str:
    """Address of the rumour's alert of level III; waits until it is raised."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        page.goto(f"{desk.url}/alerts/?level=III&q=")
        link = page.get_by_role("link", name=RUMOUR).first
        if link.count():
            return str(link.get_attribute("href"))
        time.sleep(1)
    pytest.fail("the rumour raised no alert")


@pytest.mark.browser
def test_from_rumour_to_clarification(desk: Desk) -> None:
    monitor = desk.person("monitor")
    monitor.goto(desk.url + _alert_of(desk, monitor))
    expect(monitor.locator("h1")).to_contain_text(RUMOUR)
    expect(monitor.locator("mark").first).to_be_visible()
    monitor.get_by_role("button", name="立案").click()
    expect(monitor).to_have_url(re.compile(r"/cases/\d{4}-\d{4}/$"))
    case = monitor.url
    monitor.fill("#reason", "涉及本局职责，已影响办事群众")
    monitor.get_by_role("button", name="登记", exact=True).click()

    drafter = desk.person("spokesperson")
    drafter.goto(case)
    drafter.get_by_label("辟谣声明").check()
    drafter.get_by_role("button", name="按模板起草").click()
    body = drafter.locator("#draft-body")
    text = body.input_value()
    assert "0元" in text or "免收工本费" in text, "the official fact is in the draft"
    drafter.fill("#draft-title", "关于“注册公司收取工本费”不实信息的辟谣声明")
    body.fill(_completed(text))
    drafter.get_by_role("button", name="保存为新版").click()
    drafter.get_by_role("button", name="送审").click()

    # The drafter's own approval: the button is off, and a request made all the same is refused.
    approve = drafter.get_by_role("button", name="批准")
    expect(approve).to_be_disabled()
    approve.evaluate("button => { button.disabled = false }")
    approve.click()
    expect(drafter.get_by_role("alert")).to_contain_text("起草")

    head = desk.person("head")
    head.goto(case)
    head.fill("#opinion", "事实清楚，同意发布")
    head.get_by_role("button", name="批准").click()

    publisher = desk.person("publisher")
    publisher.goto(case)
    publisher.get_by_role("button", name="发布").click()
    expect(publisher.get_by_text("澄清已发布")).to_be_visible()

    site = requests.get(f"{desk.url}/site/", timeout=10).text
    feed = requests.get(f"{desk.url}/site/atom.xml", timeout=10).text
    assert "不实信息的辟谣声明" in site
    assert "不实信息的辟谣声明" in feed

    week = f"{datetime.now(ZoneInfo('Asia/Shanghai')):%G-W%V}"
    done = desk.command("digest", "--week", week, "--out", str(desk.data / "out"))
    assert done.returncode == 0, done.stderr
    digest = (desk.data / "out" / f"digest-{week}.html").read_text("utf-8")
    assert "不实信息的辟谣声明" in digest

    verified = desk.command("audit", "verify", "--export", str(desk.data / "audit.jsonl"))
    assert (verified.returncode, verified.stderr) == (0, "")
    log = (desk.data / "audit.jsonl").read_text("utf-8")
    for action in (
        "case.open",
        "case.register",
        "case.approve.refused",
        "case.approve",
        "case.publish",
    ):
        assert action in log, action


def _completed(text: str) -> str:
    """The draft with its open places filled in."""
    return re.sub(r"【待填[^】]*】", "经核实，全市企业开办环节未收取任何费用", text)
