"""Rules as lines of a board: what they did lately, and whether they are at work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, Max, OuterRef, Q

from alerts import pauses
from alerts.definitions import rule_versions
from alerts.models import Alert, AlertEvent, AlertMention, AlertState, RulePause
from alerts.oversight import SYSTEM
from desk.conditions import in_words
from desk.ports import Configured
from pipeline.model import LEVELS, Rule

WEEK, MONTH = timedelta(days=7), timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Record:
    """What a rule did: hits of the last 7 and 30 days; of the alerts of the last 30 days those that
    people decided, and of these the ones put aside as false alarms."""

    week: int = 0
    month: int = 0
    decided: int = 0
    dismissed: int = 0
    fired: datetime | None = None

    @property
    def percent(self) -> int | None:
        """Share of false alarms among what was decided; None when nothing was."""
        return round(100 * self.dismissed / self.decided) if self.decided else None


@dataclass(frozen=True, slots=True)
class RuleLine:
    rule: Rule
    origin: str
    words: str
    version: str
    record: Record
    pause: RulePause | None = None

    @property
    def state(self) -> str:
        if not self.rule.enabled:
            return "disabled"
        return "paused" if self.pause else "active"


def rule_lines(entries: Sequence[Configured[Rule]], now: datetime) -> list[RuleLine]:
    """In the order of the configuration; four queries for all."""
    ids = [entry.value.id for entry in entries]
    versions, paused = rule_versions(ids), pauses.current(now)
    records = records_of(now)
    return [
        RuleLine(
            entry.value,
            entry.origin,
            in_words(entry.value.condition),
            versions.get(entry.value.id, ""),
            records.get(entry.value.id, Record()),
            paused.get(entry.value.id),
        )
        for entry in entries
    ]


def records_of(now: datetime, rule: str = "") -> Mapping[str, Record]:
    """Rule id → what it did. An alert that the system closed is no false alarm."""
    alerts = Alert.objects.order_by()
    if rule:
        alerts = alerts.filter(rule=rule)
    hits = AlertMention.objects.order_by().filter(matched_at__gt=now - MONTH)
    if rule:
        hits = hits.filter(alert__rule=rule)
    counted = {
        name: (week, month)
        for name, week, month in hits.values_list("alert__rule").annotate(
            week=Count("pk", filter=Q(matched_at__gt=now - WEEK)), month=Count("pk")
        )
    }
    by_people = AlertEvent.objects.filter(alert=OuterRef("pk"), state=AlertState.DISMISSED).exclude(
        actor=SYSTEM
    )
    lately = Q(raised_at__gt=now - MONTH)
    aside = lately & Q(state=AlertState.DISMISSED, by_people=True)
    found = alerts.annotate(by_people=Exists(by_people)).values_list("rule").annotate(
        fired=Max("last_hit_at"),
        dismissed=Count("pk", filter=aside),
        taken=Count("pk", filter=lately & Q(state=AlertState.CASE)),
        silent_week=Count("pk", filter=Q(story="", raised_at__gt=now - WEEK)),
        silent_month=Count("pk", filter=lately & Q(story="")),
    )  # fmt: skip
    records = {}
    for name, fired, dismissed, taken, silent_week, silent_month in found:
        week, month = counted.get(name, (0, 0))  # an alert about a source has no mentions
        records[name] = Record(
            week + silent_week, month + silent_month, dismissed + taken, dismissed, fired
        )
    return records


def chosen(
    lines: Sequence[RuleLine], *, text: str = "", state: str = "", order: str = ""
) -> list[RuleLine]:
    """Those whose name, id or condition holds all words; state and order as in `RuleFilter`."""
    words = text.lower().split()
    found = [
        line
        for line in lines
        if (not state or line.state == state)
        and all(word in f"{line.rule.name} {line.rule.id} {line.words}".lower() for word in words)
    ]
    if order == "hits":
        found.sort(key=lambda line: -line.record.month)
    elif order == "dismissed":
        found.sort(key=lambda line: (-(line.record.percent or 0), -line.record.decided))
    elif order == "level":
        found.sort(key=lambda line: LEVELS.index(line.rule.level))
    elif order == "fired":
        found.sort(key=lambda line: line.record.fired.timestamp() if line.record.fired else 0)
        found.reverse()
    return found
