"""Official facts compared with what a text says of their subjects.

For each fact in force whose subject the text speaks of, the values of its elements are looked for
near their cues and compared by number, unit and date, not by spelling. Questions, opinions,
refutations, and what is told of other places or earlier times say nothing against a fact.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from ahocorasick_rs import AhoCorasick

from pipeline.claims.binding import Topic
from pipeline.claims.expectation import Prepared, prepare
from pipeline.claims.judgement import Said, compare_element, holds, is_missing, speaking
from pipeline.claims.reading import Reading, read
from pipeline.claims.scope import is_town
from pipeline.claims.succession import Timeline
from pipeline.model import Fact, FieldName, Finding
from pipeline.normalise import Folded, fold

_CITY = re.compile(
    r"(?:^|(?<=[,:。、;\s在于由至日起]))(?![全我本各在该外])([\u4e00-\u9fff]{2})市(?![场民区政级值面长委立属直])"
)
_Kind = Literal["conflict", "outdated", "consistent"]


@dataclass(frozen=True, slots=True)
class _Field:
    name: FieldName
    folded: Folded


class FactIndex:
    """All official facts, compiled once; safe to use from several threads.

    `timezone` is the agency's: it decides which day a mention belongs to.
    """

    def __init__(self, facts: Sequence[Fact], *, timezone: str = "Asia/Shanghai") -> None:
        self._zone = ZoneInfo(timezone)
        self._timeline = Timeline(facts)
        self._prepared = {fact.id: prepare(fact) for fact in facts}
        self._home = _home(self._prepared.values())
        self._facts = tuple(facts)
        subjects: dict[str, list[int]] = {}
        for place, fact in enumerate(facts):
            for subject in fact.subjects:
                subjects.setdefault(fold(subject).text, []).append(place)
        subjects.pop("", None)
        self._speaking_of = list(subjects.values())
        self._subjects = AhoCorasick(list(subjects)) if subjects else None

    def compare(self, title: str, text: str, *, at: datetime) -> list[Finding]:
        """One finding for each element that the text speaks of, facts in the order given."""
        fields = [_Field("title", fold(title)), _Field("text", fold(text))]
        touched = self._touched(fields)
        if not touched:
            return []
        reading = read(fields[0].folded.text, fields[1].folded.text, self._home)
        if reading.silenced:
            return []
        day = at.astimezone(self._zone).date()
        findings: list[Finding] = []
        facts = [fact for fact in touched if self._timeline.is_in_force(fact, day)]
        for fact in facts:
            findings.extend(self._findings(self._topic(fact, facts), reading, day))
        return [_in_original(finding, fields) for finding in findings]

    def _touched(self, fields: Sequence[_Field]) -> list[Fact]:
        """Facts of whose subjects the text speaks, in the order given."""
        if self._subjects is None:
            return []
        places = {
            place
            for field in fields
            for index, _, _ in self._subjects.find_matches_as_indexes(
                field.folded.text, overlapping=True
            )
            for place in self._speaking_of[index]
        }
        return [self._facts[place] for place in sorted(places)]

    def _topic(self, fact: Fact, spoken_of: Sequence[Fact]) -> Topic:
        own = self._prepared[fact.id]
        others = [self._prepared[each.id] for each in spoken_of if each.id != fact.id]
        return Topic(
            own,
            tuple(element for other in others for element in other.elements if element.cues),
            tuple(s for other in others for s in other.subjects if s not in own.subjects),
        )

    def _findings(self, topic: Topic, reading: Reading, day: date) -> Iterator[Finding]:
        prepared = topic.prepared
        fact = prepared.fact
        sentences = speaking(topic, reading)
        missing: list[str] = []
        spoken = False
        for element in prepared.elements:
            said = compare_element(topic, element, sentences, day)
            if said is None:
                if element.required and is_missing(element, reading, day, prepared.subjects):
                    missing.append(element.id)
                continue
            finding = self._judged(fact, element.id, said)
            if finding is not None:
                spoken = spoken or said.firm
                yield finding
        if spoken:
            for name in missing:
                yield Finding(fact.id, "omission", name, prepared.expected(name), None, None)

    def _judged(self, fact: Fact, element: str, said: Said) -> Finding | None:
        expected = self._prepared[fact.id].expected(element)
        if said.right:
            return _finding(fact.id, "consistent", element, expected, said)
        if self._same_in(self._timeline.following(fact), element, fact, said):
            return None
        for earlier in self._timeline.preceding(fact):
            if self._same_in([earlier], element, fact, said):
                other = self._counterpart(earlier, fact, element) or element
                return _finding(earlier.id, "outdated", other, expected, said)
        return _finding(fact.id, "conflict", element, expected, said)

    def _same_in(self, others: Sequence[Fact], element: str, fact: Fact, said: Said) -> bool:
        """Whether what is said is the value of the same element in one of the other facts."""
        for other in others:
            name = self._counterpart(other, fact, element)
            if name and holds(self._prepared[other.id], name, said):
                return True
        return False

    def _counterpart(self, other: Fact, fact: Fact, element: str) -> str | None:
        """The element of another fact that says the same thing: same id, else same kind and cue."""
        mine = next(each for each in fact.elements if each.id == element)
        same_kind = [each for each in other.elements if each.kind == mine.kind]
        for each in same_kind:
            if each.id == mine.id:
                return each.id
        return next((e.id for e in same_kind if set(e.cues) & set(mine.cues)), None)


def _home(facts: Iterable[Prepared]) -> frozenset[str]:
    """Names of the agency's own city as its facts say them: 临江市 makes 临江."""
    return frozenset(
        name
        for prepared in facts
        for text in (
            prepared.statement,
            *prepared.subjects,
            *(e.written for e in prepared.elements),
        )
        for name in _CITY.findall(text)
        if is_town(name)
    )


def _finding(fact: str, kind: _Kind, element: str, expected: str, said: Said) -> Finding:
    field: FieldName = "title" if said.in_title else "text"
    return Finding(fact, kind, element, expected, said.found, (said.start, said.end), field)


def _in_original(finding: Finding, fields: Sequence[_Field]) -> Finding:
    if finding.span is None:
        return finding
    folded = next(field.folded for field in fields if field.name == finding.field)
    span = folded.original(*finding.span)
    return replace(finding, span=span, found=folded.source[slice(*span)])


def compare(
    facts: Sequence[Fact],
    text: str,
    *,
    at: datetime,
    title: str = "",
    timezone: str = "Asia/Shanghai",
) -> list[Finding]:
    """Compare one text with facts; `at` decides which were in force. For many: `FactIndex`."""
    return FactIndex(facts, timezone=timezone).compare(title, text, at=at)
