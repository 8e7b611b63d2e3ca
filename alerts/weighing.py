"""What is to be weighed of an alert: the sources that found it, its story, what it touches.

Asked only of mentions on which a rule fired, so it costs nothing where nothing is found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from alerts.rules.scan import TermScanner
from alerts.scoring import Score, StoryMeasure, Subject, Touched, Weights, score
from pipeline.model import Mention, Reach, RuleHit, Source

NEARBY = 100
"""Characters around what the rule found in which a sensitive word counts: a long text holds many
words that have nothing to do with it. In the title it always counts."""


class Measure(Protocol):
    def __call__(self, story: str) -> StoryMeasure:
        """How large a story is now and how fast it grows."""


class Scorer:
    """Weighs hits by an agency's weights. Without `measure` a story counts as this one mention."""

    def __init__(
        self,
        weights: Weights,
        sources: Mapping[str, Source] | None = None,
        measure: Measure | None = None,
    ) -> None:
        self.weights = weights
        self._sources = sources or {}
        self._measure = measure
        self._words = SensitiveWords(weights.sensitive)

    def __call__(self, mention: Mention, hit: RuleHit) -> Score:
        story = StoryMeasure()
        if self._measure is not None and mention.story:
            story = self._measure(mention.story)
        return score(
            self.weights,
            hit.level,
            reached=self.reached(mention.finders),
            story=story,
            touched=self._words.near(mention, hit),
        )

    def reached(self, sources: Sequence[str]) -> list[tuple[str, Reach]]:
        """Name and reach of those sources of which it is known."""
        known = (self._sources[each] for each in sources if each in self._sources)
        return [(source.name, source.reach) for source in known if source.reach is not None]


class SensitiveWords:
    """Finds the words of all subjects in one pass, folded as the terms of rules are."""

    def __init__(self, subjects: Sequence[Subject]) -> None:
        words = [(word, each) for each in subjects for word in each.words]
        self._scanner = TermScanner((word, "normalised") for word, _ in words)
        self._subjects = {
            self._scanner.number((word, "normalised")): each for word, each in reversed(words)
        }
        """Number of a word → its subject; of a word in several, the first."""

    def near(self, mention: Mention, hit: RuleHit) -> list[Touched]:
        """The subjects touched in the title, or near what was found; all of the text counts where a
        rule shows no place."""
        places = [(start, end) for start, end, _text, field in hit.spans if field == "text"]
        places += [each.span for each in hit.claims if each.field == "text"]
        places += [each.span for each in hit.findings if each.span and each.field == "text"]
        if not places and not hit.spans:
            places = [(0, len(mention.text))]
        found = self._touched(mention.title, [(0, len(mention.title))])
        return found + self._touched(mention.text, places)

    def _touched(self, text: str, places: Sequence[tuple[int, int]]) -> list[Touched]:
        scanned = self._scanner.scan(text)
        return [
            Touched(self._subjects[number], text[start:end])
            for number in sorted(scanned.terms)
            for start, end in scanned.spans(number)
            if any(first - NEARBY < end and start < last + NEARBY for first, last in places)
        ]
