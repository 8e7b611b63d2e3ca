"""Rules that people paused for a time.

The only writer of `RulePause`. A pause always has an end: a rule that is forgotten is a rumour that
is missed. Calls stand inside the caller's transaction, who permits and logs.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from alerts.models import RulePause
from alerts.oversight import SYSTEM
from pipeline.errors import ChengqingError


class PauseRefusedError(ChengqingError):
    """The rule cannot be paused or resumed now; the message says why."""


def paused(now: datetime) -> frozenset[str]:
    """Ids of the rules that raise nothing now."""
    return frozenset(current(now))


def current(now: datetime) -> dict[str, RulePause]:
    """Rule id → its pause in force."""
    rows = RulePause.objects.filter(ended_at=None, at__lte=now, until__gt=now)
    return {row.rule: row for row in rows}


def pause(rule: str, actor: str, until: datetime, reason: str, now: datetime) -> RulePause:
    """Raises PauseRefusedError when the rule is paused already: of two people, one is told."""
    if until <= now:
        raise PauseRefusedError(_("暂停的截止时间已经过去。"))
    RulePause.objects.filter(rule=rule, ended_at=None, until__lte=now).update(
        ended_at=F("until"), ended_by=SYSTEM
    )
    try:
        with transaction.atomic():
            return RulePause.objects.create(
                rule=rule, at=now, until=until, actor=actor, reason=reason.strip()
            )
    except IntegrityError as error:
        row = RulePause.objects.filter(rule=rule, ended_at=None).first()
        who = row.actor if row else ""
        raise PauseRefusedError(_("这条规则已由{who}暂停。").format(who=who)) from error


def resume(rule: str, actor: str, now: datetime) -> RulePause:
    """End a pause before its time. Raises PauseRefusedError when there is none."""
    row = current(now).get(rule)
    going = RulePause.objects.filter(pk=row.pk, ended_at=None) if row else None
    if row is None or going is None or not going.update(ended_at=now, ended_by=actor):
        raise PauseRefusedError(_("这条规则没有处于暂停中。"))
    row.refresh_from_db()
    return row


def count_held(hits: Mapping[str, int], now: datetime) -> None:
    """How many hits of each rule raised nothing because of its pause. A batch that is done again
    counts again, so it is about so many."""
    for rule, row in current(now).items():
        if hits.get(rule):
            RulePause.objects.filter(pk=row.pk).update(held=F("held") + hits[rule])
