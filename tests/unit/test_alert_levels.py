"""The level of an alert over its life: weighed when raised, raised by more, set by people."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts import services
from alerts.levels import contributions
from alerts.models import Alert
from alerts.oversight import SYSTEM, AlertRefusedError
from alerts.scoring import StoryMeasure, Weights, total
from alerts.weighing import Scorer
from clarifications.models import AuditEntry
from clarifications.oversight import Refused
from pipeline.model import Mention, Source, SourceKind
from tests.builders import NOON
from tests.desk_of import CLAIM, FACT, RULE, hit, rumour, user

pytestmark = pytest.mark.django_db

SOURCES = {
    "forum": Source("forum", SourceKind.PAGE, "论坛", reach="local"),
    "tv": Source("tv", SourceKind.PAGE, "卫视", reach="national"),
}


def arrive(*mentions: Mention, story: StoryMeasure | None = None, level: str = "III") -> Alert:
    scorer = Scorer(Weights(), SOURCES, lambda _story: story or StoryMeasure(len(mentions)))
    found = [(each, [hit(level)]) for each in mentions]
    rules, claims, facts = {RULE.id: RULE}, {CLAIM.id: CLAIM}, {FACT.id: FACT}
    services.raise_alerts(found, rules, claims, facts, NOON, scorer)
    return Alert.objects.get()


def test_an_alert_keeps_what_its_level_comes_from() -> None:
    alert = arrive(rumour("m1", source="tv"))
    assert (alert.level, alert.score, alert.judged) == ("II", 60, "II")
    parts = contributions(alert)
    assert total(parts) == 60
    assert [(each.kind, each.points) for each in parts if each.points] == [
        ("rule", 40), ("reach", 20),
    ]  # fmt: skip
    assert list(alert.events.all()) == []


def test_more_raises_the_level_once_a_batch_and_it_is_told() -> None:
    arrive(rumour("m1", source="forum"))
    alert = arrive(
        rumour("m2", source="tv"), rumour("m3"), story=StoryMeasure(30, 7, recent=9, hours=2)
    )
    assert (alert.level, alert.score) == ("I", 80)
    [event] = alert.events.all()
    assert (event.actor, event.level, event.state) == (SYSTEM, "I", "new")
    assert event.reason.startswith(
        "评分由43升到80，Ⅲ级升为Ⅰ级：来源影响 +20：全国性媒体或平台（卫视）；事件规模 +6："
    )
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.from_state, entry.to_state) == (
        "alert.escalate", SYSTEM, "III", "I",
    )  # fmt: skip
    assert entry.payload["score"] == 80


def test_the_same_again_changes_nothing_and_what_was_heavy_stays() -> None:
    arrive(rumour("m1", source="tv"))
    before = Alert.objects.values().get()
    arrive(rumour("m1", source="tv"), story=StoryMeasure(200, 40))
    assert Alert.objects.values().get() == before
    later = arrive(rumour("m2", source="forum"))
    assert (later.level, later.score) == ("II", 60)


def test_a_rule_that_became_graver_raises_its_alert() -> None:
    arrive(rumour("m1"))
    assert arrive(rumour("m2"), level="I").level == "I"


def test_a_person_sets_the_level_and_says_why() -> None:
    alert, monitor = arrive(rumour("m1")), user("monitor")
    services.set_level(alert.pk, monitor, "I", "领导批示")
    alert.refresh_from_db()
    assert (alert.level, alert.level_by, alert.judged, alert.score) == ("I", "monitor", "III", 40)
    event, entry = alert.events.get(), AuditEntry.objects.get()
    assert (event.level, event.actor, event.reason) == ("I", "monitor", "领导批示")
    assert (entry.action, entry.from_state, entry.to_state) == ("alert.level", "III", "I")


def test_what_a_person_raised_stays() -> None:
    alert = arrive(rumour("m1"))
    services.set_level(alert.pk, user("monitor"), "I", "领导批示")
    alert = arrive(rumour("m2", source="tv"))
    assert (alert.level, alert.level_by, alert.judged) == ("I", "monitor", "II")


def test_what_a_person_lowered_rises_only_by_something_graver_than_they_saw() -> None:
    alert = arrive(rumour("m1", source="tv"))
    services.set_level(alert.pk, user("monitor"), "IV", "旧闻")
    alert = arrive(rumour("m2", source="tv"), story=StoryMeasure(5, 2))
    assert (alert.level, alert.level_by, alert.score) == ("IV", "monitor", 63)
    alert = arrive(rumour("m3"), story=StoryMeasure(100, 12, recent=50, hours=20))
    assert (alert.level, alert.level_by) == ("I", "")


def test_who_may_not_and_what_makes_no_sense_is_refused() -> None:
    alert, monitor = arrive(rumour("m1")), user("monitor")
    for who, level, reason, sentence in (
        (monitor, "II", " ", "须写明理由"),
        (user("handler"), "II", "不看", "您的角色不能改预警等级"),
    ):
        with pytest.raises(Refused, match=sentence):
            services.set_level(alert.pk, who, level, reason)
    for level, sentence in (("III", "已经是这一等级"), ("V", "没有等级“V”")):
        with pytest.raises(AlertRefusedError, match=sentence):
            services.set_level(alert.pk, monitor, level, "看过")
    services.dismiss(alert.pk, monitor, "与本局无关")
    with pytest.raises(AlertRefusedError, match="已排除"):
        services.set_level(alert.pk, monitor, "I", "看过")
    assert Alert.objects.get().level == "III"


def test_a_decided_alert_rises_and_stays_decided() -> None:
    alert = arrive(rumour("m1"))
    services.dismiss(alert.pk, user("monitor"), "与本局无关")
    alert = arrive(replace(rumour("m2"), source="tv"))
    assert (alert.state, alert.level) == ("dismissed", "II")
    assert alert.events.filter(level="II").count() == 1


def test_one_older_than_scores_is_weighed_when_more_joins() -> None:
    alert = arrive(rumour("m1"))
    Alert.objects.update(score=0, contributions=[], judged="III")
    later = arrive(rumour("m2"))
    assert (later.level, later.score) == (alert.level, 40)
    assert later.events.count() == 0
