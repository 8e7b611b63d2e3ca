"""What must occur wherever a condition holds: by it rules are found without asking each."""

from __future__ import annotations

from collections.abc import Sequence

from alerts.rules.conditions import term_of
from alerts.rules.scan import Term
from pipeline.model import (
    AllOf,
    AnyOf,
    Condition,
    Near,
    NoneOf,
    Phrase,
    Regex,
    Sentence,
    Spelling,
)


def required_terms(condition: Condition, spelling: Spelling) -> list[frozenset[Term]]:
    """Sets of terms of each of which at least one occurs wherever the condition holds.

    An empty list: the condition can hold where none of its terms occurs.
    """
    match condition:
        case str() | Regex():
            return [frozenset((term_of(condition, spelling),))]
        case AllOf(of):
            return [terms for each in of for terms in required_terms(each, spelling)]
        case AnyOf(of):
            alternatives = [required_terms(each, spelling) for each in of]
            if not all(alternatives):
                return []
            return [frozenset().union(*(rarest(each) for each in alternatives))] if of else []
        case Near(groups) | Sentence(groups) | Phrase(groups):
            return [frozenset((term, spelling) for term in group) for group in groups]
        case NoneOf():
            return []


def rarest(sets: Sequence[frozenset[Term]]) -> frozenset[Term]:
    """The set that is likely to be met least: few terms, long ones; expressions may match most."""
    return min(sets, key=_commonness)


def by_rarity(sets: Sequence[frozenset[Term]]) -> list[frozenset[Term]]:
    """The sets, the one that is likely to be met least first."""
    return sorted(sets, key=_commonness)


def _commonness(terms: frozenset[Term]) -> float:
    return sum(
        1.0 if spelling.endswith("regex") else 8.0 ** -min(len(term), 12)
        for term, spelling in terms
    )
