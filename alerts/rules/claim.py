"""Claim rules: a mention repeats what is known to be false."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alerts.rules.base import Known, Place, applying, called, spans_of
from pipeline.claims.known.index import ClaimIndex
from pipeline.model import ClaimMatch, Mention, Rule, RuleHit


class ClaimRules:
    """Compiled claim rules: one index of all false claims, asked once for each mention."""

    def __init__(self, rules: Sequence[Rule], known: Known) -> None:
        self._rules = [rule for rule in rules if rule.enabled]
        self._known = known
        self._claims = {claim.id: claim for claim in known.claims if claim.verdict is False}
        self._index = ClaimIndex(list(self._claims.values()))

    def evaluate(self, mention: Mention, now: datetime) -> list[RuleHit]:
        rules = applying(self._rules, mention, self._known)
        if not rules:
            return []
        repeated = self._index.repeated(mention.title, mention.text)
        hits = []
        for rule in rules:
            meant = tuple(m for m in repeated if not rule.refs or m.claim in rule.refs)
            if meant:
                hits.append(self._hit(rule, meant, mention))
        return hits

    def _hit(self, rule: Rule, matches: tuple[ClaimMatch, ...], mention: Mention) -> RuleHit:
        best = matches[0]
        others = f"等{len(matches)}条" if len(matches) > 1 else ""
        places: list[Place] = [(int(m.field == "text"), *m.span) for m in matches]
        return RuleHit(
            rule=rule.id,
            level=rule.level,
            kind=rule.kind,
            reason=f"{called(rule)}命中：重复已认定不实的说法“{self._claims[best.claim].text}”"
            f"{others}（相似度{best.score:.0%}）。",
            spans=spans_of(places, mention.title, mention.text),
            claims=matches,
        )


def compile_known(rules: Sequence[Rule], known: Known) -> ClaimRules:
    """The claim rules as a rule type."""
    return ClaimRules(rules, known)
