"""The audit log, for those who oversee the desk."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clarifications import audit
from clarifications.models import AuditEntry
from desk.context import LOG_READERS, roles_of
from desk.views.page import page

PER_PAGE = 50


@require_safe
@page
def log(request: HttpRequest) -> HttpResponse:
    if not roles_of(request) & LOG_READERS:
        raise PermissionDenied(_("日志只供领导和系统管理员查看。"))
    entries = AuditEntry.objects.order_by("-seq")
    subject, actor = request.GET.get("subject", "").strip(), request.GET.get("actor", "").strip()
    if subject:
        entries = entries.filter(subject_id=subject)
    if actor:
        entries = entries.filter(actor=actor)
    context = {
        "section": "log",
        "page": Paginator(entries, PER_PAGE).get_page(request.GET.get("page")),
        "verification": audit.verify(),
        "subject": subject,
        "actor": actor,
    }
    return render(request, "desk/log.html", context)
