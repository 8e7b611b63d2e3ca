"""What needs no login: the health check, and the published clarifications."""

from __future__ import annotations

import re

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from desk import ports

_FILE = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,60}\.(html|xml|css)", re.ASCII)
_TYPES = {
    "html": "text/html; charset=utf-8",
    "xml": "application/atom+xml; charset=utf-8",
    "css": "text/css; charset=utf-8",
}


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answers when the process serves and the case store can be read."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def icon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for it on pages that name none, as those of the public site."""
    return redirect(static("desk/icon.svg"), permanent=True)


@require_safe
def site(request: HttpRequest, name: str = "index.html") -> HttpResponse:
    """A file of DATA/site: plain names only, so that no path leads out of the folder."""
    match = _FILE.fullmatch(name)
    if match is None:
        raise Http404(name)
    folder = ports.current().site_folder
    path = folder / name
    if not path.is_file() or path.resolve().parent != folder.resolve():
        if name == "index.html":
            return render(request, "desk/site_empty.html")
        raise Http404(name)
    return HttpResponse(path.read_bytes(), content_type=_TYPES[match[1]])
