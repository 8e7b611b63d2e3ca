"""An agency's configuration after loading: typed, frozen, blind to where it came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Literal

from alerts.scoring import Weights
from pipeline.model import Claim, Fact, Rule, Site, Source

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class DigestSettings:
    """When the weekly digest is made (ISO weekday, wall clock of the agency) and for whom."""

    recipients: tuple[str, ...] = ()
    weekday: int = 1
    time: time = time(8, 30)


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The mail server of the agency; the password stands in the environment, never in a file."""

    host: str
    port: int = 25
    sender: str = ""
    username: str = ""
    password_env: str = ""
    tls: bool = False


@dataclass(frozen=True, slots=True)
class FetchingSettings:
    """Limits of a collection round, in seconds: one request, the whole round, and the pause before
    an address is tried again (the next one is twice as long). `updates`: whether young articles are
    fetched again to see whether they were changed or withdrawn."""

    timeout: float = 30
    round: float = 300
    pause: float = 2
    updates: bool = True


@dataclass(frozen=True, slots=True)
class RetentionSettings:
    """How long the archive of fetched records is kept; whichever is reached first. Below
    `free_gigabytes` on its disk nothing is collected."""

    days: int = 180
    gigabytes: float = 50
    free_gigabytes: float = 1


@dataclass(frozen=True, slots=True)
class SentenceModelSettings:
    """A sentence model of the agency's own; see `pipeline/claims/onnx_model.py`."""

    folder: Path
    pooling: Literal["mean", "cls", "model"] = "mean"
    prefix: str = ""
    max_tokens: int = 256


@dataclass(frozen=True, slots=True)
class Settings:
    agency: str = "未命名机构"
    contact: str = ""
    timezone: str = "Asia/Shanghai"
    sample: bool = False
    allow_networks: tuple[Network, ...] = ()
    mentions: str = ""
    cases: str = ""
    user_agent: str = ""
    digest: DigestSettings = DigestSettings()
    mail: MailSettings | None = None
    fetching: FetchingSettings = FetchingSettings()
    retention: RetentionSettings = RetentionSettings()
    levels: Weights = field(default_factory=Weights)
    """How alerts are weighed."""
    sentence_model: SentenceModelSettings | None = None
    """Takes the place of the careful model that the extra `semantic` brings."""


@dataclass(frozen=True, slots=True)
class Department:
    id: str
    name: str
    duties: tuple[str, ...] = ()
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Duty:
    """Who is on duty: on a date, or on a weekday (ISO number)."""

    id: str
    person: str
    role: str
    on: date | None = None
    weekday: int | None = None
    department: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Channel:
    """Where clarifications are published. `kind` names it in `CHANNEL_TYPES`."""

    id: str
    kind: str
    name: str = ""
    title: str = ""
    base_url: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an object is defined."""

    file: str
    line: int | None

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Configuration:
    settings: Settings = Settings()
    sources: tuple[Source, ...] = ()
    rules: tuple[Rule, ...] = ()
    facts: tuple[Fact, ...] = ()
    claims: tuple[Claim, ...] = ()
    departments: tuple[Department, ...] = ()
    roster: tuple[Duty, ...] = ()
    channels: tuple[Channel, ...] = ()
    sites: tuple[Site, ...] = ()
    """How single sites are read where the general reading goes wrong."""
    origins: dict[tuple[str, str], Origin] = field(default_factory=dict)
    """(section, id) → where it stands; section is the file's stem, such as "rules"."""
