"""Sources that are not on the web: folders, mailboxes, what was written into forms."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path

from crawlers.ledger import Ledger
from crawlers.plan import Plan, SourcePlan
from crawlers.records import Archive
from crawlers.sources import LOCAL_TYPES
from crawlers.sources.local import Found, Taken, Trouble, Visit

_log = logging.getLogger(__name__)


class WaysIn:
    """Reads each of them in a thread, beside what is fetched; the records are kept one by one."""

    def __init__(self, plan: Plan, archive: Archive, ledger: Ledger) -> None:
        self.plan, self.archive, self.ledger = plan, archive, ledger

    async def read(self) -> None:
        """All sources of the round that are read here, at the same time."""
        own = [entry for entry in self.plan.sources if entry.source.kind in LOCAL_TYPES]
        await asyncio.gather(*map(self._read, own))

    async def _read(self, entry: SourcePlan) -> None:
        source = entry.source
        visit = Visit(
            source, entry.seen, Path(self.plan.spool).parent, self.plan.allow_networks,
            self.plan.timeout, self.plan.max_bytes,
        )  # fmt: skip
        told = _guarded(LOCAL_TYPES[source.kind](visit), source.id)
        while (each := await asyncio.to_thread(next, told, None)) is not None:
            self._take(source.id, each)
        self.ledger.paid(source.id)

    def _take(self, source: str, told: Found | Taken | Trouble) -> None:
        if isinstance(told, Found):
            self.ledger.tell(
                "listed", source, found=len(told.keys), new=told.new, left=told.left,
                listed_keys=told.keys,
            )  # fmt: skip
        elif isinstance(told, Trouble):
            self.ledger.tell(
                "failed", source, url=told.where, key=told.key, reason=told.reason,
                permanent=told.permanent, code=told.code,
            )  # fmt: skip
        else:
            position = self.archive.store(told.raw)
            self.ledger.tell(
                "fetched", source, url=told.where, key=told.key, kind=told.raw.kind, status=200,
                position=position,
            )  # fmt: skip
            told.stored()


def _guarded(
    told: Iterator[Found | Taken | Trouble], source: str
) -> Iterator[Found | Taken | Trouble]:
    """Whatever a source does to its reader, the others go on."""
    try:
        yield from told
    except Exception:  # noqa: BLE001 - see above
        _log.exception("%s cannot be read", source)
        yield Trouble("读取时出错，详见采集日志")
