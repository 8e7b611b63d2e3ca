"""Rules: what makes a mention an alert. Pure: no database, no network, no clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from alerts.rules import claim, fact, keyword
from alerts.rules.base import Known, RuleType
from pipeline.errors import BadInputError
from pipeline.model import Claim, Fact, Mention, Rule, RuleHit, Source

RULE_TYPES: dict[str, RuleType] = {
    "keyword": keyword.compile_known,
    "claim": claim.compile_known,
    "fact": fact.compile_known,
}
"""All kinds of rule. A new one is a module and a line here."""


class Ruleset:
    """All rules of an agency, compiled; one per process, safe to use from several threads."""

    def __init__(self, rules: Sequence[Rule], known: Known) -> None:
        unknown = next((rule for rule in rules if rule.kind not in RULE_TYPES), None)
        if unknown is not None:
            kinds = ", ".join(RULE_TYPES)
            raise BadInputError(
                f"Rule {unknown.id} has the unknown kind {unknown.kind}; known are {kinds}."
            )
        self._order = {rule.id: place for place, rule in enumerate(rules)}
        by_kind = {
            kind: [rule for rule in rules if rule.kind == kind and rule.enabled]
            for kind in RULE_TYPES
        }
        self._compiled = [
            RULE_TYPES[kind](of_kind, known) for kind, of_kind in by_kind.items() if of_kind
        ]

    def evaluate(self, mention: Mention, now: datetime) -> list[RuleHit]:
        """The rules that hit a mention, in the order in which they were given."""
        hits = [hit for compiled in self._compiled for hit in compiled.evaluate(mention, now)]
        return sorted(hits, key=lambda hit: self._order[hit.rule])


def compile_all(
    rules: Sequence[Rule],
    claims: Sequence[Claim],
    facts: Sequence[Fact],
    timezone: str = "Asia/Shanghai",
    sources: Mapping[str, Source] | None = None,
) -> Ruleset:
    """Compile all rules. Raises BadInputError for one of an unknown kind or without terms."""
    return Ruleset(rules, Known(claims, facts, timezone, sources or {}))
