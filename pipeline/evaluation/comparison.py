"""How well texts are compared with official facts, measured against labelled findings.

A finding counts as right when fact, kind and element are those of the label. Precision, recall and
F1 are micro-averaged over all findings of a group.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

KINDS = ("conflict", "omission", "outdated", "consistent")


@dataclass(frozen=True, slots=True, order=True)
class Verdict:
    """What is said of one element: the part of a finding that a label holds."""

    fact: str
    kind: str
    element: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled text and what the comparison answered."""

    id: str
    expected: frozenset[Verdict]
    found: frozenset[Verdict]


@dataclass(frozen=True, slots=True)
class Row:
    """Figures of a group of findings. Shares are 0…1; None where nothing was found or expected."""

    group: str
    expected: int
    found: int
    right: int

    @property
    def precision(self) -> float | None:
        return self.right / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        return self.right / self.expected if self.expected else None

    @property
    def f1(self) -> float | None:
        total = self.found + self.expected
        return 2 * self.right / total if total else None


@dataclass(frozen=True, slots=True)
class Figures:
    texts: int
    kinds: tuple[Row, ...]
    conflicts: tuple[Row, ...]
    """Conflicts by the kind of their element."""
    falsely_alarmed: int
    """Texts with a conflict, an omission or an outdated value where the label has none."""
    silent: int
    """Texts whose label has no conflict, omission or outdated value."""


def figures(judged: Sequence[Judged], element_kinds: Mapping[tuple[str, str], str]) -> Figures:
    """`element_kinds`: (fact, element) → element kind. Raises ValueError for no texts."""
    if not judged:
        raise ValueError("no text was judged")
    silent = [each for each in judged if not _alarms(each.expected)]
    by_element = {
        kind: {place for place, each in element_kinds.items() if each == kind}
        for kind in sorted(set(element_kinds.values()))
    }
    conflicts = [_row(kind, judged, "conflict", of) for kind, of in by_element.items()]
    return Figures(
        texts=len(judged),
        kinds=tuple(_row(kind, judged, kind) for kind in KINDS),
        conflicts=tuple(row for row in conflicts if row.expected or row.found),
        falsely_alarmed=sum(_alarms(each.found) for each in silent),
        silent=len(silent),
    )


def _alarms(verdicts: Iterable[Verdict]) -> bool:
    return any(each.kind != "consistent" for each in verdicts)


def _row(
    group: str, judged: Sequence[Judged], kind: str, of: set[tuple[str, str]] | None = None
) -> Row:
    """Findings of one kind, of these (fact, element) only; None: of all."""

    def meant(verdicts: frozenset[Verdict]) -> set[Verdict]:
        return {
            each
            for each in verdicts
            if each.kind == kind and (of is None or (each.fact, each.element) in of)
        }

    pairs = [(meant(each.expected), meant(each.found)) for each in judged]
    return Row(
        group,
        expected=sum(len(expected) for expected, _ in pairs),
        found=sum(len(found) for _, found in pairs),
        right=sum(len(expected & found) for expected, found in pairs),
    )
