"""Composite rules: several other rules have hit within one story, or within a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from alerts.rules.base import Known, Past, applying, called
from alerts.rules.counting import duration_in_words
from pipeline.model import Mention, Rule, RuleHit

Members = Callable[[Mention, datetime], Sequence[RuleHit]]
"""Evaluates the rules that composites may be made of."""


class CompositeRules:
    """Compiled composite rules over other compiled rules."""

    def __init__(self, rules: Sequence[Rule], known: Known, members: Members) -> None:
        self._rules = [rule for rule in rules if rule.enabled]
        self._known = known
        self._members = members

    def evaluate(self, mention: Mention, now: datetime, hits: Sequence[RuleHit]) -> list[RuleHit]:
        """`hits` are those of the other rules on this mention. One that is only suggested makes
        nothing else hit."""
        own = {hit.rule: hit for hit in hits if not hit.suggested}
        found = []
        for rule in applying(self._rules, mention, self._known):
            touched = [own[member] for member in rule.members if member in own]
            if touched and self._known.past is not None:
                before = self._before(rule, mention, now, self._known.past)
                need = rule.count or len(rule.members)
                together = before | {hit.rule for hit in touched}
                if len(together) >= need > len(before):
                    found.append(self._hit(rule, touched, together))
        return found

    def _before(self, rule: Rule, mention: Mention, now: datetime, past: Past) -> set[str]:
        """The members that hit what arrived before the mention."""
        if rule.window is None:
            stored = past.of_story(mention.story) if mention.story else ()
        else:
            moment = timedelta(microseconds=1)
            stored = past.between(mention.at - rule.window, mention.at + rule.window + moment)
        arrived = (mention.seen_at, mention.id)
        return {
            hit.rule
            for other in stored
            if other.id != mention.id and (other.seen_at, other.id) < arrived
            for hit in self._members(other, now)
            if hit.rule in rule.members and not hit.suggested
        }

    @staticmethod
    def _hit(rule: Rule, touched: Sequence[RuleHit], together: set[str]) -> RuleHit:
        where = "同一事件中" if rule.window is None else f"{duration_in_words(rule.window)}内"
        named = "、".join(f"“{member}”" for member in rule.members if member in together)
        return RuleHit(
            rule=rule.id,
            level=rule.level,
            kind=rule.kind,
            reason=f"{called(rule)}命中：{where}先后触发了{named}，"
            f"共{len(together)}条规则，达到设定的{rule.count or len(rule.members)}条。",
            spans=tuple(dict.fromkeys(span for hit in touched for span in hit.spans)),
        )
