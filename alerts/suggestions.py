"""Hits that rest on suggested links alone, and what becomes of them when a firm one follows.

A suggestion must never stand in the way of what is certain: the alert that it raised takes over the
reason of the first firm hit, and comes back when somebody had dismissed it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from alerts.models import Alert, AlertEvent, AlertMention, AlertState
from alerts.oversight import SYSTEM, oversight
from pipeline.model import Mention, RuleHit


class Suggestions:
    """Those of the alerts that a batch of hits falls on; inside the caller's transaction."""

    def __init__(self, alerts: Collection[Alert], mentions: Collection[str]) -> None:
        """`alerts`: those that stand; `mentions`: ids of those that hit now."""
        claims = [alert.pk for alert in alerts if alert.kind == "claim"]
        rows = AlertMention.objects.filter(
            alert__in=claims, mention__in=mentions, explanation__suggested=True
        )
        self._rows = {(row.alert_id, row.mention): row for row in rows}
        hits = AlertMention.objects.filter(alert=OuterRef("pk"))
        alone = Alert.objects.filter(
            Exists(hits), ~Exists(hits.exclude(explanation__suggested=True)), pk__in=claims
        )
        self._alone = set(alone.values_list("pk", flat=True))
        """Alerts that have no firm hit yet."""

    def outdone(self, alert: Alert, mention: Mention, hit: RuleHit) -> bool:
        """Whether the alert holds the mention for a suggestion, and `hit` is more than one."""
        return not hit.suggested and (alert.pk, mention.id) in self._rows

    def replace(self, alert: Alert, mention: Mention, explanation: dict[str, Any]) -> None:
        """The firm hit on the mention is what the alert holds of it from now on."""
        row = self._rows.pop((alert.pk, mention.id))
        row.explanation = explanation
        row.mention_version, row.content_hash = mention.version, mention.content_hash
        row.save(update_fields=["explanation", "mention_version", "content_hash"])

    def settle(self, alert: Alert, hit: RuleHit, now: datetime) -> None:
        """What the first firm hit makes of an alert that rested on suggestions."""
        new = alert._state.adding
        if hit.suggested and new and alert.mention_count == 1:
            self._alone.add(alert.pk)
        if hit.suggested or alert.pk not in self._alone:
            return
        self._alone.remove(alert.pk)
        alert.reason = hit.reason
        if not new:
            self._firm(alert, now)

    @staticmethod
    def _firm(alert: Alert, now: datetime) -> None:
        left, sentence = alert.state, _("此前只是系统提示，现在有了认定的命中。")
        if left == AlertState.DISMISSED:
            alert.state = AlertState.NEW
        alert.save(update_fields=["reason", "state"])
        AlertEvent.objects.create(
            alert=alert, at=now, actor=SYSTEM, state=alert.state, reason=sentence
        )
        if left != alert.state:
            oversight().note(
                "alert.reopen", ("alert", alert.pk), at=now, before=left, after=alert.state,
                reason=alert.reason,
            )  # fmt: skip
