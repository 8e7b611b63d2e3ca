"""What of a text stands for what of a term: each unit of the term with what is written for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.confusables import ALIKE, is_usual
from pipeline.disguise_forms import Form, Read
from pipeline.numerals import NUMERALS
from pipeline.parts import splits
from pipeline.sounds import sounds, syllable, tone

PartKind = Literal["sound", "shape", "initial", "backwards"]
Part = tuple[PartKind, int]
"""What stands for a unit of the term, and in how many units of the text."""
Layout = tuple[Part, ...] | None
Target = tuple[int, Layout]
"""Number of a wording, and how it is laid out."""
Pattern = tuple[str, Target]
"""Symbols of a form that stand for a term."""
SOUNDS: Layout = None
"""Each unit of the term is one unit of the text that sounds like it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What stands for one unit of the term: where, as what, and the unit itself."""

    start: int
    end: int
    kind: str
    written: str


def pieces_of(
    text: Read, form: Form, term: Sequence[str], layout: Layout, start: int
) -> list[Piece] | None:
    """The pieces that units from `start` on make of the term; None when they are something else."""
    if layout is not None and layout[0][0] == "backwards":
        return _backwards(text, form, term, start)
    pieces = []
    for number, unit in enumerate(term):
        kind, size = layout[number] if layout is not None else ("sound", 1)
        first, last = form.starts[start], form.ends[start + size - 1]
        written = text.plain[first:last]
        start += size
        if kind == "sound":
            found = "plain" if written == unit else _likeness(form, written, unit)
        elif kind == "initial":
            found = "initial" if written.isascii() and written.isalpha() else ""
        else:
            found = "shape" if written in ALIKE.get(unit, "") else ""
        if not found:
            return None
        pieces.append(Piece(first, last, found, written))
    return pieces


def _backwards(text: Read, form: Form, term: Sequence[str], start: int) -> list[Piece] | None:
    places = range(start, start + len(term))
    pieces = [
        Piece(form.starts[i], form.ends[i], "plain", text.plain[form.starts[i] : form.ends[i]])
        for i in places
    ]
    written = [piece.written for piece in pieces]
    return pieces if written == [*reversed(term)] and written != [*term] else None


def _likeness(form: Form, written: str, unit: str) -> str:
    """In what a unit of the text is like the unit of the term that it stands for."""
    if written == unit:
        return "plain"
    if form.kind == "pictures" and not written[0].isalnum():
        return "picture"
    if form.kind == "family":
        return "family" if is_usual(written) else "odd"
    if form.kind == "joined" and len(written) > 1 and is_han(written[-1]):
        return "parts" if written in splits(unit) else ""
    if len(written) > 1 and written.isascii():
        return "near" if _only_near(written, unit) else "pinyin"
    if unit in NUMERALS:
        return "plain" if written in NUMERALS and tone(written) == tone(unit) else ""
    if written.isdigit():
        return "digit"
    if not written.isascii() and not is_han(written[0]):
        return "pinyin"
    if tone(written) == tone(unit):
        return "tone"
    if not is_usual(written):
        return "odd"
    return "near" if _only_near(syllable(written), unit) else "sound"


def _only_near(written: str, unit: str) -> bool:
    """Whether two syllables share no more than a symbol. Another reading is as good as a usual."""
    table = sounds()
    usual = syllable(unit)
    return written != usual and table.syllables.get(written) == table.syllables.get(usual, "")


def is_han(char: str) -> bool:
    """A Chinese character."""
    return "\u3400" <= char <= "\u9fff"
