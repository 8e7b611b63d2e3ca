"""All rules of an agency together: the kinds there are, and what hits a mention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from alerts.rules import claim, counting, fact, keyword
from alerts.rules.base import MEMBERS, Known, Links, Past, RuleType
from alerts.rules.composite import CompositeRules
from alerts.rules.silence import SILENCE
from pipeline.claims.known.models import AskForModels, no_models
from pipeline.errors import BadInputError
from pipeline.model import Claim, Fact, Mention, Rule, RuleHit, Source

RULE_TYPES: dict[str, RuleType] = {
    "keyword": keyword.compile_known,
    "claim": claim.compile_known,
    "fact": fact.FactRules,
    "omission": fact.OmissionRules,
    "frequency": counting.FrequencyRules,
    "spike": counting.SpikeRules,
    "newcomer": counting.NewcomerRules,
}
"""Kinds of rule that look at a mention. A new one is a module and a line here."""
COMPOSITE = "composite"
"""The kind that looks at the hits of others."""


class Ruleset:
    """All rules of an agency, compiled; one per process, safe to use from several threads."""

    def __init__(self, rules: Sequence[Rule], known: Known) -> None:
        kinds = (*RULE_TYPES, COMPOSITE, SILENCE)
        unknown = next((rule for rule in rules if rule.kind not in kinds), None)
        if unknown is not None:
            raise BadInputError(
                f"Rule {unknown.id} has the unknown kind {unknown.kind}; "
                f"known are {', '.join(kinds)}."
            )
        self._order = {rule.id: place for place, rule in enumerate(rules)}
        by_kind = {
            kind: [rule for rule in rules if rule.kind == kind and rule.enabled]
            for kind in RULE_TYPES
        }
        self._compiled = {
            kind: RULE_TYPES[kind](of_kind, known) for kind, of_kind in by_kind.items() if of_kind
        }
        composites = [rule for rule in rules if rule.kind == COMPOSITE]
        self._composite = CompositeRules(composites, known, self._members)

    def evaluate(self, mention: Mention, now: datetime) -> list[RuleHit]:
        """The rules that hit a mention, in the order in which they were given."""
        hits = [
            hit for compiled in self._compiled.values() for hit in compiled.evaluate(mention, now)
        ]
        hits += self._composite.evaluate(mention, now, hits)
        return sorted(hits, key=lambda hit: self._order[hit.rule])

    def _members(self, mention: Mention, now: datetime) -> list[RuleHit]:
        return [
            hit
            for kind in MEMBERS
            if kind in self._compiled
            for hit in self._compiled[kind].evaluate(mention, now)
        ]


def compile_all(
    rules: Sequence[Rule],
    claims: Sequence[Claim],
    facts: Sequence[Fact],
    timezone: str = "Asia/Shanghai",
    sources: Mapping[str, Source] | None = None,
    past: Past | None = None,
    links: Links | None = None,
    models: AskForModels = no_models,
) -> Ruleset:
    """Compile all rules. Raises BadInputError for one of an unknown kind or without terms."""
    return Ruleset(rules, Known(claims, facts, timezone, sources or {}, past, links, models))
