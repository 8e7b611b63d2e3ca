"""What all pages of the console share: only for people who logged in, and never a traceback."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from pipeline.errors import BadInputError, ChengqingError, StoreError

View = Callable[..., Any]


def page(view: View) -> View:
    """For a view that needs a user; a sentence for people becomes a page that shows it."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return view(request, *args, **kwargs)
        except ChengqingError as error:
            return sentence_page(request, error)

    return guarded


def sentence_page(request: HttpRequest, error: ChengqingError) -> HttpResponse:
    if isinstance(error, StoreError):
        status, title = 503, _("信息库暂时不可用")
    elif isinstance(error, BadInputError):
        status, title = 400, _("无法处理这个请求")
    else:
        status, title = 409, _("未能完成")
    context = {"title": title, "sentence": str(error)}
    return render(request, "desk/sentence.html", context, status=status)


def user_of(request: HttpRequest) -> User:
    """The user, behind `page`, where there always is one."""
    assert isinstance(request.user, User)
    return request.user
