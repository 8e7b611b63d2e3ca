"""What was changed between two runs of words: replaced, left out, put in, moved.

Words are aligned by what they mean (`Word.key`), so another notation or a synonym is no change.
Words in the same order are found by Levenshtein alignment (rapidfuzz); of what is left, stretches
that stand elsewhere in the other text are moves, and looked at inside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import Indel, Levenshtein

from pipeline.claims.contrast.words import Word, part_of

_MOVED = 0.6
"""Share of a stretch that must stand in another one for the two to be one that was moved."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Words of the official text and the words that stand for them; either may be empty.

    `at` are the places (in characters) between which an empty side lies.
    """

    official: tuple[Word, ...]
    mention: tuple[Word, ...]
    at: tuple[int, int]
    before: Word | None = None
    after: Word | None = None

    @property
    def texts(self) -> tuple[str, str]:
        return "".join(w.text for w in self.official), "".join(w.text for w in self.mention)


@dataclass(frozen=True, slots=True)
class Alignment:
    edits: tuple[Edit, ...]
    moved: tuple[tuple[tuple[Word, ...], tuple[Word, ...]], ...]
    kept: int
    """Official words that stand in the mention in their order."""


def align(official: Sequence[Word], mention: Sequence[Word]) -> Alignment:
    numbers: dict[object, int] = {}
    first = [numbers.setdefault(word.key, len(numbers)) for word in official]
    second = [numbers.setdefault(word.key, len(numbers)) for word in mention]
    edits = _merged(Levenshtein.opcodes(first, second), official, mention)
    kept = len(official) - sum(len(edit.official) for edit in edits)
    edits, moved = _without_moves([trimmed for edit in edits if (trimmed := _trimmed(edit))])
    return Alignment(tuple(edits), tuple(moved), kept)


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
        Edit(
            tuple(official[a:b]),
            tuple(mention[c:d]),
            (_edge(official, a), _edge(mention, c)),
            official[a - 1] if a else None,
            official[b] if b < len(official) else None,
        )
        for a, b, c, d in spans
    ]


def _trimmed(edit: Edit) -> Edit | None:
    """Without what is written equally at either end and only cut into other words."""
    if not edit.official or not edit.mention:
        return edit
    ours, theirs = list(edit.official), list(edit.mention)
    for at_end in (True, False):
        length = _equal_length(ours, theirs, at_end=at_end)
        if length:
            ours = _without(ours, length, at_end=at_end)
            theirs = _without(theirs, length, at_end=at_end)
    if not ours and not theirs:
        return None
    return replace(edit, official=tuple(ours), mention=tuple(theirs))


def _equal_length(ours: Sequence[Word], theirs: Sequence[Word], *, at_end: bool) -> int:
    """Letters that both sides share at an end, up to where a word begins or ends.

    In both texts for a single letter, else in one: 不合格|率 holds 合格率, 没有 does not hold 有.
    """
    first, second = ("".join(word.text for word in side) for side in (ours, theirs))
    if at_end:
        first, second = first[::-1], second[::-1]
    shared = 0
    for mine, other in zip(first, second, strict=False):
        if mine != other:
            break
        shared += 1
    boundaries = _boundaries(ours, at_end=at_end), _boundaries(theirs, at_end=at_end)
    for length in range(shared, 0, -1):
        cuts = sum(length in each for each in boundaries)
        if cuts == 2 or (cuts == 1 and length > 1):
            return length
    return 0


def _boundaries(words: Sequence[Word], *, at_end: bool) -> set[int]:
    ordered = list(reversed(words)) if at_end else list(words)
    total, found = 0, set()
    for word in ordered:
        total += len(word.text)
        found.add(total)
    return found


def _without(words: list[Word], length: int, *, at_end: bool) -> list[Word]:
    """The words without so many letters at an end; a word that is cut keeps its rest."""
    rest = list(words)
    while length:
        word = rest[-1] if at_end else rest[0]
        place = -1 if at_end else 0
        if len(word.text) <= length:
            length -= len(word.text)
            del rest[place]
            continue
        if word.figure is not None:
            return rest
        kept = word.text[:-length] if at_end else word.text[length:]
        rest[place] = part_of(word, kept, at_start=at_end)
        length = 0
    return rest


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
    ours = [word.key for word in out.official]
    theirs = [word.key for word in into.mention]
    telling = any(word.role in ("content", "name", "figure") for word in out.official)
    if not telling or _exchanged(out, into):
        return False
    numbers: dict[object, int] = {}
    first = [numbers.setdefault(key, len(numbers)) for key in ours]
    second = [numbers.setdefault(key, len(numbers)) for key in theirs]
    return Indel.normalized_similarity(first, second) >= _MOVED


def _exchanged(out: Edit, into: Edit) -> bool:
    """Whether figures took each other's places, or a bare number went elsewhere."""
    if not any(word.role == "figure" for word in out.official):
        return False
    bare = all(word.figure is not None and not word.figure.is_date for word in out.official)
    return bare or any(
        word.role == "figure" for side in (out.mention, into.official) for word in side
    )


def _inner(official: Sequence[Word], mention: Sequence[Word]) -> list[Edit]:
    numbers: dict[object, int] = {}
    first = [numbers.setdefault(word.key, len(numbers)) for word in official]
    second = [numbers.setdefault(word.key, len(numbers)) for word in mention]
    return _merged(Levenshtein.opcodes(first, second), official, mention)
