"""How much may be sent to the console at once, told before anything of it is read: Django writes
uploads to the disk before it looks who sends them, to forms that take no file, too."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

MAX_BODY = 12 * 1024 * 1024
"""Bytes: the largest file that a form takes (`entry_forms.MAX_FILE`), and the rest of the form."""


class BodyLimit:
    """Middleware. Without a stated length Django reads no body at all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            size = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            size = 0
        if size > MAX_BODY:
            sentence = _("提交的内容过大，请不超过10MB。")
            return HttpResponse(sentence, status=413, content_type="text/plain; charset=utf-8")
        return self.get_response(request)
