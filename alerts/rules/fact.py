"""Fact rules: a mention contradicts an official fact, or presents an old one as today's.

Omission rules: it tells of a fact and leaves out what must be told with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alerts.rules.base import Known, Place, applying, called, spans_of
from pipeline.claims.facts import FactIndex
from pipeline.model import Finding, Mention, Rule, RuleHit


class FactRules:
    """Compiled rules of one kind: all facts are compared once with each mention."""

    found: tuple[str, ...] = ("conflict", "outdated")
    """The kinds of finding that hit."""

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
            if finding.kind in self.found
        ]
        hits = []
        for rule in rules:
            meant = tuple(f for f in wrong if not rule.refs or f.fact in rule.refs)
            if meant:
                hits.append(self._hit(rule, meant, mention))
        return hits

    def _hit(self, rule: Rule, findings: tuple[Finding, ...], mention: Mention) -> RuleHit:
        first = findings[0]
        more = f"，另有{len(findings) - 1}处不一致" if len(findings) > 1 else ""
        places: list[Place] = [
            (int(finding.field == "text"), *finding.span) for finding in findings if finding.span
        ]
        return RuleHit(
            rule=rule.id,
            level=rule.level,
            kind=rule.kind,
            reason=f"{called(rule)}命中：{_said(first)}"
            f"（{self._statements.get(first.fact, first.fact).rstrip('。')}）{more}。",
            spans=spans_of(places, mention.title, mention.text),
            findings=findings,
        )


class OmissionRules(FactRules):
    """Compiled omission rules."""

    found = ("omission",)


def _said(finding: Finding) -> str:
    if finding.kind == "omission":
        return f"文中未提及“{finding.expected}”"
    if finding.kind == "outdated":
        return f"文中称“{finding.found}”，是已失效的旧口径"
    return f"文中称“{finding.found}”，口径为“{finding.expected}”"
