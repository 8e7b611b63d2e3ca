"""Stories split and merged by people: who may, who was first, what the alerts do, what is logged."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from alerts import stories as places
from alerts.models import Alert, AlertState, StoryDecision
from alerts.review import Review
from alerts.services import raise_alerts
from alerts.stories import StoryRefusedError, decisions
from clarifications import stories
from clarifications.models import AuditEntry
from clarifications.oversight import Refused
from pipeline.model import Mention
from tests.builders import NOON
from tests.desk_of import CLAIM, FACT, RULE, hit, raised, rumour, user

pytestmark = pytest.mark.django_db


def split(*moved: str, stayed: tuple[str, ...] = ("m1",), seen: int = 0) -> StoryDecision:
    who = user(f"monitor{User.objects.count()}", "monitor")
    return stories.split("s1", moved, stayed, seen=seen, user=who, reason="说的是另一件事")


def raise_again(*mentions: Mention) -> int:
    found = [(each, [hit()]) for each in mentions]
    return raise_alerts(found, {RULE.id: RULE}, {CLAIM.id: CLAIM}, {FACT.id: FACT}, NOON)


def test_a_split_is_decided_and_logged() -> None:
    row = split("m2", "m3")
    assert decisions().story("m2", "s1") == row.target != "s1"
    assert decisions().story("m1", "s1") == "s1"
    entry = AuditEntry.objects.get(action="story.split")
    assert (entry.subject_id, entry.role, entry.reason) == ("s1", "monitor", "说的是另一件事")
    assert entry.payload["mentions"] == ["m2", "m3"]
    assert entry.payload["target"] == row.target


@pytest.mark.parametrize(("role", "reason"), [("leadership", "有理由"), ("monitor", " ")])
def test_not_for_everybody_and_not_without_a_reason(role: str, reason: str) -> None:
    with pytest.raises(Refused):
        stories.merge("s1", "s2", seen=0, user=user(role), reason=reason)
    assert not StoryDecision.objects.exists()
    assert AuditEntry.objects.get().action == "story.merge.refused"


def test_of_two_people_at_once_the_second_is_told_of_the_first() -> None:
    split("m2")
    with pytest.raises(StoryRefusedError, match="monitor0处理过（拆分）"):
        split("m3", seen=0)
    assert StoryDecision.objects.count() == 1
    split("m3", seen=places.last("s1"))
    assert StoryDecision.objects.count() == 2


@pytest.mark.parametrize(("moved", "stayed"), [((), ("m1",)), (("m1",), ())])
def test_a_split_leaves_something_on_both_sides(
    moved: tuple[str, ...], stayed: tuple[str, ...]
) -> None:
    with pytest.raises(StoryRefusedError):
        split(*moved, stayed=stayed)


def test_a_merged_story_is_not_decided_about_again() -> None:
    who = user("monitor")
    row = stories.merge("s1", "s2", seen=0, user=who, reason="同一件事")
    with pytest.raises(StoryRefusedError):
        stories.merge("s1", "s3", seen=row.pk, user=who, reason="再并")
    with pytest.raises(StoryRefusedError, match="它自己"):
        stories.merge("s2", "s2", seen=0, user=who, reason="误操作")


def test_hits_that_were_split_off_become_an_alert_of_their_own() -> None:
    old = raised([rumour("m1"), rumour("m2"), rumour("m3")])
    Alert.objects.update(state=AlertState.DISMISSED)
    row = split("m2", "m3")
    old.refresh_from_db()
    new = Alert.objects.get(story=row.target)
    assert (old.story, old.mention_count, old.state) == ("s1", 1, "dismissed")
    assert (new.mention_count, new.state, new.rule, new.raised_at) == (2, "new", RULE.id, NOON)
    assert {each.mention for each in new.hits.all()} == {"m2", "m3"}
    assert new.pk in old.events.last().reason  # type: ignore[union-attr]
    assert raise_again(rumour("m2", row.target), rumour("m4", row.target)) == 0
    assert new.hits.count() == 3


def test_an_alert_on_nothing_but_what_was_split_off_goes_along() -> None:
    old = raised([rumour("m2")])
    row = split("m2")
    old.refresh_from_db()
    assert (old.story, old.mention_count, old.state) == (row.target, 1, "new")
    assert raise_again(rumour("m1")) == 1, "what stayed may raise one anew"
    assert Alert.objects.count() == 2
    assert raise_again(rumour("m1"), rumour("m5", row.target)) == 0
    assert Alert.objects.get(story=row.target).mention_count == 2


def test_alerts_follow_a_merge_and_further_hits_join_them() -> None:
    alert = raised([rumour("m1")])
    stories.merge("s1", "s2", seen=0, user=user("monitor"), reason="同一件事")
    alert.refresh_from_db()
    assert alert.story == "s2"
    assert raise_again(rumour("m9", "s2")) == 0
    assert alert.hits.count() == 2


def test_two_alerts_of_one_rule_both_stand_after_a_merge() -> None:
    raised([rumour("m1")])
    raised([rumour("m2", "s2")])
    stories.merge("s1", "s2", seen=0, user=user("monitor"), reason="同一件事")
    assert set(Alert.objects.values_list("story", "state")) == {("s1", "new"), ("s2", "new")}
    assert "已并入另一事件" in Alert.objects.get(story="s1").events.get().reason
    assert raise_again(rumour("m9", "s2")) == 0
    assert Alert.objects.get(story="s2").mention_count == 2


def test_a_review_knows_alerts_that_moved() -> None:
    alert = raised([rumour("m2")])
    row = split("m2")
    review = Review(lambda _mention, _now: [hit()])
    (change,) = review.compare([rumour("m6", row.target)], [], NOON)
    assert (change.kind, change.alert) == ("joined", alert.pk)
