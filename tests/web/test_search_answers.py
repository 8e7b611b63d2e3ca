"""已有口径 on the search page: what the agency has said already of what is searched for."""

from __future__ import annotations

import html
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from clarifications.roles import ensure_roles
from desk import ports
from desk.answers import SHOWN
from desk.ports import Configured
from pipeline.answers import Answers
from pipeline.errors import StoreError
from pipeline.model import Claim, Fact
from pipeline.ports import MentionStore
from pipeline.stores.memory import MemoryStore
from pipeline.stores.memory_answers import MemoryAnswers
from tests.browser import Chromium
from tests.web.conftest import Login
from tests.web.fake_desk import SCRIPT, fill, make_desk
from tests.web.test_browser import enter

LINK = "https://scjg.linjiang.example/chengqing/night-market.html"
CLAIMS = (
    Claim("fee-200", "在临江注册公司要交200元工本费", verdict=False),
    Claim("night", "滨江夜市下个月要全部关停取缔", False, LINK, answered_on=date(2025, 6, 1)),
    Claim("bridge", "青云桥下周封闭施工三个月", True, "javascript:alert(1)"),
    Claim("evil", f"{SCRIPT}青云桥要收过桥费"),
)
FACTS = (
    Fact("fee-2023", "自2023年1月1日起，全市企业开办5个工作日内办结，工本费50元。", ("企业开办", "注册公司"),
         effective_from=date(2023, 1, 1), source="临市监发〔2022〕31号"),
    Fact("fee-2025", "自2025年1月1日起，全市企业开办免收工本费，3个工作日内办结。", ("企业开办", "注册公司"),
         effective_from=date(2025, 1, 1), supersedes="fee-2023", source="临市监发〔2024〕18号"),
    Fact("fee-2027", "自2027年1月1日起，企业开办1个工作日内办结，仍免收工本费。", ("企业开办", "注册公司"),
         effective_from=date(2027, 1, 1), supersedes="fee-2025", source="临市监发〔2026〕3号"),
    Fact("market", "滨江夜市每日17:30开市、23:30闭市，设固定摊位126个。", ("滨江夜市",)),
)  # fmt: skip


def configured(file: str, values: tuple[Any, ...]) -> list[Configured[Any]]:
    return [Configured(value, f"{file}:{10 * n + 1}") for n, value in enumerate(values)]


def desk_with(store: MentionStore, folder: Path, claims: tuple[Claim, ...], **more: Any) -> None:
    facts = configured("facts.yaml", more.pop("facts", FACTS))
    ports.install(
        make_desk(store, folder, claims=configured("claims.yaml", claims), facts=facts, **more)
    )


@pytest.fixture
def answering(desk: ports.Desk, store: MentionStore, own_data: Path, as_role: Login) -> Client:
    desk_with(store, own_data, CLAIMS)
    return as_role("monitor")


def shown(client: Client, query: str) -> list[str]:
    """The lines of the part, in words; empty without the part."""
    content = client.get("/mentions/", {"q": query}).content.decode()
    found = re.search(r'aria-labelledby="answers-title">(.*?)</section>', content, re.S)
    if found is None:
        return []
    lines = re.findall(r"<li>(.*?)</li>|<p class=\"(?:soft|why-not)\">(.*?)</p>", found[1], re.S)
    texts = (re.sub(r"<[^>]+>", "", "".join(parts)) for parts in lines)
    return [" ".join(html.unescape(text).split()) for text in texts]


def test_claims_and_facts_with_all_that_one_needs(answering: Client) -> None:
    assert shown(answering, "注册公司要交工本费吗") == [
        "已知说法 不实 在临江注册公司要交200元工本费 澄清：无 · claims.yaml:1",
        "官方口径 现行 自2025年1月1日起，全市企业开办免收工本费，3个工作日内办结。"
        " 临市监发〔2024〕18号 · 自2025年1月1日起有效 · facts.yaml:11",
        "官方口径 尚未生效 自2027年1月1日起，企业开办1个工作日内办结，仍免收工本费。"
        " 临市监发〔2026〕3号 · 自2027年1月1日起有效 · facts.yaml:21",
        "官方口径 已失效 自2023年1月1日起，全市企业开办5个工作日内办结，工本费50元。"
        " 临市监发〔2022〕31号 · 自2023年1月1日起有效，2025年1月1日起被取代 · facts.yaml:1",
    ]
    claim, fact = shown(answering, "夜市 关停")
    assert claim == (
        f"已知说法 不实 滨江夜市下个月要全部关停取缔 澄清：{LINK}"
        " · 答复或最近出现：2025-06-01 · claims.yaml:11"
    )
    assert fact.startswith("官方口径 现行 滨江夜市每日17:30开市")
    content = answering.get("/mentions/?q=夜市关停").content.decode()
    assert f'href="{LINK}"' in content
    assert '<mark class="mark-search">夜市</mark>' in content


