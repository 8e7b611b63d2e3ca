"""The library of known claims, as the console asks it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from alerts.rules.claim import ClaimLinks
from config.story_measure import StoreMeasure
from config.wiring import Judge, System
from pipeline.model import ClaimMatch, Mention
from pipeline.ports import MentionStore


@dataclass
class ConsoleLinks:
    """Fills `desk.ports.ClaimLinks`; `store` is that of the calling thread."""

    system: System
    store: Callable[[], MentionStore]

    @cached_property
    def _links(self) -> ClaimLinks:
        """Made when first asked: a second for ten thousand claims."""
        return ClaimLinks(self.system.configuration.claims, self.system.models)

    def of(self, mention: Mention) -> Sequence[ClaimMatch]:
        return self._links.of(mention)

    def judge(self, mention: Mention) -> None:
        configuration = self.system.configuration
        rules = tuple(rule for rule in configuration.rules if rule.kind == "claim")
        measure = StoreMeasure(self.store(), self.system.clock, configuration.settings.timezone)
        judge = Judge(replace(configuration, rules=rules), None, measure, self.system.models)
        judge([mention], self.system.clock())
