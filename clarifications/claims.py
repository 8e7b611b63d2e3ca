"""Links between mentions and known claims, confirmed and rejected by people: permitted, done,
logged, refusals too."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.models import User

from alerts import claim_links
from alerts.models import ClaimDecision
from clarifications.office import office
from clarifications.oversight import carried_out
from clarifications.states import CONFIRM_LINK, REJECT_LINK
from pipeline.model import Claim, ClaimMatch, Mention

Judge = Callable[[Mention], object]


def confirm(
    mention: Mention, claim: Claim, match: ClaimMatch, *, seen: int, user: User, reason: str,
    judge: Judge,
) -> ClaimDecision:  # fmt: skip
    """A person says that the mention repeats the claim. `judge` lets the claim rules look at it
    again, so that what follows from the decision stands with it or not at all.

    Raises Refused, and what `alerts.claim_links.decide` and `judge` raise.
    """

    def act() -> ClaimDecision:
        row = claim_links.decide(
            mention, claim, match, confirmed=True, seen=seen, actor=user.get_username(),
            reason=reason.strip(), at=office().clock(),
        )  # fmt: skip
        judge(mention)
        return row

    return carried_out(CONFIRM_LINK, ("mention", mention.id), user, reason, act, _payload)


def reject(
    mention: Mention, claim: Claim, match: ClaimMatch, *, seen: int, user: User, reason: str
) -> ClaimDecision:
    """A person says that it does not. Alerts that rest on the link stay until people end them."""

    def act() -> ClaimDecision:
        return claim_links.decide(
            mention, claim, match, confirmed=False, seen=seen, actor=user.get_username(),
            reason=reason.strip(), at=office().clock(),
        )  # fmt: skip

    return carried_out(REJECT_LINK, ("mention", mention.id), user, reason, act, _payload)


def _payload(row: ClaimDecision) -> dict[str, object]:
    return {
        "claim": row.claim,
        "claim_text": row.claim_text,
        "content_hash": row.content_hash,
        "decision": row.pk,
        **row.link,
    }
