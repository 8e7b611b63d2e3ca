"""What people do about records that could not be read: permitted, done, logged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from alerts import quarantine
from alerts.models import Quarantined
from clarifications import audit
from clarifications.oversight import Refused, log_refusal
from clarifications.roles import actor_of
from clarifications.states import DISMISS_UNREAD, READ_AGAIN, Permission, acting_role, may

_SUBJECT = ("quarantine", "records")


def read_again(rows: QuerySet[Quarantined], user: User, about: Mapping[str, str]) -> int:
    """Let the next round read these open rows once more; returns how many. `about` says in the log
    which they are (source, reason, id). Raises Refused."""
    role = _permit(READ_AGAIN, user, "", about)
    with transaction.atomic():
        number = quarantine.ask_again(rows)
        _log(READ_AGAIN, user, role, "", {**about, "rows": number})
    return number


def dismiss(rows: QuerySet[Quarantined], user: User, reason: str, about: Mapping[str, str]) -> int:
    """Put these open rows aside; returns how many. Raises Refused."""
    role = _permit(DISMISS_UNREAD, user, reason, about)
    with transaction.atomic():
        number = quarantine.dismiss(rows, reason, timezone.now())
        _log(DISMISS_UNREAD, user, role, reason, {**about, "rows": number})
    return number


def _permit(permission: Permission, user: User, reason: str, about: Mapping[str, str]) -> str:
    actor = actor_of(user)
    refusal = may(permission, actor, reason=reason)
    if refusal is not None:
        log_refusal(
            permission.key, user, _SUBJECT, refusal.sentence, reason=reason, payload=about
        )  # fmt: skip
        raise Refused(refusal.sentence)
    return acting_role(permission, actor) or ""


def _log(
    permission: Permission, user: User, role: str, reason: str, payload: Mapping[str, Any]
) -> None:
    audit.record(
        permission.key,
        at=timezone.now(),
        actor=user.get_username(),
        role=role,
        subject=_SUBJECT,
        reason=reason.strip(),
        payload=payload,
    )
