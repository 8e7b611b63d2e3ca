"""What happens to alerts: raised by rules, taken or dismissed by people, made into cases.

The only writer of alerts. Each call is one transaction and may be repeated without harm.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alerts import levels
from alerts.definitions import rule_versions
from alerts.explanation import explain
from alerts.models import Alert, AlertEvent, AlertLevel, AlertMention, AlertState
from alerts.oversight import AlertRefusedError, oversight
from alerts.scoring import Weights
from alerts.suggestions import Suggestions
from alerts.weighing import Scorer
from pipeline.model import Claim, Fact, Mention, Rule, RuleHit

Judged = tuple[Mention, Sequence[RuleHit]]


# --- raising -----------------------------------------------------------------------------------


def raise_alerts(
    hits: Sequence[Judged],
    rules: Mapping[str, Rule],
    claims: Mapping[str, Claim],
    facts: Mapping[str, Fact],
    now: datetime,
    scorer: Scorer | None = None,
) -> int:
    """Store what the rules found; returns how many alerts are new.

    A rule's further hits on the same story join its alert; a mention joins an alert once, with the
    explanation of the first time. A decided alert stays decided when more joins it. What rested on
    suggestions gives way to a firm hit (`alerts.suggestions`). Each mention that joins is weighed
    by `scorer` (by default with the usual weights), and the level follows.
    """
    scorer = scorer or Scorer(Weights())
    pairs = [(mention, hit) for mention, found in hits for hit in found]
    if not pairs:
        return 0
    with transaction.atomic():
        versions = rule_versions({hit.rule for _mention, hit in pairs})
        alerts = standing((hit.rule, mention.story) for mention, hit in pairs)
        mentions = {mention.id for mention, _hit in pairs}
        known = set(
            AlertMention.objects.filter(
                alert__in=alerts.values(), mention__in=mentions
            ).values_list("alert_id", "mention")
        )
        suggestions = Suggestions(alerts.values(), mentions)
        raised: list[Alert] = []
        weighed = levels.Weighed(scorer.weights)
        joined: list[AlertMention] = []
        touched: dict[str, Alert] = {}
        for mention, hit in pairs:
            place = hit.rule, mention.story
            if place not in alerts:
                rule = rules.get(hit.rule, Rule(hit.rule))
                alerts[place] = _new_alert(
                    new_id(*place), mention, hit, rule, versions.get(hit.rule, ""), now
                )
                raised.append(alerts[place])
            alert = alerts[place]
            if (alert.pk, mention.id) not in known:
                known.add((alert.pk, mention.id))
                joined.append(_join(alert, mention, explain(hit, claims, facts), now))
            elif suggestions.outdone(alert, mention, hit):
                suggestions.replace(alert, mention, explain(hit, claims, facts))
            else:
                continue
            touched[alert.pk] = alert
            suggestions.settle(alert, hit, now)
            weighed.add(alert, scorer(mention, hit))
        weighed.settle({alert.pk for alert in raised}, now)
        Alert.objects.bulk_create(raised)
        AlertMention.objects.bulk_create(joined)
        Alert.objects.bulk_update(
            touched.values(), ["last_hit_at", "mention_count", *levels.FIELDS]
        )
        weighed.note(now)
    return len(raised)


def standing(places: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Alert]:
    """The alerts that stand on pairs of rule and story."""
    wanted = set(places)
    rows = Alert.objects.filter(
        rule__in={rule for rule, _story in wanted}, story__in={story for _rule, story in wanted}
    )
    return {(row.rule, row.story): row for row in rows if (row.rule, row.story) in wanted}


def alert_id(rule: str, story: str) -> str:
    """The same finding has the same id, whoever finds it and how often."""
    return hashlib.sha256(f"{rule}\n{story}".encode()).hexdigest()[:16]


def new_id(rule: str, story: str) -> str:
    """For an alert that is to be made: an earlier one may have moved on with a part of the story
    (`alerts.stories`) and keeps its id."""
    key, tried = alert_id(rule, story), 1
    while Alert.objects.filter(pk=key).exists():
        tried += 1
        key = alert_id(rule, f"{story}\n{tried}")
    return key


def _new_alert(
    key: str, mention: Mention, hit: RuleHit, rule: Rule, version: str, now: datetime
) -> Alert:
    return Alert(
        id=key,
        rule=hit.rule,
        rule_name=rule.name,
        rule_version=version,
        kind=hit.kind,
        level=hit.level,
        story=mention.story,
        title=mention.title or mention.text[:60],
        reason=hit.reason,
        department=rule.department,
        raised_at=now,
        last_hit_at=now,
    )


def _join(
    alert: Alert, mention: Mention, explanation: dict[str, Any], now: datetime
) -> AlertMention:
    alert.last_hit_at = now
    alert.mention_count += 1
    return AlertMention(
        alert=alert,
        mention=mention.id,
        mention_version=mention.version,
        content_hash=mention.content_hash,
        source=mention.source,
        title=mention.title,
        url=mention.url,
        published_at=mention.published_at,
        raw=mention.raw,
        matched_at=now,
        explanation=explanation,
    )


# --- people ------------------------------------------------------------------------------------


def take(alert_id: str, user: User, reason: str = "") -> Alert:
    """A new alert becomes one that somebody works on."""
    return _decide("alert.take", alert_id, user, reason, (AlertState.NEW,), AlertState.OPEN)


def dismiss(alert_id: str, user: User, reason: str) -> Alert:
    """An alert that needs no case. Why must be said."""
    before = (AlertState.NEW, AlertState.OPEN)
    return _decide("alert.dismiss", alert_id, user, reason, before, AlertState.DISMISSED)


def _decide(
    action: str,
    alert_id: str,
    user: User,
    reason: str,
    before: tuple[AlertState, ...],
    after: AlertState,
) -> Alert:
    alert = find(alert_id)
    oversight().permit(action, user, alert, reason)
    at = timezone.now()
    with transaction.atomic():
        left = move(alert, user, reason, before, after, at)
        oversight().record(action, user, alert, before=left, after=after, reason=reason, at=at)
    return alert


def set_level(alert_id: str, user: User, level: str, reason: str) -> Alert:
    """A person sets the level of an alert that is not decided yet, and says why."""
    alert = find(alert_id)
    oversight().permit("alert.level", user, alert, reason)
    at = timezone.now()
    with transaction.atomic():
        alert.refresh_from_db()
        left = _change_level(alert, user, level, reason, at)
        oversight().record(
            "alert.level", user, alert, before=left, after=level, reason=reason, at=at
        )
    return alert


def _change_level(alert: Alert, user: User, level: str, reason: str, at: datetime) -> str:
    """Returns the level left."""
    left = alert.level
    if level not in AlertLevel.values:
        raise AlertRefusedError(_("没有等级“{level}”。").format(level=level))
    if alert.state not in (AlertState.NEW, AlertState.OPEN):
        sentence = _("这条预警的状态是“{state}”，不能再改等级。")
        raise AlertRefusedError(sentence.format(state=alert.get_state_display()))
    if level == left:
        raise AlertRefusedError(_("这条预警已经是这一等级。"))
    alert.level, alert.level_by = level, user.get_username()
    alert.save(update_fields=["level", "level_by"])
    AlertEvent.objects.create(
        alert=alert,
        at=at,
        actor=user.get_username(),
        state=alert.state,
        level=level,
        reason=reason.strip(),
    )
    return left


def find(alert_id: str) -> Alert:
    """Raises AlertRefusedError when there is no such alert."""
    alert = Alert.objects.filter(pk=alert_id).first()
    if alert is None:
        raise AlertRefusedError(_("没有编号为“{id}”的预警。").format(id=alert_id))
    return alert


def move(
    alert: Alert,
    user: User,
    reason: str,
    before: tuple[AlertState, ...],
    after: AlertState,
    at: datetime,
) -> str:
    """Change the state and note it, inside the caller's transaction; returns the state left.

    The row count of a conditional UPDATE decides: of two people at once, one gets the sentence.
    """
    left = Alert.objects.get(pk=alert.pk).state
    if left not in before or not Alert.objects.filter(pk=alert.pk, state=left).update(state=after):
        raise AlertRefusedError(_taken(alert))
    alert.state = after
    AlertEvent.objects.create(
        alert=alert, at=at, actor=user.get_username(), state=after, reason=reason.strip()
    )
    return left


def _taken(alert: Alert) -> str:
    """Who was first."""
    alert.refresh_from_db()
    last = alert.events.last()
    state = alert.get_state_display()
    if last is None:
        return _("这条预警的状态是“{state}”，不能再这样处理。").format(state=state)
    sentence = _("这条预警已由{actor}处理，现为“{state}”。")
    return sentence.format(actor=last.actor, state=state)
