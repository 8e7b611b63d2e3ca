"""One place where two texts differ, and cutting it down to what really differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from pipeline.claims.contrast.model import Difference, DifferenceKind
from pipeline.claims.contrast.words import Role, Word, part_of

_LONGEST = 80
"""Words of an edit beyond which it is left as it is."""


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

    def difference(
        self, kind: DifferenceKind, ours: Sequence[Word], theirs: Sequence[Word], weight: float
    ) -> Difference:
        """A difference over the words given; without any, the place where they would be."""
        official = (ours[0].start, ours[-1].end) if ours else (self.at[0], self.at[0])
        mention = (theirs[0].start, theirs[-1].end) if theirs else (self.at[1], self.at[1])
        return Difference(kind, official, mention, weight)

    @property
    def texts(self) -> tuple[str, str]:
        return "".join(w.text for w in self.official), "".join(w.text for w in self.mention)


def of_role(words: Sequence[Word], role: Role) -> list[Word]:
    return [word for word in words if word.role == role]


def recut(edit: Edit) -> Iterator[Edit]:
    """The edit without letters that both sides share, which were only cut into other words.

    They are two or more, and begin and end where a word does in one of the texts.
    """
    trimmed = _trimmed(edit)
    if trimmed is None:
        return
    ours, theirs = trimmed.official, trimmed.mention
    block = _shared(ours, theirs) if 3 <= len(ours) + len(theirs) <= _LONGEST else None
    if block is None:
        yield trimmed
        return
    i, j, size = block
    middle = letters(ours, i, i + size)
    first, second = trimmed.texts
    head = Edit(letters(ours, 0, i), letters(theirs, 0, j), trimmed.at, trimmed.before, middle[0])
    tail = Edit(
        letters(ours, i + size, len(first)),
        letters(theirs, j + size, len(second)),
        trimmed.at,
        middle[-1],
        trimmed.after,
    )
    for part in (head, tail):
        if part.official or part.mention:
            yield from recut(part)


def _shared(ours: Sequence[Word], theirs: Sequence[Word]) -> tuple[int, int, int] | None:
    """Where the longest stretch of letters begins that both hold, and its length."""
    if not ours or not theirs:
        return None
    first, second = ("".join(word.text for word in side) for side in (ours, theirs))
    block = SequenceMatcher(None, first, second, autojunk=False).find_longest_match()
    i, j, size = block.a, block.b, block.size
    edges = _boundaries(ours, at_end=False) | {0}, _boundaries(theirs, at_end=False) | {0}
    while size >= 2 and i not in edges[0] and j not in edges[1]:
        i, j, size = i + 1, j + 1, size - 1
    while size >= 2 and i + size not in edges[0] and j + size not in edges[1]:
        size -= 1
    cut = any(
        _within_figure(side, place)
        for side, place in ((ours, i), (ours, i + size), (theirs, j), (theirs, j + size))
    )
    return None if size < 2 or cut else (i, j, size)


def _within_figure(words: Sequence[Word], letter: int) -> bool:
    place = 0
    for word in words:
        if word.figure is not None and place < letter < place + len(word.text):
            return True
        place += len(word.text)
    return False


def letters(words: Sequence[Word], start: int, end: int) -> tuple[Word, ...]:
    """The words within so many letters; of one that is cut, what lies inside."""
    found: list[Word] = []
    place = 0
    for word in words:
        first, last = max(start - place, 0), min(end - place, len(word.text))
        place += len(word.text)
        if first < last:
            whole = (first, last) == (0, len(word.text))
            found.append(word if whole else part_of(word, first, last))
    return tuple(found)


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
        places = (length,) * 2 if not at_end else (len(first) - length, len(second) - length)
        if any(_within_figure(*side) for side in zip((ours, theirs), places, strict=True)):
            continue
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
        size = len(word.text)
        rest[place] = part_of(word, 0, size - length) if at_end else part_of(word, length, size)
        length = 0
    return rest
