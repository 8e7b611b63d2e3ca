"""Alerts about silent sources: raised after a round, ended when the source speaks again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from alerts import levels, pauses
from alerts.definitions import rule_versions
from alerts.habits import Habit
from alerts.models import Alert, AlertEvent, AlertState, SourceState
from alerts.oversight import SYSTEM, oversight
from alerts.rules.silence import SILENCE, Outage, Quiet, Silences, Watched, judge
from alerts.scoring import score
from alerts.weighing import Scorer
from pipeline.model import Rule, Source


def watch(
    rules: Sequence[Rule],
    sources: Sequence[Source],
    scorer: Scorer,
    now: datetime,
    timezone: str,
) -> int:
    """Judge all sources as they are after a round; returns how many alerts are new.

    One alert a rule and silence, however long it lasts. May be repeated without harm.
    """
    silent = [rule for rule in rules if rule.kind == SILENCE]
    with transaction.atomic():
        going = Alert.objects.filter(kind=SILENCE, ended_at=None)
        if not silent and not going.exists():
            return 0
        states = SourceState.objects.in_bulk([source.id for source in sources])
        found = judge(
            silent,
            [_watched(source, states.get(source.id)) for source in sources],
            now,
            timezone=timezone,
            paused=pauses.paused(now),
        )
        for alert in going:
            if why := _over(alert, states, sources, found):
                _end(alert, why, now)
        return sum(_raise(each, scorer, now) for each in _told(found))


def _watched(source: Source, state: SourceState | None) -> Watched:
    if state is None:
        return Watched(source, None, None)
    habit = Habit.from_json(state.usual) if state.usual else None
    return Watched(
        source, state.last_new_at, state.last_success_at, state.failures, state.error, habit
    )


def _told(found: Silences) -> Sequence[Quiet | Outage]:
    return [found.outage] if found.outage else found.single


def _over(
    alert: Alert, states: dict[str, SourceState], sources: Sequence[Source], found: Silences
) -> str:
    """Why the silence that an alert tells of is over; empty while it lasts."""
    if not alert.source:
        return "" if found.together else _("多数来源已恢复正常。")
    if not any(source.id == alert.source and source.enabled for source in sources):
        return _("来源已停用或从配置中删除。")
    state = states.get(alert.source)
    if state is not None and state.last_new_at and state.last_new_at > alert.raised_at:
        return _("来源已恢复，又有新内容。")
    return ""


def _end(alert: Alert, why: str, now: datetime) -> None:
    """Noted; closed too when nobody has taken it, since there is nothing left to do."""
    left = alert.state
    alert.ended_at = now
    if left == AlertState.NEW:
        alert.state = AlertState.DISMISSED
    alert.save(update_fields=["ended_at", "state"])
    AlertEvent.objects.create(alert=alert, at=now, actor=SYSTEM, state=alert.state, reason=why)
    oversight().note(
        "alert.end", ("alert", alert.pk), at=now, before=left, after=alert.state, reason=why
    )


def _raise(found: Quiet | Outage, scorer: Scorer, now: datetime) -> bool:
    """False while an alert of the same rule on the same silence goes on or was judged before."""
    rule, source = found.rule, found.source.id if isinstance(found, Quiet) else ""
    same = Alert.objects.filter(kind=SILENCE, source=source, ended_at=None)
    if (same.filter(rule=rule.id) if source else same).exists():
        return False
    since = found.since if isinstance(found, Quiet) else now
    key = hashlib.sha256(f"{rule.id}\n{source}\n{since.isoformat()}".encode()).hexdigest()[:16]
    if Alert.objects.filter(pk=key).exists():
        return False
    alert = Alert(
        id=key,
        rule=rule.id,
        rule_name=rule.name,
        rule_version=rule_versions({rule.id}).get(rule.id, ""),
        kind=SILENCE,
        level=rule.level,
        source=source,
        title=(
            _("来源沉默：{name}").format(name=found.source.name)
            if isinstance(found, Quiet)
            else _("采集可能中断：多个来源同时没有新内容")
        ),
        reason=found.reason,
        department=rule.department,
        raised_at=now,
        last_hit_at=now,
    )
    weighed = levels.Weighed(scorer.weights)
    reached = scorer.reached([source] if source else [])
    weighed.add(alert, score(scorer.weights, rule.level, reached=reached))
    weighed.settle({key}, now)
    alert.save(force_insert=True)
    return True
