"""规则: all rules with what they did lately, one rule with its life, and pausing it for a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alerts.models import Alert, Definition, RulePause
from clarifications import rules
from clarifications.models import AuditEntry
from clarifications.roles import actor_of
from clarifications.states import PAUSE_RULE, RESUME_RULE, may
from desk import ports
from desk.conditions import spelling_in_words
from desk.forms import Pause, Reason, RuleFilter, sentences
from desk.rule_changes import history
from desk.rule_lists import RuleLine, chosen, rule_lines
from desk.views.page import page, user_of
from desk.views.rule_trials import may_try_rules
from pipeline.errors import ChengqingError
from pipeline.model import Rule

PER_PAGE = 50
NEWEST = 10
LOG_SHOWN = 20


@require_safe
@page
def rule_list(request: HttpRequest) -> HttpResponse:
    desk, form = ports.current(), RuleFilter(request.GET)
    lines = rule_lines(desk.rules, desk.clock())
    found = chosen(
        lines, text=form.value("q"), state=form.value("state"), order=form.value("order")
    )
    context = {
        "section": "alerts",
        "form": form,
        "problems": sentences(form),
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "total": len(lines),
        "paused": sum(line.state == "paused" for line in lines),
        "may_try": may_try_rules(request),
    }
    return render(request, "desk/rules.html", context)


@require_safe
@page
def rule_detail(request: HttpRequest, rule_id: str) -> HttpResponse:
    return _detail(request, rule_id)


def _detail(
    request: HttpRequest, rule_id: str, refusal: str = "", status: int = 200
) -> HttpResponse:
    """One that was taken out of the configuration is still shown by what is kept of it."""
    desk = ports.current()
    entries = [entry for entry in desk.rules if entry.value.id == rule_id]
    rows = list(Definition.objects.filter(kind="rule", object_id=rule_id))
    if not entries and not rows:
        raise Http404(rule_id)
    line = next(iter(rule_lines(entries, desk.clock())), None)
    actor = actor_of(user_of(request))
    context: dict[str, Any] = {
        "section": "alerts",
        "rule_id": rule_id,
        "line": line,
        "spelling": _spelling(line),
        "text": _written(line.rule) if line else "",
        "versions": history(rows),
        "pauses": RulePause.objects.filter(rule=rule_id)[:NEWEST],
        "log": AuditEntry.objects.filter(subject_type="rule", subject_id=rule_id).order_by("-seq")[
            :LOG_SHOWN
        ],
        "alerts": Alert.objects.filter(rule=rule_id)[:NEWEST],
        "lengths": Pause.LENGTHS,
        "may_pause": may(PAUSE_RULE, actor, reason="…") is None,
        "may_resume": may(RESUME_RULE, actor) is None,
        "may_try": may_try_rules(request),
        "refusal": refusal,
        "typed": request.POST.get("reason", ""),
    }
    return render(request, "desk/rule.html", context, status=status)


def _spelling(line: RuleLine | None) -> str:
    return spelling_in_words(line.rule) if line and line.rule.condition else ""


def _written(rule: Rule) -> str:
    """The rule as it stands in rules.yaml, where the desk can tell."""
    tried = ports.current().try_rule
    return tried.written(rule) if tried else ""


@require_POST
@page
def pause(request: HttpRequest, rule_id: str) -> HttpResponse:
    def done(user: User, typed: dict[str, Any]) -> str:
        version = Definition.objects.filter(kind="rule", object_id=rule_id).last()
        row = rules.pause(
            rule_id, user, timedelta(hours=int(typed["hours"])), typed["reason"],
            version.version if version else "",
        )  # fmt: skip
        return _("规则已暂停，{until}自动恢复。").format(
            until=f"{ports.current().local(row.until):%m月%d日 %H:%M}"
        )

    return _act(request, rule_id, Pause(request.POST), done)


@require_POST
@page
def resume(request: HttpRequest, rule_id: str) -> HttpResponse:
    def done(user: User, typed: dict[str, Any]) -> str:
        row = rules.resume(rule_id, user, typed["reason"])
        return _("规则已恢复；暂停期间约有{n}次命中没有报警。").format(n=row.held)

    return _act(request, rule_id, Reason(request.POST), done)


def _act(
    request: HttpRequest, rule_id: str, form: Reason, action: Callable[[User, dict[str, Any]], str]
) -> HttpResponse:
    """Do what the form asks, if it is filled in rightly. Only a rule that the configuration has can
    be paused."""
    if not form.is_valid():
        return _detail(request, rule_id, sentences(form)[0], 400)
    if not any(entry.value.id == rule_id for entry in ports.current().rules):
        raise Http404(rule_id)
    try:
        messages.success(request, action(user_of(request), form.cleaned_data))
    except ChengqingError as error:
        return _detail(request, rule_id, str(error), 409)
    return redirect("rule", rule_id=rule_id)
