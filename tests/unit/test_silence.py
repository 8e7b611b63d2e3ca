"""Rules about silent sources: what is silence, what is our own trouble, and when it is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from alerts import silences
from alerts.habits import Habit
from alerts.models import Alert, AlertState, SourceState
from alerts.rules.silence import Watched, in_round_words, judge
from alerts.scoring import Weights
from alerts.services import take
from alerts.weighing import Scorer
from clarifications.models import AuditEntry
from pipeline.model import Rule, Source, SourceKind
from tests.builders import NOON
from tests.desk_of import user

HOUR = timedelta(hours=1)
ZONE = "Asia/Shanghai"
RULE = Rule("quiet", "III", "silence", "来源沉默")
HOURLY = Habit(
    zone=ZONE, visits=500, known=True, occasions=(1.0,) * 48, items=(1.0,) * 48, most=(2,) * 48,
    gaps=100, quiet=1.2, rare=1.5, longest=2.0,
)  # fmt: skip


def source(name: str, **changes: object) -> Source:
    return replace(Source(name, SourceKind.FEED, f"{name}报"), **changes)  # type: ignore[arg-type]


def watched(name: str, hours: float, **changes: object) -> Watched:
    """A source that publishes hourly, whose last news is so many hours old."""
    made = Watched(source(name), NOON - hours * HOUR, NOON, habit=HOURLY)
    return replace(made, **changes)  # type: ignore[arg-type]


def found(*sources: Watched, rules: Sequence[Rule] = (RULE,), now: datetime = NOON) -> list[str]:
    made = judge(rules, sources, now, timezone=ZONE)
    single = [f"{each.rule.id} {each.source.id}" for each in made.single]
    return [*single, *(["outage"] if made.outage else [])]


LOUD = [watched(f"loud{n}", 0.5) for n in range(6)]


def test_silence_is_against_the_sources_own_habit() -> None:
    assert found(watched("a", 2), *LOUD) == []
    assert found(watched("a", 5), *LOUD) == ["quiet a"]
    slow = replace(HOURLY, occasions=(0.01,) * 48)
    assert found(watched("a", 5, habit=slow), *LOUD) == []


def test_the_reason_names_the_last_item_and_what_is_usual() -> None:
    [quiet] = judge([RULE], [watched("a", 5), *LOUD], NOON, timezone=ZONE).single
    assert quiet.reason == (
        "规则“来源沉默”命中：来源“a报”最近一条新内容在03月05日07:00，已5小时没有新内容；"
        "它平时此时约每1小时一次，这段时间本应有约5次。"
    )


def test_a_rule_may_state_its_own_limit() -> None:
    limited = replace(RULE, window=3 * HOUR)
    unknown = watched("a", 4, habit=None)
    assert found(unknown, *LOUD, rules=[RULE]) == []
    [quiet] = judge([limited], [unknown, *LOUD], NOON, timezone=ZONE).single
    assert "已4小时没有新内容，超过设定的3小时。" in quiet.reason


def test_what_nobody_looked_at_is_not_silence_and_what_cannot_be_had_is_told_as_such() -> None:
    assert found(watched("a", 5, last_success=NOON - 4 * HOUR), *LOUD) == []
    failing = watched("a", 5, last_success=NOON - 4 * HOUR, failures=7, error="没有应答")
    [quiet] = judge([RULE], [failing, *LOUD], NOON, timezone=ZONE).single
    assert quiet.reason.endswith("；最近连续7次采集失败（没有应答）。")


def test_rules_look_only_at_their_sources() -> None:
    mute = [watched("a", 5), watched("b", 5)]
    assert found(*mute, *LOUD, rules=[replace(RULE, sources=("b",))]) == ["quiet b"]
    assert found(*mute, *LOUD, rules=[replace(RULE, enabled=False)]) == []
    entered = watched("a", 500, source=source("a", kind=SourceKind.ENTRY))
    assert found(entered, watched("c", 500, source=source("c", enabled=False)), *LOUD) == []
    assert found(watched("a", 5, last_new=None), *LOUD) == []
    assert judge([RULE], mute, NOON, timezone=ZONE, paused={"quiet"}).single == ()


def test_when_half_of_all_are_silent_or_failing_it_is_one_finding() -> None:
    mute = [watched(f"m{n}", 5, failures=n % 2) for n in range(6)]
    made = judge([replace(RULE, id="iv", level="IV"), RULE], [*mute, *LOUD], NOON, timezone=ZONE)
    assert made.single == ()
    assert made.outage is not None
    assert made.outage.rule == RULE
    assert "12个来源中有6个同时没有新内容，其中3个采集失败" in made.outage.reason


def test_two_of_two_are_told_one_by_one_and_a_blip_is_nothing() -> None:
    assert found(watched("a", 5), watched("b", 5)) == ["quiet a", "quiet b"]
    assert found(*[watched(f"f{n}", 0.5, failures=1) for n in range(9)]) == []


def test_lengths_are_round() -> None:
    lengths = (40, 90, 47 * 60, 49 * 60)
    assert [in_round_words(timedelta(minutes=each)) for each in lengths] == [
        "40分钟", "2小时", "47小时", "2天",
    ]  # fmt: skip


# --- alerts ------------------------------------------------------------------------------------


def state(name: str, hours: float, *, at: datetime = NOON, failures: int = 0) -> None:
    SourceState.objects.update_or_create(
        source=name,
        defaults={
            "last_new_at": at - hours * HOUR, "last_success_at": at, "failures": failures,
            "usual": HOURLY.to_json(),
        },
    )  # fmt: skip


def watch(names: Sequence[str], now: datetime = NOON, rules: Sequence[Rule] = (RULE,)) -> int:
    sources = [source(name, reach="provincial") for name in names]
    scorer = Scorer(Weights(), {each.id: each for each in sources})
    return silences.watch(rules, sources, scorer, now, ZONE)


NAMES = ("a", "b", "c", "d")


@pytest.fixture
def quiet(db: None) -> Alert:
    """An alert about source a, while the others speak."""
    for name in NAMES:
        state(name, 5 if name == "a" else 0.5)
    assert watch(NAMES) == 1
    return Alert.objects.get()


def test_a_silence_is_one_alert_however_long_it_lasts(quiet: Alert) -> None:
    assert (quiet.title, quiet.source, quiet.story) == ("来源沉默：a报", "a", "")
    assert (quiet.level, quiet.score, quiet.mention_count) == ("III", 55, 0)
    assert watch(NAMES, NOON + HOUR) == 0
    assert Alert.objects.count() == 1


def test_when_the_source_speaks_again_it_is_closed_and_noted(quiet: Alert) -> None:
    later = NOON + 3 * HOUR
    state("a", 0.2, at=later)
    assert watch(NAMES, later) == 0
    quiet.refresh_from_db()
    assert (quiet.state, quiet.ended_at) == (AlertState.DISMISSED, later)
    [event] = quiet.events.all()
    assert (event.actor, event.reason) == ("系统", "来源已恢复，又有新内容。")
    assert AuditEntry.objects.get().action == "alert.end"
    assert watch(NAMES, later + HOUR) == 0
    assert quiet.events.count() == 1


def test_what_somebody_has_taken_is_noted_and_left_to_them(quiet: Alert) -> None:
    take(quiet.pk, user("monitor"))
    state("a", 0.2, at=NOON + HOUR)
    watch(NAMES, NOON + HOUR)
    quiet.refresh_from_db()
    assert (quiet.state, quiet.events.count()) == (AlertState.OPEN, 2)


def test_the_next_silence_is_another_alert(quiet: Alert) -> None:
    state("a", 0.2, at=NOON + 3 * HOUR)
    watch(NAMES, NOON + 3 * HOUR)
    state("a", 6, at=NOON + 9 * HOUR)
    for name in NAMES[1:]:
        state(name, 0.5, at=NOON + 9 * HOUR)
    assert watch(NAMES, NOON + 9 * HOUR) == 1
    assert Alert.objects.filter(ended_at=None).count() == 1


def test_a_source_that_is_no_longer_watched_ends_its_alert(quiet: Alert) -> None:
    watch(NAMES[1:], NOON + HOUR)
    quiet.refresh_from_db()
    assert quiet.ended_at is not None


@pytest.mark.django_db
def test_all_silent_at_once_is_one_alert_about_the_collection() -> None:
    for name in NAMES:
        state(name, 5, failures=4)
    assert watch(NAMES) == 1
    assert watch(NAMES, NOON + HOUR) == 0
    alert = Alert.objects.get()
    assert (alert.title, alert.source) == ("采集可能中断：多个来源同时没有新内容", "")
    for name in NAMES:
        state(name, 0.2, at=NOON + 2 * HOUR)
    assert watch(NAMES, NOON + 2 * HOUR) == 0
    alert.refresh_from_db()
    assert alert.ended_at == NOON + 2 * HOUR
    assert alert.events.get().reason == "多数来源已恢复正常。"


@pytest.mark.django_db
def test_without_a_rule_nobody_is_told() -> None:
    for name in NAMES:
        state(name, 50)
    assert watch(NAMES, rules=()) == 0
    assert not Alert.objects.exists()
