"""Debian's chromium as fixtures: a browser, and a page that gathers what it complains of."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

EXECUTABLE = Path("/usr/bin/chromium")
INSTALL = "apt-get install chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """One a test: Playwright's loop must not run on under tests that know nothing of it."""
    if not EXECUTABLE.exists():
        sentence = f"{EXECUTABLE} is missing; {INSTALL}"
        if os.environ.get("CHENGQING_REQUIRE_ALL") == "1":
            pytest.fail(sentence)
        pytest.skip(sentence)
    # Playwright's loop runs in this thread, and so do the test's own database calls.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=EXECUTABLE, args=ARGUMENTS)
        yield made
        made.close()


@dataclass
class Chromium:
    """A page, and what it complained of: errors and warnings of its console, exceptions."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def overflow(self) -> int:
        """Pixels by which the page is wider than the window."""
        return int(
            self.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
        )

    def shoot(self, name: str, *, full_page: bool = True) -> None:
        """A picture to look at, where CHENGQING_SHOTS names a folder for them."""
        if folder := os.environ.get("CHENGQING_SHOTS"):
            self.page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=full_page)

    def hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


@pytest.fixture
def chromium(browser: Browser) -> Chromium:
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    made = Chromium(context.new_page())
    made.page.on("console", made.hear)
    made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
    return made