def test_what_is_configured_is_text(answering: Client) -> None:
    content = answering.get("/mentions/?q=青云桥").content.decode()
    assert '<mark class="mark-search">青云桥</mark>下周' in content
    assert "属实" in content
    assert "未定" in content
    assert SCRIPT not in content
    assert 'href="javascript:' not in content


def test_nothing_known_is_said_too(answering: Client) -> None:
    assert shown(answering, "停水") == ["已知说法和官方口径中没有谈到这件事的。"]


@pytest.mark.parametrize("query", ["", "q=", "q=？！", "q=" + "水" * 1001, "q=夜市&cursor=x"])
def test_where_nothing_is_asked_there_is_no_such_part(answering: Client, query: str) -> None:
    assert "answers-title" not in answering.get(f"/mentions/?{query}").content.decode()


def test_later_pages_show_mentions_only(
    answering: Client, store: MentionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.views.mentions.PER_PAGE", 1)
    first = answering.get("/mentions/?q=工本费").content.decode()
    assert "answers-title" in first
    cursor = re.search(r"cursor=([\w-]+)", first)
    assert cursor is not None
    later = answering.get(f"/mentions/?q=工本费&cursor={cursor[1]}").content.decode()
    assert "注册公司要交200元" in later
    assert "answers-title" not in later


def test_without_claims_and_facts_there_is_no_such_part(
    desk: ports.Desk, store: MentionStore, own_data: Path, as_role: Login
) -> None:
    desk_with(store, own_data, (), facts=())
    assert "answers-title" not in as_role("monitor").get("/mentions/?q=工本费").content.decode()


def test_the_copy_follows_the_configuration(
    answering: Client, store: MentionStore, own_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the store was just moved, and its copy is missing."""
    made: list[Answers] = []
    replace = MemoryAnswers.replace

    def counted(self: MemoryAnswers, answers: Answers) -> None:
        made.append(answers)
        replace(self, answers)

    monkeypatch.setattr(MemoryAnswers, "replace", counted)
    for _ in range(3):
        assert len(shown(answering, "夜市 关停")) == 2
    assert len(made) == 1, "made once"
    desk_with(store, own_data, (Claim("fee-200", "临江夜市要迁址"),), facts=())
    assert shown(answering, "夜市")[0].startswith("已知说法 未定 临江夜市要迁址")
    assert shown(answering, "工本费") == ["已知说法和官方口径中没有谈到这件事的。"]
    assert len(made) == 2


def test_mentions_are_found_while_answers_are_not(
    answering: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreError("mentions.db: database or disk is full", retryable=True)

    monkeypatch.setattr(MemoryAnswers, "replace", full)
    response = answering.get("/mentions/?q=工本费")
    assert response.status_code == 200
    assert shown(answering, "工本费") == [
        "暂时查不到已有口径：mentions.db: database or disk is full"
    ]
    assert "注册公司要交200元" in response.content.decode()


def test_no_more_than_can_be_taken_in(
    desk: ports.Desk, store: MentionStore, own_data: Path, as_role: Login
) -> None:
    many = tuple(Claim(f"c{n:02}", f"网传青云桥第{n}次封闭") for n in range(3 * SHOWN))
    desk_with(store, own_data, many)
    assert len(shown(as_role("monitor"), "青云桥封闭")) == SHOWN


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_in_a_browser(
    live_server: Any, own_data: Path, chromium: Chromium, width: int, height: int
) -> None:
    ensure_roles()
    own_data.mkdir(exist_ok=True)
    store = MemoryStore()
    desk_with(store, own_data, CLAIMS)
    fill(store)
    enter(chromium, live_server.url, "monitor")
    page = chromium.page
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{live_server.url}/mentions/")
    page.get_by_role("searchbox").fill("注册公司 工本费")
    page.get_by_role("button", name="检索").click()
    part = page.get_by_role("region", name="已有口径")
    expect(part.get_by_text("临市监发〔2024〕18号")).to_be_visible()
    results = page.get_by_role("region", name="找到4条").bounding_box()
    above = part.bounding_box()
    assert results is not None
    assert above is not None
    assert above["y"] + above["height"] <= results["y"], "above the mentions"
    assert chromium.overflow() == 0
    chromium.shoot(f"{width}-answers")
    page.goto(f"{live_server.url}/mentions/?q=青云桥")
    assert chromium.overflow() == 0
    chromium.shoot(f"{width}-answers-only")
    assert chromium.complaints == []
