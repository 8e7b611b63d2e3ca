"""Alerts: the list, one alert with its evidence, and what is done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alerts import services
from alerts.levels import contributions
from alerts.models import Alert, AlertLevel, AlertMention, AlertState, Definition
from clarifications.roles import actor_of
from clarifications.services import open_case
from clarifications.states import DISMISS_ALERT, OPEN, SET_LEVEL, TAKE, Permission, may
from desk import ports
from desk.alert_lists import filtered, lines
from desk.claim_links import links_of, may_decide
from desk.conditions import in_words, spelling_in_words
from desk.evidence import assemble
from desk.exports import MAX_ROWS, csv_response, json_response
from desk.forms import AlertFilter, LevelChange, Reason, sentences
from desk.views.page import page, user_of
from pipeline.errors import ChengqingError, StoreError
from pipeline.model import Mention, Query

PER_PAGE = 30
STORY_LENGTH = 30
HITS_SHOWN = 20


@require_safe
@page
def alert_list(request: HttpRequest) -> HttpResponse:
    """Filters stand in the address; htmx asks the same address for the list alone."""
    form = AlertFilter(request.GET)
    found = Paginator(filtered(form), PER_PAGE).get_page(request.GET.get("page"))
    desk = ports.current()
    context = {
        "section": "alerts",
        "form": form,
        "problems": sentences(form),
        "page": found,
        "lines": lines(list(found.object_list), desk.clock()),
        "rules": [entry.value for entry in desk.rules],
        "sources": desk.source_names,
        "tabs": _tabs(request),
        "now": desk.clock(),
    }
    whole = not request.headers.get("HX-Request")
    return render(request, "desk/alerts.html" if whole else "desk/parts/alert_list.html", context)


def _tabs(request: HttpRequest) -> list[tuple[str, str, bool, int]]:
    """Label, query, whether it is the one shown, and how many alerts it has."""
    shown = sorted(request.GET.getlist("state"))
    tabs = [
        (_("待处理"), ["new", "open"]),
        (_("已立案"), ["case"]),
        (_("已排除"), ["dismissed"]),
        (_("全部"), []),
    ]
    counts = {state: Alert.objects.filter(state=state).count() for state in AlertState.values}
    return [
        (
            label,
            "?" + urlencode([("state", state) for state in states]),
            sorted(states) == shown,
            sum(counts[state] for state in states or counts),
        )
        for label, states in tabs
    ]


@require_safe
@page
def alert_export(request: HttpRequest, form: str) -> HttpResponseBase:
    """What the list shows, all pages of it, as a file."""
    desk = ports.current()
    alerts = filtered(AlertFilter(request.GET))[:MAX_ROWS]
    if form == "json":
        return json_response("alerts", (_as_json(alert) for alert in alerts))
    header = [
        _("编号"), _("等级"), _("评分"), _("状态"), _("标题"), _("理由"), _("规则"), _("命中数"),
        _("预警时间"), _("最近命中"),
    ]  # fmt: skip
    rows = (
        [
            alert.pk, alert.level, alert.score, alert.get_state_display(), alert.title,
            alert.reason, alert.rule_name or alert.rule, alert.mention_count,
            f"{desk.local(alert.raised_at):%Y-%m-%d %H:%M}",
            f"{desk.local(alert.last_hit_at):%Y-%m-%d %H:%M}",
        ]
        for alert in alerts
    )  # fmt: skip
    return csv_response("alerts", header, rows)


def _as_json(alert: Alert) -> dict[str, Any]:
    return {
        "id": alert.pk,
        "level": alert.level,
        "score": alert.score,
        "contributions": alert.contributions,
        "state": alert.state,
        "title": alert.title,
        "reason": alert.reason,
        "rule": alert.rule,
        "kind": alert.kind,
        "story": alert.story,
        "mention_count": alert.mention_count,
        "raised_at": alert.raised_at.isoformat(),
        "last_hit_at": alert.last_hit_at.isoformat(),
    }


@require_safe
@page
def alert_detail(request: HttpRequest, alert_id: str) -> HttpResponse:
    return _detail(request, get_object_or_404(Alert, pk=alert_id))


def _detail(
    request: HttpRequest, alert: Alert, *, refusal: str = "", reason: str = ""
) -> HttpResponse:
    hits = alert.hits.order_by("matched_at", "id")
    hit = _chosen(hits.all(), request.GET.get("hit"))
    context: dict[str, Any] = {
        "section": "alerts",
        "alert": alert,
        "case": getattr(alert, "case", None),
        "hit": hit,
        "hits": hits[:HITS_SHOWN],
        "hits_left": max(0, alert.mention_count - HITS_SHOWN),
        "events": alert.events.all(),
        "steps": _steps(alert, request),
        "chosen_level": request.POST.get("level", ""),
        "may_set_level": _may_set_level(alert, request),
        "may_decide_links": may_decide(user_of(request)),
        "rule": _rule(alert),
        "parts": contributions(alert),
        "levels": AlertLevel.choices,
        "refusal": refusal,
        "reason": reason,
    }
    try:
        context |= _from_store(alert, hit)
    except StoreError as error:
        context["store_error"] = str(error)
    return render(request, "desk/alert.html", context, status=409 if refusal else 200)


def _chosen(hits: Any, number: str | None) -> AlertMention | None:
    """The hit that is asked for, else the first one."""
    if number is not None:
        if not number.isascii() or not number.isdigit() or len(number) > 18:
            raise Http404(number)
        chosen: AlertMention = get_object_or_404(hits, pk=number)
        return chosen
    first: AlertMention | None = hits.first()
    return first


def _from_store(alert: Alert, hit: AlertMention | None) -> dict[str, Any]:
    """The evidence of a hit, and the story that the alert belongs to."""
    store = ports.current().store()
    found: dict[str, Any] = {}
    if hit is not None:
        mention, exact = _judged(store.versions(hit.mention), hit)
        if mention is not None:
            found |= {
                "mention": mention,
                "exact": exact,
                "evidence": assemble(
                    mention,
                    hit.explanation,
                    links_of(mention, hit.explanation, exact=exact),
                    exact=exact,
                ),
            }
    if alert.story:
        story = store.search(Query(stories=(alert.story,)), limit=STORY_LENGTH)
        found["story"] = [each.mention for each in story.hits]
        found["story_total"] = story.total
    return found


def _judged(versions: list[Mention], hit: AlertMention) -> tuple[Mention | None, bool]:
    """The version that the rule judged, if it is kept; else today's. One that was read better
    since then is not the text that was judged."""
    for mention in versions:
        if mention.version == hit.mention_version:
            return mention, hit.content_hash in ("", mention.content_hash)
    return (versions[0] if versions else None), False


def _rule(alert: Alert) -> dict[str, Any]:
    """The rule as configured now, and whether it is still the one that fired."""
    entry = next((each for each in ports.current().rules if each.value.id == alert.rule), None)
    newest = Definition.objects.filter(kind="rule", object_id=alert.rule).last()
    found: dict[str, Any] = {
        "changed": bool(newest and alert.rule_version and newest.version != alert.rule_version)
    }
    if entry is not None:
        found |= {
            "origin": entry.origin,
            "words": in_words(entry.value.condition),
            "spelling": spelling_in_words(entry.value) if entry.value.condition else "",
        }
    return found


def _steps(alert: Alert, request: HttpRequest) -> dict[str, Any]:
    """What can be done with the alert now; a sentence says why somebody may not."""
    if alert.state not in (AlertState.NEW, AlertState.OPEN):
        return {}
    actor = actor_of(user_of(request))

    def refused(permission: Permission) -> str:
        refusal = may(permission, actor, reason="…")
        return refusal.sentence if refusal else ""

    steps = {"open": refused(OPEN), "dismiss": refused(DISMISS_ALERT)}
    if alert.state == AlertState.NEW:
        steps["take"] = refused(TAKE)
    return steps


def _may_set_level(alert: Alert, request: HttpRequest) -> bool:
    waiting = alert.state in (AlertState.NEW, AlertState.OPEN)
    return waiting and may(SET_LEVEL, actor_of(user_of(request)), reason="…") is None


@require_POST
@page
def take(request: HttpRequest, alert_id: str) -> HttpResponse:
    return _act(request, alert_id, lambda reason: _say(
        request, services.take(alert_id, user_of(request), reason), _("已由您处理。")
    ))  # fmt: skip


@require_POST
@page
def dismiss(request: HttpRequest, alert_id: str) -> HttpResponse:
    return _act(request, alert_id, lambda reason: _say(
        request, services.dismiss(alert_id, user_of(request), reason), _("预警已排除。")
    ))  # fmt: skip


@require_POST
@page
def set_level(request: HttpRequest, alert_id: str) -> HttpResponse:
    alert = get_object_or_404(Alert, pk=alert_id)
    form = LevelChange(request.POST)
    if not form.is_valid():
        return _detail(request, alert, refusal=sentences(form)[0])
    level = form.cleaned_data["level"]
    return _act(request, alert_id, lambda reason: _say(
        request, services.set_level(alert_id, user_of(request), level, reason), _("等级已更改。")
    ))  # fmt: skip


@require_POST
@page
def make_case(request: HttpRequest, alert_id: str) -> HttpResponse:
    def made(reason: str) -> HttpResponse:
        case = open_case(alert_id, user_of(request), reason)
        messages.success(request, _("已立案，编号{number}。").format(number=case.number))
        return redirect("case", number=case.number)

    return _act(request, alert_id, made)


def _say(request: HttpRequest, alert: Alert, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("alert", alert_id=alert.pk)


def _act(
    request: HttpRequest, alert_id: str, action: Callable[[str], HttpResponse]
) -> HttpResponse:
    """Do it; what is refused is told at the top of the page, and what was typed stays."""
    alert = get_object_or_404(Alert, pk=alert_id)
    form = Reason(request.POST)
    try:
        if not form.is_valid():
            return _detail(request, alert, refusal=sentences(form)[0])
        return action(form.cleaned_data["reason"])
    except ChengqingError as error:
        alert.refresh_from_db()
        reason = request.POST.get("reason", "")
        return _detail(request, alert, refusal=str(error), reason=reason)
