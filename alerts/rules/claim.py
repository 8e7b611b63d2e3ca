"""Claim rules: a mention repeats what is known to be false.

Links that are only suggested make no hit, unless a rule asks for them: then one level lower. So
does, always, a claim of which nothing is wanting but that it is old: that a rumour returns must not
pass in silence. What people decided about a mention's links goes before what the texts say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from alerts.rules.base import Decided, Known, Place, applying, called, spans_of
from pipeline.claims.known.index import ClaimIndex
from pipeline.claims.known.models import AskForModels, no_models
from pipeline.model import LEVELS, Claim, ClaimMatch, Level, Mention, Rule, RuleHit


class ClaimLinks:
    """One index of all false claims: the links of mentions with them."""

    def __init__(self, claims: Sequence[Claim], models: AskForModels = no_models) -> None:
        self.claims: Mapping[str, Claim] = {
            claim.id: claim for claim in claims if claim.verdict is False
        }
        self._index = ClaimIndex(list(self.claims.values()), models)

    def of(self, mention: Mention) -> list[ClaimMatch]:
        """What a mention repeats or may repeat, best first."""
        return self._index.links(mention.title, mention.text, at=mention.at, url=mention.url)


class ClaimRules:
    """Compiled claim rules: each mention is compared once for all of them."""

    def __init__(self, rules: Sequence[Rule], known: Known) -> None:
        self._rules = [rule for rule in rules if rule.enabled]
        self._known = known
        self._links = ClaimLinks(known.claims, known.models)

    def evaluate(self, mention: Mention, now: datetime) -> list[RuleHit]:
        rules = applying(self._rules, mention, self._known)
        if not rules:
            return []
        found = self._links.of(mention)
        if self._known.links is not None:
            found = settled(found, self._known.links.of(mention), self._links.claims)
        hits = []
        for rule in rules:
            meant = [match for match in found if not rule.refs or match.claim in rule.refs]
            repeated = tuple(match for match in meant if match.same)
            maybe = tuple(each for each in meant if rule.suggestions or each.doubt == "old")
            if repeated:
                hits.append(self._hit(rule, rule.level, repeated, mention))
            elif maybe:
                hits.append(self._hit(rule, _lower(rule.level), maybe, mention))
        return hits

    def _hit(
        self, rule: Rule, level: Level, matches: tuple[ClaimMatch, ...], mention: Mention
    ) -> RuleHit:
        others = f"等{len(matches)}条" if len(matches) > 1 else ""
        places: list[Place] = [(int(m.field == "text"), *m.span) for m in matches]
        text = self._links.claims[matches[0].claim].text
        return RuleHit(
            rule=rule.id,
            level=level,
            kind=rule.kind,
            reason=f"{called(rule)}命中：{_told(matches[0], f'“{text}”{others}')}。",
            spans=spans_of(places, mention.title, mention.text),
            claims=matches,
        )


def settled(
    found: Sequence[ClaimMatch], decided: Decided, claims: Mapping[str, Claim]
) -> list[ClaimMatch]:
    """The links that are left where people decided: theirs come first. Claims that the library does
    not know any more are passed over."""
    now = {match.claim: match for match in found}
    theirs = [
        replace(now.get(match.claim, match), same=True, method="person", doubt=None, by=match.by)
        for match in decided.confirmed
        if match.claim in claims
    ]
    closed = decided.rejected | {match.claim for match in theirs}
    return theirs + [match for match in found if match.claim not in closed]


def _told(best: ClaimMatch, claims: str) -> str:
    if best.by:
        return f"{best.by}认定，重复已认定不实的说法{claims}"
    alike = f"相似度{best.score:.0%}"
    if best.method == "url":
        alike += "，网址是这一说法出现过的页面，或文中链接到那里"
    if best.same:
        return f"重复已认定不实的说法{claims}（{alike}）"
    if best.doubt == "old":
        alike += "，这一说法已超过一年"
    return f"可能与已认定不实的说法{claims}有关（{alike}），是系统提示，尚未认定"


def _lower(level: Level) -> Level:
    return LEVELS[min(LEVELS.index(level) + 1, len(LEVELS) - 1)]


def compile_known(rules: Sequence[Rule], known: Known) -> ClaimRules:
    """The claim rules as a rule type."""
    return ClaimRules(rules, known)
