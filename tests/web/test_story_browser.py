"""A story in a real browser: split by hand, by mouse and keyboard."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from alerts.models import StoryDecision
from clarifications.roles import ensure_roles
from desk import ports
from pipeline.stores.memory import MemoryStore
from tests.browser import Chromium
from tests.builders import NOON, mention
from tests.desk_of import raised
from tests.web.fake_desk import make_desk
from tests.web.test_browser import enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def console(live_server: Any, own_data: Path, chromium: Chromium) -> str:
    ensure_roles()
    own_data.mkdir(exist_ok=True)
    store = MemoryStore()
    ports.install(make_desk(store, own_data))
    sources = ("forum", "gazette", "portal", "forum")
    store.put([
        mention(
            f"m{number}", f"滨江夜市下个月要全部关停取缔，摊位费也不退（第{number}条）",
            source=sources[number % 4], story="m0", duplicate_of="m0" if number % 3 else None,
            seen_at=NOON - timedelta(minutes=1300 - 41 * number),
            published_at=NOON - timedelta(minutes=1300 - 41 * number),
            origin="临江论坛" if number % 2 else "",
        )
        for number in range(24)
    ])  # fmt: skip
    raised(list(store.get(["m0", "m3", "m4"]).values()))
    enter(chromium, live_server.url, "monitor")
    return str(live_server.url)


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_split_by_hand(console: str, chromium: Chromium, width: int, height: int) -> None:
    page = chromium.page
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{console}/stories/m0/")
    chromium.shoot(f"{width}-story")
    assert chromium.overflow() == 0
    page.get_by_role("checkbox", name="第3条").check()
    page.get_by_role("checkbox", name="第4条").check()
    page.get_by_label("理由").first.fill("说的是另一件事")
    page.get_by_role("button", name="拆出勾选的信息").click()
    expect(page.get_by_text("已拆出2条信息，成为单独的事件。")).to_be_visible()
    chromium.shoot(f"{width}-story-split")
    assert sorted(StoryDecision.objects.get().mentions) == ["m3", "m4"]
    page.goto(f"{console}/stories/m0/")
    expect(page.get_by_text("拆出2条信息")).to_be_visible()
    chromium.shoot(f"{width}-story-after")
    assert chromium.overflow() == 0
    assert chromium.complaints == []
