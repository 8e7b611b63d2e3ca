"""What the console needs from outside; `config/wiring.py` fills it, tests fill it with fakes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Generic, Protocol, TypeVar
from zoneinfo import ZoneInfo

from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import gettext as _

from clarifications.office import Office, configure
from clarifications.publish.channel import ChannelSettings
from desk.rule_trials import TryRule
from desk.trials import TrySource
from pipeline.answers import Answers, answers_of
from pipeline.errors import ChengqingError
from pipeline.model import NO_SITES, Claim, ClaimMatch, Fact, Mention, Rule, Sites, Source
from pipeline.ports import Clock, MentionStore

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Configured(Generic[T]):
    """An object of the configuration, and where it stands (`rules.yaml:12`)."""

    value: T
    origin: str


class Department(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def duties(self) -> Sequence[str]: ...
    @property
    def contact(self) -> str: ...


class Duty(Protocol):
    """Who is on duty: on a date, or on an ISO weekday."""

    @property
    def person(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def on(self) -> date | None: ...
    @property
    def weekday(self) -> int | None: ...
    @property
    def department(self) -> str: ...
    @property
    def phone(self) -> str: ...


class ClaimLinks(Protocol):
    """The library of known false claims."""

    def of(self, mention: Mention) -> Sequence[ClaimMatch]:
        """What a mention repeats or may repeat, best first."""

    def judge(self, mention: Mention) -> object:
        """Let the claim rules look at a mention again, after a person decided about it; alerts that
        follow are raised in the caller's transaction."""


class Mailer(Protocol):
    """Opens a connection to the agency's mail server."""

    def __call__(self) -> BaseEmailBackend: ...


@dataclass(frozen=True)
class Desk:
    """One agency's desk. Shared by all threads of the console, hence frozen.

    `store` gives a mention store for the calling thread; whoever fills the port keeps it and closes
    it. `timezone` is the IANA zone in which times are shown. `recipients` are those of the weekly
    digest; without a `mailer` it is shown in the console only.
    """

    agency: str
    timezone: str
    store: Callable[[], MentionStore]
    clock: Clock
    office: Office
    sources: Sequence[Configured[Source]] = ()
    sites: Sites = field(default_factory=lambda: NO_SITES)
    rules: Sequence[Configured[Rule]] = ()
    facts: Sequence[Configured[Fact]] = ()
    claims: Sequence[Configured[Claim]] = ()
    departments: Sequence[Configured[Department]] = ()
    roster: Sequence[Configured[Duty]] = ()
    channels: Sequence[Configured[ChannelSettings]] = ()
    recipients: Sequence[str] = ()
    mailer: Mailer | None = None
    try_source: TrySource | None = None
    try_rule: TryRule | None = None
    claim_links: ClaimLinks | None = None
    mail_sender: str = ""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def site_folder(self) -> Path:
        """Where the channel `site` writes."""
        return self.office.data_folder / "site"

    @cached_property
    def source_names(self) -> dict[str, str]:
        return {entry.value.id: entry.value.name for entry in self.sources}

    @cached_property
    def false_claims(self) -> dict[str, Claim]:
        """Those that mentions are compared with."""
        return {each.value.id: each.value for each in self.claims if each.value.verdict is False}

    @cached_property
    def department_names(self) -> dict[str, str]:
        return {entry.value.id: entry.value.name for entry in self.departments}

    @cached_property
    def answers(self) -> Answers:
        """What the mention store keeps a copy of to find it by."""
        return answers_of(
            (entry.value for entry in self.claims), (entry.value for entry in self.facts)
        )

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)

    def today(self) -> date:
        return self.local(self.clock()).date()


_desk: list[Desk] = []


def install(desk: Desk) -> None:
    """Set the desk of this process, once at start-up."""
    configure(desk.office)
    _desk[:] = [desk]


def installed() -> bool:
    return bool(_desk)


def current() -> Desk:
    if not _desk:
        raise ChengqingError(_("系统尚未就绪，请稍后再试。"))
    return _desk[0]
