"""Fact rules: a mention contradicts an official fact, or presents an old one as today's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alerts.rules.base import Known, Place, applying, called, spans_of
from pipeline.claims.facts import FactIndex
from pipeline.model import Finding, Mention, Rule, RuleHit


class FactRules:
    """Compiled fact rules: all facts are compared once with each mention."""

    def __init__(self, rules: Sequence[Rule], known: Known) -> None:
        self._rules = [rule for rule in rules if rule.enabled]
        self._known = known
        self._statements = {fact.id: fact.statement for fact in known.facts}
        self._facts = FactIndex(known.facts, timezone=known.timezone)

    def evaluate(self, mention: Mention, now: datetime) -> list[RuleHit]:
        rules = applying(self._rules, mention, self._known)
        if not rules:
            return []
        wrong = [
            finding
            for finding in self._facts.compare(mention.title, mention.text, at=mention.at)
            if finding.kind in ("conflict", "outdated")
        ]
        hits = []
        for rule in rules:
            meant = tuple(f for f in wrong if not rule.refs or f.fact in rule.refs)
            if meant:
                hits.append(self._hit(rule, meant, mention))
        return hits

    def _hit(self, rule: Rule, findings: tuple[Finding, ...], mention: Mention) -> RuleHit:
        first = findings[0]
        against = "是已失效的旧口径" if first.kind == "outdated" else f"口径为“{first.expected}”"
        more = f"，另有{len(findings) - 1}处不一致" if len(findings) > 1 else ""
        places: list[Place] = [
            (int(finding.field == "text"), *finding.span) for finding in findings if finding.span
        ]
        return RuleHit(
            rule=rule.id,
            level=rule.level,
            kind=rule.kind,
            reason=f"{called(rule)}命中：文中称“{first.found}”，{against}"
            f"（{self._statements.get(first.fact, first.fact).rstrip('。')}）{more}。",
            spans=spans_of(places, mention.title, mention.text),
            findings=findings,
        )


def compile_known(rules: Sequence[Rule], known: Known) -> FactRules:
    """The fact rules as a rule type."""
    return FactRules(rules, known)
