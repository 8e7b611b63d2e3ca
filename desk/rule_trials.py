"""Trying a rule on what is stored, before it is switched on: what is asked, what comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from pipeline.model import Mention, Rule, RuleHit, Spelling

DAYS = 30
"""So far back a rule is tried."""


@dataclass(frozen=True, slots=True)
class RuleTrial:
    """What a rule would have done lately."""

    rule: Rule
    yaml: str
    """The rule as it would stand in rules.yaml."""
    words: str
    """What it asks for, in words; empty for a rule without a condition."""
    days: Sequence[tuple[date, int]]
    """Mentions hit on each day, oldest first."""
    looked: int
    """Mentions that it was tried on."""
    hits: int
    stories: int
    """Alerts that it would have raised: further hits on a story join its alert."""
    examples: Sequence[tuple[Mention, RuleHit]]
    """The newest few."""
    warnings: Sequence[str] = ()


class TryRule(Protocol):
    def __call__(self, text: str, spelling: Spelling | None) -> RuleTrial:
        """Try a rule written in one line or as an entry of rules.yaml.

        `spelling` goes with a line; None leaves it at what is written, or normalised. Raises
        BadInputError with all that is wrong with it.
        """

    def written(self, rule: Rule) -> str:
        """A rule as an entry of rules.yaml."""
