"""Stories split and merged by people: permitted, done, logged, refusals too."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.auth.models import User
from django.utils import timezone

from alerts import stories
from alerts.models import StoryDecision
from clarifications.oversight import carried_out
from clarifications.states import MERGE, SPLIT


def split(
    story: str, moved: Collection[str], stayed: Collection[str], *, seen: int, user: User,
    reason: str,
) -> StoryDecision:  # fmt: skip
    """See `alerts.stories.split`. Raises Refused and StoryRefusedError."""
    return carried_out(SPLIT, ("story", story), user, reason, lambda: stories.split(
        story, moved, stayed, seen=seen, actor=user.get_username(), reason=reason.strip(),
        at=timezone.now(),
    ), _payload)  # fmt: skip


def merge(story: str, target: str, *, seen: int, user: User, reason: str) -> StoryDecision:
    """See `alerts.stories.merge`. Raises Refused and StoryRefusedError."""
    return carried_out(MERGE, ("story", story), user, reason, lambda: stories.merge(
        story, target, seen=seen, actor=user.get_username(), reason=reason.strip(),
        at=timezone.now(),
    ), _payload)  # fmt: skip


def _payload(row: StoryDecision) -> dict[str, object]:
    return {"target": row.target, "mentions": row.mentions, "decision": row.pk}
