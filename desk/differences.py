"""Two versions of a text compared, word by word, for people. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

import rjieba


@dataclass(frozen=True, slots=True)
class Change:
    """A run of text that stayed, went or came."""

    kind: Literal["same", "removed", "added"]
    text: str


def differences(before: str, after: str) -> list[Change]:
    """In reading order; what was removed stands before what came in its place."""
    old, new = rjieba.cut(before), rjieba.cut(after)
    changes: list[Change] = []
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            changes.append(Change("same", "".join(old[i1:i2])))
            continue
        if i2 > i1:
            changes.append(Change("removed", "".join(old[i1:i2])))
        if j2 > j1:
            changes.append(Change("added", "".join(new[j1:j2])))
    return changes
