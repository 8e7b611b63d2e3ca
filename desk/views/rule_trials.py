"""“试一下规则”: how often a rule would have hit last month."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from desk import ports
from desk.charts import volume_chart
from desk.context import roles_of
from desk.forms import RuleTrialForm, sentences
from desk.marking import Mark, Segment, passages, segments
from desk.rule_trials import DAYS, RuleTrial
from desk.views.page import page, user_of
from desk.views.trials import MAY_TRY, not_too_often
from pipeline.errors import BadInputError, ChengqingError
from pipeline.model import Mention, RuleHit


def may_try_rules(request: HttpRequest) -> bool:
    return ports.current().try_rule is not None and bool(roles_of(request) & MAY_TRY)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def try_rule(request: HttpRequest) -> HttpResponse:
    """The form; a POST runs the rule over what is stored. `?rule=` begins with a rule as it is."""
    if not may_try_rules(request):
        raise PermissionDenied
    sent = request.method == "POST"
    asked = request.GET.get("rule", "")
    form = RuleTrialForm(request.POST) if sent else RuleTrialForm(initial={"text": _text(asked)})
    context: dict[str, Any] = {
        "section": "configuration",
        "form": form,
        "days": DAYS,
        "problems": sentences(form) if sent else [],
    }
    status = 200
    if sent and not context["problems"]:
        try:
            context |= _tried(request, form)
        except BadInputError as error:
            context["problems"], status = str(error).splitlines(), 400
        except ChengqingError as error:
            context["problems"], status = [str(error)], 409
    elif sent:
        status = 400
    return render(request, "desk/try_rule.html", context, status=status)


def _text(rule_id: str) -> str:
    """The rule of this id as an entry of rules.yaml; empty when there is none."""
    desk = ports.current()
    rule = next((entry.value for entry in desk.rules if entry.value.id == rule_id), None)
    return desk.try_rule.written(rule) if rule is not None and desk.try_rule else ""


def _tried(request: HttpRequest, form: RuleTrialForm) -> dict[str, Any]:
    not_too_often(user_of(request))
    run = ports.current().try_rule
    assert run is not None
    trial: RuleTrial = run(form.cleaned_data["text"], form.cleaned_data["spelling"] or None)
    return {
        "trial": trial,
        "chart": volume_chart(list(trial.days)),
        "chart_text": _("每日命中：{counts}").format(
            counts="，".join(f"{day:%m-%d} {count}" for day, count in trial.days)
        ),
        "examples": [(mention, hit, *_shown(mention, hit)) for mention, hit in trial.examples],
    }


def _shown(mention: Mention, hit: RuleHit) -> tuple[tuple[Segment, ...], list[tuple[Segment, ...]]]:
    """Title and the passages that were hit, marked."""
    marks = {
        field: [
            Mark(start, end, "term") for start, end, _text, where in hit.spans if where == field
        ]
        for field in ("title", "text")
    }
    return (
        segments(mention.title or mention.text[:40], marks["title"] if mention.title else ()),
        passages(mention.text, marks["text"], limit=2),
    )
