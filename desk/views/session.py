"""Logging in and out."""

from __future__ import annotations

from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse


class Login(LoginView):
    """Django's own view, which refuses a ?next= of another host; attempts are counted by axes."""

    template_name = "desk/login.html"
    redirect_authenticated_user = True

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.headers.get("HX-Request"):
            # A list that refreshes itself after the session ended: the whole page goes to login.
            return HttpResponse(headers={"HX-Refresh": "true"})
        return super().get(request, *args, **kwargs)
