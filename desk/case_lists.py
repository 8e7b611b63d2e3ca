"""Cases as lines of a list, with the clock of the first response."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from clarifications.models import Case, CaseState
from clarifications.states import FINAL
from desk.forms import CaseFilter
from desk.times import HOUR, span

SOON = 6 * HOUR


@dataclass(frozen=True, slots=True)
class ResponseClock:
    """How it stands with the first response. `kind` is told by its words, too."""

    kind: Literal["running", "soon", "overdue", "met", "late", "none"]
    sentence: str


def open_cases() -> QuerySet[Case]:
    return Case.objects.exclude(state__in=[state.value for state in FINAL])


def clock_of(case: Case, now: datetime) -> ResponseClock:
    """From the detection to the first publication, or to now."""
    if case.state == CaseState.DISMISSED:
        return ResponseClock("none", _("不予处理"))
    first = min((each.published_at for each in case.publications.all()), default=None)
    due = case.first_response_due
    if first is not None:
        used = span(first - case.detected_at)
        if first <= due:
            return ResponseClock("met", _("按时回应，用时{used}").format(used=used))
        return ResponseClock("late", _("超时回应，用时{used}").format(used=used))
    if now > due:
        return ResponseClock("overdue", _("已超时{span}").format(span=span(now - due)))
    left = _("还剩{span}").format(span=span(due - now))
    return ResponseClock("soon" if due - now < SOON else "running", left)


def filtered(form: CaseFilter, now: datetime) -> QuerySet[Case]:
    """The cases that a form asks for; a field with a mistake filters nothing."""
    form.is_valid()
    values = form.cleaned_data
    cases = open_cases() if values.get("overdue") else Case.objects.all()
    if values.get("overdue"):
        cases = cases.filter(first_response_due__lt=now)
    for field in ("state", "level"):
        if values.get(field):
            cases = cases.filter(**{f"{field}__in": values[field]})
    for word in values.get("q", "").split():
        cases = cases.filter(Q(title__icontains=word) | Q(number__icontains=word))
    return cases.select_related("opened_by").prefetch_related("publications")
