"""A claim's last part, where stands what it says of its subject, and parts of texts as long."""

from __future__ import annotations

import rjieba

SHARE = 0.4
"""Share of a claim's letters that close it."""
_WORDS = 60
_STRETCHES = 30
"""Of a text; more costs time and is hardly ever nearer."""


def last_part(claim: str) -> str:
    """The words that close a folded claim."""
    start = len(claim)
    for word in reversed(rjieba.cut(claim, False)):
        if len(claim) - start >= SHARE * len(claim):
            break
        start -= len(word)
    return claim[start:]


def stretches(text: str, size: int) -> list[str]:
    """Runs of whole words of a folded text, each of at least `size` characters where there are."""
    ends, at = [0], 0
    for word in rjieba.cut(text, False)[:_WORDS]:
        at += len(word)
        ends.append(at)
    found = []
    for start in ends[:-1][:_STRETCHES]:
        end = next((end for end in ends if end >= start + size), at)
        found.append(text[start:end])
        if end == at:
            break
    return [each for each in found if each.strip()]
