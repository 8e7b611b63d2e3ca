"""What today's rules would do to the alerts that stand, and the note on those that lapse.

Nothing is taken away: people decide about an alert whose reason is gone, as about any other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from alerts import pauses
from alerts import services as alert_services
from alerts.models import Alert, AlertEvent, AlertMention
from alerts.oversight import SYSTEM
from pipeline.model import Mention, RuleHit
from pipeline.ports import AlertChange

Evaluate = Callable[[Mention, datetime], Sequence[RuleHit]]


class Review:
    """Fills `pipeline.ports.AlertReview`; `evaluate` gives the hits of today's rules."""

    def __init__(self, evaluate: Evaluate) -> None:
        self.evaluate = evaluate
        self._raised: set[str] = set()
        self._lapsed: dict[str, set[str]] = defaultdict(set)

    def compare(
        self, mentions: Sequence[Mention], gone: Sequence[Mention], now: datetime
    ) -> list[AlertChange]:
        hits = {mention.id: self.evaluate(mention, now) for mention in mentions}
        still = pauses.paused(now)  # raises nothing new, and nothing of it lapses
        versions = {mention.id: mention.version for mention in (*mentions, *gone)}
        rows = AlertMention.objects.filter(mention__in=list(versions)).select_related("alert")
        standing = set()
        for row in rows:
            standing.add((row.mention, row.alert.rule))
            rules = {hit.rule for hit in hits.get(row.mention, ())}
            # A hit on an earlier version stays true of that version.
            if row.alert.rule not in rules and row.mention_version >= versions[row.mention]:
                self._lapsed[row.alert_id].add(row.mention)
        found = [
            (mention, hit)
            for mention in mentions
            for hit in hits[mention.id]
            if (mention.id, hit.rule) not in standing and hit.rule not in still
        ]
        there = alert_services.standing((hit.rule, mention.story) for mention, hit in found)
        return [
            self._change(mention, hit, there.get((hit.rule, mention.story)))
            for mention, hit in found
        ]

    def _change(self, mention: Mention, hit: RuleHit, alert: Alert | None) -> AlertChange:
        key = alert.pk if alert else alert_services.alert_id(hit.rule, mention.story)
        new = alert is None and key not in self._raised
        self._raised.add(key)
        kind = "raised" if new else "joined"
        return AlertChange(kind, key, hit.rule, hit.level, mention.id, hit.reason)  # type: ignore[arg-type]

    def lapsed(self) -> list[AlertChange]:
        """One that gains a mention in this run has not lapsed."""
        found = []
        alerts = Alert.objects.prefetch_related("hits").filter(pk__in=list(self._lapsed))
        for alert in alerts.order_by("raised_at", "pk"):
            mentions = [hit.mention for hit in alert.hits.all()]
            if alert.pk not in self._raised and set(mentions) <= self._lapsed[alert.pk]:
                found.append(
                    AlertChange(
                        "lapsed", alert.pk, alert.rule, alert.level, mentions[0], alert.reason
                    )
                )
        return found


def note_lapsed(changes: Sequence[AlertChange], now: datetime) -> int:
    """Write it into the history of the alerts, once; returns how many were not noted yet."""
    noted = 0
    for change in changes:
        with transaction.atomic():
            alert = Alert.objects.get(pk=change.alert)
            last = alert.events.last()
            if last is not None and last.actor == SYSTEM and last.reason == _lapse():
                continue
            AlertEvent.objects.create(
                alert=alert, at=now, actor=SYSTEM, state=alert.state, reason=_lapse()
            )
            noted += 1
    return noted


def _lapse() -> str:
    return _("重新处理后不再命中。")
