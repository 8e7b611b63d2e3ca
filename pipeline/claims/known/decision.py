"""Whether a mention repeats a claim, or what keeps it from that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.claims.guards import other_place, other_value
from pipeline.claims.known.circulation import Around
from pipeline.claims.known.evidence import Evidence, Meant
from pipeline.claims.known.library import Known
from pipeline.claims.known.negation import denies
from pipeline.claims.known.passages import Passage
from pipeline.claims.sentences import sentences
from pipeline.model import Claim, Doubt, LinkMethod

CONFIRM = 0.50
"""Least agreement of a passage with a claim to repeat it. Found on ordinary posts (see
docs/decisions/0011-known-claims.md): the lowest at which hardly any was confirmed."""
HELD = 0.4
"""Least weighted share of the claim's terms in that passage: without it, order and words alone
confirm short texts about the same things."""
MEANT = 0.94
"""The same of nearness in meaning where sentence models are asked. At it a third fewer wrong claims
were confirmed than with the mention's opening added to it, and one right one in 75."""
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
SUGGEST = 0.4
"""Least likeness at which a link is suggested to people where no models are asked: at it 1.1% of
ordinary posts get a suggestion from 2,600 claims, at 0.35 it is 9%."""


@dataclass(frozen=True, slots=True)
class Told:
    """A claim and a mention, as far as the decision looks at them."""

    own: Known
    letters: int
    """Of the shorter of the two."""
    mention: str
    """Letters of all of it."""
    passage: Passage
    touched: bool
    """They share a term, or a model was asked."""
    evidence: Evidence
    refuted: bool
    """The title calls something false."""
    closed: Callable[[], float]
    """How near the mention comes in meaning to what closes the claim. Asked last, as it costs."""


def doubt(told: Told) -> Doubt | None:
    """What keeps the words of a mention from repeating a claim, the gravest first; None: they
    repeat it."""
    if not _near(told.evidence):
        return "far"
    if against := _against(told):
        return against
    return None if _close(told.evidence) and _closes(told) else "part"


def open_to_meaning(told: Told) -> bool:
    """Whether the words leave it to sentence models, which cost, to find the claim repeated."""
    evidence = told.evidence
    if evidence.coverage < SHARED or evidence.terms < TERMS:
        return False
    return _against(told) not in ("denied", "generic") and doubt(told) is not None


def _against(told: Told) -> Doubt | None:
    """What speaks against a repetition however near it is."""
    claim, passage, taken = told.own.text, told.passage.text, _taken(told.passage)
    if told.refuted or taken == "denied" or denies(claim, passage):
        return "denied"
    if other_value(claim, passage) or other_place(claim, passage):
        return "differs"
    if taken is not None:
        return taken
    if told.own.generic:
        return "generic"
    if not all(name in told.mention for name in told.own.names):
        return "names"
    return "short" if told.letters < SHORTEST else None


def settled(words: Doubt | None, claim: Claim, around: Around) -> tuple[Doubt | None, bool]:
    """The doubt that is left where a claim's age and addresses count too, and whether the address
    made the difference.

    A page on which a claim was seen repeats it as soon as its words come near, whatever they lack;
    but pages are corrected, so that what speaks against the claim still does. Where nothing is near
    the page's own address alone makes a suggestion.
    """
    old = words is None and around.finds_old(claim)
    if around.knows_address(claim):
        if old or words in ("generic", "names", "short", "part"):
            return None, True
        if words == "far" and claim.id in around.page:
            return "part", True
    return ("old" if old else words), False


def method(evidence: Evidence) -> LinkMethod:
    """Whether the words alone are close, so that anybody sees it, or only their meaning is."""
    return "words" if evidence.meant is None or _worded(evidence) else "meaning"


def _near(evidence: Evidence) -> bool:
    """Worth a person's look."""
    if evidence.meant is None:
        return evidence.likeness >= SUGGEST or _worded(evidence)
    return _means(evidence.meant, evidence.coverage)


def _close(evidence: Evidence) -> bool:
    if evidence.meant is None:
        return _worded(evidence)
    return _means(evidence.meant, evidence.coverage) and evidence.terms >= TERMS


def _means(meant: Meant, coverage: float) -> bool:
    return meant.sentence + 0.1 * coverage >= MEANT and coverage >= SHARED


def _worded(evidence: Evidence) -> bool:
    return evidence.agreement >= CONFIRM and evidence.held >= HELD


def _closes(told: Told) -> bool:
    """Whether what is said of the subject is said too, and not only the subject named."""
    share = told.evidence.closing
    if told.evidence.meant is None:
        return share >= CLOSING
    return share >= CLOSED or share + told.closed() >= CLOSED


def _taken(passage: Passage) -> Doubt | None:
    """How the passage's sentences, and those beside them, take what is said; None: as true."""
    around = sentences(passage.field.folded.text)
    inside = [s for s in around if s.start < passage.end and s.end > passage.start]
    if not inside:
        return "part"
    first, last = around.index(inside[0]), around.index(inside[-1])
    if any(each.refutes for each in around[max(0, first - 1) : last + 2]):
        return "denied"
    return "asked" if any(each.asks or each.supposes for each in inside) else None
