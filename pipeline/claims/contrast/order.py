"""What a change of order changes: who does it to whom, what comes first, what causes what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.claims.contrast.edit import Edit
from pipeline.claims.contrast.model import Difference
from pipeline.claims.contrast.words import Word

_PASSIVE = frozenset(("被", "遭", "受", "由", "遭到", "受到", "获"))
_LISTING = frozenset((*"和与及跟同、暨或", "还是", "以及"))
_CAUSE_FIRST = frozenset(("因为", "鉴于"))
_CAUSE_BEFORE = frozenset(("造成",))
_FIRST = frozenset(("先", "首先", "需先", "须先", "应先", "要先", "请先"))
_THEN = frozenset(("再", "后", "然后", "再度", "才", "之后", "最后", "接着"))


def swapped(edits: Sequence[Edit]) -> Iterator[tuple[Edit, Edit]]:
    """Pairs of edits by which two words have changed places."""
    single = [
        edit
        for edit in edits
        if edit.official
        and edit.mention
        and not any(word.role == "figure" for word in (*edit.official, *edit.mention))
    ]
    for place, first in enumerate(single):
        for second in single[place + 1 :]:
            if _keys(first.official) == _keys(second.mention) and _keys(first.mention) == _keys(
                second.official
            ):
                yield first, second


def _keys(words: Sequence[Word]) -> list[object]:
    return [word.key for word in words if word.role != "function"]


def roles(
    official: Sequence[Word], mention: Sequence[Word], first: Edit, second: Edit
) -> Difference | None:
    """The difference that two words make by changing places; None in a list or by the passive."""
    if not _keys(first.official) or not _keys(second.official):
        return None
    if _listed(official, first.official[-1], second.official[0], second.official[-1]):
        return None
    if _passive(official) != _passive(mention):
        return None
    return first.difference(
        "subject",
        [*first.official, *second.official],
        [*first.mention, *second.mention],
        0.85,
    )


def _listed(words: Sequence[Word], left: Word, right: Word, end: Word) -> bool:
    """Whether two parts stand side by side: 甲和乙, also with a word of both, 甲厂和乙厂."""
    between = _between(words, left, right)
    shared = [word.key for word in between if word.text not in _LISTING]
    behind = [word.key for word in words if word.start >= end.end]
    return len(shared) < max(len(between), 1) and behind[: len(shared)] == shared


def _between(words: Sequence[Word], first: Word, second: Word) -> list[Word]:
    return [word for word in words if first.end <= word.start < second.start]


def _passive(words: Sequence[Word]) -> bool:
    return any(word.text in _PASSIVE for word in words)


_Deed = tuple[set[object], set[object], Word]
"""Who does it, to whom, and the verb."""
_OBJECT_FIRST = frozenset(("把", "将", "对", "向", "给"))


def deeds(official: Sequence[Word], mention: Sequence[Word]) -> Difference | None:
    """A verb whose doer and object have changed places, active and passive read alike."""
    theirs = dict(_deeds(mention))
    for verb, (doers, objects, word) in _deeds(official):
        if verb not in theirs:
            continue
        other_doers, other_objects, other = theirs[verb]
        crossed = len(doers & other_objects) + len(objects & other_doers)
        straight = len(doers & other_doers) + len(objects & other_objects)
        if doers & other_objects and objects & other_doers and crossed > straight:
            return Difference(
                "subject",
                _clause_span(official, word),
                _clause_span(mention, other),
                0.85,
            )
    return None


def _deeds(words: Sequence[Word]) -> Iterator[tuple[object, _Deed]]:
    clauses: dict[int, list[Word]] = {}
    for word in words:
        clauses.setdefault(word.clause, []).append(word)
    for clause in clauses.values():
        for place, word in enumerate(clause):
            if not word.tag.startswith("v") or word.role != "content":
                continue
            left, right = _until_verb(clause[:place]), clause[place + 1 :]
            doers, objects = _nouns(left), _nouns(right)
            for marker, voice in ((_PASSIVE, True), (_OBJECT_FIRST, False)):
                at = next((i for i, each in enumerate(left) if each.text in marker), None)
                if at is not None:
                    first, second = _nouns(left[:at]), _nouns(left[at + 1 :])
                    doers, objects = (second, first) if voice else (first, second)
                    break
            listed = bool(right) and right[0].text in _LISTING
            if doers and objects and not listed:
                yield word.key, (doers, objects, word)


def _until_verb(words: Sequence[Word]) -> Sequence[Word]:
    """The words since the verb before: 判决 | 甲公司 赔偿."""
    for place in range(len(words) - 1, -1, -1):
        if words[place].tag == "v" and words[place].role == "content":
            return words[place + 1 :]
    return words


def _nouns(words: Sequence[Word]) -> set[object]:
    return {
        word.key
        for word in words
        if word.role in ("name", "content") and not word.tag.startswith(("v", "d", "a"))
    }


def _clause_span(words: Sequence[Word], word: Word) -> tuple[int, int]:
    clause = [each for each in words if each.clause == word.clause]
    return clause[0].start, clause[-1].end


def causes(official: Sequence[Word], mention: Sequence[Word]) -> Difference | None:
    """Cause and effect, or first and then, that have changed places."""
    for split in (_cause_and_effect, _first_and_then):
        ours, theirs = split(official), split(mention)
        if ours is None or theirs is None:
            continue
        straight = _common(ours[0], theirs[0]) + _common(ours[1], theirs[1])
        crossed = _common(ours[0], theirs[1]) + _common(ours[1], theirs[0])
        if crossed >= 2 and crossed > 2 * straight:
            return Difference("cause", _span(ours), _span(theirs), 0.85)
    return None


_Parts = tuple[list[Word], list[Word]]


def _span(parts: _Parts) -> tuple[int, int]:
    words = [word for part in parts for word in part]
    return min(word.start for word in words), max(word.end for word in words)


def _cause_and_effect(words: Sequence[Word]) -> _Parts | None:
    for place, word in enumerate(words):
        if word.key in _CAUSE_BEFORE and 0 < place < len(words) - 1:
            return list(words[:place]), list(words[place + 1 :])
        if word.key in _CAUSE_FIRST:
            after = words[place + 1 :]
            if not after:
                return None
            cause = [each for each in after if each.clause == word.clause]
            effect = [each for each in after if each.clause != word.clause]
            return (cause, effect or list(words[:place])) if cause else None
    return None


def _first_and_then(words: Sequence[Word]) -> _Parts | None:
    first = next((i for i, word in enumerate(words) if word.text in _FIRST), None)
    if first is None:
        return None
    then = next((i for i in range(first + 1, len(words)) if words[i].text in _THEN), None)
    if then is None:
        return None
    return list(words[first + 1 : then]), list(words[then + 1 :])


def _common(first: Sequence[Word], second: Sequence[Word]) -> int:
    return len(
        {word.key for word in first if word.role != "function"}
        & {word.key for word in second if word.role != "function"}
    )
