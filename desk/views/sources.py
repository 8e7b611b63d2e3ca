"""The source board."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alerts import quarantine
from alerts.habits import slowest_of
from alerts.models import Alert, AlertMention, SourceRound, SourceState
from desk import ports
from desk.charts import visits_chart
from desk.forms import day_start
from desk.source_health import Lately, usual_in_words
from desk.source_lists import lately_of, source_line, source_lines
from desk.views.page import page
from desk.views.trials import may_try
from pipeline.model import Query

DAYS = 14
NEWEST = 10
ROUNDS = 20


@require_safe
@page
def source_board(request: HttpRequest) -> HttpResponse:
    desk = ports.current()
    lines = source_lines(desk, desk.clock())
    context = {
        "section": "sources",
        "lines": lines,
        "may_try": may_try(request),
        "quarantined": sum(quarantine.counts().values()),
        "troubled": sum(line.health.troubled for line in lines),
        "store": desk.store().describe(),
    }
    return render(request, "desk/sources.html", context)


@require_safe
@page
def source_detail(request: HttpRequest, source_id: str) -> HttpResponse:
    desk = ports.current()
    entry = next((each for each in desk.sources if each.value.id == source_id), None)
    if entry is None:
        raise Http404(source_id)
    now = desk.clock()
    state = SourceState.objects.filter(source=source_id).first()
    store = desk.store()
    rounds = SourceRound.objects.filter(source=source_id)
    days = _visit_days(source_id, desk.today())
    lately = lately_of(desk, now, source_id).get(source_id, Lately())
    hits = AlertMention.objects.filter(source=source_id)
    context = {
        "section": "sources",
        "line": source_line(entry, state, now, lately),
        "may_try": may_try(request),
        "try_query": urlencode({"url": entry.value.url, "links": entry.value.links or ""}),
        "slowest": slowest_of(entry.value),
        "habit": usual_in_words(state.usual if state else None, now),
        "rounds": Paginator(rounds, ROUNDS).get_page(request.GET.get("page")),
        "page": store.search(Query(sources=(source_id,)), limit=NEWEST),
        "chart": visits_chart(days),
        "chart_text": _("近{n}天该来源每日新增与失败轮次：{counts}").format(
            n=DAYS, counts="，".join(f"{day:%m-%d} {new}/{failed}" for day, new, failed in days)
        ),
        "alerts": Alert.objects.filter(pk__in=hits.values("alert"))[:NEWEST],
        "search": "?" + urlencode({"source": source_id}),
        "quarantined": quarantine.counts().get(source_id, 0),
    }
    return render(request, "desk/source.html", context)


def _visit_days(source_id: str, today: date) -> list[tuple[date, int, int]]:
    """Day, new items, failed visits; the last one is today."""
    desk = ports.current()
    first = today - timedelta(days=DAYS - 1)
    new, failed = Counter[date](), Counter[date]()
    rows = SourceRound.objects.filter(source=source_id, at__gte=day_start(first))
    at: datetime
    for at, count, answered in rows.values_list("at", "new", "answered"):
        day = desk.local(at).date()
        new[day] += count
        failed[day] += not answered
    days = [first + timedelta(days=n) for n in range(DAYS)]
    return [(day, new[day], failed[day]) for day in days]
