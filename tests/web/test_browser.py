"""Every page in a real browser: nothing to complain of, and it fits a phone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from alerts.models import Alert
from clarifications import rules, services
from clarifications.models import Case
from clarifications.roles import ensure_roles
from desk import ports
from desk.digests.service import make_digest
from pipeline.stores.memory import MemoryStore
from tests.browser import Chromium
from tests.web.fake_desk import fill, make_desk, person, the_alert

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def console(live_server: Any, own_data: Path, chromium: Chromium) -> str:
    """Address of a console on which something has happened, with its head logged in."""
    ensure_roles()
    own_data.mkdir(exist_ok=True)

    store = MemoryStore()
    ports.install(make_desk(store, own_data))
    fill(store)
    case = services.open_case(the_alert("fact-conflict").pk, person("monitor"))
    services.register(case, person("monitor"), "涉及本局职责")
    drafter = person("spokesperson")
    draft = services.start_draft(case, drafter, "rebuttal")
    body = draft.body.replace("3个工作日内办结", "三个工作日内办结，不收任何费用")
    services.save_draft(case, drafter, draft.title, body, 1)
    services.submit(case, drafter)
    make_digest("2026-W10")
    rules.pause("fee-rumour", person("monitor"), timedelta(days=1), "专项行动期间")
    enter(chromium, live_server.url, "head")
    return str(live_server.url)


def enter(chromium: Chromium, url: str, role: str) -> None:
    client = Client()
    client.force_login(person(role), "django.contrib.auth.backends.ModelBackend")
    cookie = client.cookies["chengqing-session"]
    chromium.page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": url}])


def pages() -> list[str]:
    return [
        "/", "/alerts/?state=new&state=open", f"/alerts/{the_alert('known-rumour').pk}/",
        f"/alerts/{the_alert('fact-conflict').pk}/", f"/alerts/{the_alert().pk}/",
        "/alerts/?state=dismissed", "/mentions/?q=工本费", "/mentions/rumour-1/", "/sources/",
        "/sources/forum/", "/cases/", f"/cases/{Case.objects.get().number}/", "/digests/",
        "/digests/2026-W10/", "/configuration/rules/", "/configuration/facts/",
        "/configuration/roster/", "/log/", "/rules/", "/rules/fee-rumour/",
    ]  # fmt: skip


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_every_page_is_quiet_and_fits(
    console: str, chromium: Chromium, width: int, height: int
) -> None:
    page = chromium.page
    page.set_viewport_size({"width": width, "height": height})
    for number, path in enumerate(pages()):
        page.goto(console + path)
        name = f"{width}-{number:02d}-{path.strip('/').split('?')[0].replace('/', '-')}"
        chromium.shoot(name, full_page=width < 1000)
        assert chromium.overflow() == 0, path
        assert page.evaluate("document.images.length === 0 || [...document.images].every("
                             "image => image.complete && image.naturalWidth > 0)"), path  # fmt: skip
    assert chromium.complaints == []


def test_login_page_and_its_mistakes(live_server: Any, own_data: Path, chromium: Chromium) -> None:
    ensure_roles()
    own_data.mkdir(exist_ok=True)
    ports.install(make_desk(MemoryStore(), own_data))
    page = chromium.page
    page.goto(f"{live_server.url}/cases/")
    page.get_by_label("用户名").fill("monitor")
    page.get_by_label("口令").fill("wrong")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_contain_text("用户名或口令不对")
    chromium.shoot("login", full_page=False)
    assert chromium.complaints == []


def test_what_decides_an_alert_is_seen_without_scrolling(console: str, chromium: Chromium) -> None:
    page = chromium.page
    enter(chromium, console, "monitor")
    page.goto(f"{console}/alerts/{the_alert('known-rumour').pk}/")
    for seen in (
        page.locator("blockquote mark").first,
        page.get_by_text("已知说法", exact=False).first,
        page.get_by_role("heading", name="为什么报警"),
        page.get_by_role("button", name="立案"),
        page.get_by_role("button", name="排除"),
    ):
        box = seen.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 900


def test_the_list_refreshes_itself_and_keeps_what_is_being_typed(
    console: str, chromium: Chromium
) -> None:
    page = chromium.page
    page.clock.install()
    page.goto(f"{console}/alerts/?state=new&level=II")
    page.locator("input[name=q]").fill("工本费")
    Alert.objects.filter(rule="known-rumour").update(title="标题已更新")
    page.clock.run_for(21_000)
    expect(page.locator("#alert-list")).to_contain_text("标题已更新")
    expect(page.locator("input[name=q]")).to_have_value("工本费")
    assert page.url.endswith("/alerts/?state=new&level=II")
    assert page.locator(".alert-line").count() == 1
    assert chromium.complaints == []
