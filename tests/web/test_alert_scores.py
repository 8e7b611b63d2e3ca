"""What an alert's level comes from, on its page and in the list."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.test import Client

from alerts.models import Alert
from desk import ports
from tests.web.fake_desk import the_alert

pytestmark = pytest.mark.django_db
Login = Callable[[str], Client]


def test_the_page_shows_each_contribution(desk: ports.Desk, as_role: Login) -> None:
    shown = as_role("monitor").get(f"/alerts/{the_alert().pk}/").content.decode()
    for said in (
        "规则定为Ⅲ级",
        "来源没有写明影响范围",
        "最多20",
        "事件规模",
        "增长速度",
        "敏感内容",
    ):
        assert said in shown


def test_one_older_than_scores_says_so(desk: ports.Desk, as_role: Login) -> None:
    Alert.objects.update(score=0, contributions=[])
    shown = as_role("monitor").get(f"/alerts/{the_alert().pk}/").content.decode()
    assert "这条预警产生时还没有评分" in shown


def test_a_person_sets_the_level(desk: ports.Desk, as_role: Login) -> None:
    client, alert = as_role("monitor"), the_alert()
    address = f"/alerts/{alert.pk}/level/"
    answer = client.post(address, {"level": "I", "reason": "  领导批示 "}, follow=True)
    shown = answer.content.decode()
    assert "等级已更改" in shown
    assert "等级由monitor设定" in shown
    assert "领导批示" in shown
    alert.refresh_from_db()
    assert alert.level == "I"


@pytest.mark.parametrize(
    ("role", "sent", "sentence"),
    [
        ("monitor", {"level": "II", "reason": ""}, "须写明理由"),
        ("monitor", {"level": "VI", "reason": "x"}, "没有等级"),
        ("handler", {"level": "II", "reason": "x"}, "您的角色不能改预警等级"),
        ("admin", {"level": "II", "reason": "x"}, "系统管理员不参与"),
    ],
)
def test_a_level_that_cannot_be_set_is_told_on_the_page(
    desk: ports.Desk, as_role: Login, role: str, sent: dict[str, str], sentence: str
) -> None:
    alert = the_alert()
    answer = as_role(role).post(f"/alerts/{alert.pk}/level/", sent)
    assert answer.status_code == 409
    assert sentence in answer.content.decode()
    alert.refresh_from_db()
    assert alert.level == "III"


def test_what_was_typed_for_the_level_stays_there(desk: ports.Desk, as_role: Login) -> None:
    sent = {"level": "III", "reason": "想想再说"}
    shown = as_role("monitor").post(f"/alerts/{the_alert().pk}/level/", sent).content.decode()
    assert 'id="level-reason" name="reason" rows="2" maxlength="2000" required>想想再说<' in shown
    assert 'id="reason" name="reason" rows="2" maxlength="2000"><' in shown


def test_who_may_not_sees_no_form(desk: ports.Desk, as_role: Login) -> None:
    address = f"/alerts/{the_alert().pk}/"
    assert "改等级" in as_role("monitor").get(address).content.decode()
    assert "改等级" not in as_role("handler").get(address).content.decode()


def test_the_list_is_ordered_and_filtered_by_score(desk: ports.Desk, as_role: Login) -> None:
    client = as_role("monitor")
    Alert.objects.filter(rule="fact-conflict").update(score=71)
    found = client.get("/alerts/?order=score").context["lines"]
    assert [line.alert.score for line in found] == [71, 60, 40]
    found = client.get("/alerts/?score=50").context["lines"]
    assert {line.alert.score for line in found} == {71, 60}
    assert "评分应为数字" in client.get("/alerts/?score=很高").content.decode()
    exported = client.get("/alerts/export.json?score=70")
    [line] = json.loads(b"".join(exported))
    assert (line["score"], line["contributions"][0]["kind"]) == (71, "rule")
