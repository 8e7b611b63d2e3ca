"""Keyword rules: any, all, none and near over terms, all rules in one scan of each text.

Only rules of which a required term was found are looked at, so that ten thousand rules cost what
the few that a text is about cost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from alerts.rules.base import Known, applies, called, spans_of
from alerts.rules.conditions import (
    Found,
    Judge,
    Occurrence,
    compile_condition,
    rarest,
    required_terms,
)
from alerts.rules.scan import Term, TermScanner, is_letter
from pipeline.errors import BadInputError
from pipeline.model import AllOf, AnyOf, Condition, Mention, Near, NoneOf, Rule, RuleHit, Spelling
from pipeline.normalise import fold

_TERMS_NAMED = 4
"""Different matches that a reason names of each field; the spans show all."""


class KeywordRules:
    """Compiled keyword rules. Raises BadInputError for a rule that names nothing to be found."""

    def __init__(self, rules: Sequence[Rule], timezone: str = "Asia/Shanghai") -> None:
        self._rules = [rule for rule in rules if rule.enabled]
        self._timezone = timezone
        self._terms: dict[Term, int] = {}
        self._judges: list[Judge] = []
        self._anchored: dict[int, list[int]] = {}
        for place, rule in enumerate(self._rules):
            self._add(place, rule)
        self._written = [term for term, _ in self._terms]
        self._scanner = TermScanner(list(self._terms))

    def _add(self, place: int, rule: Rule) -> None:
        required = required_terms(rule.condition) if rule.condition is not None else []
        if rule.condition is None or not required:
            raise BadInputError(f"Rule {rule.id} names no term that must occur; add any or all.")
        number = self._numbering(rule.spelling)
        self._judges.append(compile_condition(rule.condition, number))
        for term in rarest(required):
            self._anchored.setdefault(number(term), []).append(place)

    def _numbering(self, spelling: Spelling) -> Callable[[str], int]:
        return lambda term: self._terms.setdefault((term, spelling), len(self._terms))

    def evaluate(self, mention: Mention, now: datetime) -> list[RuleHit]:
        """The rules that hit a mention; time conditions look at the mention's own time."""
        return self.match(mention.title, mention.text, source=mention.source, at=mention.at)

    def match(
        self,
        title: str,
        text: str,
        *,
        source: str = "",
        at: datetime | None = None,
        timezone: str = "",
    ) -> list[RuleHit]:
        """The rules that hit, in the order given. `timezone` replaces the one compiled with."""
        found = Found((self._scanner.find(title), self._scanner.find(text)))
        candidates = {
            place
            for spans in found.fields
            for term in spans
            for place in self._anchored.get(term, ())
        }
        hits = []
        for place in sorted(candidates):
            rule = self._rules[place]
            if applies(rule, source, at, timezone or self._timezone):
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
    def _shown(matched: str, term: str) -> str:
        shown = " ".join(matched.split())
        plain = fold(matched).text == fold(term).text
        return f"“{shown}”" if plain else f"“{shown}”（即“{term}”）"


def compile_rules(rules: Sequence[Rule]) -> KeywordRules:
    """Compile keyword rules (see `check_rule` for what is refused)."""
    return KeywordRules(rules)


def compile_known(rules: Sequence[Rule], known: Known) -> KeywordRules:
    """The keyword rules as a rule type."""
    return KeywordRules(rules, known.timezone)


# --- rules that cannot be meant -------------------------------------------------------------------


def check_rule(rule: Rule) -> list[str]:
    """Sentences about a keyword rule that cannot hit, or that hits whatever lacks a term."""
    if rule.condition is None:
        return ["a keyword rule needs any, all, none or near"]
    when = rule.when
    problems = list(_misshapen(rule.condition))
    if when and when.since and when.until and when.until < when.since:
        problems.append("`when` ends before it begins, so the rule can never hit")
    if problems:
        return problems
    required = required_terms(rule.condition)
    if not required:
        return ["it hits every text that lacks its excluded terms; add a term that must occur"]
    for terms in required:
        banned = {term: by for term in terms if (by := _excluded(term, rule))}
        if len(banned) == len(terms):
            term, by = min(banned.items())
            return [f"it can never hit: it requires “{term}”, which holds the excluded “{by}”"]
    return []


def _misshapen(condition: Condition) -> Iterator[str]:
    match condition:
        case str():
            if not fold(condition).text.strip():
                yield f"the term “{condition}” has no visible character"
        case Near(groups, within):
            if within < 0:
                yield "`within` is negative; give the most characters between two matches"
            if len(groups) < 2 or not all(groups):
                yield "`near` needs at least two terms, and no empty list"
            for term in {term for group in groups for term in group}:
                yield from _misshapen(term)
        case AnyOf(of) | AllOf(of) | NoneOf(of):
            if not of:
                yield "an empty list of conditions; give it at least one term"
            for each in of:
                yield from _misshapen(each)


def _excluded(term: str, rule: Rule) -> str:
    """The excluded term that occurs wherever `term` does; empty when there is none."""
    written = term if rule.spelling == "exact" else fold(term).text
    for other in _always_excluded(rule.condition):
        banned = other if rule.spelling == "exact" else fold(other).text
        if banned == written or (banned in written and not any(map(is_letter, banned))):
            return other
    return ""


def _always_excluded(condition: Condition | None) -> Iterator[str]:
    match condition:
        case NoneOf(of):
            for each in of:
                if isinstance(each, str):
                    yield each
                elif isinstance(each, AnyOf):
                    yield from (term for term in each.of if isinstance(term, str))
        case AllOf(of):
            for each in of:
                yield from _always_excluded(each)
