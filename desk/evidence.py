"""What an alert rests on, ready to be shown: the sentences with their marks, and what they are
compared with. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from desk.claim_links import ClaimLink
from desk.marking import Mark, Segment, passages, segments
from pipeline.model import Mention

FINDING_LABELS = {
    "conflict": _("不一致"),
    "outdated": _("已失效"),
    "omission": _("未提及"),
    "consistent": _("一致"),
}


@dataclass(frozen=True, slots=True)
class FindingBeside:
    """An element of a fact: what is official, what was found."""

    kind: str
    label: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class FactBeside:
    fact: str
    statement: str
    source: str
    findings: tuple[FindingBeside, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    title: tuple[Segment, ...]
    passages: tuple[tuple[Segment, ...], ...]
    full: tuple[Segment, ...]
    claims: tuple[ClaimLink, ...]
    facts: tuple[FactBeside, ...]


def assemble(
    mention: Mention, explanation: Mapping[str, Any], links: Sequence[ClaimLink], *, exact: bool
) -> Evidence:
    """`exact` tells whether `mention` is the very version that was judged; in another one only
    marks whose text still stands there are shown."""
    title = _marks(explanation, links, "title", mention.title, exact)
    text = _marks(explanation, links, "text", mention.text, exact)
    shown = passages(mention.text, text)
    if not shown and not title:
        shown = [(Segment(mention.text[:160]),)] if mention.text else []
    return Evidence(
        title=segments(mention.title, title),
        passages=tuple(shown),
        full=segments(mention.text, text),
        claims=tuple(links),
        facts=_facts(explanation.get("findings", ())),
    )


def _marks(
    explanation: Mapping[str, Any],
    links: Sequence[ClaimLink],
    field: str,
    text: str,
    exact: bool,
) -> list[Mark]:
    found = [
        _mark(each.match.span, "suggested" if each.state == "suggested" else "claim")
        for each in links
        if each.match.field == field and each.quoted and each.state != "rejected"
    ]
    found += [
        _mark(each["span"], each["kind"])
        for each in explanation.get("findings", ())
        if each["field"] == field and each["span"] and exact
    ]
    taken = {(mark.start, mark.end) for mark in found}
    found += [
        Mark(start, end, "term")
        for start, end, matched, where in explanation.get("spans", ())
        if where == field and (start, end) not in taken and (exact or text[start:end] == matched)
    ]
    return found


def _mark(span: Sequence[int], kind: str) -> Mark:
    start, end = span
    return Mark(start, end, kind)


def _facts(findings: Sequence[Mapping[str, Any]]) -> tuple[FactBeside, ...]:
    order = dict.fromkeys(each["fact"] for each in findings)
    made = []
    for fact in order:
        ours = [each for each in findings if each["fact"] == fact]
        beside = tuple(
            FindingBeside(
                each["kind"],
                str(FINDING_LABELS.get(each["kind"], each["kind"])),
                each["expected"],
                each["found"] or "",
            )
            for each in ours
        )
        made.append(FactBeside(fact, ours[0]["statement"], ours[0]["source"], beside))
    return tuple(made)
