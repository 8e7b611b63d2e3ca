"""Keyword rules: any, all, none and near over terms, all rules in one scan of each text.

Only rules of which a required term was found are looked at, so that ten thousand rules cost what
the few that a text is about cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alerts.rules.anchors import Anchors
from alerts.rules.base import Known, applies, called, spans_of
from alerts.rules.conditions import Found, Judge, Occurrence, compile_condition, terms_of
from alerts.rules.requirements import by_rarity, required_terms
from alerts.rules.scan import Term, TermScanner
from pipeline.errors import BadInputError
from pipeline.model import Mention, Rule, RuleHit
from pipeline.normalise import fold

_TERMS_NAMED = 4
"""Different matches that a reason names of each field; the spans show all."""


class KeywordRules:
    """Compiled keyword rules. Raises BadInputError for a rule that names nothing to be found."""

    def __init__(self, rules: Sequence[Rule], known: Known = Known()) -> None:  # noqa: B008
        self._rules = [rule for rule in rules if rule.enabled]
        self._known = known
        terms = {
            term: None
            for rule in self._rules
            if rule.condition is not None
            for term in terms_of(rule.condition, rule.spelling)
        }
        self._scanner = TermScanner(terms)
        self._written = {self._scanner.number(term): term for term in terms}
        self._nothing = self._scanner.scan("")
        self._judges: list[Judge] = []
        self._anchors = Anchors([self._added(rule) for rule in self._rules], self._scanner.count)

    def _added(self, rule: Rule) -> list[frozenset[int]]:
        """What must occur for the rule to hit, as numbers; its judge is at hand then."""
        required = required_terms(rule.condition, rule.spelling) if rule.condition else []
        if rule.condition is None or not required:
            raise BadInputError(f"Rule {rule.id} names no term that must occur; add any or all.")
        number = self._scanner.number
        self._judges.append(compile_condition(rule.condition, rule.spelling, number))
        return [frozenset(map(number, terms)) for terms in by_rarity(required)]

    def evaluate(self, mention: Mention, now: datetime) -> list[RuleHit]:
        """The rules that hit a mention; time conditions look at the mention's own time."""
        source, also = mention.source, mention.also
        return self.match(mention.title, mention.text, source=source, also=also, at=mention.at)

    def match(
        self,
        title: str,
        text: str,
        *,
        source: str = "",
        also: Sequence[str] = (),
        at: datetime | None = None,
        timezone: str = "",
    ) -> list[RuleHit]:
        """The rules that hit, in the order given. `timezone` replaces the one compiled with."""
        titled = self._scanner.scan(title) if title else self._nothing
        written = self._scanner.scan(text)
        hits = []
        for place in self._anchors.candidates(titled.terms | written.terms):
            rule = self._rules[place]
            if applies(rule, source, at, self._known, timezone, also):
                found = Found(
                    (
                        titled if rule.field != "text" else self._nothing,
                        written if rule.field != "title" else self._nothing,
                    )
                )
                occurrences = self._judges[place](found)
                if occurrences is not None:
                    hits.append(self._hit(rule, occurrences, title, text))
        return hits

    def _hit(self, rule: Rule, occurrences: list[Occurrence], title: str, text: str) -> RuleHit:
        spans = spans_of([place for place, _ in occurrences], title, text)
        return RuleHit(
            rule=rule.id,
            level=rule.level,
            kind=rule.kind,
            reason=f"{called(rule)}命中：{self._explained(occurrences, title, text)}。",
            spans=spans,
        )

    def _explained(self, occurrences: list[Occurrence], title: str, text: str) -> str:
        parts = []
        for field, (name, whole) in enumerate((("标题", title), ("正文", text))):
            named = dict.fromkeys(
                self._shown(whole[place[1] : place[2]], self._written[term])
                for place, term in sorted(occurrences)
                if place[0] == field
            )
            if named:
                more = f"等{len(named)}处" if len(named) > _TERMS_NAMED else ""
                parts.append(f"{name}含{'、'.join([*named][:_TERMS_NAMED])}{more}")
        return "，".join(parts)

    @staticmethod
    def _shown(matched: str, term: Term) -> str:
        shown = " ".join(matched.split())
        plain = term[1] != "evasive" or fold(matched).text == fold(term[0]).text
        return f"“{shown}”" if plain else f"“{shown}”（即“{term[0]}”）"


def compile_rules(rules: Sequence[Rule]) -> KeywordRules:
    """Compile keyword rules (see `check_rule` for what is refused)."""
    return KeywordRules(rules)


def compile_known(rules: Sequence[Rule], known: Known) -> KeywordRules:
    """The keyword rules as a rule type."""
    return KeywordRules(rules, known)
