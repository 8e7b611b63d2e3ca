"""The part of a mention that is nearest to a claim."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.claims.known.terms import Terms
from pipeline.model import FieldName
from pipeline.normalise import Folded

_CLAUSE = re.compile(r"[^,。!?;:\n、.【】《》“”\"「」()#|]+")
_LONGEST = 1.6
"""Length of a passage, in lengths of the claim, beyond which no further clause is added."""


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """Title or text of a mention, read once for all claims."""

    name: FieldName
    folded: Folded
    terms: Terms
    clauses: tuple[tuple[int, int, frozenset[int]], ...]
    """Start, end and terms of each that has any."""


def field(name: FieldName, folded: Folded, terms: Terms) -> Field:
    spans = [match.span() for match in _CLAUSE.finditer(folded.text)]
    lasts = np.searchsorted(terms.starts, [end for _, end in spans]).tolist()
    ids = terms.ids.tolist()
    clauses = [
        (start, end, frozenset(ids[first:last]))
        for (start, end), first, last in zip(spans, [0, *lasts], lasts, strict=False)
        if last > first
    ]
    return Field(name, folded, terms, tuple(clauses))


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """A run of clauses at `start:end` of a field's folded text."""

    field: Field
    start: int
    end: int
    coverage: float
    """Weighted share of the claim's terms that it holds."""

    @property
    def text(self) -> str:
        return self.field.folded.text[self.start : self.end]


def nearest(
    terms: frozenset[int], size: int, weights: Sequence[float], fields: Sequence[Field]
) -> Passage | None:
    """The run of clauses that holds most of a claim's terms, the shortest if several do.

    `size`: letters of the claim; `weights`: of all terms. None when no term is held.
    """
    total = sum([weights[term] for term in terms]) or 1.0
    best: tuple[float, int, int, Field] | None = None
    for each in fields:
        held = [(start, end, terms & ids) for start, end, ids in each.clauses]
        for i, (start, _, own) in enumerate(held):
            if not own:
                continue
            seen: set[int] = set()
            weight = 0.0
            for _, end, more in held[i:]:
                if new := more - seen:
                    seen |= new
                    weight += sum([weights[term] for term in new])
                    if best is None or weight > best[0] + 1e-9:
                        best = (weight, start, end, each)
                if end - start >= _LONGEST * size:
                    break
    if best is None:
        return None
    weight, start, end, where = best
    return Passage(where, start, end, weight / total)
