"""“试一下来源”: what an address is, before anybody watches it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clarifications.states import ADMIN, MONITOR
from desk import ports
from desk.context import roles_of
from desk.forms import TrialForm, sentences
from desk.views.page import page, user_of
from pipeline.errors import BadInputError, ChengqingError

MAY_TRY = frozenset({ADMIN, MONITOR})
PER_MINUTE = 20
"""Trials of one person: each asks a server that is not ours."""


def may_try(request: HttpRequest) -> bool:
    return ports.current().try_source is not None and bool(roles_of(request) & MAY_TRY)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def try_source(request: HttpRequest) -> HttpResponse:
    """The form; a POST fetches the address, which may take a minute."""
    if not may_try(request):
        raise PermissionDenied
    sent = request.method == "POST"
    form = TrialForm(request.POST) if sent else TrialForm(initial=request.GET.dict())
    context: dict[str, Any] = {"section": "sources", "form": form, "problems": []}
    status = 200
    if sent:
        context["problems"] = sentences(form)
        if not context["problems"]:
            try:
                context["trial"] = _tried(request, form)
            except BadInputError as error:
                context["problems"] = [str(error)]
            except ChengqingError as error:
                context["problems"], status = [str(error)], 409
        if context["problems"] and status == 200:
            status = 400
    return render(request, "desk/try_source.html", context, status=status)


def not_too_often(user: User) -> None:
    """Raises ChengqingError for somebody who tries more than `PER_MINUTE` times a minute."""
    key = f"trials-{user.pk}"
    cache.add(key, 0, 60)
    if cache.incr(key) > PER_MINUTE:
        raise ChengqingError(_("试得太快了，请过一分钟再试。"))


def _tried(request: HttpRequest, form: TrialForm) -> Any:
    not_too_often(user_of(request))
    run = ports.current().try_source
    assert run is not None
    return run(form.wanted())
