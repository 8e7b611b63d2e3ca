"""What is wrong with an installation, and what to do about it."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import requests

from config.configuration import Configuration
from config.loader import ConfigurationError
from config.wiring import System, configuration_of, start
from pipeline import spool
from pipeline.errors import ChengqingError
from pipeline.model import Source

LOW_DISK_BYTES = 2 * 1024**3
CLOCK_TOLERANCE = timedelta(seconds=60)
BACKLOG_BYTES = 50 * 1024**2


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    state: Literal["ok", "warning", "problem"]
    message: str
    remedy: str = ""


def examine(folder: Path, data: Path) -> list[Finding]:
    """Look at everything, in order; a problem in one part does not hide the others."""
    findings: list[Finding] = []
    try:
        configuration = configuration_of(folder, data)
    except ConfigurationError as error:
        for problem in error.problems:
            findings.append(
                Finding("configuration", "problem", str(problem), f"mend it in {folder}")
            )
        return findings
    except ChengqingError as error:
        return [Finding("configuration", "problem", str(error), "name the folder with --config")]
    findings.extend(_configuration(configuration, folder))
    try:
        system = start()
    except ChengqingError as error:
        findings.append(Finding("data folder", "problem", str(error), "see --data"))
        return findings
    findings.extend(_templates(folder / "templates"))
    for look in (
        _disk,
        _quarantine,
        _case_store,
        _mention_store,
        _backlog,
        _sources,
        _audit,
        _mail,
        _sentence_model,
        _clock,
    ):
        findings.extend(_safely(look, system))
    return findings


def _safely(look: Callable[[System], Iterator[Finding]], system: System) -> list[Finding]:
    try:
        return list(look(system))
    except ChengqingError as error:
        return [Finding(look.__name__.strip("_").replace("_", " "), "problem", str(error))]


def _configuration(configuration: Configuration, folder: Path) -> Iterator[Finding]:
    counts = {
        name: len(getattr(configuration, name))
        for name in ("sources", "rules", "facts", "claims", "departments")
    }
    shown = ", ".join(f"{count} {name}" for name, count in counts.items())
    yield Finding("configuration", "ok", f"{folder}: {shown}")
    if not any(source.enabled for source in configuration.sources):
        yield Finding(
            "sources", "warning", "no source is enabled", f"add some to {folder / 'sources.yaml'}"
        )
    if not any(rule.enabled for rule in configuration.rules):
        yield Finding(
            "rules", "warning", "no rule is enabled: nothing can raise an alert",
            f"add some to {folder / 'rules.yaml'}",
        )  # fmt: skip


def _templates(folder: Path) -> Iterator[Finding]:
    from clarifications.documents import problems

    for sentence in problems(folder):
        yield Finding("document templates", "problem", sentence, f"mend it in {folder}")


def _disk(system: System) -> Iterator[Finding]:
    from config.retention import GIGABYTE, shortage
    from pipeline.retention import size_of

    free = shutil.disk_usage(system.data).free
    shown = f"{free / 1024**3:.1f} GB free below {system.data}"
    if paused := shortage(system):
        yield Finding("disk", "problem", shown, paused)
    elif free < LOW_DISK_BYTES:
        yield Finding("disk", "warning", shown, "make room: collecting stops when it is full")
    else:
        yield Finding("disk", "ok", shown)
    kept = system.configuration.settings.retention
    size = size_of(system.spool) / GIGABYTE
    yield Finding(
        "archive", "ok", f"{size:.2f} GB, kept for {kept.days} days and up to {kept.gigabytes:g} GB"
    )


def _quarantine(system: System) -> Iterator[Finding]:
    from alerts.quarantine import counts

    waiting = counts()
    shown = f"{sum(waiting.values())} records could not be read"
    if damaged := waiting.get("", 0):
        remedy = "check the disk: see 隔离区 in the console"
        yield Finding("quarantine", "warning", f"{shown}, {damaged} of them damaged", remedy)
    else:
        yield Finding("quarantine", "ok", shown)


def _case_store(system: System) -> Iterator[Finding]:
    from django.db import DatabaseError, connection

    from alerts.models import Alert

    try:
        count = Alert.objects.count()
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA quick_check(1)")
            state = cursor.fetchone()[0]
    except DatabaseError as error:
        yield Finding("case store", "problem", str(error), "restore cases.db from the backup")
        return
    if state == "ok":
        yield Finding("case store", "ok", f"{count} alerts")
    else:
        yield Finding("case store", "problem", str(state), "restore cases.db from the backup")


def _mention_store(system: System) -> Iterator[Finding]:
    from pipeline.model import Query

    count = system.store.count(Query())
    yield Finding("mention store", "ok", f"{system.store.describe()}: {count} mentions")


def _backlog(system: System) -> Iterator[Finding]:
    from config.wiring import CaseStoreCheckpoint

    done, last = CaseStoreCheckpoint().load(), spool.end(system.spool)
    waiting = sum(
        path.stat().st_size
        for number in range(done.segment, last.segment + 1)
        if (path := spool.segment_path(system.spool, number)).exists()
    ) - (done.offset if done.segment <= last.segment else 0)
    if waiting > BACKLOG_BYTES:
        yield Finding(
            "backlog", "warning", f"{waiting >> 20} MB of the spool are not processed yet",
            "run `chengqing collect`; if it stays, see the error of the last round",
        )  # fmt: skip
    else:
        yield Finding("backlog", "ok", f"processed up to {done}")


def _sources(system: System) -> Iterator[Finding]:
    """In the words of the console's board."""
    from alerts.models import SourceState
    from desk.source_health import judge

    states = {state.source: state for state in SourceState.objects.all()}
    for source in system.configuration.sources:
        state = states.get(source.id)
        if not source.enabled:
            continue
        yield from _means(source, system)
        health = judge(source, state, system.clock())
        if health.troubled:
            where = source.url or source.folder or source.name
            yield Finding(
                f"source {source.id}", "warning", f"{health.label}: {health.sentence}",
                f"look at {where}; mend sources.yaml (`chengqing try` says what an address is)",
            )  # fmt: skip


