"""What permits what people do with alerts and rules, and logs it; filled by the part above."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from alerts.models import Alert
from pipeline.errors import ChengqingError

SYSTEM = "系统"
"""Who did what no person did."""


class AlertRefusedError(ChengqingError):
    """It cannot be done with this alert now; the message says why."""


class Oversight(Protocol):
    """Who may do what, and the log. Lives above the alerts (`clarifications.oversight`)."""

    def permit(self, action: str, user: User, alert: Alert, reason: str) -> None:
        """Raises ChengqingError when `user` may not, before anything is changed."""

    def record(
        self,
        action: str,
        user: User,
        alert: Alert,
        *,
        before: str,
        after: str,
        reason: str,
        at: datetime,
    ) -> None:
        """Log what was done, inside its transaction; `before` and `after` are states or levels."""

    def note(
        self,
        action: str,
        subject: tuple[str, str],
        *,
        at: datetime,
        before: str = "",
        after: str = "",
        reason: str = "",
        payload: Mapping[str, Any] | None = None,
    ) -> None:
        """Log what the system did by itself, inside its transaction; `subject` is type and id."""


_oversight: list[Oversight] = []


def put_under(oversight: Oversight) -> None:
    """Set at start-up what permits and logs; without it nobody can take or dismiss an alert."""
    _oversight[:] = [oversight]


def oversight() -> Oversight:
    """Raises AlertRefusedError before there is one."""
    if not _oversight:
        raise AlertRefusedError(_("系统尚未就绪，请稍后再试。"))
    return _oversight[0]
