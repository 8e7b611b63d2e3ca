"""An official text against another version of it: is what it says changed, and where?

Sentences are paired wherever they stand (`pairing`), the words of a pair are aligned by meaning
(`edits`), and each change is judged by what it touches (`changes`, `order`); what has no partner
is weighed by what it says (`parts`). A text retold from end to end has no words to align, and is
compared by what retellings keep (`retold`). Only differences that change what is said are returned;
light ones raise the score a little. Pure: no clock, no I/O.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator

from pipeline.claims.contrast import order, parts
from pipeline.claims.contrast.changes import changes
from pipeline.claims.contrast.edit import Edit
from pipeline.claims.contrast.edits import align
from pipeline.claims.contrast.model import Contrast, Difference
from pipeline.claims.contrast.moves import without_moved_words
from pipeline.claims.contrast.pairing import Group, Pairing, pair
from pipeline.claims.contrast.polarity import contrary_apart
from pipeline.claims.contrast.retold import retold
from pipeline.claims.contrast.told import ABOUT, Told, is_retold
from pipeline.claims.contrast.units import Unit, units
from pipeline.claims.contrast.whole import Texts, Whole
from pipeline.claims.contrast.words import Word, words
from pipeline.normalise import Folded, fold

DECISIVE = 0.5
"""Least weight of a difference that changes what is said."""
TREATED = 0.12
"""Least share of the official text that a version of it treats, unless it is made of it."""
MADE_OF = 0.5
"""Least share of a mention's letters that makes it a version, however little of the official."""
_SUMMARY = 0.4
_SEVERAL = 4
"""Less than so much of the official text told, and so many sentences not: it is a summary."""
_LIGHT = 0.45
"""What light differences together can come to: never a decision."""


def contrast(official: str, mention: str) -> Contrast:
    """Contrast two texts; spans count code points of the originals, ends exclusive.

    A mention that does not treat the official text at all is no version of it: not distorted,
    score 0, no differences.
    """
    first, second = fold(official), fold(mention)
    ours, theirs = units(first.text), units(second.text)
    if is_retold(ours, theirs):
        return _of_retelling(first, second)
    pairing = pair(ours, theirs)
    letters = sum(len(unit.plain) for unit in ours) or 1
    shared = pairing.shared / letters
    told = pairing.told
    if not told or (shared < TREATED and told < MADE_OF * sum(len(unit.plain) for unit in theirs)):
        return Contrast(False, 0.0, shared, ())
    texts = Texts(_whole(first.text, ours), _whole(second.text, theirs))
    found = [difference for group in pairing.groups for difference in _in_group(group, texts)]
    found += _left_out(pairing, texts, summary=shared < _SUMMARY)
    found += _added(pairing, theirs, texts)
    return _result(found, shared, first, second)


def _of_retelling(first: Folded, second: Folded) -> Contrast:
    official, mention = Told(first.text), Told(second.text)
    shared = mention.shares(official, 0, len(mention.text))
    found = list(retold(official, mention)) if shared >= ABOUT else []
    return _result(found, shared, first, second)


def _result(found: list[Difference], shared: float, official: Folded, mention: Folded) -> Contrast:
    decisive = sorted(
        (difference for difference in found if difference.weight >= DECISIVE),
        key=lambda difference: difference.official,
    )
    return Contrast(
        bool(decisive),
        round(_score(found), 4),
        round(min(shared, 1.0), 4),
        tuple(_in_originals(difference, official, mention) for difference in decisive),
    )


def _whole(folded: str, of: list[Unit]) -> Whole:
    told = "\n".join(unit.written for unit in of if not unit.headline)
    return Whole(folded, told or folded)


def _score(found: Iterable[Difference]) -> float:
    """Decisive differences by noisy-or; light ones add up to less than a decision."""
    heavy, light = 1.0, 0.0
    for difference in found:
        if difference.weight >= DECISIVE:
            heavy *= 1 - difference.weight
        else:
            light += difference.weight * difference.weight
    light = _LIGHT * min(1.0, light / 0.3)
    return light if heavy == 1.0 else 0.5 + 0.5 * (1 - heavy)


def _in_originals(difference: Difference, official: Folded, mention: Folded) -> Difference:
    return Difference(
        difference.kind,
        official.original(*difference.official),
        mention.original(*difference.mention),
        round(difference.weight, 2),
    )


