"""What every rule type has: a way to compile its rules, and conditions that all types share.

Rules are pure: they take values and `now`, and return values. A rule type is one module whose
`compile_rules`-like function fits `RuleType`; `alerts.rules.RULE_TYPES` names it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Protocol
from zoneinfo import ZoneInfo

from pipeline.claims.known.models import AskForModels, no_models
from pipeline.model import (
    Claim,
    ClaimMatch,
    Fact,
    Mention,
    Rule,
    RuleHit,
    RuleSpan,
    Source,
    When,
)

MEMBERS = ("keyword", "claim", "fact", "omission")
"""The kinds that a composite may be made of."""

Place = tuple[int, int, int]
"""Field (0 title, 1 text), start and end, in code points of the original."""


class Past(Protocol):
    """The mentions that are stored; `config/wiring.py` fills it.

    What counting rules know comes from here alone, so that a restart neither forgets nor counts
    twice.
    """

    def between(self, since: datetime, until: datetime) -> Sequence[Mention]:
        """Current mentions with since <= `Mention.at` < until."""

    def of_story(self, story: str) -> Sequence[Mention]:
        """Current mentions of a story."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What people decided about one mention's links to claims."""

    confirmed: tuple[ClaimMatch, ...] = ()
    rejected: frozenset[str] = frozenset()
    """Ids of claims."""


class Links(Protocol):
    """What people decided about links between mentions and claims; `config/wiring.py` fills it."""

    def of(self, mention: Mention) -> Decided:
        """The decisions that hold for this very text."""


@dataclass(frozen=True, slots=True)
class Known:
    """What rules may compare with: known claims, official facts, and the agency's zone."""

    claims: Sequence[Claim] = ()
    facts: Sequence[Fact] = ()
    timezone: str = "Asia/Shanghai"
    sources: Mapping[str, Source] = field(default_factory=dict)
    """Source id → source, for rules that ask for kinds or regions."""
    past: Past | None = None
    """Without it, rules that count never hit."""
    links: Links | None = None
    models: AskForModels = no_models
    """For claim rules, where the words leave a claim open."""


class CompiledRules(Protocol):
    """All rules of one type, ready for many mentions."""

    def evaluate(self, mention: Mention, now: datetime) -> list[RuleHit]:
        """The rules that hit, in the order in which they were given."""


class RuleType(Protocol):
    def __call__(self, rules: Sequence[Rule], known: Known) -> CompiledRules: ...


def applies(
    rule: Rule,
    source: str,
    at: datetime | None,
    known: Known,
    timezone: str = "",
    also: Sequence[str] = (),
) -> bool:
    """Whether a rule looks at mentions of this source and time at all.

    `also` are other sources that found it: one of them all must fit what the rule asks of sources.
    A rule with a time condition passes over what has no time, one that asks for a kind or a region
    of source what comes from a source that is not known. `timezone` replaces that of `known`.
    """
    if not any(_fits(rule, each, known) for each in (source, *also)):
        return False
    if rule.when is None:
        return True
    return at is not None and _falls_in(
        rule.when, at.astimezone(ZoneInfo(timezone or known.timezone))
    )


def _fits(rule: Rule, source: str, known: Known) -> bool:
    if rule.sources and source not in rule.sources:
        return False
    if not rule.source_kinds and not rule.regions:
        return True
    its = known.sources.get(source)
    if its is None or (rule.source_kinds and its.kind not in rule.source_kinds):
        return False
    return not rule.regions or its.region in rule.regions


def applying(rules: Sequence[Rule], mention: Mention, known: Known) -> list[Rule]:
    """The rules that look at this mention."""
    source, at, also = mention.source, mention.at, mention.also
    return [rule for rule in rules if applies(rule, source, at, known, also=also)]


def _falls_in(when: When, local: datetime) -> bool:
    day = local.date()
    if (when.since and day < when.since) or (when.until and day > when.until):
        return False
    if when.weekdays and day.isoweekday() not in when.weekdays:
        return False
    return when.hours is None or _within_hours(when.hours, local.time())


def _within_hours(hours: tuple[time, time], clock: time) -> bool:
    """From the first, inclusive, to the second, exclusive; equal ends mean the whole day."""
    start, end = hours
    if start < end:
        return start <= clock < end
    return clock >= start or clock < end


def spans_of(places: Sequence[Place], title: str, text: str) -> tuple[RuleSpan, ...]:
    """Places with what stands there, title before text, each once."""
    return tuple(
        (start, end, (text if field else title)[start:end], "text" if field else "title")
        for field, start, end in sorted(set(places))
    )


def called(rule: Rule) -> str:
    """How a rule is named to people."""
    return f"规则“{rule.name or rule.id}”"
