"""One step of one person on one case: permitted, made, logged, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clarifications import audit
from clarifications.limits import GRAVE
from clarifications.models import AuditEntry, Case, CaseState
from clarifications.office import office
from clarifications.oversight import Refused, log_refusal
from clarifications.roles import actor_of
from clarifications.states import Transition, acting_role, may
from pipeline.errors import ChengqingError


@dataclass
class Step:
    """`case` is as it stands after the move; what the step has to tell goes into `payload`."""

    case: Case
    role: str
    at: datetime
    payload: dict[str, Any] = field(default_factory=dict)


@contextmanager
def step(
    transition: Transition,
    case: Case,
    user: User,
    *,
    reason: str = "",
    version: int | None = None,
    changes: Mapping[str, Any] | None = None,
) -> Iterator[Step]:
    """Move `case`, do what stands in the block, log it; all or nothing.

    Roles, state and authors are read inside the transaction, not taken from what the caller holds.
    The row count of a conditional UPDATE (on the state, and on `version` of the draft when given)
    decides between two people at once. Raises Refused, and logs the refusal in a transaction of
    its own; that is why a step cannot stand inside a transaction of the caller.
    """
    state = ""
    try:
        with transaction.atomic(durable=True):
            fresh = Case.objects.get(pk=case.pk)
            state = fresh.state
            role = _permit(transition, fresh, user, reason)
            _move(transition, fresh, version, changes or {})
            made = Step(fresh, role, office().clock())
            yield made
            audit.record(
                transition.key,
                at=made.at,
                actor=user.get_username(),
                role=role,
                subject=("case", fresh.number),
                from_state=transition.before,
                to_state=transition.after,
                reason=reason.strip(),
                payload=made.payload,
            )
    except ChengqingError as error:
        subject = ("case", case.number)
        log_refusal(transition.key, user, subject, str(error), state=state, reason=reason)
        raise
    case.refresh_from_db()


def authors(case: Case) -> frozenset[str]:
    """Names of all who wrote a version of the text."""
    return frozenset(case.drafts.values_list("drafter__username", flat=True))


def _permit(transition: Transition, case: Case, user: User, reason: str) -> str:
    actor, grave = actor_of(user), case.level in GRAVE
    refusal = may(transition, actor, drafters=authors(case), grave=grave, reason=reason)
    if refusal is not None:
        raise Refused(refusal.sentence)
    return acting_role(transition, actor, grave=grave) or ""


def _move(
    transition: Transition, case: Case, version: int | None, changes: Mapping[str, Any]
) -> None:
    rows = Case.objects.filter(pk=case.pk, state=transition.before)
    if version is not None:
        rows = rows.filter(version=version)
    if not rows.update(state=transition.after, **changes):
        raise Refused(_overtaken(transition, case))
    case.refresh_from_db()


def _overtaken(transition: Transition, case: Case) -> str:
    """Somebody was first, or it is not the time: who did what last."""
    if case.state == transition.before:
        sentence = _("{who}已保存了第{version}版，您的修改基于旧版，请对照新版后再保存。")
        draft = case.draft
        who = draft.drafter.get_username() if draft else ""
        return sentence.format(who=who, version=case.version)
    last = (
        AuditEntry.objects.filter(subject_type="case", subject_id=case.number)
        .exclude(action__endswith=".refused")
        .last()
    )
    return _("事项{number}现为“{state}”（{actor}于{at}办理），不能{label}。").format(
        number=case.number,
        state=CaseState(case.state).label,
        actor=last.actor if last else _("系统"),
        at=f"{timezone.localtime(last.at):%H:%M}" if last else "",
        label=transition.label,
    )
