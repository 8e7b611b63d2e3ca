from __future__ import annotations

from datetime import timedelta

import pytest

from alerts import services
from alerts.definitions import record_definitions
from alerts.models import Alert, AlertMention, AlertState, Definition
from alerts.oversight import AlertRefusedError
from clarifications.models import AuditEntry
from clarifications.oversight import Refused
from pipeline.model import Mention
from tests.builders import NOON
from tests.desk_of import CLAIM, FACT, RULE, hit, raised, rumour, user

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)


def raise_again(*mentions: Mention) -> int:
    found = [(each, [hit()]) for each in mentions]
    return services.raise_alerts(found, {RULE.id: RULE}, {CLAIM.id: CLAIM}, {FACT.id: FACT}, LATER)


def test_hits_on_one_story_join_one_alert() -> None:
    assert raise_again(rumour("m1"), rumour("m2"), rumour("m3", story="s2")) == 2
    alert = Alert.objects.get(story="s1")
    assert (alert.mention_count, alert.level, alert.rule_name) == (2, "III", "收费谣言")
    assert [each.mention for each in alert.hits.all()] == ["m1", "m2"]


def test_raising_the_same_again_changes_nothing() -> None:
    raised()
    before = list(Alert.objects.values()), list(AlertMention.objects.values())
    assert raise_again(rumour()) == 0
    assert (list(Alert.objects.values()), list(AlertMention.objects.values())) == before


def test_a_further_mention_joins_and_is_dated() -> None:
    alert = raised()
    assert raise_again(rumour("m2")) == 0
    alert.refresh_from_db()
    assert (alert.mention_count, alert.raised_at, alert.last_hit_at) == (2, NOON, LATER)


def test_the_explanation_keeps_the_texts_as_they_stood() -> None:
    found = raised().hits.get()
    assert found.explanation["claims"][0]["claim_text"] == CLAIM.text
    assert found.explanation["findings"][0]["statement"] == FACT.statement
    assert found.explanation["findings"][0]["source"] == FACT.source
    assert found.explanation["spans"] == [[0, 2, "注册", "title"]]


def test_an_alert_names_the_version_of_its_rule() -> None:
    versions = record_definitions({"rule": {RULE.id: {"level": "III"}}}, NOON)
    assert raised().rule_version == versions["rule", RULE.id]


def test_every_change_of_a_definition_is_a_row_and_the_newest_is_in_force() -> None:
    old, new = {"rule": {"r": {"level": "IV"}}}, {"rule": {"r": {"level": "I"}}}
    for number, each in enumerate([old, old, new, old]):
        versions = record_definitions(each, NOON + timedelta(minutes=number))
    rows = Definition.objects.filter(object_id="r")
    assert [row.body["level"] for row in rows] == ["IV", "I", "IV"]
    assert rows[2].version == rows[0].version == versions["rule", "r"]


def test_changes_of_definitions_are_logged_the_first_load_is_none() -> None:
    record_definitions({"rule": {"a": {"x": 1}, "b": {"x": 1}}, "fact": {}}, NOON)
    assert not AuditEntry.objects.exists()
    record_definitions({"rule": {"a": {"x": 2}, "c": {"x": 1}}, "fact": {}}, NOON)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject_type, entry.subject_id) == (
        "configuration.change", "configuration", "rule",
    )  # fmt: skip
    before = {key: bool(value[0]) for key, value in entry.payload.items()}
    after = {key: bool(value[1]) for key, value in entry.payload.items()}
    assert before == {"a": True, "b": True, "c": False}
    assert after == {"a": True, "b": False, "c": True}
    newest = Definition.objects.filter(object_id="b").last()
    assert newest is not None
    assert (newest.version, newest.body) == ("", {})


def test_taking_and_dismissing_is_noted_and_logged() -> None:
    alert, monitor = raised(), user("monitor")
    services.take(alert.pk, monitor)
    services.dismiss(alert.pk, monitor, "与本局无关")
    alert.refresh_from_db()
    assert alert.state == AlertState.DISMISSED
    assert [each.state for each in alert.events.all()] == ["open", "dismissed"]
    logged = AuditEntry.objects.values_list("action", "from_state", "to_state", "reason")
    assert list(logged) == [
        ("alert.take", "new", "open", ""),
        ("alert.dismiss", "open", "dismissed", "与本局无关"),
    ]


def test_the_second_of_two_is_told_who_was_first() -> None:
    alert = raised()
    services.take(alert.pk, user("monitor"))
    with pytest.raises(AlertRefusedError, match="已由monitor处理"):
        services.take(alert.pk, user("publisher"))


@pytest.mark.parametrize(
    ("name", "roles", "reason", "sentence"),
    [
        ("monitor", ("monitor",), " ", "须写明理由"),
        ("leadership", ("leadership",), "不看", "您的角色不能排除预警"),
        ("admin", ("admin", "monitor"), "不看", "系统管理员不参与"),
    ],
)
def test_a_refused_dismissal_changes_nothing_and_is_logged(
    name: str, roles: tuple[str, ...], reason: str, sentence: str
) -> None:
    alert = raised()
    with pytest.raises(Refused, match=sentence):
        services.dismiss(alert.pk, user(name, *roles), reason)
    alert.refresh_from_db()
    assert alert.state == AlertState.NEW
    assert AuditEntry.objects.get().action == "alert.dismiss.refused"


def test_an_unknown_alert_is_one_sentence() -> None:
    with pytest.raises(AlertRefusedError, match="没有编号为“x”的预警"):
        services.take("x", user("monitor"))
