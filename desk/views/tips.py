"""The form by which the public tells of what it saw; needs no login."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from desk import inbox, ports, throttle
from desk.entry_forms import TipForm
from desk.forms import sentences
from pipeline.documents.entry import Entry
from pipeline.errors import ChengqingError
from pipeline.model import Source, SourceKind


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tip(request: HttpRequest) -> HttpResponse:
    """The form. What is refused stays in it, with one sentence why."""
    source = _source()
    if request.method != "POST":
        return _form(request, TipForm())
    form = TipForm(request.POST)
    if not form.is_valid():
        return _form(request, form, sentences(form), 400)
    if form.cleaned_data["website"]:
        return redirect("tip-thanks")  # a program: it need not learn that it was noticed
    desk = ports.current()
    now = desk.clock()
    if not throttle.take(throttle.sender_of(request), now):
        return _form(request, form, [_("提交过于频繁，请过一小时再试。")], 429)
    values = form.cleaned_data
    entry = Entry(
        id=inbox.new_id(now),
        entered_at=now,
        text=values["text"],
        url=values["url"],
        channel="群众线索",
        place=values["place"],
        contact=values["contact"],
    )
    try:
        inbox.put(desk, source, entry)
    except ChengqingError as error:
        return _form(request, form, [str(error)], 503)
    return redirect("tip-thanks")


@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    _source()
    return render(request, "desk/tip_thanks.html", {"contact": ports.current().office.contact})


def _source() -> Source:
    """Where tips go; without such a source there is no form."""
    sources = inbox.sources_of(ports.current(), SourceKind.TIPS) if ports.installed() else []
    if not sources:
        raise Http404
    return sources[0]


def _form(
    request: HttpRequest, form: TipForm, problems: list[str] | None = None, status: int = 200
) -> HttpResponse:
    context = {"form": form, "problems": problems or [], "contact": ports.current().office.contact}
    return render(request, "desk/tip.html", context, status=status)
