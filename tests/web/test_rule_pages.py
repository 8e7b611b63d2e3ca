"""The rules at work: what they did, how they came to be, and resting them for a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from alerts import pauses, services
from alerts.definitions import record_definitions
from alerts.models import Alert, AlertMention, RulePause
from clarifications.models import AuditEntry
from config.configuration import Configuration
from config.wiring import Judge, definitions
from desk import ports
from pipeline.model import AllOf, AnyOf, NoneOf, Rule
from tests.builders import NOON
from tests.web.fake_desk import RULES, person, rumour, the_alert

pytestmark = pytest.mark.django_db
Login = Callable[..., Client]
HOUR = timedelta(hours=1)


def shown(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def test_the_list_tells_what_each_rule_did(desk: ports.Desk, as_role: Login) -> None:
    AlertMention.objects.filter(mention="rumour-4").update(matched_at=NOON - timedelta(days=9))
    services.dismiss(the_alert().pk, person("monitor"), "与本局无关")
    lines = as_role("monitor").get("/rules/").context["page"].object_list
    records = {line.rule.id: line.record for line in lines}
    assert list(records) == [rule.id for rule in RULES]
    fee = records["fee-rumour"]
    assert (fee.week, fee.month, fee.dismissed, fee.decided, fee.percent) == (3, 4, 1, 1, 100)
    known = records["known-rumour"]
    assert (known.month, known.decided, known.percent) == (1, 0, None)
    assert records["night"].fired is None


def test_what_the_system_closed_is_no_false_alarm(desk: ports.Desk, as_role: Login) -> None:
    Alert.objects.filter(rule="fee-rumour").update(state="dismissed")
    the_alert().events.create(at=NOON, actor="系统", state="dismissed", reason="来源已恢复")
    lines = as_role("monitor").get("/rules/?q=fee-rumour").context["page"].object_list
    assert [(line.record.dismissed, line.record.percent) for line in lines] == [(0, None)]


def test_the_list_is_filtered_and_ordered(desk: ports.Desk, as_role: Login) -> None:
    client = as_role("monitor")

    def found(query: str) -> list[str]:
        return [line.rule.id for line in client.get(f"/rules/?{query}").context["page"]]

    assert found("q=爆料") == ["night"]
    assert found("state=paused") == []
    assert found("order=hits")[0] == "fee-rumour"
    assert found("order=level")[0] == "known-rumour"
    assert found("order=fired")[-1] == "night"
    assert "没有状态" in shown(client, "/rules/?state=x")


def test_a_rule_is_paused_for_a_time_and_resumed(desk: ports.Desk, as_role: Login) -> None:
    client = as_role("monitor")
    sent = {"hours": "24", "reason": "专项行动期间"}
    told = client.post("/rules/fee-rumour/pause/", sent, follow=True).content.decode()
    assert "规则已暂停，03月06日 12:00自动恢复" in told
    assert "专项行动期间" in told
    assert "暂停中" in shown(client, "/rules/?state=paused")
    again = as_role("publisher").post("/rules/fee-rumour/pause/", sent)
    assert again.status_code == 409
    assert "已由monitor暂停" in again.content.decode()
    told = client.post("/rules/fee-rumour/resume/", {"reason": ""}, follow=True).content.decode()
    assert "规则已恢复" in told
    logged = AuditEntry.objects.filter(subject_id="fee-rumour").values_list("action", "reason")
    assert list(logged) == [("rule.pause", "专项行动期间"), ("rule.resume", "")]
    assert client.post("/rules/fee-rumour/resume/").status_code == 409


@pytest.mark.parametrize(
    ("role", "sent", "status", "sentence"),
    [
        ("monitor", {"hours": "24", "reason": " "}, 409, "须写明理由"),
        ("monitor", {"hours": "9000", "reason": "x"}, 400, "不能暂停这么久"),
        ("monitor", {"reason": "x"}, 400, "请选择暂停多久"),
        ("handler", {"hours": "1", "reason": "x"}, 409, "您的角色不能暂停规则"),
        ("admin", {"hours": "1", "reason": "x"}, 409, "系统管理员不参与"),
    ],
)
def test_a_pause_that_may_not_be_is_refused(
    desk: ports.Desk, as_role: Login, role: str, sent: dict[str, str], status: int, sentence: str
) -> None:
    answer = as_role(role).post("/rules/fee-rumour/pause/", sent)
    assert answer.status_code == status
    assert sentence in answer.content.decode()
    assert not RulePause.objects.exists()


def test_a_rule_that_nobody_knows_is_not_found(desk: ports.Desk, as_role: Login) -> None:
    client = as_role("monitor")
    assert client.get("/rules/nothing/").status_code == 404
    sent = {"hours": "1", "reason": "x"}
    assert client.post("/rules/nothing/pause/", sent).status_code == 404


def test_the_page_tells_what_changed_and_when(desk: ports.Desk, as_role: Login) -> None:
    rule = replace(RULES[0], id="changing")
    later = replace(
        rule, level="II", condition=AllOf((AnyOf(("工商局", "收费")), NoneOf(("招聘",))))
    )
    for number, rules in enumerate(([rule], [later], [])):
        record_definitions(definitions(Configuration(rules=tuple(rules))), NOON + number * HOUR)
    page = shown(as_role("monitor"), "/rules/changing/")
    assert "这条规则已从配置中删除" in page
    assert page.index("从配置中删除") < page.index("<dt>等级</dt>") < page.index("最早的记录")
    assert "<del>III</del><ins>II</ins>" in page
    assert "<dt>条件</dt>" in page
    assert "暂停多久" not in page


def test_an_alert_leads_to_its_rule(desk: ports.Desk, as_role: Login) -> None:
    assert 'href="/rules/fee-rumour/"' in shown(as_role("monitor"), f"/alerts/{the_alert().pk}/")


def test_an_alert_about_a_source_has_a_page_and_becomes_a_case(
    desk: ports.Desk, as_role: Login
) -> None:
    Alert.objects.create(
        id="quiet", rule="still", kind="silence", level="III", source="gazette",
        title="来源沉默：临江日报", reason="规则“沉默”命中：……", raised_at=NOON, last_hit_at=NOON,
    )  # fmt: skip
    client = as_role("monitor")
    page = shown(client, "/alerts/quiet/")
    assert 'href="/sources/gazette/"' in page
    assert "这条预警没有留下命中的信息" in page
    assert "来源沉默" in shown(client, "/alerts/")
    made = client.post("/alerts/quiet/case/", {"reason": "查采集"}, follow=True)
    assert made.status_code == 200
    assert "已立案" in made.content.decode()


# --- obeyed ------------------------------------------------------------------------------------


@pytest.fixture
def judge() -> Judge:
    rules = (Rule("fee", condition="工本费"), Rule("window", condition="窗口"))
    return Judge(Configuration(rules=rules))


def test_the_pipeline_obeys_a_pause_until_it_ends(db: None, judge: Judge) -> None:
    pauses.pause("fee", "monitor", NOON + 4 * HOUR, "演练", NOON)
    judge([rumour(1)], NOON + HOUR)
    assert list(Alert.objects.values_list("rule", flat=True)) == ["window"]
    assert RulePause.objects.get().held == 1
    judge([rumour(2)], NOON + 5 * HOUR)
    assert set(Alert.objects.values_list("rule", flat=True)) == {"fee", "window"}
    assert RulePause.objects.get().held == 1


def test_a_pause_that_ran_out_does_not_stand_in_the_way_of_the_next(db: None) -> None:
    pauses.pause("fee", "monitor", NOON + HOUR, "演练", NOON)
    with pytest.raises(pauses.PauseRefusedError, match="已由monitor暂停"):
        pauses.pause("fee", "publisher", NOON + 2 * HOUR, "演练", NOON)
    assert pauses.paused(NOON) == {"fee"}
    assert pauses.paused(NOON + 2 * HOUR) == frozenset()
    pauses.pause("fee", "publisher", NOON + 9 * HOUR, "再演练", NOON + 2 * HOUR)
    assert RulePause.objects.count() == 2
    with pytest.raises(pauses.PauseRefusedError, match="已经过去"):
        pauses.pause("other", "monitor", NOON, "演练", NOON)
