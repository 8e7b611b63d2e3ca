"""Who may act, and that it is logged, refusals too: for cases, and for alerts below."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from alerts.models import Alert, ClaimDecision, StoryDecision
from alerts.oversight import SYSTEM
from clarifications import audit
from clarifications.roles import actor_of
from clarifications.states import (
    DISMISS_ALERT,
    SET_LEVEL,
    TAKE,
    Permission,
    acting_role,
    may,
)  # fmt: skip
from pipeline.errors import ChengqingError

_ALERT_ACTIONS: dict[str, Permission] = {
    each.key: each for each in (TAKE, DISMISS_ALERT, SET_LEVEL)
}


Decision = TypeVar("Decision", StoryDecision, ClaimDecision)


class Refused(ChengqingError):  # noqa: N818 # it is an answer, not a failure
    """It may not or cannot be done; the message is one sentence for the person who tried."""


def log_refusal(
    action: str,
    user: User,
    subject: tuple[str, str],
    sentence: str,
    *,
    state: str = "",
    reason: str = "",
    payload: Mapping[str, Any] | None = None,
) -> None:
    """In a transaction of its own: the one that was refused is rolled back."""
    with transaction.atomic():
        audit.record(
            f"{action}.refused",
            at=timezone.now(),
            actor=user.get_username(),
            role=",".join(sorted(actor_of(user).roles)),
            subject=subject,
            from_state=state,
            to_state=state,
            reason=sentence,
            payload={**(payload or {}), **({"given": reason} if reason else {})},
        )


def carried_out(
    permission: Permission,
    subject: tuple[str, str],
    user: User,
    reason: str,
    act: Callable[[], Decision],
    payload: Callable[[Decision], Mapping[str, Any]],
) -> Decision:
    """Let a person decide, and log it in the same transaction; a refusal is logged, too, whoever
    refused. Raises Refused, and what `act` raises."""
    try:
        with transaction.atomic(durable=True):
            actor = actor_of(user)
            refusal = may(permission, actor, reason=reason)
            if refusal is not None:
                raise Refused(refusal.sentence)
            row = act()
            audit.record(
                permission.key,
                at=row.at,
                actor=row.actor,
                role=acting_role(permission, actor) or "",
                subject=subject,
                reason=row.reason,
                payload=payload(row),
            )
    except ChengqingError as error:
        log_refusal(permission.key, user, subject, str(error), reason=reason)
        raise
    return row


class AlertOversight:
    """Fills `alerts.oversight.Oversight`."""

    def permit(self, action: str, user: User, alert: Alert, reason: str) -> None:
        refusal = may(_ALERT_ACTIONS[action], actor_of(user), reason=reason)
        if refusal is not None:
            subject = ("alert", alert.pk)
            log_refusal(action, user, subject, refusal.sentence, state=alert.state, reason=reason)
            raise Refused(refusal.sentence)

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
        audit.record(
            action,
            at=at,
            actor=user.get_username(),
            role=acting_role(_ALERT_ACTIONS[action], actor_of(user)) or "",
            subject=("alert", alert.pk),
            from_state=before,
            to_state=after,
            reason=reason.strip(),
            payload={"rule": alert.rule, "rule_version": alert.rule_version},
        )

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
        audit.record(
            action, at=at, actor=SYSTEM, subject=subject, from_state=before, to_state=after,
            reason=reason, payload=payload,
        )  # fmt: skip
