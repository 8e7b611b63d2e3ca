"""What happens to alerts: raised by rules, taken or dismissed by people, made into cases.

The only writer of alerts. Each call is one transaction and may be repeated without harm.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alerts.models import Alert, AlertEvent, AlertMention, AlertState, Definition
from pipeline.errors import ChengqingError
from pipeline.model import Claim, Fact, Mention, Rule, RuleHit

Judged = tuple[Mention, Sequence[RuleHit]]


class AlertRefusedError(ChengqingError):
    """It cannot be done with this alert now; the message says why."""


class Oversight(Protocol):
    """Who may do what, and the log. Lives above the alerts (`clarifications.oversight`)."""

    def permit(self, action: str, user: User, alert: Alert, reason: str) -> None:
        """Raises ChengqingError when `user` may not, before anything is changed."""

    def record(
        self, action: str, user: User, alert: Alert, *, before: str, reason: str, at: datetime
    ) -> None:
        """Log what was done, inside its transaction; `alert.state` is the new state."""


_oversight: list[Oversight] = []


def put_under(oversight: Oversight) -> None:
    """Set at start-up what permits and logs; without it nobody can take or dismiss an alert."""
    _oversight[:] = [oversight]


# --- raising -----------------------------------------------------------------------------------


def raise_alerts(
    hits: Sequence[Judged],
    rules: Mapping[str, Rule],
    claims: Mapping[str, Claim],
    facts: Mapping[str, Fact],
    now: datetime,
) -> int:
    """Store what the rules found; returns how many alerts are new.

    A rule's further hits on the same story join its alert; a mention joins an alert once, with the
    explanation of the first time. A decided alert stays decided when more joins it.
    """
    pairs = [(mention, hit) for mention, found in hits for hit in found]
    if not pairs:
        return 0
    with transaction.atomic():
        versions = _rule_versions({hit.rule for _mention, hit in pairs})
        alerts = standing((hit.rule, mention.story) for mention, hit in pairs)
        known = set(
            AlertMention.objects.filter(alert__in=alerts.values()).values_list(
                "alert_id", "mention"
            )
        )
        raised: list[Alert] = []
        joined: list[AlertMention] = []
        for mention, hit in pairs:
            place = hit.rule, mention.story
            if place not in alerts:
                rule = rules.get(hit.rule, Rule(hit.rule))
                alerts[place] = _new_alert(
                    new_id(*place), mention, hit, rule, versions.get(hit.rule, ""), now
                )
                raised.append(alerts[place])
            alert = alerts[place]
            if (alert.pk, mention.id) in known:
                continue
            known.add((alert.pk, mention.id))
            joined.append(_join(alert, mention, explain(hit, claims, facts), now))
        Alert.objects.bulk_create(raised)
        AlertMention.objects.bulk_create(joined)
        touched = {each.alert.pk: each.alert for each in joined}
        Alert.objects.bulk_update(touched.values(), ["last_hit_at", "mention_count"])
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


def explain(hit: RuleHit, claims: Mapping[str, Claim], facts: Mapping[str, Fact]) -> dict[str, Any]:
    """A hit as JSON, with the compared claims and facts as they stand now."""
    return {
        "reason": hit.reason,
        "spans": [list(span) for span in hit.spans],
        "claims": [
            {
                "claim": match.claim,
                "claim_text": claims[match.claim].text if match.claim in claims else "",
                "clarification": (
                    claims[match.claim].clarification if match.claim in claims else ""
                ),
                "score": match.score,
                "same": match.same,
                "span": list(match.span),
                "field": match.field,
            }
            for match in hit.claims
        ],
        "findings": [
            {
                "fact": finding.fact,
                "statement": facts[finding.fact].statement if finding.fact in facts else "",
                "source": facts[finding.fact].source if finding.fact in facts else "",
                "kind": finding.kind,
                "element": finding.element,
                "expected": finding.expected,
                "found": finding.found,
                "span": list(finding.span) if finding.span else None,
                "field": finding.field,
            }
            for finding in hit.findings
        ],
    }


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
    if not _oversight:
        raise AlertRefusedError(_("系统尚未就绪，请稍后再试。"))
    _oversight[0].permit(action, user, alert, reason)
    at = timezone.now()
    with transaction.atomic():
        left = move(alert, user, reason, before, after, at)
        _oversight[0].record(action, user, alert, before=left, reason=reason, at=at)
    return alert


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


# --- definitions -------------------------------------------------------------------------------


def record_definitions(
    definitions: Mapping[str, Mapping[str, Mapping[str, Any]]], now: datetime
) -> dict[tuple[str, str], str]:
    """Keep every version of what was loaded, kind → id → JSON body; returns (kind, id) → version.

    A version that was there before and comes back is dated anew, so that the newest row of an
    object is always the one in force.
    """
    versions = {
        (kind, key): definition_version(body)
        for kind, bodies in definitions.items()
        for key, body in bodies.items()
    }
    with transaction.atomic():
        newest = {
            (row.kind, row.object_id): row.version
            for row in Definition.objects.filter(kind__in=definitions).order_by("loaded_at", "pk")
        }
        for (kind, key), version in versions.items():
            if newest.get((kind, key)) != version:
                Definition.objects.update_or_create(
                    kind=kind,
                    object_id=key,
                    version=version,
                    defaults={"body": definitions[kind][key], "loaded_at": now},
                )
    return versions


def definition_version(body: Mapping[str, Any]) -> str:
    """sha256 (hex) of the canonical JSON of a definition."""
    canonical = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _rule_versions(rules: set[str]) -> dict[str, str]:
    rows = Definition.objects.filter(kind="rule", object_id__in=rules).order_by("loaded_at", "pk")
    return dict(rows.values_list("object_id", "version"))
