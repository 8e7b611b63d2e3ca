"""A text as the comparison reads it: one folded string a field, cut into sentences."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

from pipeline.claims.scope import Markers, is_about_elsewhere, markers
from pipeline.claims.sentences import Sentence, refutes, sentences

_LONG = 400
"""Letters above which a sentence is cut up."""


@dataclass(frozen=True)
class Line:
    """A sentence of title or text, with its clauses (spans in the whole field)."""

    sentence: Sentence
    in_title: bool
    whole: str
    asserts: bool
    """It neither stands beside a refutation nor before the question if it is true."""
    home: frozenset[str]

    @property
    def start(self) -> int:
        return self.sentence.start

    @property
    def end(self) -> int:
        return self.sentence.end

    @property
    def text(self) -> str:
        return self.sentence.text

    @cached_property
    def clauses(self) -> tuple[tuple[int, int], ...]:
        return tuple(self.sentence.clauses())

    @cached_property
    def markers(self) -> Markers:
        return markers(self.text, self.home)

    @cached_property
    def asked_from(self) -> int:
        return self.sentence.asked_from

    def clause(self, place: int) -> tuple[int, int]:
        """The clause that holds a place of the field; the whole sentence if none does."""
        return next(
            (each for each in self.clauses if each[0] <= place < each[1]), (self.start, self.end)
        )


@dataclass(frozen=True, slots=True)
class Reading:
    lines: tuple[Line, ...]
    silenced: bool
    """Nothing in it is claimed of the agency: the title refutes it, or it is of another city."""

    def says(self, written: str) -> bool:
        return any(written in line.text for line in self.lines)


def read(title: str, text: str, home: Collection[str] = ()) -> Reading:
    """Read folded title and text; `home` names the agency's own places."""
    own = frozenset(home)
    return Reading(
        (*_lines(title, own, in_title=True), *_lines(text, own, in_title=False)),
        silenced=refutes(title) or is_about_elsewhere(f"{title}\n{text}", own),
    )


def _pieces(sentence: Sentence) -> Iterator[Sentence]:
    """A sentence; what runs on without an end, such as a table, in pieces of its clauses."""
    start = sentence.start
    while sentence.end - start > _LONG:
        reach = sentence.text[start - sentence.start :][:_LONG]
        size = max(reach.rfind(","), reach.rfind(" "), reach.rfind("、")) + 1 or _LONG
        yield Sentence(start, start + size, reach[:size])
        start += size
    yield Sentence(start, sentence.end, sentence.text[start - sentence.start :])


def _lines(whole: str, home: frozenset[str], *, in_title: bool) -> list[Line]:
    found = [piece for sentence in sentences(whole) for piece in _pieces(sentence)]
    denied = [sentence.refutes for sentence in found]
    doubted = [sentence.asks_for_confirmation for sentence in found[1:]] + [False]
    return [
        Line(
            sentence,
            in_title,
            whole,
            asserts=not (any(denied[max(0, place - 1) : place + 3]) or doubted[place]),
            home=home,
        )
        for place, sentence in enumerate(found)
    ]
