"""“录入”: what no collector sees, entered by the desk."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clarifications.oversight import Refused
from clarifications.roles import actor_of
from clarifications.states import ENTER, may
from desk import inbox, ports
from desk.entry_forms import EntryForm
from desk.forms import sentences
from desk.views.page import page, user_of
from pipeline.documents.entry import Entry
from pipeline.errors import ChengqingError
from pipeline.model import SourceKind


@require_http_methods(["GET", "HEAD", "POST"])
@page
def enter(request: HttpRequest) -> HttpResponse:
    """The form; what is sent shows up with the next round of the collector, within a minute."""
    desk = ports.current()
    sources = inbox.sources_of(desk, SourceKind.ENTRY)
    if not sources:
        raise Http404
    sent = request.method == "POST"
    if not sent:
        refusal = may(ENTER, actor_of(user_of(request)))
        if refusal is not None:
            raise Refused(refusal.sentence)
    now = desk.local(desk.clock()).replace(tzinfo=None)
    form = (
        EntryForm(request.POST, request.FILES, sources=sources)
        if sent
        else EntryForm(sources=sources, initial={"ticket": inbox.new_id(now), "seen_at": now})
    )
    problems: list[str] = []
    status = 200
    if sent and form.is_valid():
        try:
            inbox.enter(desk, form.chosen, _entry(form, request), user_of(request))
        except ChengqingError as error:
            problems, status = [str(error)], 409
        else:
            messages.success(request, _("已收下，约一分钟内进入检索和预警。"))
            return redirect("entries")
    elif sent:
        problems, status = sentences(form), 400
    context = {
        "section": "entries",
        "form": form,
        "problems": problems,
        "several": len(sources) > 1,
        "first": sources[0],
    }
    return render(request, "desk/entry.html", context, status=status)


def _entry(form: EntryForm, request: HttpRequest) -> Entry:
    values: dict[str, Any] = form.cleaned_data
    return Entry(
        id=values["ticket"],
        entered_at=ports.current().clock(),
        title=values["title"],
        text=values["text"],
        url=values["url"],
        channel=values["channel"],
        place=values["place"],
        seen_at=values["seen_at"],
        by=user_of(request).get_username(),
        attachments=(values["file"],) if values["file"] else (),
    )