def _means(source: Source, system: System) -> Iterator[Finding]:
    """What a source needs of this machine: the password of a mailbox, a folder, a browser."""
    if source.password_env and source.password_env not in os.environ:
        yield Finding(
            f"source {source.id}", "problem", f"the variable {source.password_env} has no value",
            "set it for the process that runs the schedule",
        )  # fmt: skip
    if source.folder and not os.access(system.data / source.folder, os.R_OK | os.X_OK):
        yield Finding(
            f"source {source.id}", "problem", f"the folder {source.folder} cannot be read",
            "make it, or mend `folder` in sources.yaml; this user must be able to read it",
        )  # fmt: skip
    if source.browser:
        from crawlers.browser import missing

        if missing():
            yield Finding(
                f"source {source.id}", "problem", "its pages need a browser, and there is none",
                "pip install 'chengqing[browser]' and apt-get install chromium",
            )  # fmt: skip


def _audit(system: System) -> Iterator[Finding]:
    from clarifications import audit

    result = audit.verify()
    if result.ok:
        yield Finding("audit log", "ok", f"{result.count} entries, intact")
    else:
        yield Finding("audit log", "problem", result.broken, "keep the files and call an expert")


def _mail(system: System) -> Iterator[Finding]:
    settings = system.configuration.settings
    if settings.mail is None:
        if settings.digest.recipients:
            yield Finding(
                "mail", "warning", "no mail server: the digest is shown in the console only",
                "add `mail: {host, sender}` to settings.yaml",
            )  # fmt: skip
        return
    if settings.mail.password_env and settings.mail.password_env not in os.environ:
        yield Finding(
            "mail", "problem", f"the variable {settings.mail.password_env} has no value",
            "set it for the process that runs the schedule",
        )  # fmt: skip
    try:
        socket.create_connection((settings.mail.host, settings.mail.port), timeout=5).close()
    except OSError as error:
        yield Finding(
            "mail", "problem",
            f"{settings.mail.host}:{settings.mail.port} does not answer ({error})",
            "check `mail` in settings.yaml",
        )  # fmt: skip
    else:
        yield Finding("mail", "ok", f"{settings.mail.host}:{settings.mail.port} answers")


def _sentence_model(system: System) -> Iterator[Finding]:
    """Only where the settings name one: it is loaded, which may take seconds."""
    if (own := system.configuration.settings.sentence_model) is None:
        return
    from config.sentence_models import own_model
    from pipeline.claims.vectors import universal_encoder

    universal_encoder()  # the quick one goes before it
    model = own_model(own)
    yield Finding("sentence model", "ok", f"{own.folder}: {model.name}; {model.likeness.told}")


def _clock(system: System) -> Iterator[Finding]:
    """Our clock beside that of a server that we collect from."""
    for source in system.configuration.sources:
        parts = urlsplit(source.url)
        if not source.enabled or parts.scheme not in ("http", "https"):
            continue
        try:
            answer = requests.head(f"{parts.scheme}://{parts.netloc}/robots.txt", timeout=5)
            at = parsedate_to_datetime(answer.headers.get("Date", ""))
        except (requests.RequestException, ValueError):
            continue
        apart = abs(datetime.now(UTC) - at)
        if apart > CLOCK_TOLERANCE:
            yield Finding(
                "clock", "warning", f"{apart} apart from the clock of {parts.netloc}",
                "let the machine keep time by NTP: the limits of cases count from it",
            )  # fmt: skip
        else:
            yield Finding("clock", "ok", f"agrees with {parts.netloc}")
        return
