"""Source pages in a real browser: quiet, and as wide as the window."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from alerts.history import Outcome, Record, record_visit, remember_records
from alerts.models import SourceRound
from clarifications.roles import ensure_roles
from desk import ports
from desk.trials import Trial, TriedArticle, TriedElsewhere, TriedItem, Wanted
from pipeline.model import RawItem, RawKind, Source, SourceKind
from pipeline.spool import SpoolWriter
from pipeline.stores.memory import MemoryStore
from tests.browser import Chromium
from tests.builders import NOON
from tests.web.fake_desk import fill, make_desk
from tests.web.test_browser import enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = "http://news.example/" + "a-very-long-address-without-a-break/" * 4


def tried(wanted: Wanted) -> Trial:
    return Trial(
        wanted.url, "article", False, "这是一篇文章（企业开办免收工本费），不是列表。",
        "请填写它所在栏目的地址，可能是下面的一个。",
        (
            TriedElsewhere("http://news.example/rss/yw.xml", "要闻", SourceKind.FEED),
            TriedElsewhere(LONG, "即时新闻", SourceKind.PAGE),
        ),
        tuple(TriedItem(f"滨江夜市第{n}次调整营业时间", LONG, NOON) for n in range(8)),
        (
            TriedArticle(LONG, "滨江夜市五一开市", NOON, "滨江夜市每日17:30开市、23:30闭市。" * 4),
            TriedArticle(LONG, problem="服务器答复 404"),
        ),
        f"- id: news-example\n  kind: page\n  name: news.example\n  url: {LONG}\n  every: 10m\n",
    )  # fmt: skip


def visits(gazette: Source, folder: Path) -> str:
    """Ten days of visits, the last one with a list in the spool; its position."""
    rows, at = [], NOON - timedelta(days=10)
    while at < NOON - timedelta(hours=6):
        busy = 0 <= at.hour < 10
        failed = at.hour == 18 and at.day % 3 == 0
        rows.append(
            SourceRound(
                source="gazette", at=at, new=0 if failed else int(busy), requests=2, seconds=1.4,
                answered=not failed, failed=int(failed), fetched=1, gap=at.day == 3 and at.hour == 5,
                error="news.example：超时没有答复" if failed else "",
            )
        )  # fmt: skip
        at += timedelta(minutes=20)
    SourceRound.objects.bulk_create(rows)
    raw = RawItem(
        RawKind.LISTING, "gazette", LONG, LONG, NOON, 200,
        {"content-type": "text/html", "etag": "x" * 150}, ("<p>" + "长" * 900 + "</p>").encode(),
    )  # fmt: skip
    with SpoolWriter(folder) as writer:
        position = str(writer.append(raw))
    remember_records("gazette", NOON, [Record(LONG, LONG, "listing", 200, position, NOON)])
    record_visit(gazette, NOON, Outcome(True, 1.2, 3, 1, pending=4), Random(1))
    return position


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_source_pages_are_quiet_and_fit(
    live_server: Any, own_data: Path, chromium: Chromium, tmp_path: Path, width: int, height: int
) -> None:
    cache.clear()
    ensure_roles()
    own_data.mkdir(exist_ok=True)
    store = MemoryStore()
    desk = make_desk(store, own_data, try_source=tried)
    folder = tmp_path / "spool"
    ports.install(replace(desk, office=replace(desk.office, spool_folder=folder)))
    fill(store)
    gazette = next(each.value for each in desk.sources if each.value.id == "gazette")
    position = visits(gazette, folder)
    enter(chromium, live_server.url, "monitor")
    page = chromium.page
    page.set_viewport_size({"width": width, "height": height})
    visit = SourceRound.objects.get(at=NOON)
    for name, path in {
        "board": "/sources/",
        "source": "/sources/gazette/",
        "round": f"/sources/gazette/rounds/{visit.pk}/",
        "record": f"/records/{position}/",
        "try": "/try-source/",
    }.items():
        page.goto(live_server.url + path)
        chromium.shoot(f"{width}-source-{name}")
        assert chromium.overflow() == 0, path
    page.get_by_label("网址").fill("http://news.example/jsxw/2026/03/fee.html")
    page.get_by_role("button", name="试一下").click()
    expect(page.get_by_text("这是一篇文章", exact=False)).to_be_visible()
    chromium.shoot(f"{width}-source-tried")
    assert chromium.overflow() == 0
    assert chromium.complaints == []
