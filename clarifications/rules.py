"""What people do about rules: permitted, done, logged. Their content is configuration."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction

from alerts import pauses
from alerts.models import RulePause
from clarifications import audit
from clarifications.office import office
from clarifications.oversight import Refused, log_refusal
from clarifications.roles import actor_of
from clarifications.states import PAUSE_RULE, RESUME_RULE, Permission, acting_role, may


def pause(rule: str, user: User, length: timedelta, reason: str, version: str = "") -> RulePause:
    """Let a rule raise nothing for a time; `version` of its definition goes into the log. Raises
    Refused, and PauseRefusedError when somebody was first."""
    role = _permit(PAUSE_RULE, rule, user, reason)
    now = office().clock()
    with transaction.atomic():
        row = pauses.pause(rule, user.get_username(), now + length, reason, now)
        payload = {"until": row.until.isoformat(), "version": version}
        _log(PAUSE_RULE, rule, user, role, reason, now, payload)
    return row


def resume(rule: str, user: User, reason: str) -> RulePause:
    """End a pause. Raises Refused, and PauseRefusedError when there is none."""
    role = _permit(RESUME_RULE, rule, user, reason)
    now = office().clock()
    with transaction.atomic():
        row = pauses.resume(rule, user.get_username(), now)
        _log(RESUME_RULE, rule, user, role, reason, now, {"held": row.held})
    return row


def _permit(permission: Permission, rule: str, user: User, reason: str) -> str:
    actor = actor_of(user)
    refusal = may(permission, actor, reason=reason)
    if refusal is not None:
        log_refusal(permission.key, user, ("rule", rule), refusal.sentence, reason=reason)
        raise Refused(refusal.sentence)
    return acting_role(permission, actor) or ""


def _log(
    permission: Permission,
    rule: str,
    user: User,
    role: str,
    reason: str,
    at: datetime,
    payload: Mapping[str, object],
) -> None:
    audit.record(
        permission.key,
        at=at,
        actor=user.get_username(),
        role=role,
        subject=("rule", rule),
        reason=reason.strip(),
        payload=payload,
    )
