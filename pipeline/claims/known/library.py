"""A known claim as mentions are compared with it, read once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import rjieba

from pipeline.claims.known.closing import SHARE
from pipeline.claims.known.generic import generic
from pipeline.claims.known.terms import Vocabulary, letters
from pipeline.model import Claim


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A claim, or several that say the same letter for letter."""

    claims: tuple[Claim, ...]
    text: str
    """Folded."""
    letters: str
    terms: frozenset[int]
    closing: frozenset[int]
    """Those that stand in its last part."""
    words: frozenset[str]
    names: frozenset[str]
    """Places and persons; where one is missing, another rumour of the kind is told."""
    generic: bool
    """Says nothing by itself."""


def known(claims: Sequence[Claim], folded: str, vocabulary: Vocabulary) -> Known:
    words = frozenset(word for word in rjieba.cut(folded, False) if len(word) > 1)
    names = frozenset(
        word for word, part in rjieba.tag(folded) if part in ("ns", "nr", "nt") and len(word) > 1
    )
    terms = vocabulary.read(folded)
    closing = terms.ids[terms.starts >= (1 - SHARE) * len(folded)]
    return Known(
        claims=tuple(claims),
        text=folded,
        letters=letters(folded),
        terms=frozenset(terms.ids.tolist()),
        closing=frozenset(closing.tolist()),
        words=words,
        names=names,
        generic=generic(folded),
    )
