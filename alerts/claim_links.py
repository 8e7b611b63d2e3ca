"""What people decided about links between mentions and known claims. It stays decided.

The rows are the truth, and rules follow them (`StoredLinks`): what a person confirmed hits, what a
person rejected does not, also when the archive is read again. A decision is about the text that was
seen; a later version with another text is judged anew. It is about this one mention: no other text
comes nearer to the claim by it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from alerts.models import AlertEvent, AlertMention, ClaimDecision
from alerts.rules.base import Decided
from pipeline.errors import ChengqingError
from pipeline.model import Claim, ClaimMatch, Mention


class LinkRefusedError(ChengqingError):
    """It cannot be decided about this link now; the message says why."""


class StoredLinks:
    """Fills `alerts.rules.base.Links`."""

    def __init__(self) -> None:
        self._read: dict[str, list[ClaimDecision]] = {}

    def renew(self, mentions: Iterable[Mention]) -> None:
        """Read what was decided about these in one go; of others it is asked one by one."""
        self._read = {mention.id: [] for mention in mentions}
        for row in ClaimDecision.objects.filter(mention__in=list(self._read)):
            self._read[row.mention].append(row)

    def of(self, mention: Mention) -> Decided:
        rows = self._read.get(mention.id)
        if rows is None:
            rows = list(history(mention.id))
        last = {row.claim: row for row in rows if holds(row, mention)}.values()
        return Decided(
            tuple(
                replace(
                    seen_link(row, mention), same=True, method="person", doubt=None, by=row.actor
                )
                for row in last
                if row.confirmed
            ),
            frozenset(row.claim for row in last if not row.confirmed),
        )


def holds(row: ClaimDecision, mention: Mention) -> bool:
    """Whether a decision was about this text: the same letters, or the same fetch read again."""
    return mention.content_hash == row.content_hash or mention.version == row.mention_version


def last_decisions(mentions: Collection[str]) -> dict[tuple[str, str], ClaimDecision]:
    """(mention, claim) → what was decided the last time, about whichever text."""
    rows = ClaimDecision.objects.filter(mention__in=mentions)
    return {(row.mention, row.claim): row for row in rows}


def history(mention: str) -> list[ClaimDecision]:
    """All decisions about a mention, oldest first."""
    return list(ClaimDecision.objects.filter(mention=mention))


def decide(
    mention: Mention, claim: Claim, match: ClaimMatch, *, confirmed: bool, seen: int, actor: str,
    reason: str, at: datetime,
) -> ClaimDecision:  # fmt: skip
    """Keep a decision about the link that was shown; inside the caller's transaction.

    `seen` is the last decision on the link that the person knew of, 0 for none. Raises
    LinkRefusedError when somebody was first.
    """
    rows = [row for row in history(mention.id) if row.claim == claim.id]
    if (rows[-1].pk if rows else 0) != seen:
        raise LinkRefusedError(_overtaken(rows))
    if rows and rows[-1].confirmed == confirmed and holds(rows[-1], mention):
        raise LinkRefusedError(_overtaken(rows))
    try:
        with transaction.atomic():
            row = ClaimDecision.objects.create(
                mention=mention.id, mention_version=mention.version,
                content_hash=mention.content_hash, claim=claim.id, claim_text=claim.text,
                confirmed=confirmed, link=_as_json(match, mention), after=seen, actor=actor,
                reason=reason, at=at,
            )  # fmt: skip
    except IntegrityError as error:
        rows = [row for row in history(mention.id) if row.claim == claim.id]
        raise LinkRefusedError(_overtaken(rows)) from error
    _note(row)
    return row


def _overtaken(rows: list[ClaimDecision]) -> str:
    if not rows:
        return _("没有这样的决定，请看过现在的情况再办。")
    done = _("认定") if rows[-1].confirmed else _("否定")
    sentence = _("这一关联刚由{actor}{done}，请看过现在的情况再决定。")
    return sentence.format(actor=rows[-1].actor, done=done)


def _note(row: ClaimDecision) -> None:
    """Into the history of the alerts that rest on the link."""
    sentence = (
        _("认定重复已知说法“{claim}”。") if row.confirmed else _("否定与已知说法“{claim}”的关联。")
    ).format(claim=row.claim_text)
    for hit in AlertMention.objects.filter(mention=row.mention).select_related("alert"):
        if any(each["claim"] == row.claim for each in hit.explanation.get("claims", ())):
            AlertEvent.objects.create(
                alert=hit.alert, at=row.at, actor=row.actor, state=hit.alert.state,
                reason=sentence + row.reason,
            )  # fmt: skip


def _as_json(match: ClaimMatch, mention: Mention) -> dict[str, Any]:
    start, end = match.span
    text = mention.title if match.field == "title" else mention.text
    return {
        "method": match.method,
        "score": match.score,
        "span": [start, end],
        "field": match.field,
        "quoted": text[start:end],
        "doubt": match.doubt,
    }


def seen_link(row: ClaimDecision, mention: Mention) -> ClaimMatch:
    """The link as the person saw it, with the passage if it still stands where it was seen."""
    link = row.link
    start, end = link["span"]
    text = mention.title if link["field"] == "title" else mention.text
    if text[start:end] != link["quoted"]:
        start, end = 0, 0
    return ClaimMatch(
        row.claim, link["score"], False, (start, end), link["field"], link["method"], link["doubt"]
    )
