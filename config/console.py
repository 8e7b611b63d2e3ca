"""The desk's port, filled: what the console and the digest need of the configuration and stores."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TypeVar

from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend

from clarifications.office import Office
from clarifications.publish.channel import ChannelSettings
from config import environment
from config.claim_links import ConsoleLinks
from config.configuration import MailSettings
from config.rule_trial import StoredTrial
from config.trial import SourceTrial
from config.wiring import System
from desk import ports
from desk.ports import Configured, Desk, Mailer
from pipeline.ports import MentionStore

T = TypeVar("T")
MAIL_SECONDS = 30


class _Stores(threading.local):
    """One mention store for each thread: a store belongs to the thread that uses it."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.store: MentionStore | None = None

    def __call__(self) -> MentionStore:
        if self.store is None:
            self.store = self.system.open_store()
        return self.store


def install(system: System) -> None:
    """Make this process's desk that of the system."""
    ports.install(desk_of(system))


def desk_of(system: System) -> Desk:
    configuration = system.configuration
    settings = configuration.settings
    channels: tuple[ChannelSettings, ...] = tuple(
        channel if channel.base_url else replace(channel, base_url=_own_site())
        for channel in configuration.channels
    )

    stores = _Stores(system)

    def configured(section: str, entries: Iterable[T]) -> list[Configured[T]]:
        return [
            Configured(entry, str(configuration.origins[(section, _id(entry))]))
            for entry in entries
        ]

    return Desk(
        agency=settings.agency,
        timezone=settings.timezone,
        store=stores,
        clock=system.clock,
        office=Office(
            agency=settings.agency,
            data_folder=system.data,
            contact=settings.contact,
            channels=channels,
            templates_folder=environment.config_folder() / "templates",
            facts={fact.id: fact for fact in configuration.facts},
            claims={claim.id: claim for claim in configuration.claims},
            sources={source.id: source.name for source in configuration.sources},
            spool_folder=system.spool,
            clock=system.clock,
        ),
        sources=configured("sources", configuration.sources),
        sites={site.host: site for site in configuration.sites},
        rules=configured("rules", configuration.rules),
        facts=configured("facts", configuration.facts),
        claims=configured("claims", configuration.claims),
        departments=configured("departments", configuration.departments),
        roster=configured("roster", configuration.roster),
        channels=configured("channels", channels),
        recipients=settings.digest.recipients,
        mailer=_mailer(settings.mail) if settings.mail else None,
        try_source=SourceTrial(system),
        try_rule=StoredTrial(system),
        claim_links=ConsoleLinks(system, stores),
        mail_sender=settings.mail.sender if settings.mail else "",
    )


def _own_site() -> str:
    """Where the console shows what the channel `site` writes."""
    return f"http://127.0.0.1:{environment.port()}/site/"


def _id(entry: Any) -> str:
    return str(entry.id)


def _mailer(mail: MailSettings) -> Mailer:
    def connect() -> BaseEmailBackend:
        return EmailBackend(
            host=mail.host,
            port=mail.port,
            username=mail.username or None,
            password=os.environ.get(mail.password_env) if mail.password_env else None,
            use_tls=mail.tls,
            timeout=MAIL_SECONDS,
        )

    return connect
