"""The weekly digest from this system's stores: on the command line and by the clock."""

from __future__ import annotations

from config.console import install
from config.wiring import System
from desk import ports


def digest_html(system: System, week: str) -> str:
    """The page of an ISO week such as 2026-W47. Raises BadInputError when there is no such week."""
    from desk.digests.service import current_digest

    install(system)
    return current_digest(week)


def send_due_digest(system: System) -> None:
    """Make and mail the digest of last week, when its hour has come and it was not done yet."""
    from desk.digests.service import make_and_send
    from desk.digests.weeks import due_week

    if not ports.installed():
        install(system)
    settings = system.configuration.settings
    week = due_week(
        system.clock(), settings.digest.weekday, settings.digest.time, settings.timezone
    )
    if week is not None:
        make_and_send(week)
