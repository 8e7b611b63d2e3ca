"""The level of an alert: given by its score, raised as more joins it, and left to people.

The score raises a level and never lowers it. A level that a person set stays until the score goes
beyond what it was then: `judged` is the gravest level that the score ever gave, so that whoever
lowers an alert is not overruled by the next mention, only by something graver than what they saw.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import cast

from django.utils.translation import gettext as _

from alerts.models import Alert, AlertEvent
from alerts.oversight import SYSTEM, oversight
from alerts.scoring import (
    ROMAN,
    Contribution,
    Score,
    Weights,
    graver,
    gravest,
    in_words,
    level_of,
    total,
)  # fmt: skip
from pipeline.model import Level

FIELDS = ("level", "level_by", "judged", "score", "contributions")
"""What weighing changes of an alert."""


def contributions(alert: Alert) -> Score:
    """What the score of an alert is made of; empty for one older than scores."""
    return tuple(Contribution.from_json(each) for each in alert.contributions)


class Weighed:
    """The alerts that one batch weighs: first all scores, then the levels, so that an alert which
    gains ten mentions at once is raised once."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._scores: dict[str, tuple[Alert, Score]] = {}
        self._events: list[tuple[AlertEvent, Level]] = []

    def add(self, alert: Alert, parts: Score) -> None:
        _alert, known = self._scores.get(alert.pk, (alert, contributions(alert)))
        self._scores[alert.pk] = alert, gravest(known, parts)

    def settle(self, new: Collection[str], now: datetime) -> None:
        """Put scores and levels into the alerts, which the caller saves. That a `new` one has a
        graver level than its rule is no event: it never had another."""
        for key, (alert, parts) in self._scores.items():
            before, left = contributions(alert), cast(Level, alert.level)
            judged = level_of(total(parts), self._weights)
            alert.contributions = [part.to_json() for part in parts]
            alert.score = total(parts)
            if alert.judged and not graver(judged, cast(Level, alert.judged)):
                continue
            alert.judged = judged
            if not graver(judged, left):
                continue
            alert.level, alert.level_by = judged, ""
            if key not in new:
                self._events.append((_escalation(alert, left, before, parts, now), left))

    def note(self, now: datetime) -> None:
        """Write what was raised into the history of the alerts and the log."""
        for event, left in self._events:
            event.save()
            oversight().note(
                "alert.escalate",
                ("alert", event.alert.pk),
                at=now,
                before=left,
                after=event.level,
                reason=event.reason,
                payload={"score": event.alert.score, "contributions": event.alert.contributions},
            )


def _escalation(
    alert: Alert, left: Level, before: Score, parts: Score, now: datetime
) -> AlertEvent:
    sentence = _("评分由{before}升到{after}，{left}级升为{level}级：{why}。").format(
        before=total(before), after=total(parts), left=ROMAN[left],
        level=ROMAN[cast(Level, alert.level)], why=in_words(before, parts),
    )  # fmt: skip
    return AlertEvent(
        alert=alert, at=now, actor=SYSTEM, state=alert.state, level=alert.level, reason=sentence
    )
