"""What was changed between two runs of words: replaced, left out, put in, moved.

Words are aligned by what they mean (`Word.key`), so another notation or a synonym is no change.
Words in the same order are found by Levenshtein alignment (rapidfuzz); of what is left, stretches
that stand elsewhere in the other text are moves, and looked at inside.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import Indel, Levenshtein

from pipeline.claims.contrast.edit import Edit, recut
from pipeline.claims.contrast.words import Word

_MOVED = 0.6
"""Share of a stretch that must stand in another one for the two to be one that was moved."""


@dataclass(frozen=True, slots=True)
class Alignment:
    edits: tuple[Edit, ...]
    moved: tuple[tuple[tuple[Word, ...], tuple[Word, ...]], ...]


def align(official: Sequence[Word], mention: Sequence[Word]) -> Alignment:
    official, mention = _without_moved_clauses(official, mention)
    first, second = _numbered(official, mention)
    edits = _merged(Levenshtein.opcodes(first, second), official, mention)
    edits, moved = _without_moves([each for edit in edits for each in recut(edit)])
    return Alignment(tuple(edits), tuple(moved))


def _without_moved_clauses(
    official: Sequence[Word], mention: Sequence[Word]
) -> tuple[Sequence[Word], Sequence[Word]]:
    """Both without the clauses that they share, if these stand in another order."""
    waiting: dict[tuple[object, ...], list[int]] = {}
    for number, clause in _clauses(mention).items():
        waiting.setdefault(tuple(word.key for word in clause), []).insert(0, number)
    pairs: list[tuple[int, int]] = []
    for number, clause in _clauses(official).items():
        if len(clause) > 1 and (found := waiting.get(tuple(word.key for word in clause))):
            pairs.append((number, found.pop()))
    if all(first[1] < second[1] for first, second in pairwise(pairs)):
        return official, mention
    ours, theirs = ({pair[side] for pair in pairs} for side in (0, 1))
    return (
        [word for word in official if word.clause not in ours],
        [word for word in mention if word.clause not in theirs],
    )


def _clauses(words: Sequence[Word]) -> dict[int, list[Word]]:
    found: dict[int, list[Word]] = {}
    for word in words:
        found.setdefault(word.clause, []).append(word)
    return found


def _merged(opcodes: object, official: Sequence[Word], mention: Sequence[Word]) -> list[Edit]:
    """Neighbouring operations as one edit; a lone function word between two does not part them."""
    spans: list[list[int]] = []
    for op in opcodes:  # type: ignore[attr-defined]
        if op.tag == "equal":
            continue
        span = [op.src_start, op.src_end, op.dest_start, op.dest_end]
        if spans and spans[-1][1] == span[0] and spans[-1][3] == span[2]:
            spans[-1][1], spans[-1][3] = span[1], span[3]
        else:
            spans.append(span)
    return [
        edit for span in spans for edit in _by_clause(official, mention, *span) if any(edit.texts)
    ]


def _by_clause(
    official: Sequence[Word], mention: Sequence[Word], a: int, b: int, c: int, d: int
) -> Iterator[Edit]:
    """The edit `official[a:b]` → `mention[c:d]`, cut where both sides go over to another clause."""
    ours, theirs = _clause_cuts(official, a, b), _clause_cuts(mention, c, d)
    if ours is None or theirs is None:
        ours, theirs = (a, a), (c, c)
    for (e, f), (g, h) in zip(pairwise((a, *ours, b)), pairwise((c, *theirs, d)), strict=True):
        yield Edit(
            tuple(official[e:f]),
            tuple(mention[g:h]),
            (_edge(official, e), _edge(mention, g)),
            official[e - 1] if e else None,
            official[f] if f < len(official) else None,
        )


def _clause_cuts(words: Sequence[Word], start: int, end: int) -> tuple[int, int] | None:
    """Where the clause of the word before ends, and where that of the word behind begins."""
    if not start or end >= len(words) or words[start - 1].clause == words[end].clause:
        return None
    first, last = start, end
    while first < end and words[first].clause == words[start - 1].clause:
        first += 1
    while last > first and words[last - 1].clause == words[end].clause:
        last -= 1
    return first, last


def _edge(words: Sequence[Word], place: int) -> int:
    if not words:
        return 0
    return words[place].start if place < len(words) else words[-1].end


def _without_moves(
    edits: list[Edit],
) -> tuple[list[Edit], list[tuple[tuple[Word, ...], tuple[Word, ...]]]]:
    """Pair stretches left out here with the same put in there."""
    moved: list[tuple[tuple[Word, ...], tuple[Word, ...]]] = []
    edits = list(edits)
    changed = True
    while changed and len(edits) <= 60:
        changed = False
        for i, out in enumerate(edits):
            for j, into in enumerate(edits):
                if i != j and out.official and into.mention and _same_stretch(out, into):
                    moved.append((out.official, into.mention))
                    inner = _inner(out.official, into.mention)
                    rest = [
                        Edit((), out.mention, out.at, out.before, out.after),
                        Edit(into.official, (), into.at, into.before, into.after),
                    ]
                    kept = [e for k, e in enumerate(edits) if k not in (i, j)]
                    edits = kept + [e for e in rest if e.official or e.mention] + inner
                    changed = True
                    break
            if changed:
                break
    return edits, moved


def _same_stretch(out: Edit, into: Edit) -> bool:
    telling = any(word.role in ("content", "name", "figure") for word in out.official)
    if not telling:
        return False
    ours = [word.key for word in out.official]
    theirs = [word.key for word in into.mention]
    if ours == theirs and _exchanged(out, into):
        roles = {word.role for word in out.official}
        return "figure" in roles and bool(roles & {"content", "name"})
    if any(word.role == "figure" for word in out.official) and _other_figures(out, into):
        return False
    first, second = _numbered(out.official, into.mention)
    return Indel.normalized_similarity(first, second) >= _MOVED


def _exchanged(out: Edit, into: Edit) -> bool:
    """Whether two stretches took each other's places: an item of a list moves with its figure."""
    back = [word.key for word in into.official], [word.key for word in out.mention]
    return bool(back[0]) and back[0] == back[1]


def _other_figures(out: Edit, into: Edit) -> bool:
    """Whether a bare number went elsewhere, or another figure stands where it was."""
    bare = all(word.figure is not None and not word.figure.is_date for word in out.official)
    return bare or any(
        word.role == "figure" for side in (out.mention, into.official) for word in side
    )


def _numbered(official: Sequence[Word], mention: Sequence[Word]) -> tuple[list[int], list[int]]:
    """Both as numbers, equal for equal keys."""
    numbers: dict[object, int] = {}
    first = [numbers.setdefault(word.key, len(numbers)) for word in official]
    return first, [numbers.setdefault(word.key, len(numbers)) for word in mention]


def _inner(official: Sequence[Word], mention: Sequence[Word]) -> list[Edit]:
    first, second = _numbered(official, mention)
    return _merged(Levenshtein.opcodes(first, second), official, mention)
