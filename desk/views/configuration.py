"""What the agency configured: read-only, each with the file and line where it stands."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alerts.models import Definition
from desk import ports
from desk.conditions import in_words, spelling_in_words
from desk.views.page import page
from desk.views.rule_trials import may_try_rules
from pipeline.model import Rule, When

SECTIONS: dict[str, Promise] = {
    "sources": _("来源"),
    "rules": _("规则"),
    "facts": _("官方口径"),
    "claims": _("已知说法"),
    "departments": _("部门"),
    "roster": _("值班表"),
    "channels": _("发布渠道"),
}
WEEKDAYS = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))


@require_safe
@page
def configuration(request: HttpRequest, part: str = "sources") -> HttpResponse:
    if part not in SECTIONS:
        raise Http404(part)
    desk = ports.current()
    context = {
        "section": "configuration",
        "part": part,
        "parts": [(key, label, len(getattr(desk, key))) for key, label in SECTIONS.items()],
        "label": SECTIONS[part],
        "may_try_rules": may_try_rules(request),
        "entries": _ENTRIES[part](desk) if part in _ENTRIES else getattr(desk, part),
    }
    return render(request, f"desk/configuration/{part}.html", context)


def _rules(desk: ports.Desk) -> list[dict[str, object]]:
    rows = Definition.objects.filter(kind="rule").order_by("loaded_at", "pk")
    versions = dict(rows.values_list("object_id", "version"))
    return [
        {
            "value": entry.value,
            "origin": entry.origin,
            "words": in_words(entry.value.condition),
            "spelling": spelling_in_words(entry.value) if entry.value.condition else "",
            "when": _when(entry.value),
            "version": versions.get(entry.value.id, "")[:8],
        }
        for entry in desk.rules
    ]


def _when(rule: Rule) -> str:
    """The time condition in words."""
    when = rule.when or When()
    parts = []
    if when.since or when.until:
        parts.append(f"{when.since or ''}—{when.until or ''}")
    if when.hours:
        parts.append(f"{when.hours[0]:%H:%M}—{when.hours[1]:%H:%M}")
    if when.weekdays:
        parts.append("、".join(str(WEEKDAYS[day - 1]) for day in when.weekdays))
    return "，".join(parts)


def _roster(desk: ports.Desk) -> list[dict[str, object]]:
    return [
        {
            "value": entry.value,
            "origin": entry.origin,
            "day": entry.value.on or WEEKDAYS[(entry.value.weekday or 1) - 1],
        }
        for entry in desk.roster
    ]


_ENTRIES: dict[str, Callable[[ports.Desk], object]] = {"rules": _rules, "roster": _roster}
