"""When a source is visited, and what counts as silence or a jump: tables of cases, and simulations."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest

from alerts.habits import Habit, Visit, habit_of, next_visit, slowest_of
from alerts.troubles import jump, silence
from pipeline.model import Source, SourceKind

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 3, 2, 0, 0, tzinfo=ZONE).astimezone(UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
GAZETTE = Source("gazette", SourceKind.FEED, "临江日报", every=10 * MINUTE)
WIDE = replace(GAZETTE, slowest=6 * HOUR)


def visited(
    published: Iterable[datetime], days: float, *, every: timedelta = 20 * MINUTE
) -> list[Visit]:
    """Visits at a steady interval that found what had been published."""
    items = sorted(published)
    visits = []
    for n in range(1, int(days * DAY / every) + 1):
        at = MONDAY + n * every
        new = sum(at - every < item <= at for item in items if at - every < item <= at)
        visits.append(Visit(at, new))
    return visits


def hourly(days: float) -> list[datetime]:
    return [MONDAY + n * HOUR + 7 * MINUTE for n in range(int(days * 24))]


def office_hours(days: int, per_hour: int = 3) -> list[datetime]:
    """Working days from eight to six, evenly."""
    return [
        at
        for n in range(days * 24 * per_hour)
        if 8 <= (at := MONDAY + n * HOUR / per_hour + MINUTE).astimezone(ZONE).hour < 18
        and at.astimezone(ZONE).isoweekday() < 6
    ]


def news_of(visits: list[Visit]) -> list[datetime]:
    return [visit.at for visit in visits if visit.new]


def learnt(visits: list[Visit], source: Source = WIDE) -> Habit:
    return habit_of(source, visits, visits[-1].at, news=news_of(visits))


def interval(source: Source, visits: list[Visit], now: datetime, **about: object) -> timedelta:
    habit = habit_of(source, visits, now)
    return next_visit(source, habit, visits, now, rng=Random(1), **about).at - now  # type: ignore[arg-type]


def test_a_new_source_is_visited_as_often_as_it_says() -> None:
    visits = [Visit(MONDAY + n * 10 * MINUTE) for n in range(11)]
    for known in range(len(visits) + 1):
        assert interval(WIDE, visits[:known], MONDAY + 2 * HOUR) == WIDE.every


def test_a_first_day_of_many_visits_is_still_too_little() -> None:
    visits = visited([], 0.9)
    assert interval(WIDE, visits, visits[-1].at) == WIDE.every


def test_an_hourly_source_is_asked_about_hourly() -> None:
    visits = visited(hourly(7), 7)
    assert 45 * MINUTE < interval(WIDE, visits, visits[-1].at) < 65 * MINUTE


def test_never_beyond_three_times_the_shortest_unless_it_is_said() -> None:
    visits = visited([], 7)
    assert slowest_of(GAZETTE) == 30 * MINUTE
    assert 20 * MINUTE < interval(GAZETTE, visits, visits[-1].at) <= 30 * MINUTE
    assert 4 * HOUR < interval(WIDE, visits, visits[-1].at) <= 6 * HOUR


@pytest.mark.parametrize("kind", [SourceKind.FILES, SourceKind.ENTRY, SourceKind.TIPS])
def test_what_lies_on_this_machine_is_looked_at_each_time(kind: SourceKind) -> None:
    here = replace(GAZETTE, kind=kind)
    visits = visited([], 7)
    assert interval(here, visits, visits[-1].at) == here.every


def test_slowest_below_every_is_every() -> None:
    assert slowest_of(replace(GAZETTE, slowest=MINUTE)) == GAZETTE.every


def test_nights_and_weekends_are_slept_through_and_mornings_are_not() -> None:
    visits = visited(office_hours(14), 14)
    now = MONDAY + 14 * DAY  # Monday, midnight
    night = interval(WIDE, visits, now + HOUR)
    morning = interval(WIDE, visits, now + 7 * HOUR + 50 * MINUTE)
    noon = interval(WIDE, visits, now + 12 * HOUR)
    saturday = interval(WIDE, visits, now + 5 * DAY + 12 * HOUR)
    assert night > 3 * HOUR
    assert noon < 30 * MINUTE
    assert morning < HOUR
    assert saturday > 3 * HOUR


def test_a_batch_a_day_is_not_a_busy_source() -> None:
    batches = [MONDAY + n * DAY + 9 * HOUR for n in range(14) for _ in range(40)]
    visits = visited(batches, 14)
    assert interval(WIDE, visits, MONDAY + 14 * DAY + 15 * HOUR) > 3 * HOUR


def test_news_right_now_brings_us_back_sooner_than_the_habit() -> None:
    visits = visited([], 7)
    now = visits[-1].at
    visits[-3:] = [replace(visit, new=2) for visit in visits[-3:]]
    found = next_visit(WIDE, habit_of(WIDE, visits[:-3], now), visits, now, rng=Random(1))
    assert found.why == "news"
    assert found.at - now < HOUR


def test_a_gap_shortens_the_interval_for_days() -> None:
    visits = visited([], 7)
    visits[-100] = replace(visits[-100], gap=True)
    assert interval(WIDE, visits, visits[-1].at) == WIDE.every


def test_items_that_wait_are_fetched_at_the_next_turn() -> None:
    visits = visited([], 7)
    assert interval(WIDE, visits, visits[-1].at, pending=3) == WIDE.every


def test_failures_back_off_within_the_limits() -> None:
    found = [interval(WIDE, [], MONDAY, failures=n) for n in range(1, 40)]
    assert all(WIDE.every <= each <= 6 * HOUR for each in found)
    assert found[0] <= 20 * MINUTE
    assert all(each >= 3 * HOUR for each in found[10:])


def test_failing_sources_do_not_come_back_at_once() -> None:
    habit = habit_of(WIDE, [], MONDAY)
    found = {
        next_visit(WIDE, habit, [], MONDAY, failures=5, rng=Random(seed)).at for seed in range(20)
    }
    assert len(found) == 20


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        (timedelta(seconds=30), 10 * MINUTE),
        (2 * HOUR, 2 * HOUR),
        (30 * DAY, DAY),
    ],
)
def test_a_server_that_asks_for_patience_has_it(asked: timedelta, wanted: timedelta) -> None:
    assert interval(GAZETTE, [], MONDAY, retry_after=asked) == wanted


def test_a_time_without_the_collector_teaches_nothing() -> None:
    visits = visited(hourly(7), 7)
    away = [*visits, Visit(visits[-1].at + 5 * DAY, 80)]
    one, other = learnt(visits), habit_of(WIDE, away, away[-1].at - 5 * DAY)
    assert one.occasions == other.occasions


def test_a_habit_survives_the_row_that_it_is_kept_in() -> None:
    habit = learnt(visited(hourly(3), 3))
    assert Habit.from_json(habit.to_json()).to_json() == habit.to_json()


# --- silence and jumps -------------------------------------------------------------------------


def test_a_source_of_the_working_day_that_is_silent_is_told_with_numbers() -> None:
    visits = visited(office_hours(14), 14)
    last = news_of(visits)[-1]
    assert last.astimezone(ZONE).isoweekday() == 5
    habit = learnt(visits)
    tuesday = MONDAY + 15 * DAY
    assert silence(habit, tuesday + 9 * HOUR, tuesday + 9 * HOUR + 20 * MINUTE) is None
    found = silence(habit, tuesday + 9 * HOUR, tuesday + 15 * HOUR)
    assert found is not None
    assert found.lasted == 6 * HOUR
    assert found.usual is not None
    assert 15 * MINUTE < found.usual < 30 * MINUTE


def test_a_weekend_is_not_silence_for_a_source_that_rests() -> None:
    visits = visited(office_hours(14), 14)
    last = news_of(visits)[-1]
    assert silence(learnt(visits), last, MONDAY + 14 * DAY + 7 * HOUR) is None


@pytest.mark.parametrize(("days", "silent"), [(3, False), (10, False), (35, True)])
def test_a_weekly_source_is_silent_after_weeks_only(days: int, silent: bool) -> None:
    editions = [MONDAY + n * 7 * DAY + 10 * HOUR for n in range(10)]
    visits = visited(editions, 64, every=30 * MINUTE)
    last = editions[-1] + 20 * MINUTE
    habit = habit_of(WIDE, visits, last, news=news_of(visits))
    assert (silence(habit, last, last + days * DAY) is not None) is silent


def test_without_a_habit_only_a_fortnight_is_silence() -> None:
    assert silence(None, MONDAY, MONDAY + 13 * DAY) is None
    found = silence(None, MONDAY, MONDAY + 15 * DAY)
    assert found is not None
    assert found.usual is None


def by_chance(rate: float, days: int, rng: Random) -> list[datetime]:
    at, found = MONDAY, []
    while at < MONDAY + days * DAY:
        at += rng.expovariate(rate) * HOUR
        found.append(at)
    return found


def test_pauses_by_chance_are_no_silence() -> None:
    """Half a year of news by pure chance, in eight lots: no false flag."""
    flags = 0
    for seed in range(8):
        visits = visited(by_chance(0.5, 21, Random(seed)), 21)
        news = news_of(visits)
        habit = learnt(visits)
        flags += sum(silence(habit, before, after) is not None for before, after in pairwise(news))
    assert flags == 0


@pytest.mark.parametrize(("items", "is_jump"), [(3, False), (9, False), (12, True), (200, True)])
def test_a_jump_is_far_above_the_hour_and_more_than_a_few(items: int, is_jump: bool) -> None:
    visits = visited(hourly(14), 14)
    assert (jump(learnt(visits), items, visits[-1].at) is not None) is is_jump


def test_the_daily_batch_is_no_jump_at_its_hour_and_one_at_night() -> None:
    batches = [MONDAY + n * DAY + 9 * HOUR for n in range(14) for _ in range(40)]
    habit = learnt(visited(batches, 14))
    assert jump(habit, 45, MONDAY + 14 * DAY + 9 * HOUR + MINUTE) is None
    assert jump(habit, 45, MONDAY + 14 * DAY + 22 * HOUR) is not None


def simulated(
    publish: Callable[[Random], list[datetime]], days: int, source: Source
) -> tuple[float, float]:
    """Visits a day and mean delay in minutes after the first week, the rule deciding each visit."""
    rng = Random(7)
    items = sorted(publish(rng))
    now, visits, delays, count = MONDAY, list[Visit](), list[timedelta](), 0
    habit = habit_of(source, [], now)
    while now < MONDAY + days * DAY:
        new = [item for item in items if item <= now]
        items = items[len(new) :]
        visits.append(Visit(now, len(new)))
        if now > MONDAY + 7 * DAY:
            count += 1
            delays += [now - item for item in new]
        if len(visits) % 10 == 0:
            habit = habit_of(source, visits, now)
        now = next_visit(source, habit, visits[-40:], now, rng=rng).at
    return count / (days - 7), sum(delays, timedelta(0)) / MINUTE / len(delays)


def test_fewer_visits_than_a_fixed_interval_and_no_later() -> None:
    """A newspaper of the working day: a fixed 20 minutes makes 72 visits a day, 10 minutes late."""

    def publish(rng: Random) -> list[datetime]:
        return [at for at in office_hours(21) if rng.random() < 0.7]

    visits, delay = simulated(publish, 21, replace(GAZETTE, slowest=3 * HOUR))
    assert visits < 45
    assert delay < 20


def test_in_step_with_an_hourly_source_it_is_not_always_late() -> None:
    visits, delay = simulated(lambda _: hourly(21), 21, WIDE)
    assert visits < 36
    assert delay < 40
