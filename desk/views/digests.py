"""The weekly digests: which were made, for whom, and the page itself."""

from __future__ import annotations

import base64
import hashlib
import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from desk import ports
from desk.models import DigestRun
from desk.views.page import page

_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


@require_safe
@page
def digest_list(request: HttpRequest) -> HttpResponse:
    desk = ports.current()
    context = {
        "section": "digests",
        "runs": DigestRun.objects.defer("html"),
        "recipients": desk.recipients,
        "mail": desk.mailer is not None,
    }
    return render(request, "desk/digests.html", context)


@require_safe
@page
def digest(request: HttpRequest, week: str) -> HttpResponse:
    run = get_object_or_404(DigestRun.objects.defer("html"), week=week)
    return render(request, "desk/digest.html", {"section": "digests", "run": run})


@require_safe
@page
@xframe_options_sameorigin
def digest_document(request: HttpRequest, week: str) -> HttpResponse:
    """The page as it is mailed and printed. Its style stands in it, so the policy names its hash;
    nothing else in it is allowed to do anything."""
    html = get_object_or_404(DigestRun, week=week).html
    response = HttpResponse(html)
    response["Content-Security-Policy"] = (
        f"default-src 'none'; style-src {_style_hash(html)}; img-src data:;"
        " frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
    )
    return response


def _style_hash(html: str) -> str:
    match = _STYLE.search(html)
    if match is None:
        return "'none'"
    digest = base64.b64encode(hashlib.sha256(match[1].encode()).digest()).decode()
    return f"'sha256-{digest}'"
