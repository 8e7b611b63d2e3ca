"""Debian's chromium as a fixture, with all that a page complains about gathered."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

EXECUTABLE = Path("/usr/bin/chromium")
INSTALL = "apt-get install chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


@dataclass
class Chromium:
    """A page, and what it complained of: console errors, exceptions, requests that failed."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def overflow(self) -> int:
        """Pixels by which the page is wider than the window."""
        return int(
            self.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
        )


@pytest.fixture
def chromium(monkeypatch: pytest.MonkeyPatch) -> Iterator[Chromium]:
    if not EXECUTABLE.exists():
        sentence = f"{EXECUTABLE} is missing; {INSTALL}"
        if os.environ.get("CHENGQING_REQUIRE_ALL") == "1":
            pytest.fail(sentence)
        pytest.skip(sentence)
    # Playwright's loop runs in this thread, and so do the test's own database calls.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=ARGUMENTS)
        context = browser.new_context(
            viewport={"width": 1440, "height": 900}, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        made = Chromium(context.new_page())
        made.page.on(
            "console",
            lambda message: (
                made.complaints.append(message.text)
                if message.type in ("error", "warning")
                else None
            ),
        )
        made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
        yield made
        context.close()
        browser.close()
