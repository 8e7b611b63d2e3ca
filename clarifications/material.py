"""From a case to what a document template is filled with. Only what is on record goes in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from alerts.claim_links import last_decisions
from clarifications.documents import CitedClaim, CitedFinding, Material, chinese_date, cite
from clarifications.models import Case, CaseMention
from clarifications.office import Office
from pipeline.model import Fact

TOPIC_CHARACTERS = 40


def gather(case: Case, office: Office, today: date) -> Material:
    """Claims and findings as the alert recorded them; of the facts, the versions in force today."""
    mentions = list(case.mentions.all())
    claims = _claims(mentions)
    findings = _findings(mentions)
    facts = _facts(case, mentions, claims, office.facts, today)
    known = [office.claims[claim.id] for claim in claims if claim.id in office.claims]
    return Material(
        topic=_topic(case.title),
        where=_where(mentions, office.sources),
        claims=tuple(claims),
        facts=tuple(cite(fact) for fact in facts),
        findings=tuple(findings),
        refuted=any(claim.verdict is False for claim in known),
        conflicts=any(finding.kind in ("conflict", "outdated") for finding in findings),
        agency=office.agency,
        contact=office.contact,
        date=chinese_date(today),
    )


def in_force(fact: Fact, facts: Mapping[str, Fact], today: date) -> Fact:
    """The fact, or the one that took its place by today."""
    seen = {fact.id}
    while True:
        later = [each for each in facts.values() if each.supersedes == fact.id]
        later = [each for each in later if _started(each, today) and each.id not in seen]
        if not later:
            return fact
        fact = later[0]
        seen.add(fact.id)


def _topic(title: str) -> str:
    line = " ".join(title.split())
    return line if len(line) <= TOPIC_CHARACTERS else line[: TOPIC_CHARACTERS - 1] + "…"


def _where(mentions: Sequence[CaseMention], sources: Mapping[str, str]) -> str:
    names = dict.fromkeys(sources.get(mention.source, "") for mention in mentions)
    return "、".join(name for name in names if name) or _("网上")


def _parts(mentions: Sequence[CaseMention], key: str) -> Iterable[Mapping[str, Any]]:
    for mention in mentions:
        yield from mention.explanation.get(key) or ()


def _claims(mentions: Sequence[CaseMention]) -> list[CitedClaim]:
    """Those repeated, by the texts unless people decided otherwise."""
    decided = last_decisions([mention.mention for mention in mentions])
    found = {
        match["claim"]: CitedClaim(match["claim"], match["claim_text"])
        for mention in mentions
        for match in _parts([mention], "claims")
        if match.get("same")
        and match.get("claim_text")
        and (mention.mention, match["claim"]) not in decided
    }
    confirmed = (row for row in decided.values() if row.confirmed)
    found |= {row.claim: CitedClaim(row.claim, row.claim_text) for row in confirmed}
    return list(found.values())


def _findings(mentions: Sequence[CaseMention]) -> list[CitedFinding]:
    found = (
        CitedFinding(finding["kind"], finding["expected"], finding["found"] or "")
        for finding in _parts(mentions, "findings")
        if finding["kind"] != "consistent"
    )
    return list(dict.fromkeys(found))


def _facts(
    case: Case,
    mentions: Sequence[CaseMention],
    claims: Sequence[CitedClaim],
    facts: Mapping[str, Fact],
    today: date,
) -> list[Fact]:
    """Those that were compared; else those in force whose subject is spoken of."""
    compared = [
        facts[finding["fact"]]
        for finding in _parts(mentions, "findings")
        if finding["fact"] in facts and finding["kind"] != "consistent"
    ]
    if not compared:
        said = "\n".join([case.title, *(m.title for m in mentions), *(c.text for c in claims)])
        compared = [
            fact for fact in facts.values() if any(subject in said for subject in fact.subjects)
        ]
    current = (in_force(fact, facts, today) for fact in compared)
    unique = {fact.id: fact for fact in current if _started(fact, today) and not _over(fact, today)}
    return list(unique.values())


def _started(fact: Fact, today: date) -> bool:
    return fact.effective_from is None or fact.effective_from <= today


def _over(fact: Fact, today: date) -> bool:
    return fact.effective_to is not None and fact.effective_to < today
