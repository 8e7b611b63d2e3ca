"""Cases: the register, one case like a review, and its steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms as django_forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clarifications import services
from clarifications.models import AuditEntry, Case, Draft, Opinion
from clarifications.roles import actor_of
from clarifications.states import State
from desk import forms, ports
from desk.case_lists import clock_of, filtered
from desk.case_steps import checks, next_step, steps
from desk.differences import differences
from desk.exports import MAX_ROWS, csv_response, json_response
from desk.views.page import page, user_of
from pipeline.errors import ChengqingError

PER_PAGE = 30
MENTIONS_SHOWN = 12
_Form = TypeVar("_Form", bound=django_forms.Form)


@require_safe
@page
def case_list(request: HttpRequest) -> HttpResponse:
    now = ports.current().clock()
    form = forms.CaseFilter(request.GET)
    found = Paginator(filtered(form, now), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "section": "cases",
        "form": form,
        "problems": forms.sentences(form),
        "page": found,
        "cases": [(case, clock_of(case, now)) for case in found.object_list],
    }
    return render(request, "desk/cases.html", context)


@require_safe
@page
def case_export(request: HttpRequest, form: str) -> HttpResponseBase:
    desk = ports.current()
    now = desk.clock()
    cases = filtered(forms.CaseFilter(request.GET), now)[:MAX_ROWS]
    if form == "json":
        return json_response("cases", (_as_json(case, clock_of(case, now).kind) for case in cases))
    header = [
        _("编号"), _("标题"), _("等级"), _("突发"), _("状态"), _("发现时间"), _("立案时间"),
        _("首次回应时限"), _("时限情况"), _("立案人"),
    ]  # fmt: skip
    rows = (
        [
            case.number, case.title, case.level, _("是") if case.emergency else _("否"),
            case.get_state_display(),
            f"{desk.local(case.detected_at):%Y-%m-%d %H:%M}",
            f"{desk.local(case.opened_at):%Y-%m-%d %H:%M}",
            f"{desk.local(case.first_response_due):%Y-%m-%d %H:%M}",
            clock_of(case, now).sentence, case.opened_by.get_username(),
        ]
        for case in cases
    )  # fmt: skip
    return csv_response("cases", header, rows)


def _as_json(case: Case, response: str) -> dict[str, Any]:
    return {
        "number": case.number,
        "title": case.title,
        "level": case.level,
        "emergency": case.emergency,
        "state": case.state,
        "alert": case.alert_id,
        "detected_at": case.detected_at.isoformat(),
        "opened_at": case.opened_at.isoformat(),
        "first_response_due": case.first_response_due.isoformat(),
        "response": response,
    }


@require_safe
@page
def case_detail(request: HttpRequest, number: str) -> HttpResponse:
    return _detail(request, get_object_or_404(Case, number=number))


def _detail(
    request: HttpRequest,
    case: Case,
    *,
    refusals: list[str] | None = None,
    typed: dict[str, str] | None = None,
) -> HttpResponse:
    """`typed` is what somebody had written when a step was refused: it is not lost."""
    actor = actor_of(user_of(request))
    draft = case.draft
    log = AuditEntry.objects.filter(subject_type="case", subject_id=case.number)
    opened = log.filter(action="case.open").first()
    context: dict[str, Any] = {
        "section": "cases",
        "case": case,
        "clock": clock_of(case, ports.current().clock()),
        "next": next_step(case, actor),
        "steps": steps(case, actor),
        "draft": draft,
        "editing": case.state == State.DRAFTING
        or (case.state == State.APPROVED and "edit" in request.GET),
        "log": log,
        "mentions": case.mentions.all()[:MENTIONS_SHOWN],
        "mention_count": case.mentions.count(),
        "evidence": opened.payload.get("evidence") if opened else None,
        "opinions": Opinion.objects.filter(draft__case=case).select_related("draft", "actor"),
        "publications": case.publications.all(),
        "kinds": forms.NewDraft().fields["kind"].choices,  # type: ignore[attr-defined]
        "refusals": refusals or [],
        "typed": typed or {},
    }
    if draft is not None:
        context |= _compared(case, draft, request.GET.get("compare"))
        context["checks"] = checks(case, draft)
    return render(request, "desk/case.html", context, status=409 if refusals else 200)


def _compared(case: Case, draft: Draft, version: str | None) -> dict[str, Any]:
    """The current text beside an earlier version: the one asked for, else the one before."""
    earlier = list(case.drafts.exclude(version=draft.version))
    if not earlier:
        return {"earlier": []}
    chosen = next((each for each in earlier if str(each.version) == version), earlier[-1])
    return {
        "earlier": earlier,
        "chosen": chosen,
        "title_changes": differences(chosen.title, draft.title),
        "body_changes": differences(chosen.body, draft.body),
    }


# --- steps -------------------------------------------------------------------------------------


@require_POST
@page
def register(request: HttpRequest, number: str) -> HttpResponse:
    return _step(
        request, number, forms.Registration,
        lambda case, values: services.register(
            case, user_of(request), values["reason"], emergency=values["emergency"]
        ),
        _("已登记。"),
    )  # fmt: skip


@require_POST
@page
def dismiss(request: HttpRequest, number: str) -> HttpResponse:
    return _step(
        request, number, forms.Reason,
        lambda case, values: services.dismiss_case(case, user_of(request), values["reason"]),
        _("已决定不予处理。"),
    )  # fmt: skip


@require_POST
@page
def start_draft(request: HttpRequest, number: str) -> HttpResponse:
    return _step(
        request, number, forms.NewDraft,
        lambda case, values: services.start_draft(case, user_of(request), values["kind"]),
        _("已按模板生成第1版稿件，请核对、修改后送审。"),
    )  # fmt: skip


@require_POST
@page
def save(request: HttpRequest, number: str) -> HttpResponse:
    return _step(
        request, number, forms.DraftText,
        lambda case, values: services.save_draft(
            case, user_of(request), values["title"], values["body"], values["version"]
        ),
        _("稿件已保存。"),
    )  # fmt: skip


@require_POST
@page
def submit(request: HttpRequest, number: str) -> HttpResponse:
    return _step(
        request, number, django_forms.Form,
        lambda case, _values: services.submit(case, user_of(request)),
        _("已送审。"),
    )  # fmt: skip


@require_POST
@page
def approve(request: HttpRequest, number: str) -> HttpResponse:
    return _step(
        request, number, forms.Verdict,
        lambda case, values: services.approve(
            case, user_of(request), values["text_hash"], values["opinion"]
        ),
        _("已批准。"),
    )  # fmt: skip


@require_POST
@page
def return_draft(request: HttpRequest, number: str) -> HttpResponse:
    return _step(
        request, number, forms.Verdict,
        lambda case, values: services.return_draft(case, user_of(request), values["opinion"]),
        _("已退回起草人修改。"),
    )  # fmt: skip


@require_POST
@page
def publish(request: HttpRequest, number: str) -> HttpResponse:
    return _step(
        request, number, django_forms.Form,
        lambda case, _values: services.publish(case, user_of(request)),
        _("已发布。"),
    )  # fmt: skip


def _step(
    request: HttpRequest,
    number: str,
    form_class: type[_Form],
    action: Callable[[Case, dict[str, Any]], object],
    done: str,
) -> HttpResponse:
    """Take the step; what is refused is told at the top of the page, and what was typed stays."""
    case = get_object_or_404(Case, number=number)
    form = form_class(request.POST)
    try:
        if form.is_valid():
            action(case, form.cleaned_data)
            messages.success(request, done)
            return redirect("case", number=case.number)
        problems = forms.sentences(form)
    except ChengqingError as error:
        case.refresh_from_db()
        problems = [str(error)]
    return _detail(request, case, refusals=problems, typed=request.POST.dict())
