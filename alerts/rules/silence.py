"""Rules about sources that fall silent. Pure.

Silence is measured against the source's own habit (`alerts.troubles`), or against a limit that the
rule states. Where a source cannot be fetched it is measured until now: whoever asks to be told of
silence wants to know either way, and the reason says which it is.

When half of all sources are silent or failing at once, that is no news about each of them: our own
network, the collector, or a public holiday. Then there is one finding for all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.habits import HOUR, Habit
from alerts.rules.base import Known, applies, called
from alerts.troubles import Silence, silence
from pipeline.model import LEVELS, Rule, Source, SourceKind

SILENCE = "silence"
"""The kind of rule that looks at sources, not at mentions."""
BY_HAND = (SourceKind.ENTRY, SourceKind.TIPS)
FEWEST_TOGETHER = 3
"""So many sources at least make a common cause likely."""
_TOGETHER = 0.5


@dataclass(frozen=True, slots=True)
class Watched:
    """What is known of a source: when it had news, was reached, failed, and what is usual."""

    source: Source
    last_new: datetime | None
    last_success: datetime | None
    failures: int = 0
    error: str = ""
    habit: Habit | None = None


@dataclass(frozen=True, slots=True)
class Quiet:
    """A source that a rule finds silent."""

    rule: Rule
    source: Source
    since: datetime
    """Its last news."""
    reason: str


@dataclass(frozen=True, slots=True)
class Outage:
    """Silence of so many sources that it is about the collection; `rule` is the gravest of those
    that would have told of single ones."""

    rule: Rule
    reason: str


@dataclass(frozen=True, slots=True)
class Silences:
    single: tuple[Quiet, ...] = ()
    outage: Outage | None = None
    together: bool = False
    """Many are silent or failing, whether or not a rule has to tell of it."""


def judge(
    rules: Sequence[Rule],
    watched: Sequence[Watched],
    now: datetime,
    *,
    timezone: str,
    paused: Collection[str] = (),
) -> Silences:
    """What the silence rules find now; of the kinds of `BY_HAND`, and of sources that never had
    anything, nobody expects news."""
    expected = [
        each
        for each in watched
        if each.source.enabled and each.source.kind not in BY_HAND and each.last_new is not None
    ]
    mute = [each for each in expected if each.failures or _silent(each, None, now)]
    together = len(mute) >= max(FEWEST_TOGETHER, _TOGETHER * len(expected))
    known = Known(timezone=timezone, sources={each.source.id: each.source for each in watched})
    found = [
        Quiet(rule, each.source, each.last_new, _reason(rule, each, quiet, now, timezone))
        for rule in rules
        if rule.kind == SILENCE and rule.enabled and rule.id not in paused
        for each in expected
        if applies(rule, each.source.id, now, known)
        and (quiet := _silent(each, rule.window, now)) is not None
        and each.last_new is not None
    ]
    if not together or not found:
        return Silences(tuple(found), None, together)
    gravest = min((each.rule for each in found), key=lambda rule: LEVELS.index(rule.level))
    failing = sum(each.failures > 0 for each in mute)
    reason = (
        f"{called(gravest)}命中：{len(expected)}个来源中有{len(mute)}个同时没有新内容，"
        f"其中{failing}个采集失败。可能是本单位网络或采集中断，也可能是节假日；"
        "请先检查采集，不再逐个来源报警。"
    )
    return Silences((), Outage(gravest, reason), together)


def _silent(watched: Watched, limit: timedelta | None, now: datetime) -> Silence | None:
    if watched.last_new is None:
        return None
    until = now if watched.failures else min(watched.last_success or now, now)
    if limit is None:
        return silence(watched.habit, watched.last_new, until)
    lasted = until - watched.last_new
    if lasted <= limit:
        return None
    habit = watched.habit
    rate = habit.rate(until) if habit is not None and habit.known else 0.0
    missed = habit.expected(watched.last_new, until) if habit is not None else 0.0
    return Silence(lasted, HOUR / rate if rate > 0 else None, missed)


def _reason(rule: Rule, watched: Watched, quiet: Silence, now: datetime, timezone: str) -> str:
    assert watched.last_new is not None
    last = watched.last_new.astimezone(ZoneInfo(timezone))
    said = f"{called(rule)}命中：来源“{watched.source.name}”最近一条新内容在{last:%m月%d日%H:%M}，"
    said += f"已{in_round_words(quiet.lasted)}没有新内容"
    if rule.window is not None:
        said += f"，超过设定的{in_round_words(rule.window)}"
    if quiet.usual is not None:
        usual = in_round_words(max(quiet.usual, timedelta(minutes=1)))
        said += f"；它平时此时约每{usual}一次，这段时间本应有约{quiet.missed:.0f}次"
    if watched.failures:
        said += f"；最近连续{watched.failures}次采集失败（{watched.error or '原因不明'}）"
    return said + "。"


def in_round_words(length: timedelta) -> str:
    """Such as 40分钟, 5小时 or 3天."""
    minutes = round(length / timedelta(minutes=1))
    if minutes < 60:
        return f"{minutes}分钟"
    return f"{round(minutes / 60)}小时" if minutes < 48 * 60 else f"{round(minutes / 1440)}天"
