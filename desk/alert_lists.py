"""Alerts as lines of a list: filtered, and with what is known of their hits."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from alerts.models import Alert, AlertMention
from desk.forms import ALERT_ORDERS, AlertFilter

SPARK_DAYS = 14
_SPARK_WIDTH, _SPARK_HEIGHT = 84, 20


@dataclass(frozen=True, slots=True)
class AlertLine:
    """`spark` holds the points of a polyline over the last fourteen days, for an <svg>."""

    alert: Alert
    sources: tuple[str, ...]
    spark: str
    last_days: int


def filtered(form: AlertFilter) -> QuerySet[Alert]:
    """The alerts that a valid form asks for; a field with a mistake filters nothing."""
    alerts = Alert.objects.all()
    form.is_valid()
    values = form.cleaned_data
    for field in ("state", "level"):
        if values.get(field):
            alerts = alerts.filter(**{f"{field}__in": values[field]})
    if values.get("rule"):
        alerts = alerts.filter(rule=values["rule"])
    if values.get("score"):
        alerts = alerts.filter(score__gte=values["score"])
    if values.get("source"):
        hits = AlertMention.objects.filter(source=values["source"])
        alerts = alerts.filter(pk__in=hits.values("alert"))
    for word in values.get("q", "").split():
        alerts = alerts.filter(Q(title__icontains=word) | Q(reason__icontains=word))
    since, until = form.bounds()
    if since:
        alerts = alerts.filter(raised_at__gte=since)
    if until:
        alerts = alerts.filter(raised_at__lt=until)
    return alerts.order_by(*ALERT_ORDERS[values.get("order", "")])


def lines(alerts: Sequence[Alert], now: datetime) -> list[AlertLine]:
    """With sources (most frequent first) and the course of their hits; two queries for all."""
    rows = AlertMention.objects.filter(alert__in=[alert.pk for alert in alerts])
    sources: dict[str, Counter[str]] = defaultdict(Counter)
    times: dict[str, list[datetime]] = defaultdict(list)
    for pk, source, at in rows.values_list("alert_id", "source", "matched_at"):
        sources[pk][source] += 1
        times[pk].append(at)
    return [
        AlertLine(
            alert,
            tuple(source for source, _n in sources[alert.pk].most_common()),
            *_spark(times[alert.pk], now),
        )
        for alert in alerts
    ]


def _spark(times: Iterable[datetime], now: datetime) -> tuple[str, int]:
    """Points of the line, and how many hits it shows."""
    days = [0] * SPARK_DAYS
    for at in times:
        age = (now - at) // timedelta(days=1)
        if 0 <= age < SPARK_DAYS:
            days[SPARK_DAYS - 1 - age] += 1
    most = max(days) or 1
    step = _SPARK_WIDTH / (SPARK_DAYS - 1)
    points = " ".join(
        f"{i * step:.0f},{_SPARK_HEIGHT - 2 - n / most * (_SPARK_HEIGHT - 4):.0f}"
        for i, n in enumerate(days)
    )
    return points, sum(days)
