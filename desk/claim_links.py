"""The links of one mention with known claims, ready to be shown and decided about.

Put together from what rules found when they fired, what today's library of claims suggests, and
what people decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from django.contrib.auth.models import User
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alerts.claim_links import history, holds, seen_link
from alerts.models import ClaimDecision
from clarifications.roles import actor_of
from clarifications.states import CONFIRM_LINK, REJECT_LINK, may
from desk import ports
from pipeline.model import Claim, ClaimMatch, Doubt, LinkMethod, Mention

MOST = 5
"""Suggestions that are shown."""

METHODS: dict[LinkMethod, Promise] = {
    "words": gettext_lazy("文字相近"),
    "meaning": gettext_lazy("意思相近"),
    "url": gettext_lazy("网址相同"),
    "person": gettext_lazy("人工认定"),
}
DOUBTS: dict[Doubt, Promise] = {
    "differs": gettext_lazy("数字或地点与这一说法不同"),
    "asked": gettext_lazy("文中是提问或假设"),
    "names": gettext_lazy("缺少这一说法中的人名或地名"),
    "short": gettext_lazy("文字太短，不足以认定"),
    "old": gettext_lazy("这一说法已超过一年，情况可能有变"),
    "part": gettext_lazy("只说到一部分，或者换了说法"),
}

State = Literal["suggested", "same", "confirmed", "rejected"]


@dataclass(frozen=True, slots=True)
class ClaimLink:
    """A known claim and the passage that repeats it, or may do so."""

    match: ClaimMatch
    text: str
    """The claim as it stood when the link was found."""
    clarification: str = ""
    quoted: str = ""
    """Empty where the text that was judged is not kept."""
    answered: str = ""
    """Day on which the claim was answered, ISO."""
    decision: ClaimDecision | None = None
    """What a person decided about this text, the last time."""
    seen: int = 0
    """Number of the last decision on the link, about whichever text."""
    open: bool = False
    """The claim stands in the library, so that it can be decided."""

    @property
    def state(self) -> State:
        if self.decision is not None:
            return "confirmed" if self.decision.confirmed else "rejected"
        if self.match.same:
            return "confirmed" if self.match.by else "same"
        return "suggested"

    @property
    def percent(self) -> int:
        return round(self.match.score * 100)

    @property
    def method(self) -> str:
        return str(METHODS.get(self.match.method, self.match.method))

    @property
    def why(self) -> str:
        """What keeps a suggestion from being confirmed by the system."""
        doubt = self.match.doubt
        sentence = str(DOUBTS.get(doubt, doubt)) if doubt else ""
        if doubt == "old" and self.answered:
            sentence += _("（{day}）").format(day=self.answered)
        return sentence


def links_of(
    mention: Mention, explanation: Mapping[str, Any], *, exact: bool
) -> tuple[ClaimLink, ...]:
    """The links of a mention as they are now; `explanation`: of the hits that are shown, `exact`:
    they are of this very text."""
    desk = ports.current()
    port = desk.claim_links
    return links(
        mention,
        explanation.get("claims", ()),
        exact=exact,
        found=port.of(mention) if port else (),
        decisions=history(mention.id),
        claims=desk.false_claims if port else {},
    )


def may_decide(user: User) -> bool:
    """Whether the role of the user allows to confirm and reject links."""
    actor = actor_of(user)
    return all(may(each, actor, reason="…") is None for each in (CONFIRM_LINK, REJECT_LINK))


def links(
    mention: Mention,
    hits: Iterable[Mapping[str, Any]],
    *,
    exact: bool,
    found: Sequence[ClaimMatch] = (),
    decisions: Sequence[ClaimDecision] = (),
    claims: Mapping[str, Claim] | None = None,
) -> tuple[ClaimLink, ...]:
    """One for each claim: those repeated first, then suggestions, then those rejected.

    `hits`: the claims of explanations (`alerts.explanation`); `exact`: they are of this very text.
    `found`: today's. `claims`: the library.
    """
    claims = claims or {}
    judged = [_judged(each, mention, exact) for each in hits]
    now = [_found(each, mention, claims[each.claim]) for each in found if each.claim in claims]
    last = {row.claim: row for row in decisions}
    holding = {row.claim: row for row in decisions if holds(row, mention)}
    kept = [_decided(row, mention, claims.get(row.claim)) for row in holding.values()]
    by_claim: dict[str, ClaimLink] = {}
    for each in (*judged, *now, *kept) if exact else (*now, *judged, *kept):
        by_claim.setdefault(each.match.claim, each)
    made = [
        replace(
            each,
            answered=_answered(claims.get(key)),
            decision=holding.get(key),
            seen=last[key].pk if key in last else 0,
            open=key in claims,
        )
        for key, each in by_claim.items()
    ]
    suggested = [each for each in made if each.state == "suggested"]
    return (
        *(each for each in made if each.state in ("same", "confirmed")),
        *suggested[:MOST],
        *(each for each in made if each.state == "rejected"),
    )


def _judged(each: Mapping[str, Any], mention: Mention, exact: bool) -> ClaimLink:
    start, end = each["span"]
    match = ClaimMatch(
        each["claim"], each["score"], each["same"], (start, end), each["field"],
        each.get("method", "words"), each.get("doubt"), each.get("by", ""),
    )  # fmt: skip
    quoted = _quoted(match, mention) if exact else ""
    return ClaimLink(match, each["claim_text"], each.get("clarification", ""), quoted)


def _found(match: ClaimMatch, mention: Mention, claim: Claim) -> ClaimLink:
    return ClaimLink(match, claim.text, claim.clarification, _quoted(match, mention))


def _decided(row: ClaimDecision, mention: Mention, claim: Claim | None) -> ClaimLink:
    match = seen_link(row, mention)
    clarification = claim.clarification if claim else ""
    return ClaimLink(match, row.claim_text, clarification, _quoted(match, mention))


def _answered(claim: Claim | None) -> str:
    return claim.answered_on.isoformat() if claim and claim.answered_on else ""


def _quoted(match: ClaimMatch, mention: Mention) -> str:
    start, end = match.span
    return (mention.title if match.field == "title" else mention.text)[start:end]
