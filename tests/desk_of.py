"""A small desk for tests: users, an office, an alert with a false claim and a contradicted fact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.contrib.auth.models import Group, User

from alerts.models import Alert
from alerts.services import raise_alerts
from clarifications import services
from clarifications.models import Case
from clarifications.roles import ensure_roles
from pipeline.model import Claim, ClaimMatch, Fact, Finding, Mention, Rule, RuleHit
from tests.builders import NOON, mention

CLAIM = Claim("fee-200", "网传注册公司要交200元工本费", verdict=False)
FACT = Fact(
    "fee-2025",
    "自2025年1月1日起，全市企业开办免收工本费。",
    subjects=("注册公司",),
    effective_from=date(2025, 1, 1),
    source="临市监发〔2024〕18号",
)
RULE = Rule("fee-rumour", level="III", kind="claim", name="收费谣言", department="registry")


@dataclass(frozen=True)
class SiteSettings:
    id: str = "site"
    kind: str = "site"
    name: str = "门户"
    title: str = ""
    base_url: str = ""


def hit(level: str = "III", rule: str = RULE.id) -> RuleHit:
    return RuleHit(
        rule=rule,
        level=level,  # type: ignore[arg-type]
        kind="claim",
        reason="重复了已知的不实说法",
        spans=((0, 2, "注册", "title"),),
        claims=(ClaimMatch(CLAIM.id, 0.9, True, (0, 8)),),
        findings=(Finding(FACT.id, "conflict", "fee", "0元", "200元", (3, 7)),),
    )


def rumour(id: str = "m1", story: str = "s1", **changes: object) -> Mention:  # noqa: A002
    return mention(
        id, "注册公司要交200元工本费？", "有人说注册公司要交200元。", story=story, **changes
    )


def raised(mentions: Sequence[Mention] = (), *, level: str = "III", now: datetime = NOON) -> Alert:
    """An alert on `mentions`, or on one rumour."""
    found = [(each, [hit(level)]) for each in mentions or [rumour()]]
    raise_alerts(found, {RULE.id: RULE}, {CLAIM.id: CLAIM}, {FACT.id: FACT}, now)
    return Alert.objects.get(story=found[0][0].story)


def office(folder: Path, *channels: SiteSettings) -> services.Office:
    return services.Office(
        agency="临江市市场监督管理局",
        data_folder=folder,
        contact="0571-12315",
        channels=channels or (SiteSettings(),),
        facts={FACT.id: FACT},
        claims={CLAIM.id: CLAIM},
        sources={"gazette": "临江日报"},
    )


def user(name: str, *roles: str) -> User:
    """A user with the role of the same name, or with `roles`."""

    ensure_roles()
    made = User.objects.create(username=name)
    made.groups.set(Group.objects.filter(name__in=roles or (name,)))
    return made


def drafted(case: Case, monitor: User, handler: User) -> str:
    """Register and draft; returns the hash of the text."""
    services.register(case, monitor, "涉及本局职责")
    return services.start_draft(case, handler, "rebuttal").text_hash
