"""Whether a mention repeats a claim, or only comes near to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.claims.guards import other_place, other_value
from pipeline.claims.known.evidence import Evidence
from pipeline.claims.known.negation import denies
from pipeline.claims.known.passages import Passage
from pipeline.claims.sentences import sentences

CONFIRM = 0.50
"""Least agreement of a passage with a claim to repeat it. Found on ordinary posts (see
docs/decisions/0011-known-claims.md): the lowest at which hardly any was confirmed."""
HELD = 0.4
"""Least weighted share of the claim's terms in that passage: without it, order and words alone
confirm short texts about the same things."""
MEANT = 1.20
"""The same of nearness in meaning where sentence models are asked: at it some 0.5% of ordinary
posts that share a quarter of a claim's terms were confirmed."""
CLOSING = 0.3
"""Least share of the terms that close the claim. Neither words nor sentence models tell repetition
from other news of the same subject; this does, and costs what is told in wholly other words."""
CLOSED = 0.8
"""What the closing terms lack of it may be said in other words: least sum of that share and of
`Told.closed`. Of 28 invented posts that tell other news of a subject, 5 reach it."""
SHARED = 0.15
"""Least share of the claim's terms that a mention holds, however near it is in meaning."""
TERMS = 2.0
"""Least weight of them, in terms: less is what everybody says."""
SHORTEST = 7
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
    generic: bool
    """The claim says nothing by itself."""
    closed: Callable[[], float]
    """How near the mention comes in meaning to what closes the claim. Asked last, as it costs."""


def repeats(told: Told) -> bool:
    return (
        _close(told.evidence)
        and not told.generic
        and told.letters >= SHORTEST
        and not told.refuted
        and all(name in told.mention for name in told.names)
        and not _contradicts(told.claim, told.passage.text)
        and _asserted(told.passage)
        and _closes(told)
    )


def _close(evidence: Evidence) -> bool:
    if evidence.meant is None:
        return evidence.agreement >= CONFIRM and evidence.held >= HELD
    nearness = evidence.meant.sentence + 0.3 * evidence.meant.opening + 0.1 * evidence.coverage
    return nearness >= MEANT and evidence.coverage >= SHARED and evidence.terms >= TERMS


def _closes(told: Told) -> bool:
    """Whether what is said of the subject is said too, and not only the subject named."""
    share = told.evidence.closing
    if told.evidence.meant is None:
        return share >= CLOSING
    return share >= CLOSED or share + told.closed() >= CLOSED


def _contradicts(claim: str, passage: str) -> bool:
    """Another value, another place, or the opposite."""
    return other_value(claim, passage) or other_place(claim, passage) or denies(claim, passage)


def _asserted(passage: Passage) -> bool:
    """Whether the passage's sentences, and those beside them, leave the claim standing."""
    around = sentences(passage.field.folded.text)
    inside = [s for s in around if s.start < passage.end and s.end > passage.start]
    if not inside or any(each.asks or each.supposes for each in inside):
        return False
    first, last = around.index(inside[0]), around.index(inside[-1])
    return not any(each.refutes for each in around[max(0, first - 1) : last + 2])
