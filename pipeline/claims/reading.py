"""A text as the comparison reads it: one folded string a field, cut into sentences."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.claims.sentences import Sentence, refutes, sentences


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of title or text, with its clauses (spans in the whole field)."""

    sentence: Sentence
    in_title: bool
    whole: str
    clauses: tuple[tuple[int, int], ...]
    asserts: bool
    """It neither asks, supposes, nor speaks of other places, nor stands beside a refutation."""


@dataclass(frozen=True, slots=True)
class Reading:
    lines: tuple[Line, ...]
    refuted: bool
    """The title calls it false: nothing in the text is the author's own claim."""


def read(title: str, text: str) -> Reading:
    """Read folded title and text."""
    return Reading(
        (*_lines(title, in_title=True), *_lines(text, in_title=False)), refuted=refutes(title)
    )


def _lines(whole: str, *, in_title: bool) -> list[Line]:
    found = sentences(whole)
    denied = [sentence.refutes for sentence in found]
    return [
        Line(
            sentence,
            in_title,
            whole,
            tuple(sentence.clauses()),
            asserts=not (
                any(denied[max(0, place - 1) : place + 3])
                or sentence.asks
                or sentence.supposes
                or sentence.speaks_of_elsewhere
            ),
        )
        for place, sentence in enumerate(found)
    ]
