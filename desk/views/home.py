"""The desk at a glance."""

from __future__ import annotations

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alerts.models import Alert, AlertLevel, AlertState
from clarifications.models import Case, CaseState
from desk import ports
from desk.alert_lists import lines
from desk.case_lists import clock_of, open_cases
from desk.source_lists import source_lines
from desk.views.page import page

ALERTS_SHOWN = 7
CASES_SHOWN = 6


@require_safe
@page
def home(request: HttpRequest) -> HttpResponse:
    desk = ports.current()
    now = desk.clock()
    waiting = Alert.objects.filter(state__in=(AlertState.NEW, AlertState.OPEN))
    by_level = dict(waiting.values_list("level").annotate(n=Count("pk")).order_by())
    newest = list(waiting.order_by("level", "-score", "-raised_at", "id")[:ALERTS_SHOWN])
    cases = list(
        open_cases()
        .prefetch_related("publications")
        .order_by("first_response_due", "number")[:CASES_SHOWN]
    )
    troubled = [line for line in source_lines(desk, now) if line.health.troubled]
    context = {
        "section": "home",
        "new": waiting.filter(state=AlertState.NEW).count(),
        "waiting": waiting.count(),
        "levels": [(value, by_level.get(value, 0)) for value in AlertLevel.values],
        "lines": lines(newest, now),
        "cases": [(case, clock_of(case, now)) for case in cases],
        "open_cases": open_cases().count(),
        "overdue": open_cases().filter(first_response_due__lt=now).count(),
        "approving": Case.objects.filter(state=CaseState.APPROVING).count(),
        "troubled": troubled,
        "source_count": len(desk.sources),
        "duty": _on_duty(desk),
    }
    return render(request, "desk/home.html", context)


def _on_duty(desk: ports.Desk) -> list[ports.Duty]:
    """Who is on duty today; a date of the roster goes before the weekday."""
    today = desk.today()
    duties = [entry.value for entry in desk.roster]
    return [duty for duty in duties if duty.on == today] or [
        duty for duty in duties if duty.on is None and duty.weekday == today.isoweekday()
    ]
