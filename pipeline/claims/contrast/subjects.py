"""Whom and what a changed place speaks of: names, and ordinary words that stand in for others."""

from __future__ import annotations

from collections.abc import Iterator

from rapidfuzz.distance import Indel

from pipeline.claims.contrast import lexicon
from pipeline.claims.contrast.edit import Edit
from pipeline.claims.contrast.model import Difference, DifferenceKind
from pipeline.claims.contrast.whole import Texts
from pipeline.claims.contrast.words import Word

_HARMLESS = 0.1


def subjects(edit: Edit, texts: Texts) -> Iterator[Difference]:
    """Another name is another subject; so is another noun, if it is not another word for it."""
    ours = [word for word in edit.official if word.role in ("name", "content")]
    theirs = [word for word in edit.mention if word.role in ("name", "content")]
    if not ours and not theirs:
        return
    named = (
        [word for word in ours if word.role == "name"],
        [word for word in theirs if word.role == "name"],
    )
    joined = "".join(w.text for w in ours), "".join(w.text for w in theirs)
    if (named[0] or named[1]) and lexicon.same_name(*joined):
        return
    first = [w for w in named[0] if not any(lexicon.same_name(w.text, o.text) for o in theirs)]
    second = [w for w in named[1] if not any(lexicon.same_name(w.text, o.text) for o in ours)]
    if first and second:
        spelt = lexicon.spelt_otherwise(
            *("".join(w.text for w in side) for side in (first, second))
        )
        yield edit.difference("subject", first, second, 0.35 if spelt else 0.9)
    elif (first and theirs) or (second and ours):
        yield edit.difference("subject", first or ours, second or theirs, 0.6)
    elif first:
        known = all(word.text in texts.mention.text for word in first)
        yield edit.difference("omission", first, [], _HARMLESS if known else 0.35)
    elif second:
        known = all(word.text in texts.official.text for word in second)
        yield edit.difference("addition", [], second, 0.2 if known else 0.4)
    else:
        yield from _contents(edit, ours, theirs)


def _contents(edit: Edit, ours: list[Word], theirs: list[Word]) -> Iterator[Difference]:
    """Ordinary words: another noun is another subject, another verb is often only another word."""
    if ours and theirs:
        kind, weight = _another_word(edit, ours, theirs)
        yield edit.difference(kind, ours, theirs, weight)
    elif ours:
        yield edit.difference("omission", ours, [], min(0.4, 0.1 * len(ours)))
    else:
        yield edit.difference("addition", [], theirs, min(0.4, 0.1 * len(theirs)))


def _another_word(edit: Edit, ours: list[Word], theirs: list[Word]) -> tuple[DifferenceKind, float]:
    first, second = ("".join(word.text for word in side) for side in (ours, theirs))
    if lexicon.same_meaning(first, second):
        return "subject", _HARMLESS
    if lexicon.sound_alike(first, second):
        return "subject", 0.2
    letters = len(first) == len(second) == 1
    if letters and any(word.tag in lexicon.NAME_TAGS for word in (*ours, *theirs)):
        return "subject", 0.6
    caused = edit.before is not None and edit.before.key in lexicon.CAUSES
    alike = Indel.normalized_similarity(first, second)
    nouns = all(any(w.tag.startswith("n") for w in side) for side in (ours, theirs))
    cores = lexicon.cores(first, second)
    if nouns and first[0] != second[0] and first[-1] == second[-1] and all(cores):
        return "subject", 0.55 if max(map(len, cores)) <= 2 else 0.5
    if caused and alike < 0.5:
        return "cause", 0.6
    if alike >= 0.5 or any(word.text in lexicon.VAGUE for word in (*ours, *theirs)):
        return "subject", 0.15
    if nouns and len(ours) + len(theirs) <= 6:
        return "subject", 0.55
    if letters and not any(word.tag in ("v", "d", "p") for word in (*ours, *theirs)):
        return "subject", 0.5
    return "subject", 0.42 if len(ours) == len(theirs) == 1 else 0.3
