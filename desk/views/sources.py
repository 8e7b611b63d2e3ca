"""The source board."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alerts.models import Alert, AlertMention, SourceState
from desk import ports
from desk.charts import volume_chart
from desk.figures import daily
from desk.forms import day_start
from desk.source_lists import source_line, source_lines
from desk.views.page import page
from pipeline.model import Query

DAYS = 14
NEWEST = 10


@require_safe
@page
def source_board(request: HttpRequest) -> HttpResponse:
    desk = ports.current()
    lines = source_lines(desk, desk.clock())
    context = {
        "section": "sources",
        "lines": lines,
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
    first = desk.today() - timedelta(days=DAYS - 1)
    query = Query(sources=(source_id,), since=day_start(first))
    counts = store.histogram(query, interval="day", timezone=desk.timezone)
    days = daily(counts, first, DAYS)
    hits = AlertMention.objects.filter(source=source_id)
    context = {
        "section": "sources",
        "line": source_line(entry, state, now),
        "page": store.search(Query(sources=(source_id,)), limit=NEWEST),
        "chart": volume_chart(days),
        "chart_text": _("近{n}天该来源每日信息量：{counts}").format(
            n=DAYS, counts="，".join(f"{day:%m-%d} {count}" for day, count in days)
        ),
        "alerts": Alert.objects.filter(pk__in=hits.values("alert"))[:NEWEST],
        "search": "?" + urlencode({"source": source_id}),
    }
    return render(request, "desk/source.html", context)
