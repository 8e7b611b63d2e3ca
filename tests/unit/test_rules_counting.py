"""Frequency, spike, newcomer and composite rules, over a past kept in a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.rules.bursts import grown, most_within, rises_to, threshold, unusual
from alerts.rules.ruleset import Ruleset, compile_all
from config.loader import ConfigurationError, load_rules
from config.wiring import StorePast
from pipeline.model import Mention, Rule, Source, SourceKind
from pipeline.stores.memory import MemoryStore
from tests.builders import NOON, mention

HOUR = timedelta(hours=1)
FIVE = Rule("five", kind="frequency", condition="停水", count=5, window=HOUR)
SPIKE = Rule("spike", kind="spike", condition="停水", name="停水激增")
NEW = Rule("new", kind="newcomer", condition="停水", window=timedelta(days=7))
SOURCES = {
    "a": Source("a", SourceKind.FEED, "甲报", region="临江"),
    "b": Source("b", SourceKind.FEED, "乙网", region="临江"),
    "c": Source("c", SourceKind.FEED, "丙台", region="外地"),
}


class Past:
    def __init__(self) -> None:
        self.mentions: list[Mention] = []

    def between(self, since: datetime, until: datetime) -> Sequence[Mention]:
        return [each for each in self.mentions if since <= each.at < until]

    def of_story(self, story: str) -> Sequence[Mention]:
        return [each for each in self.mentions if each.story == story]


class Desk:
    """Judges as the pipeline does: a batch is stored, then each of it is judged."""

    def __init__(self, *rules: Rule) -> None:
        self.past, self.rules = Past(), rules
        self.restart()

    def restart(self) -> None:
        self.compiled: Ruleset = compile_all(self.rules, (), (), sources=SOURCES, past=self.past)

    def arrive(self, *batch: Mention) -> list[str]:
        known = {each.id for each in self.past.mentions}
        self.past.mentions += [each for each in batch if each.id not in known]
        return [
            f"{each.id} {hit.rule}" for each in batch for hit in self.compiled.evaluate(each, NOON)
        ]


def told(
    number: int, minutes: float, *, late: float = 0, text: str = "停水了", **changes: str
) -> Mention:
    """A mention of `minutes` after noon, that arrives `late` minutes after that."""
    at = NOON + timedelta(minutes=minutes)
    made = mention(id=f"m{number:03}", text=text, **changes)
    return replace(made, published_at=at, seen_at=at + timedelta(minutes=late))


def test_five_in_an_hour_are_one_alert() -> None:
    desk = Desk(FIVE)
    arrived = [desk.arrive(told(n, n)) for n in range(8)]
    assert arrived == [[], [], [], [], ["m004 five"], [], [], []]


def test_three_then_a_restart_then_the_same_three_are_no_alert() -> None:
    desk = Desk(FIVE)
    three = [told(n, n) for n in range(3)]
    assert desk.arrive(*three) == []
    desk.restart()
    assert desk.arrive(*three) == []
    assert desk.arrive(told(4, 20)) == []
    assert desk.arrive(told(5, 30)) == ["m005 five"]
    desk.restart()
    assert desk.arrive(told(5, 30)) == ["m005 five"]


def test_what_comes_late_still_completes_its_hour() -> None:
    desk = Desk(FIVE)
    assert desk.arrive(*(told(n, n) for n in range(4))) == []
    assert desk.arrive(told(9, 90)) == []
    assert desk.arrive(told(10, 10, late=300)) == ["m010 five"]


def test_five_in_more_than_an_hour_are_none() -> None:
    desk = Desk(FIVE)
    assert [desk.arrive(told(n, 20 * n)) for n in range(9)] == [[]] * 9


def test_others_do_not_count() -> None:
    desk = Desk(FIVE)
    assert desk.arrive(*(told(n, n, text="停电了") for n in range(9))) == []


def test_the_reason_has_the_numbers() -> None:
    desk = Desk(FIVE)
    desk.arrive(*(told(n, n) for n in range(5)))
    [hit] = desk.compiled.evaluate(told(4, 4), NOON)
    assert hit.reason == "规则“five”命中：1小时内已有5条相关信息，达到设定的5条。"
    assert hit.spans == ((0, 2, "停水", "text"),)


def _weeks(counts: Sequence[int]) -> list[Mention]:
    return [
        told(100 * week + n, n - week * 7 * 24 * 60)
        for week, count in enumerate(counts, start=1)
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("earlier", "alarm_at"),
    [
        ([0] * 8, 5),
        ([1, 0, 0, 1, 0, 0, 0, 0], 5),
        ([3, 2, 4, 3, 2, 3, 4, 3], 11),
        ([3, 2, 4, 30, 2, 3, 4, 3], 12),
        ([20, 22, 18, 19, 21, 20, 23, 20], 37),
    ],
)
def test_a_spike_is_measured_against_the_same_hour_of_earlier_weeks(
    earlier: Sequence[int], alarm_at: int
) -> None:
    desk = Desk(SPIKE)
    desk.past.mentions += _weeks(earlier)
    alarms = [n for n in range(1, 45) if desk.arrive(told(n, n / 2))]
    assert abs(alarms[0] - alarm_at) <= 1
    assert alarms[1:] == [n for n in range(alarms[0] + 1, 45) if threshold(n, alarms[0], 2) == n]


def test_a_spike_says_what_was_usual() -> None:
    desk = Desk(SPIKE)
    desk.past.mentions += _weeks([1, 0, 0, 2, 0, 1, 0, 0])
    hits = [
        hit for n in range(12) if desk.arrive(told(n, n))
        for hit in desk.compiled.evaluate(told(n, n), NOON)
    ]  # fmt: skip
    assert [hit.rule for hit in hits] == ["spike", "spike"]
    assert "已有10条相关信息，比刚报警时成倍增长" in hits[1].reason
    assert "此前8周同一时段平均0.5条、最多2条" in hits[0].reason


def test_chance_alone_rarely_alarms() -> None:
    random = Random(5)

    def counted(rate: float) -> int:
        return sum(random.random() < rate / 100 for _ in range(100))

    for rate in (0.5, 3, 12):
        alarms = sum(
            (count := counted(rate)) >= 5
            and unusual(count, [counted(rate) for _ in range(8)]) < 0.001
            for _ in range(2000)
        )
        assert alarms <= 12


def test_the_first_source_of_a_subject_is_no_newcomer_the_second_is() -> None:
    desk = Desk(NEW)
    assert desk.arrive(told(1, 0, source="a")) == []
    assert desk.arrive(told(2, 5, source="a")) == []
    assert desk.arrive(told(3, 9, source="b")) == ["m003 new"]
    assert desk.arrive(told(4, 12, source="b")) == []
    [hit] = desk.compiled.evaluate(told(3, 9, source="b"), NOON)
    assert "来源“乙网”在7天内首次出现相关信息，此前已有1个来源共2条" in hit.reason


def test_regions_may_be_newcomers_too() -> None:
    desk = Desk(replace(NEW, by="region"))
    assert desk.arrive(told(1, 0, source="a"), told(2, 1, source="b")) == []
    assert desk.arrive(told(3, 2, source="c")) == ["m003 new"]


BOTH = (
    Rule("water", condition="停水", name="停水"),
    Rule("fee", condition="收费"),
    Rule("both", kind="composite", members=("water", "fee")),
)


def test_a_composite_hits_when_its_rules_met_in_one_story() -> None:
    desk = Desk(*BOTH)
    assert desk.arrive(told(1, 0, story="s")) == ["m001 water"]
    assert desk.arrive(told(2, 1, story="t", text="收费")) == ["m002 fee"]
    assert desk.arrive(told(3, 2, story="s", text="收费")) == ["m003 fee", "m003 both"]
    assert desk.arrive(told(4, 3, story="s", text="收费")) == ["m004 fee"]
    hit = desk.compiled.evaluate(told(3, 2, story="s", text="收费"), NOON)[-1]
    assert hit.reason.startswith("规则“both”命中：同一事件中先后触发了“water”、“fee”，共2条规则")


def test_a_composite_over_time_and_in_one_mention() -> None:
    desk = Desk(*BOTH[:2], replace(BOTH[2], window=HOUR))
    assert desk.arrive(told(1, 0, story="s")) == ["m001 water"]
    assert desk.arrive(told(2, 50, story="t", text="收费")) == ["m002 fee", "m002 both"]
    assert desk.arrive(told(3, 500, text="停水收费")) == ["m003 water", "m003 fee", "m003 both"]


def test_the_store_is_a_past() -> None:
    store = MemoryStore()
    stored = [told(n, n, story="s") for n in range(6)]
    store.put(stored)
    past = StorePast(store)
    assert {each.id for each in past.between(NOON, NOON + timedelta(minutes=3))} == {
        "m000", "m001", "m002",
    }  # fmt: skip
    assert len(past.of_story("s")) == 6
    store.put([told(7, 1)])
    past.renew()
    assert len(past.between(NOON, NOON + timedelta(minutes=3))) == 4


MINUTES = st.lists(st.integers(0, 300), max_size=12)


@given(MINUTES, st.integers(1, 5))
def test_each_threshold_is_reached_by_one_arrival(minutes: list[int], count: int) -> None:
    times = [NOON + timedelta(minutes=each) for each in minutes]
    reached = [
        rises_to(times[:n], times[n], count=count, window=HOUR, growth=2) for n in range(len(times))
    ]
    alarms = [each for each in reached if each]
    assert bool(alarms) == (most_within(times, HOUR) >= count)
    assert alarms == sorted(set(alarms))
    assert alarms[-1:] in ([], [threshold(most_within(times, HOUR), count, 2)])


def test_of_few_a_growth_is_five_more() -> None:
    assert [grown(n, 2) for n in (1, 4, 5, 30)] == [6, 9, 10, 60]
    assert [threshold(n, 5, 2) for n in (4, 5, 9, 10, 39, 40)] == [0, 5, 5, 10, 20, 40]


def test_after_an_alarm_it_is_quiet_unless_it_grows() -> None:
    desk = Desk(FIVE)
    first = [told(n, n) for n in range(5)]
    again = [told(10 + n, 180 + n) for n in range(9)]
    grown_to_ten = told(20, 190)
    assert desk.arrive(*first, *again) == ["m004 five"]
    assert desk.arrive(grown_to_ten) == ["m020 five"]
    [hit] = desk.compiled.evaluate(grown_to_ten, NOON)
    assert hit.reason == (
        "规则“five”命中：1小时内已有10条相关信息，达到设定的5条，并成倍增长，再次报警。"
    )


def test_after_a_calm_it_alarms_again() -> None:
    desk = Desk(FIVE)
    assert desk.arrive(*(told(n, n) for n in range(5))) == ["m004 five"]
    assert desk.arrive(*(told(10 + n, 8 * 60 + n) for n in range(5))) == ["m014 five"]


def test_without_a_quiet_time_each_burst_alarms() -> None:
    desk = Desk(replace(FIVE, quiet=timedelta(0)))
    assert desk.arrive(*(told(n, n) for n in range(5))) == ["m004 five"]
    assert desk.arrive(*(told(10 + n, 180 + n) for n in range(5))) == ["m014 five"]


def test_the_quiet_of_one_rule_does_not_silence_another() -> None:
    other = replace(FIVE, id="other", condition="停电")
    desk = Desk(FIVE, other)
    assert desk.arrive(*(told(n, n) for n in range(5))) == ["m004 five"]
    found = desk.arrive(*(told(10 + n, 5 + n, text="停电了") for n in range(5)))
    assert found == ["m014 other"]


def test_quiet_outlasts_a_restart() -> None:
    desk = Desk(FIVE)
    assert desk.arrive(*(told(n, n) for n in range(5))) == ["m004 five"]
    desk.restart()
    assert desk.arrive(*(told(10 + n, 180 + n) for n in range(5))) == []
    assert desk.arrive(*(told(n, n) for n in range(5))) == ["m004 five"]


def test_a_spike_that_goes_on_is_one_alarm_until_it_doubles() -> None:
    desk = Desk(SPIKE)
    assert desk.arrive(*(told(n, n) for n in range(6))) == ["m004 spike"]
    assert desk.arrive(*(told(100 + n, 60 + n) for n in range(9))) == []
    assert desk.arrive(*(told(200 + n, 120 + n) for n in range(20))) == ["m219 spike"]
    assert desk.arrive(*(told(300 + n, 9 * 60 + n) for n in range(6))) == ["m304 spike"]


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("kind: frequency, any: [停水]", "needs `count` and `window`"),
        ("kind: frequency, count: 5, window: 1h", "needs one of line"),
        ("kind: spike, any: [停水], window: 1h", "belongs to rules of kind"),
        ("kind: composite, of: [a]", "at least two"),
        ("kind: composite, of: [a, b], count: 3", "can never hit"),
        ("kind: composite, of: [a, b], any: [停水]", "has no any"),
        ("any: [停水], quiet: 1h", "`quiet` belongs to rules of kind frequency or spike"),
        ("kind: spike, any: [停水], growth: 1", "greater than or equal to 1.2"),
        ("kind: silence, any: [停水]", "has no any"),
        ("any: [停水], count: 5", "belongs to rules of kind"),
        ("kind: frequency, none: [停水], count: 5, window: 1h", "add a term"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, written: str, says: str) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(f"- {{id: r, level: IV, {written}}}\n", "utf-8")
    with pytest.raises(ConfigurationError, match=says):
        load_rules(path)


def test_the_forms_of_counting_rules(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(
        "- {id: f, level: II, kind: frequency, line: 停水, count: 5, window: 1h}\n"
        "- {id: s, level: II, kind: spike, any: [停水]}\n"
        "- {id: n, level: II, kind: newcomer, any: [停水], by: region, window: 30d}\n"
        "- {id: k, level: II, kind: composite, of: [f, s], window: 1d, count: 2}\n",
        "utf-8",
    )
    frequency, spike, newcomer, composite = load_rules(path)
    assert (frequency.count, frequency.window) == (5, HOUR)
    assert spike.condition is not None
    assert (newcomer.by, newcomer.window) == ("region", timedelta(days=30))
    assert composite.members == ("f", "s")
