"""How long the archive is kept, and that it never fills the disk."""

from __future__ import annotations

import logging
import shutil
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from alerts import quarantine
from alerts.oversight import SYSTEM
from clarifications import audit
from config.locks import LockedError, locked
from config.wiring import CaseStoreCheckpoint, System
from pipeline import retention
from pipeline.errors import ChengqingError
from pipeline.spool import segments

GIGABYTE = 1_000_000_000
_log = logging.getLogger(__name__)


class PausedError(ChengqingError):
    """Nothing is collected now; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Trimmed:
    """What retention took away."""

    segments: int = 0
    size: int = 0
    put_aside: int = 0
    """Rows in quarantine whose records are gone now."""


def trim(system: System) -> Trimmed:
    """Remove what is beyond the term. Only under the lock of the collector: see `trim_if_idle`.

    The log is told first, so that nothing goes without a trace; a kill in between leaves segments
    that the next run removes.
    """
    settings, now = system.configuration.settings.retention, system.clock()
    gone = retention.doomed(
        retention.closed_segments(system.spool),
        excess=retention.size_of(system.spool) - int(settings.gigabytes * GIGABYTE),
        oldest=now - timedelta(days=settings.days),
        processed=CaseStoreCheckpoint().load().segment,
        wanted=quarantine.segments_wanted(),
    )
    if gone:
        payload = {
            "segments": [each.number for each in gone],
            "bytes": sum(each.size for each in gone),
            "ended": gone[-1].ended.isoformat(),
            "days": settings.days,
            "gigabytes": settings.gigabytes,
        }
        with transaction.atomic():
            audit.record(
                "archive.trim", at=now, actor=SYSTEM, subject=("archive", "spool"), payload=payload
            )
        retention.remove(system.spool, gone)
    aside = quarantine.forget_segments(segments(system.spool), now)
    trimmed = Trimmed(len(gone), sum(each.size for each in gone), aside)
    if gone:
        _log.info(
            "retention removed %d segments (%.1f MB), the last of %s; %d rows of the quarantine"
            " were put aside",
            trimmed.segments, trimmed.size / 1e6, gone[-1].ended.date(), aside,
        )  # fmt: skip
    return trimmed


def trim_if_idle(system: System) -> Trimmed | None:
    """None while a round, or another user of the archive, is running."""
    try:
        with locked(system.data / "collect.lock", wait=False):
            return trim(system)
    except LockedError:
        return None


def trim_if_full(system: System) -> None:
    """After a round: what is too much does not wait for the next day."""
    limit = system.configuration.settings.retention.gigabytes * GIGABYTE
    if retention.size_of(system.spool) > limit:
        trim(system)


def shortage(system: System) -> str:
    """Why nothing may be collected now: one sentence, empty when there is room."""
    wanted = system.configuration.settings.retention.free_gigabytes
    free = shutil.disk_usage(system.data).free / GIGABYTE
    if free >= wanted:
        return ""
    return (
        f"磁盘只剩 {free:.1f} GB，少于要求的 {wanted:g} GB，采集已暂停；请清理磁盘，"
        "或在 settings.yaml 的 retention 中缩短保存期限（days、gigabytes）"
    )


def require_room(system: System) -> None:
    """Raises PausedError."""
    if sentence := shortage(system):
        raise PausedError(sentence)
