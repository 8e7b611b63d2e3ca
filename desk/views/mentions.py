"""Searching what was collected, and one mention with its versions."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alerts.models import AlertMention
from alerts.withdrawn import withdrawn_since
from clarifications.models import CaseMention
from desk import ports
from desk.answers import known_answers
from desk.charts import volume_chart
from desk.claim_links import links_of, may_decide
from desk.differences import differences
from desk.evidence import assemble
from desk.figures import daily
from desk.forms import MentionSearch, sentences
from desk.marking import Mark, Segment, passages, segments
from desk.records import place_in_file
from desk.views.page import page, user_of
from pipeline.archive import archived
from pipeline.errors import QueryError, StoreError
from pipeline.model import Mention, Query, SearchHit

PER_PAGE = 20
CHART_DAYS = 30
STORY_LENGTH = 20
LEAD = 120


@require_safe
@page
def search(request: HttpRequest) -> HttpResponse:
    form = MentionSearch(request.GET)
    context: dict[str, Any] = {
        "section": "mentions",
        "form": form,
        "problems": sentences(form),
        "sources": ports.current().source_names,
    }
    try:
        if not context["problems"]:
            context |= _found(form, request.GET.get("cursor") or None)
    except QueryError as error:
        context["problems"] = [str(error)]
    return render(
        request, "desk/mentions.html", context, status=400 if context["problems"] else 200
    )


def _found(form: MentionSearch, cursor: str | None) -> dict[str, Any]:
    since, until = form.bounds()
    values = form.cleaned_data
    query = Query(
        text=values["q"],
        since=since,
        until=until,
        sources=tuple(values["source"]),
        unique=values["unique"],
    )
    desk = ports.current()
    store = desk.store()
    found = store.search(query, limit=PER_PAGE, cursor=cursor)
    first, days = _window(values["since"], values["until"], desk.today())
    counts = store.histogram(query, interval="day", timezone=desk.timezone)
    series = daily(counts, first, days)
    return {
        **({} if cursor else _answered(desk, query.text)),
        "page": found,
        "hits": [(hit.mention, *_shown(hit)) for hit in found.hits],
        "facets": store.facets(query, "source", size=20),
        "chosen": values["source"],
        "cursor": cursor,
        "chart": volume_chart(series),
        "chart_text": _("每日信息量：{counts}").format(
            counts="，".join(f"{day:%m-%d} {count}" for day, count in series)
        ),
        "chart_days": days,
    }


def _answered(desk: ports.Desk, text: str) -> dict[str, Any]:
    """What the agency has said of it; where that cannot be found, the mentions still are."""
    if not text.strip() or not desk.answers.all:
        return {}
    try:
        return {"answered": True, "answers": known_answers(desk, text)}
    except StoreError as error:
        return {"answered": True, "answers_problem": str(error)}


def _window(since: date | None, until: date | None, today: date) -> tuple[date, int]:
    """First day and number of days of the chart: the window that was asked for, at most 30 days."""
    last = min(until or today, today)
    first = max(since or last - timedelta(days=CHART_DAYS - 1), last - timedelta(CHART_DAYS - 1))
    return first, max((last - first).days + 1, 1)


def _shown(hit: SearchHit) -> tuple[tuple[Segment, ...], list[tuple[Segment, ...]]]:
    """Title and the passages that were found, marked; without a hit in the text, its lead."""
    marks = [Mark(start, end, "search") for start, end in hit.highlights]
    title = [Mark(start, end, "search") for start, end in hit.title_highlights]
    text = hit.mention.text
    shown = passages(text, marks, limit=2) or [segments(text, (), end=LEAD)]
    return segments(hit.mention.title or text[:40], title), shown


@require_safe
@page
def mention_detail(request: HttpRequest, mention_id: str) -> HttpResponse:
    return shown(request, mention_id)


def shown(
    request: HttpRequest, mention_id: str, *, refusal: str = "", typed_claim: str = ""
) -> HttpResponse:
    """The page of a mention, with what was refused on it, and about which claim."""
    desk = ports.current()
    store = desk.store()
    versions = store.versions(mention_id)
    if not versions:
        raise Http404(mention_id)
    mention = versions[0]
    alerts = list(AlertMention.objects.filter(mention=mention_id).select_related("alert"))
    explanation = together(alerts)
    exact = all(
        hit.mention_version == mention.version and hit.content_hash in ("", mention.content_hash)
        for hit in alerts
    )
    story = (
        store.search(Query(stories=(mention.story,)), limit=STORY_LENGTH) if mention.story else None
    )
    folder = desk.office.spool_folder
    record = archived(folder, mention.raw) if folder else None
    raw = record.raw if record else None
    zones = {entry.value.id: entry.value.timezone for entry in desk.sources}
    file, row = (
        place_in_file(raw, mention, zones.get(raw.source, desk.timezone)) if raw else ("", "")
    )
    context = {
        "section": "mentions",
        "mention": mention,
        "file": file,
        "row": row,
        "evidence": assemble(
            mention, explanation, links_of(mention, explanation, exact=exact), exact=exact
        ),
        "may_decide_links": may_decide(user_of(request)),
        "refusal": refusal,
        "typed_claim": typed_claim,
        "alerts": alerts,
        "record": record,
        "cases": [row.case for row in CaseMention.objects.filter(mention=mention_id)],
        "versions": _versions(versions),
        "withdrawn": withdrawn_since(mention),
        "story": [hit.mention for hit in story.hits] if story else [],
        "story_total": story.total if story else 0,
        "first_of_family": store.get([mention.duplicate_of]).get(mention.duplicate_of)
        if mention.duplicate_of
        else None,
    }
    return render(request, "desk/mention.html", context, status=409 if refusal else 200)


def together(alerts: list[AlertMention]) -> dict[str, list[Any]]:
    """All that any rule found on the mention."""
    keys = ("spans", "claims", "findings")
    return {key: [each for hit in alerts for each in hit.explanation.get(key, ())] for key in keys}


def _versions(versions: list[Mention]) -> list[dict[str, Any]]:
    """Newest first, each with what changed from the one before."""
    before: list[Mention | None] = [*versions[1:], None]
    return [
        {
            "mention": mention,
            "at": _fetched(mention),
            "title": differences(older.title, mention.title) if older else [],
            "text": differences(older.text, mention.text) if older else [],
        }
        for mention, older in zip(versions, before, strict=True)
    ]


def _fetched(mention: Mention) -> datetime:
    """The version of a mention is its fetch time in milliseconds."""
    return datetime.fromtimestamp(mention.version / 1000, ports.current().zone)