def _in_group(group: Group, texts: Texts) -> Iterator[Difference]:
    ours = _words(group.official)
    theirs = _words(group.mention)
    alignment = align(ours, theirs)
    edits = list(alignment.edits)
    for first, second in order.swapped(edits):
        if first in edits and second in edits:
            edits.remove(first)
            edits.remove(second)
            if difference := order.roles(ours, theirs, first, second):
                yield difference
    if alignment.edits or alignment.moved:
        for compared in (order.causes, order.deeds):
            if difference := compared(ours, theirs):
                yield difference
    edits = without_moved_words(edits, ours, theirs)
    headline = all(unit.headline for unit in group.official)
    heavy = False
    for edit in edits:
        for difference in _of_edit(edit, texts, headline=headline):
            heavy = heavy or difference.weight >= DECISIVE
            yield difference
    if not heavy and (difference := contrary_apart(edits)):
        yield difference


def _words(side: list[Unit]) -> list[Word]:
    found: list[Word] = []
    for unit in side:
        clause = found[-1].clause + 1 if found else 0
        for word in words(unit.text, unit.start, unit.end):
            found.append(
                Word(
                    word.start, word.end, word.text, word.key, word.role, word.tag, word.value,
                    word.figure, word.clause + clause,
                )
            )  # fmt: skip
    return found


def _of_edit(edit: Edit, texts: Texts, *, headline: bool) -> Iterator[Difference]:
    """A clause that is missing or new is weighed as one; any other edit word by word."""
    if not edit.mention and _is_clause(edit.official, edit):
        start, end = edit.official[0].start, edit.official[-1].end
        weight = parts.missing(texts.official.text, start, end, texts)
        weight *= parts.TITLE if headline or _is_tag(texts.official.text, start, end) else 1
        yield Difference("omission", (start, end), (edit.at[1], edit.at[1]), weight)
    elif not edit.official and _is_clause(edit.mention, edit):
        start, end = edit.mention[0].start, edit.mention[-1].end
        weight = parts.put_in(texts.mention.text, start, end, texts)
        weight *= parts.TITLE if _is_tag(texts.mention.text, start, end) else 1
        yield Difference("addition", (edit.at[0], edit.at[0]), (start, end), weight)
    else:
        yield from changes(edit, texts)


def _is_tag(folded: str, start: int, end: int) -> bool:
    return folded[start - 1 : start] == folded[end : end + 1] == "#"


def _is_clause(side: tuple[Word, ...], edit: Edit) -> bool:
    """Whether words stand between two marks of punctuation, and are more than a word or two."""
    if len(side) < 3:
        return False
    begins = edit.before is None or edit.before.clause != side[0].clause or len(side) > 6
    ends = edit.after is None or edit.after.clause != side[-1].clause or len(side) > 6
    return begins and ends


def _left_out(pairing: Pairing, texts: Texts, *, summary: bool) -> Iterator[Difference]:
    """Sentences that the mention does not tell. A summary leaves out many, and says no less."""
    partners = [(first.end, second.end) for first, second in pairing.equal]
    partners += [(group.official[-1].end, group.mention[-1].end) for group in pairing.groups]
    partners.sort()
    sentences = sum(
        not unit.headline and unit.written.rstrip("”\"' ")[-1:] in ("。", "!", "?")
        for unit in pairing.left_out
    )
    several = sentences >= _SEVERAL
    for unit in pairing.left_out:
        before = bisect_right(partners, (unit.start, len(texts.mention.text)))
        place = partners[before - 1][1] if before else 0
        weight = parts.left_out(unit, texts) * (0.5 if summary and several else 1)
        yield Difference("omission", (unit.start, unit.end), (place, place), weight)


def _added(pairing: Pairing, theirs: list[Unit], texts: Texts) -> Iterator[Difference]:
    """Sentences of the mention alone: before the first that it shares, what leads to them."""
    begins = min(
        [second.start for _, second in pairing.equal]
        + [group.mention[0].start for group in pairing.groups]
    )
    own = sum(len(unit.plain) for unit in pairing.added)
    mostly_own = own > 0.6 * sum(len(unit.plain) for unit in theirs)
    for unit in pairing.added:
        weight = parts.put_in(unit.text, unit.start, unit.end, texts)
        if mostly_own or unit.start < begins:
            weight *= 0.7
        if unit.headline:
            weight *= parts.TITLE
        end = len(texts.official.text)
        yield Difference("addition", (end, end), (unit.start, unit.end), weight)
