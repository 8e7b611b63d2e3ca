"""Whether a mention repeats a claim, or only comes near to it."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.claims.guards import contradicts
from pipeline.claims.known.evidence import Evidence
from pipeline.claims.known.passages import Passage
from pipeline.claims.sentences import sentences

CONFIRM = 0.50
"""Least agreement of a passage with a claim to repeat it. Found on ordinary posts (see
docs/decisions/0011-known-claims.md): the lowest at which hardly any was confirmed."""
HELD = 0.4
"""Least weighted share of the claim's terms in that passage: without it, order and words alone
confirm short texts about the same things."""
SHORTEST = 8
"""Letters below which claim or mention are too short to be confirmed."""


@dataclass(frozen=True, slots=True)
class Told:
    """A claim and a mention, as far as the decision looks at them."""

    claim: str
    """Folded."""
    names: frozenset[str]
    letters: int
    """Of the shorter of the two."""
    mention: str
    """Letters of all of it."""
    passage: Passage
    evidence: Evidence
    refuted: bool
    """The title calls something false."""


def repeats(told: Told) -> bool:
    return (
        told.evidence.agreement >= CONFIRM
        and told.evidence.held >= HELD
        and told.letters >= SHORTEST
        and not told.refuted
        and all(name in told.mention for name in told.names)
        and not contradicts(told.claim, told.passage.text)
        and _asserted(told.passage)
    )


def _asserted(passage: Passage) -> bool:
    """Whether the passage's sentences, and those beside them, leave the claim standing."""
    around = sentences(passage.field.folded.text)
    inside = [s for s in around if s.start < passage.end and s.end > passage.start]
    if not inside or any(each.asks or each.supposes for each in inside):
        return False
    first, last = around.index(inside[0]), around.index(inside[-1])
    return not any(each.refutes for each in around[max(0, first - 1) : last + 2])
