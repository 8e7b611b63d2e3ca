"""隔离区: what could not be read, in groups by source and reason, and what is done about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alerts.models import Quarantined
from alerts.quarantine import groups
from clarifications import quarantine
from clarifications.roles import actor_of
from clarifications.states import DISMISS_UNREAD, READ_AGAIN, may
from desk.forms import QuarantineFilter, sentences
from desk.views.page import page, user_of
from pipeline.errors import ChengqingError

PER_PAGE = 50


@require_safe
@page
def quarantine_list(request: HttpRequest) -> HttpResponse:
    return _shown(request, QuarantineFilter(request.GET))


def _shown(request: HttpRequest, form: QuarantineFilter, refusal: str = "") -> HttpResponse:
    problems = [refusal] if refusal else sentences(form)
    rows = _rows(form)
    actor = actor_of(user_of(request))
    refusals = [
        each.sentence
        for each in (may(READ_AGAIN, actor), may(DISMISS_UNREAD, actor, reason="…"))
        if each is not None
    ]
    context: dict[str, Any] = {
        "section": "sources",
        "form": form,
        "problems": problems,
        "groups": [(each, "?" + urlencode(_query(form, each.source, each.reason)))
                   for each in groups(rows)],
        "chosen": bool(form.value("reason")),
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "sources": _sources(form),
        "states": Quarantined._meta.get_field("state").choices,
        "refusals": refusals,
        "typed": request.POST.get("why", ""),
    }  # fmt: skip
    return render(request, "desk/quarantine.html", context, status=409 if refusal else 200)


def _sources(form: QuarantineFilter) -> list[str]:
    """Ids of the sources that have records in this state, and the one that is chosen."""
    rows = Quarantined.objects.filter(state=form.value("state") or "open")
    found = {each or "-" for each in rows.order_by().values_list("source", flat=True).distinct()}
    return sorted(found | ({form.value("source")} - {""}))


def _query(form: QuarantineFilter, source: str, reason: str) -> dict[str, str]:
    return {"state": form.value("state") or "open", "source": source or "-", "reason": reason}


def _rows(form: QuarantineFilter) -> QuerySet[Quarantined]:
    """Open ones when no state is asked for; the source `-` is that nobody can tell."""
    rows = Quarantined.objects.filter(state=form.value("state") or "open")
    if source := form.value("source"):
        rows = rows.filter(source="" if source == "-" else source)
    if reason := form.value("reason"):
        rows = rows.filter(reason=reason)
    if key := form.value("row"):
        rows = rows.filter(pk=key)
    return rows


@require_POST
@page
def read_again(request: HttpRequest) -> HttpResponse:
    def done(rows: QuerySet[Quarantined], about: dict[str, str]) -> str:
        number = quarantine.read_again(rows, user_of(request), about)
        return _("已安排重读{n}条，下一轮采集开始时进行。").format(n=number)

    return _act(request, done)


@require_POST
@page
def dismiss(request: HttpRequest) -> HttpResponse:
    def done(rows: QuerySet[Quarantined], about: dict[str, str]) -> str:
        reason = request.POST.get("why", "")[:2000]
        number = quarantine.dismiss(rows, user_of(request), reason, about)
        return _("已排除{n}条。").format(n=number)

    return _act(request, done)


def _act(
    request: HttpRequest, action: Callable[[QuerySet[Quarantined], dict[str, str]], str]
) -> HttpResponse:
    """On all rows that the filter shows, or the one row that is named."""
    form = QuarantineFilter(request.POST)
    try:
        if problems := sentences(form):
            return _shown(request, form, problems[0])
        about = {key: form.value(key) for key in ("source", "reason", "row") if form.value(key)}
        if not about:
            return _shown(request, form, _("请先选定来源或原因。"))
        messages.success(request, action(_rows(form), about))
    except ChengqingError as error:
        return _shown(request, form, str(error))
    kept = {key: value for key, value in about.items() if key == "source"}
    return redirect(f"{reverse('quarantine')}?{urlencode(kept)}")
