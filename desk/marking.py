"""Evidence made visible: which characters of a text are marked, and the sentences around them.

Pure. Offsets count code points, end exclusive.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

SENTENCE_ENDS = "。！？!?；;\n"
CLOSING = '”’」』）)】》"'
LONGEST_PASSAGE = 220


@dataclass(frozen=True, slots=True)
class Mark:
    start: int
    end: int
    kind: str
    """term, claim, suggested, conflict, outdated, omission, consistent, search: a class of the
    style sheet."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of characters with the same marks; `kinds` is empty for plain text."""

    text: str
    kinds: tuple[str, ...] = ()

    @property
    def classes(self) -> str:
        return " ".join(f"mark-{kind}" for kind in self.kinds)


def segments(text: str, marks: Iterable[Mark], start: int = 0, end: int | None = None) -> (
    tuple[Segment, ...]
):  # fmt: skip
    """`text[start:end]` cut where a mark begins or ends. Marks outside of the text are left out."""
    end = len(text) if end is None else min(end, len(text))
    inside = [m for m in marks if m.start < m.end <= len(text) and m.start < end and m.end > start]
    cuts = {start, end}
    for mark in inside:
        cuts |= {max(mark.start, start), min(mark.end, end)}
    edges = sorted(cuts)
    made = []
    for left, right in pairwise(edges):
        covering = {mark.kind for mark in inside if mark.start <= left and mark.end >= right}
        made.append(Segment(text[left:right], tuple(sorted(covering))))
    return tuple(made)


def passages(text: str, marks: Sequence[Mark], limit: int = 4) -> list[tuple[Segment, ...]]:
    """The sentences in which marks stand, in the order of the text, at most `limit`.

    Neighbouring ones are joined; a sentence longer than `LONGEST_PASSAGE` is cut around its mark.
    """
    windows: list[list[int]] = []
    for mark in sorted(marks, key=lambda each: (each.start, each.end)):
        if not 0 <= mark.start < mark.end <= len(text):
            continue
        start, end = sentence_around(text, mark.start, mark.end)
        if windows and start <= windows[-1][1]:
            windows[-1][1] = max(windows[-1][1], end)
        else:
            windows.append([start, end])
    return [segments(text, marks, start, end) for start, end in windows[:limit]]


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """The bounds of the sentence or sentences that hold `text[start:end]`."""
    left = start
    while left > 0 and text[left - 1] not in SENTENCE_ENDS and start - left < LONGEST_PASSAGE:
        left -= 1
    right = end
    while (
        right < len(text) and text[right - 1] not in SENTENCE_ENDS and right - end < LONGEST_PASSAGE
    ):
        right += 1
    while right < len(text) and text[right] in CLOSING:
        right += 1
    while left < start and text[left] in CLOSING + " 　":
        left += 1
    return left, right
