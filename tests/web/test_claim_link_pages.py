"""Links with known claims on the pages of alerts and mentions, and in a real browser."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from playwright.sync_api import expect

from alerts.models import Alert, AlertMention, ClaimDecision
from alerts.services import raise_alerts
from clarifications.models import AuditEntry
from clarifications.roles import ensure_roles
from config.claim_links import ConsoleLinks
from config.configuration import Configuration
from config.wiring import System
from desk import ports
from desk.ports import Configured
from pipeline.model import Claim, Mention, Rule, RuleHit
from pipeline.ports import MentionStore
from pipeline.stores.memory import MemoryStore
from tests.browser import Chromium
from tests.builders import NOON, mention
from tests.web.conftest import Login
from tests.web.fake_desk import CLAIM, SCRIPT, make_desk, rumour
from tests.web.test_browser import enter

FEE = replace(CLAIM, clarification="https://scjg.example/fee-200")
MARKET = Claim(
    "market", "滨江夜市下个月要全部关停取缔", False, "https://scjg.example/market",
    answered_on=date(2024, 3, 1),
)  # fmt: skip
RULE = Rule("known-rumour", "II", "claim", "已澄清传言再现")
ASKED = mention(
    "asked", "办执照收费？",
    "路过政务大厅，听人说在临江注册公司要交200元工本费？谁知道真假。\n另外，滨江夜市下个月要全部关停取缔。",
    source="forum", content_hash="f00d",
)  # fmt: skip


def install(store: MentionStore, folder: Path) -> ports.Desk:
    """A desk with a library of two claims, the second one two years old."""
    system = System(Configuration(rules=(RULE,), claims=(FEE, MARKET)), folder)
    desk = make_desk(
        store, folder,
        claims=[Configured(each, "claims.yaml:1") for each in (FEE, MARKET)],
        claim_links=ConsoleLinks(system, lambda: store),
    )  # fmt: skip
    ports.install(desk)
    store.put([ASKED])
    store.refresh()
    return desk


@pytest.fixture
def library(db: None, own_data: Path, store: MentionStore) -> ports.Desk:
    ensure_roles()
    own_data.mkdir(exist_ok=True)
    return install(store, own_data)


def by_keyword(them: Mention = ASKED) -> Alert:
    """An alert of a rule that knows nothing of claims."""
    start = them.text.find("政务大厅")
    spans = ((start, start + 4, "政务大厅", "text"),)
    hit = RuleHit("word", "IV", "keyword", "出现“政务大厅”", spans)  # type: ignore[arg-type]
    raise_alerts([(them, [hit])], {}, {}, {}, NOON - timedelta(minutes=5))
    return Alert.objects.get(rule="word")


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def decide(client: Client, what: str, claim: str = "fee-200", **sent: Any) -> HttpResponse:
    values = {"text": "f00d", "seen": "0", "reason": ""} | sent
    answer: Any = client.post(f"/mentions/asked/claims/{claim}/{what}/", values)
    return answer  # type: ignore[no-any-return]


def test_a_mention_shows_what_it_may_have_to_do_with(library: ports.Desk, as_role: Login) -> None:
    shown = page(as_role("monitor"), "/mentions/asked/")
    assert shown.count("可能与已知说法有关") == 2
    assert "文中是提问或假设" in shown
    assert "这一说法已超过一年，情况可能有变（2024-03-01）" in shown
    assert "文字相近" in shown
    assert 'href="https://scjg.example/fee-200"' in shown
    assert '<mark class="mark-suggested">滨江夜市下个月要全部关停取缔</mark>' in shown
    assert Alert.objects.count() == 0


def test_so_does_an_alert_of_another_rule(library: ports.Desk, as_role: Login) -> None:
    shown = page(as_role("monitor"), f"/alerts/{by_keyword().pk}/")
    assert "可能与已知说法有关" in shown
    assert '<mark class="mark-term">政务大厅</mark>' in shown


def test_confirming_raises_the_alert_and_names_who_did_it(
    library: ports.Desk, as_role: Login
) -> None:
    client = as_role("monitor")
    assert decide(client, "confirm").status_code == 302
    alert = Alert.objects.get()
    assert (alert.rule, alert.level) == ("known-rumour", "II")
    assert "monitor认定" in alert.reason
    shown = page(client, "/mentions/asked/")
    assert "人工认定</span> <strong>monitor</strong>" in shown
    assert "改变决定" in shown
    assert "可能与已知说法有关" in shown, "the other claim waits"
    assert "人工认定" in page(client, f"/alerts/{alert.pk}/")


def test_rejecting_takes_the_mark_away_and_says_so(library: ports.Desk, as_role: Login) -> None:
    client = as_role("handler")
    decide(client, "reject", "market", reason="说的是外地的夜市")
    shown = page(client, "/mentions/asked/")
    assert "已否定</span> <strong>handler</strong>" in shown
    assert "说的是外地的夜市" in shown
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.payload["doubt"]) == ("claim.reject", "old")


def test_a_decision_made_on_an_alert_leads_back_there(library: ports.Desk, as_role: Login) -> None:
    alert = by_keyword()
    hit = AlertMention.objects.get()
    answer = decide(as_role("monitor"), "reject", hit=str(hit.pk), reason="只是在问")
    assert answer["Location"] == f"/alerts/{alert.pk}/?hit={hit.pk}"


@pytest.mark.parametrize("hit", ["", "x", "-1", "99999", "9" * 40, "１"])
def test_a_foreign_hit_leads_to_the_mention(library: ports.Desk, as_role: Login, hit: str) -> None:
    answer = decide(as_role("monitor"), "confirm", hit=hit)
    assert answer["Location"] == "/mentions/asked/"


@pytest.mark.parametrize(
    ("what", "claim", "sent", "sentence"),
    [
        ("reject", "fee-200", {}, "须写明理由"),
        ("confirm", "fee-200", {"text": "other"}, "这条信息刚有更新"),
        ("confirm", "fee-200", {"seen": "7"}, "请看过现在的情况再办"),
        ("confirm", "fee-200", {"seen": "x"}, "请看过现在的情况再办"),
        ("confirm", "nothing", {}, "说法“nothing”已不在说法库中"),
    ],
)
def test_what_cannot_be_done_is_said_on_the_page(
    library: ports.Desk, as_role: Login, what: str, claim: str, sent: dict[str, str], sentence: str
) -> None:
    answer = decide(as_role("monitor"), what, claim, **sent)
    assert answer.status_code == 409
    assert sentence in answer.content.decode()
    assert ClaimDecision.objects.count() == 0


def test_what_was_typed_stays_with_its_claim(library: ports.Desk, as_role: Login) -> None:
    answer = decide(as_role("monitor"), "confirm", seen="7", reason="原帖截图一致")
    assert answer.content.decode().count('value="原帖截图一致"') == 1


def test_an_unknown_mention_is_not_found(library: ports.Desk, as_role: Login) -> None:
    answer = as_role("monitor").post("/mentions/none/claims/fee-200/confirm/", {"text": "f00d"})
    assert answer.status_code == 404


def test_who_may_not_decide_sees_no_form_and_is_refused(
    library: ports.Desk, as_role: Login
) -> None:
    client = as_role("leadership")
    shown = page(client, "/mentions/asked/")
    assert "可能与已知说法有关" in shown
    assert "link-form" not in shown
    assert decide(client, "confirm").status_code == 409
    assert AuditEntry.objects.get().action == "claim.confirm.refused"


def test_an_automatic_link_can_be_rejected(
    library: ports.Desk, store: MentionStore, as_role: Login
) -> None:
    store.put([replace(rumour(1), content_hash="beef")])
    client = as_role("monitor")
    shown = page(client, "/mentions/rumour-1/")
    assert "不是同一说法？" in shown
    assert "可能与已知说法有关" not in shown
    sent = {"text": "beef", "seen": "0", "reason": "转述后已更正"}
    client.post("/mentions/rumour-1/claims/fee-200/reject/", sent)
    assert "已否定" in page(client, "/mentions/rumour-1/")


def test_a_decision_is_about_the_text_that_was_seen(
    library: ports.Desk, store: MentionStore, as_role: Login
) -> None:
    client = as_role("monitor")
    decide(client, "reject", reason="只是在问")
    assert "已否定</span>" in page(client, "/mentions/asked/")
    newer = replace(
        ASKED, version=ASKED.version + 1000, content_hash="cafe",
        text="在临江注册公司要交200元工本费，真的交了。",
    )  # fmt: skip
    store.put([newer])
    shown = page(client, "/mentions/asked/")
    assert "已否定</span>" not in shown
    assert "不是同一说法？" in shown
    assert 'name="seen" value="1"' in shown


def test_what_people_wrote_is_escaped(library: ports.Desk, as_role: Login) -> None:
    client = as_role("monitor")
    decide(client, "reject", reason=SCRIPT)
    assert SCRIPT not in page(client, "/mentions/asked/")


def test_the_configuration_shows_since_when_and_where(library: ports.Desk, as_role: Login) -> None:
    seen = replace(MARKET, sources=("https://bbs.example/t/17",))
    ports.install(replace(library, claims=[Configured(seen, "claims.yaml:1")]))
    shown = page(as_role("monitor"), "/configuration/claims/")
    assert "答复或最近出现：2024-03-01" in shown
    assert "曾出现于 https://bbs.example/t/17" in shown


def test_without_a_library_pages_show_what_was_found_then(
    empty_desk: ports.Desk, store: MentionStore, as_role: Login
) -> None:
    store.put([ASKED])
    client = as_role("monitor")
    assert "可能与已知说法有关" not in page(client, "/mentions/asked/")
    assert decide(client, "confirm").status_code == 409


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_decided_in_a_browser(
    live_server: Any, own_data: Path, chromium: Chromium, width: int, height: int
) -> None:
    ensure_roles()
    own_data.mkdir(exist_ok=True)
    install(MemoryStore(), own_data)
    enter(chromium, live_server.url, "monitor")
    tab = chromium.page
    tab.set_viewport_size({"width": width, "height": height})
    alert = by_keyword()
    tab.goto(f"{live_server.url}/alerts/{alert.pk}/")
    chromium.shoot(f"{width}-claim-links-alert")
    assert chromium.overflow() == 0
    tab.goto(f"{live_server.url}/mentions/asked/")
    expect(tab.get_by_text("可能与已知说法有关").first).to_be_visible()
    chromium.shoot(f"{width}-claim-links")
    assert chromium.overflow() == 0
    market = tab.locator("#claim-market")
    market.get_by_label("理由").fill("说的是外地的夜市")
    market.get_by_role("button", name="否定关联").click()
    expect(tab.get_by_text("已否定：以后不再提示这一关联。")).to_be_visible()
    tab.locator("#claim-fee-200").get_by_role("button", name="认定重复这一说法").click()
    expect(tab.get_by_text("已认定：这条信息重复这一说法。")).to_be_visible()
    chromium.shoot(f"{width}-claim-links-decided")
    tab.goto(f"{live_server.url}/alerts/{Alert.objects.get(rule='known-rumour').pk}/")
    chromium.shoot(f"{width}-claim-links-raised")
    assert chromium.overflow() == 0
    assert chromium.complaints == []
