"""已有口径: what the agency has said already of what somebody searches for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.utils.translation import gettext as _

from clarifications.documents import chinese_date, validity
from desk.marking import Mark, Segment, segments
from desk.ports import Configured, Desk
from pipeline.answers import Question, question
from pipeline.claims.succession import Timeline
from pipeline.model import Claim, Fact

SHOWN = 5

State = Literal["false", "true", "open", "current", "over", "ahead"]
"""Of a claim its verdict, of a fact whether it is in force today."""


@dataclass(frozen=True, slots=True)
class KnownAnswer:
    """A claim or fact of the configuration, as the search page shows it."""

    kind: Literal["claim", "fact"]
    state: State
    text: tuple[Segment, ...]
    origin: str
    link: str = ""
    """Of a claim: its clarification, and when it was answered or last seen."""
    on: date | None = None
    document: str = ""
    validity: str = ""


def known_answers(desk: Desk, text: str) -> list[KnownAnswer]:
    """What speaks of it, best first, but facts that are not in force after all others.

    The store's copy only finds them; what is shown is the configuration's. A copy of another
    configuration is made anew first. Raises QueryError and StoreError.
    """
    asked = question(text)
    if asked is None:
        return []
    index = desk.store().answers
    if index.digest() != desk.answers.digest:
        index.replace(desk.answers)
    claims = {entry.value.id: entry for entry in desk.claims}
    facts = {entry.value.id: entry for entry in desk.facts}
    timeline = Timeline([entry.value for entry in desk.facts])
    found = [
        _claim(claims[each.id], asked)
        if each.kind == "claim"
        else _fact(facts[each.id], asked, timeline, desk.today())
        for each in index.find(text, limit=2 * SHOWN)
        if each.id in (claims if each.kind == "claim" else facts)
    ]
    return sorted(found, key=lambda each: each.state in ("over", "ahead"))[:SHOWN]


def _claim(entry: Configured[Claim], asked: Question) -> KnownAnswer:
    claim = entry.value
    state: State = "open" if claim.verdict is None else "true" if claim.verdict else "false"
    text = _marked(claim.text, asked)
    return KnownAnswer(
        "claim", state, text, entry.origin, link=claim.clarification, on=claim.answered_on
    )


def _fact(entry: Configured[Fact], asked: Question, timeline: Timeline, today: date) -> KnownAnswer:
    fact = entry.value
    state: State = "over"
    if timeline.is_in_force(fact, today):
        state = "current"
    elif fact.effective_from is not None and fact.effective_from > today:
        state = "ahead"
    return KnownAnswer(
        "fact",
        state,
        _marked(fact.statement, asked),
        entry.origin,
        document=fact.source,
        validity=_ended(fact, timeline) if state == "over" else validity(fact),
    )


def _ended(fact: Fact, timeline: Timeline) -> str:
    """A fact that names no end of its own was ended by its successor."""
    later = timeline.following(fact)
    if fact.effective_to is not None or not later:
        return validity(fact)
    day = later[0].effective_from
    return (
        _("{validity}，{day}起被取代").format(validity=validity(fact), day=chinese_date(day))
        if day
        else _("已被取代")
    )


def _marked(text: str, asked: Question) -> tuple[Segment, ...]:
    return segments(text, [Mark(start, end, "search") for start, end in asked.marks(text)])
