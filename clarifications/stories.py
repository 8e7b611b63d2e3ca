"""Stories split and merged by people: permitted, done, logged, refusals too."""

from __future__ import annotations

from collections.abc import Callable, Collection

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from alerts import stories
from alerts.models import StoryDecision
from clarifications import audit
from clarifications.oversight import Refused, log_refusal
from clarifications.roles import actor_of
from clarifications.states import MERGE, SPLIT, Permission, acting_role, may
from pipeline.errors import ChengqingError

Act = Callable[[], StoryDecision]


def split(
    story: str, moved: Collection[str], stayed: Collection[str], *, seen: int, user: User,
    reason: str,
) -> StoryDecision:  # fmt: skip
    """See `alerts.stories.split`. Raises Refused and StoryRefusedError."""
    return _done(SPLIT, story, user, reason, lambda: stories.split(
        story, moved, stayed, seen=seen, actor=user.get_username(), reason=reason.strip(),
        at=timezone.now(),
    ))  # fmt: skip


def merge(story: str, target: str, *, seen: int, user: User, reason: str) -> StoryDecision:
    """See `alerts.stories.merge`. Raises Refused and StoryRefusedError."""
    return _done(MERGE, story, user, reason, lambda: stories.merge(
        story, target, seen=seen, actor=user.get_username(), reason=reason.strip(),
        at=timezone.now(),
    ))  # fmt: skip


def _done(permission: Permission, story: str, user: User, reason: str, act: Act) -> StoryDecision:
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
                subject=("story", story),
                reason=row.reason,
                payload={"target": row.target, "mentions": row.mentions, "decision": row.pk},
            )
    except ChengqingError as error:
        log_refusal(permission.key, user, ("story", story), str(error), reason=reason)
        raise
    return row
