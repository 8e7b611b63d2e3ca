"""Alerts: filters that are an address, evidence first, and what people do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.models import Alert, AlertState
from clarifications.models import AuditEntry, Case
from desk import ports
from tests.web.conftest import Login
from tests.web.fake_desk import rumour, the_alert


@pytest.mark.parametrize(
    ("query", "rules"),
    [
        ("", {"fee-rumour", "known-rumour", "fact-conflict"}),
        ("level=II", {"known-rumour"}),
        ("level=II&level=III", {"fee-rumour", "known-rumour", "fact-conflict"}),
        ("rule=fact-conflict", {"fact-conflict"}),
        ("source=portal", {"fee-rumour"}),
        ("q=口径 200元", {"fact-conflict"}),
        ("q=没有这句话", set()),
        ("since=2026-03-05&until=2026-03-05", {"fee-rumour", "known-rumour", "fact-conflict"}),
        ("since=2026-03-06", set()),
        ("until=2026-03-04", set()),
        ("state=dismissed", set()),
    ],
)
def test_filters_stand_in_the_address(
    desk: ports.Desk, as_role: Login, query: str, rules: set[str]
) -> None:
    response = as_role("monitor").get(f"/alerts/?{query}")
    assert {line.alert.rule for line in response.context["lines"]} == rules


@pytest.mark.parametrize(("order", "first"), [("level", "known-rumour"), ("hits", "fee-rumour")])
def test_alerts_can_be_sorted(desk: ports.Desk, as_role: Login, order: str, first: str) -> None:
    response = as_role("monitor").get(f"/alerts/?order={order}")
    assert response.context["lines"][0].alert.rule == first


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("level=V", "没有等级“V”"),
        ("state=none", "没有状态“none”"),
        ("since=yesterday", "起始日期写法应为"),
        ("since=2026-03-06&until=2026-03-05", "起始日期晚于截止日期"),
        ("order=none", "没有排序方式“none”"),
    ],
)
def test_a_filter_with_a_mistake_is_named(
    desk: ports.Desk, as_role: Login, query: str, sentence: str
) -> None:
    response = as_role("monitor").get(f"/alerts/?{query}")
    assert sentence in response.content.decode()
    assert len(response.context["lines"]) == 3


def test_a_line_says_what_why_how_often_since_when_and_where(
    desk: ports.Desk, as_role: Login
) -> None:
    content = as_role("monitor").get("/alerts/?rule=fee-rumour").content.decode()
    for said in (
        "Ⅲ级 较大", "■", "新预警", "注册公司要交200元", "“市场监管局”与“工本费”同时出现",
        '<span class="number">4</span>', "3月5日 11:30", "30分钟前", "临江论坛、临江门户网", "行政审批科",
    ):  # fmt: skip
        assert said in content


def test_the_list_alone_is_for_htmx(desk: ports.Desk, as_role: Login) -> None:
    url = "/alerts/?state=new&level=II"
    part = as_role("monitor").get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert 'hx-get="/alerts/?state=new&amp;level=II"' in part
    login = as_role("monitor")
    login.logout()
    ended = login.get(url, headers={"HX-Request": "true"}, follow=True)
    assert ended["HX-Refresh"] == "true"


def test_evidence_beside_what_it_is_compared_with(desk: ports.Desk, as_role: Login) -> None:
    client = as_role("monitor")
    keyword = client.get(f"/alerts/{the_alert().pk}/").content.decode()
    assert '<mark class="mark-term">市场监管局</mark>' in keyword
    assert "rules.yaml:1" in keyword
    assert "“招聘”" in keyword
    claim = client.get(f"/alerts/{the_alert('known-rumour').pk}/").content.decode()
    assert '<mark class="mark-claim">窗口说在临江注册公司要交200元工本费</mark>' in claim
    assert "在临江注册公司要交200元工本费</p>" in claim
    assert "相似度93%" in claim
    fact = client.get(f"/alerts/{the_alert('fact-conflict').pk}/").content.decode()
    assert '<mark class="mark-conflict">200元</mark>' in fact
    assert "临市监发〔2024〕18号" in fact
    assert "<td>3个工作日</td><td>5个工作日</td>" in fact


def test_another_version_of_the_text_is_not_marked_by_luck(
    desk: ports.Desk, as_role: Login
) -> None:
    alert = the_alert("fact-conflict")
    hit = alert.hits.get()
    changed = replace(rumour(1), text="正文改了，开头几个字的位置也变了，只剩这些。")
    alert.hits.update(mention_version=hit.mention_version - 1)
    desk.store().put([replace(changed, version=hit.mention_version + 1000, content_hash="other")])
    response = as_role("monitor").get(f"/alerts/{alert.pk}/")
    assert response.context["exact"] is False
    assert "<mark" not in response.content.decode()
    assert "当时的版本未保留" in response.content.decode()


def test_take_dismiss_and_make_a_case(desk: ports.Desk, as_role: Login) -> None:
    client = as_role("monitor")
    taken, dropped = the_alert("fee-rumour"), the_alert("known-rumour")
    assert client.post(f"/alerts/{taken.pk}/take/").status_code == 302
    assert Alert.objects.get(pk=taken.pk).state == AlertState.OPEN
    unreasoned = client.post(f"/alerts/{dropped.pk}/dismiss/", {"reason": "  "})
    assert unreasoned.status_code == 409
    assert "须写明理由" in unreasoned.content.decode()
    client.post(f"/alerts/{dropped.pk}/dismiss/", {"reason": "转发旧闻，已澄清"})
    assert Alert.objects.get(pk=dropped.pk).state == AlertState.DISMISSED
    assert "转发旧闻，已澄清" in client.get(f"/alerts/{dropped.pk}/").content.decode()
    opened = client.post(f"/alerts/{taken.pk}/case/", {"reason": "影响办事群众"})
    assert opened["Location"] == f"/cases/{Case.objects.get().number}/"


def test_who_came_second_is_told_by_whom_it_was_done(desk: ports.Desk, as_role: Login) -> None:
    alert = the_alert()
    as_role("monitor").post(f"/alerts/{alert.pk}/take/")
    late = as_role("monitor", "second").post(f"/alerts/{alert.pk}/take/", {"reason": "我来办"})
    assert late.status_code == 409
    assert "已由monitor处理" in late.content.decode()


def test_without_the_role_the_page_says_why_and_the_service_refuses(
    desk: ports.Desk, as_role: Login
) -> None:
    client, alert = as_role("leadership"), the_alert()
    page = client.get(f"/alerts/{alert.pk}/").content.decode()
    assert "您的角色不能" in page
    assert page.count("disabled") == 3
    refused = client.post(f"/alerts/{alert.pk}/dismiss/", {"reason": "不想看"})
    assert refused.status_code == 409
    assert Alert.objects.get(pk=alert.pk).state == AlertState.NEW
    assert AuditEntry.objects.filter(action="alert.dismiss.refused").exists()


def test_home_shows_the_desk_at_a_glance(desk: ports.Desk, as_role: Login) -> None:
    content = as_role("monitor").get("/").content.decode()
    for said in ("来源异常", "临江论坛", "连续3次采集失败", "已19天没有新内容", "许安澜"):
        assert said in content
