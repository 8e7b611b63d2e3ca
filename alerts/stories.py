"""Stories that people split or merge, and the alerts that follow them.

The only writer of `StoryDecision`. An alert stands on a rule and a story: when the story's mentions
go elsewhere, what the rule found on them goes along, with its clock.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from alerts import levels
from alerts.models import Alert, AlertEvent, AlertMention, AlertState, StoryDecision
from alerts.services import new_id
from pipeline.errors import ChengqingError
from pipeline.story_decisions import Decided, Decision, decided


class StoryRefusedError(ChengqingError):
    """It cannot be done with this story now; the message says why."""


def decisions() -> Decided:
    """Where all decisions lead."""
    return decided(
        Decision(
            "split" if row.kind == "split" else "merge",
            row.story, row.target, tuple(row.mentions), tuple(row.stayed),
        )
        for row in StoryDecision.objects.all()
    )  # fmt: skip


def history(story: str) -> QuerySet[StoryDecision]:
    """What was decided about a story, or made it, oldest first."""
    return StoryDecision.objects.filter(Q(story=story) | Q(target=story))


def last(story: str) -> int:
    """Number of the last decision on a story, 0 when there is none."""
    row = StoryDecision.objects.filter(story=story).order_by("-pk").first()
    return row.pk if row else 0


def split(
    story: str, moved: Collection[str], stayed: Collection[str], *, seen: int, actor: str,
    reason: str, at: datetime,
) -> StoryDecision:  # fmt: skip
    """Mentions of a story become one of their own; inside the caller's transaction.

    `seen` is the last decision on the story that the person knew of. Raises StoryRefusedError.
    """
    if not moved:
        raise StoryRefusedError(_("请先勾选要拆出的信息。"))
    if not stayed:
        raise StoryRefusedError(_("不能拆出全部信息，请至少留下一条。"))
    key = "\n".join((story, at.isoformat(), *sorted(moved)))
    target = hashlib.sha256(key.encode()).hexdigest()[:32]
    row = _decide(
        kind="split", story=story, target=target, mentions=sorted(moved), stayed=sorted(stayed),
        after=seen, actor=actor, reason=reason, at=at,
    )  # fmt: skip
    for alert in Alert.objects.filter(story=story):
        _split_alert(alert, row)
    return row


def merge(
    story: str, target: str, *, seen: int, actor: str, reason: str, at: datetime
) -> StoryDecision:
    """A story becomes a part of another; inside the caller's transaction.

    `seen` as in `split`. Raises StoryRefusedError.
    """
    if story == target:
        raise StoryRefusedError(_("不能把事件并入它自己。"))
    row = _decide(
        kind="merge", story=story, target=target, mentions=[], stayed=[],
        after=seen, actor=actor, reason=reason, at=at,
    )  # fmt: skip
    there = set(Alert.objects.filter(story=target).values_list("rule", flat=True))
    for alert in Alert.objects.filter(story=story):
        if alert.rule in there:  # further hits join that one; this one is for people to end
            _note(alert, row, _("所属事件已并入另一事件，那里已有同一规则的预警。"))
        else:
            Alert.objects.filter(pk=alert.pk).update(story=target)
            _note(alert, row, _("随所属事件并入另一事件。"))
    return row


def _decide(**values: Any) -> StoryDecision:
    story = values["story"]
    into = decisions().merged.get(story)
    if into or last(story) != values["after"]:
        raise StoryRefusedError(_overtaken(story))
    try:
        with transaction.atomic():
            return StoryDecision.objects.create(**values)
    except IntegrityError as error:
        raise StoryRefusedError(_overtaken(story)) from error


def _overtaken(story: str) -> str:
    row = StoryDecision.objects.filter(story=story).last()
    sentence = _("这一事件刚由{actor}处理过（{kind}），请看过现在的情况再决定。")
    return sentence.format(
        actor=row.actor if row else "", kind=row.get_kind_display() if row else ""
    )


def _split_alert(alert: Alert, row: StoryDecision) -> None:
    """All hits on what was split off: the alert goes along, as it stands. Some: they become a new
    alert, since nobody has yet judged that story by itself."""
    moved = list(alert.hits.filter(mention__in=row.mentions))
    if not moved:
        return
    left = alert.hits.count() - len(moved)
    if not left:
        Alert.objects.filter(pk=alert.pk).update(story=row.target)
        _note(alert, row, _("随所属信息拆分为另一事件。"))
        return
    first = moved[0]
    made = Alert.objects.create(
        id=new_id(alert.rule, row.target), rule=alert.rule, rule_name=alert.rule_name,
        rule_version=alert.rule_version, kind=alert.kind, story=row.target,
        **{field: getattr(alert, field) for field in levels.FIELDS},
        title=first.title or alert.title,
        reason=first.explanation.get("reason") or alert.reason,
        department=alert.department, state=AlertState.NEW, raised_at=first.matched_at,
        last_hit_at=moved[-1].matched_at, mention_count=len(moved),
    )  # fmt: skip
    AlertMention.objects.filter(pk__in=[hit.pk for hit in moved]).update(alert=made)
    Alert.objects.filter(pk=alert.pk).update(mention_count=left)
    _note(alert, row, _("{n}条命中随拆分移到预警{id}。").format(n=len(moved), id=made.pk))
    _note(made, row, _("自预警{id}拆分而来。").format(id=alert.pk))


def _note(alert: Alert, row: StoryDecision, sentence: str) -> None:
    AlertEvent.objects.create(
        alert=alert, at=row.at, actor=row.actor, state=alert.state,
        reason=f"{sentence}{row.reason}",
    )  # fmt: skip
