"""What could not be read: kept, tried again, put aside by people.

The only writer of `Quarantined`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, F, Max, Min, Q, QuerySet
from django.utils.translation import gettext as _

from alerts.models import Quarantined, QuarantineState
from pipeline.errors import ChengqingError
from pipeline.model import Position, Unread


class QuarantineRefusedError(ChengqingError):
    """It cannot be done with this record now; the message says why."""


class CaseStoreQuarantine:
    """Fills `pipeline.ports.Quarantine`. `reader` is the version of the program that reads."""

    def __init__(self, reader: str) -> None:
        self.reader = reader

    def keep(self, unread: Sequence[Unread], now: datetime) -> None:
        rows = [self._row(each, now) for each in unread]
        Quarantined.objects.bulk_create(rows, ignore_conflicts=True)

    def settle(self, tried: Sequence[Position], unread: Sequence[Unread], now: datetime) -> int:
        """A row that somebody dismissed stays so while it cannot be read."""
        if not tried:
            return 0
        left = {each.pk: each for each in (self._row(one, now) for one in unread)}
        with transaction.atomic():
            there = set(at(tried).values_list("pk", flat=True))
            for key in left.keys() & there:
                Quarantined.objects.filter(pk=key).update(
                    reason=left[key].reason, reader=self.reader, last_at=now, tries=F("tries") + 1
                )
                Quarantined.objects.filter(pk=key, state=QuarantineState.REPAIRED).update(
                    state=QuarantineState.OPEN
                )
            Quarantined.objects.bulk_create(left[key] for key in left.keys() - there)
            return (
                Quarantined.objects.filter(pk__in=there - left.keys())
                .exclude(state=QuarantineState.REPAIRED)
                .update(
                    state=QuarantineState.REPAIRED,
                    reader=self.reader,
                    last_at=now,
                    tries=F("tries") + 1,
                )
            )

    def lose(self, positions: Sequence[Position], now: datetime) -> None:
        if positions:
            _lost(at(positions), now)

    def _row(self, unread: Unread, now: datetime) -> Quarantined:
        return Quarantined(
            id=row_id(unread),
            source=unread.source,
            url=unread.url,
            key=unread.part,
            segment=unread.position.segment,
            offset=unread.position.offset,
            reason=unread.reason,
            reader=self.reader,
            first_at=now,
            last_at=now,
        )


def row_id(unread: Unread) -> str:
    return hashlib.sha256(f"{unread.position}\n{unread.part}".encode()).hexdigest()[:32]


def at(positions: Iterable[Position]) -> QuerySet[Quarantined]:
    """Rows of the records at these places."""
    wanted = Q(pk__in=[])
    for position in positions:
        wanted |= Q(segment=position.segment, offset=position.offset)
    return Quarantined.objects.filter(wanted)


def segments_wanted() -> set[int]:
    """Segments in which something waits to be read."""
    rows = Quarantined.objects.filter(state=QuarantineState.OPEN)
    return set(rows.values_list("segment", flat=True).distinct())


def forget_segments(kept: Sequence[int], now: datetime) -> int:
    """Retention left these segments, ascending; returns how many rows that puts aside."""
    if not kept:
        return 0
    rows = Quarantined.objects.filter(segment__lt=kept[-1]).exclude(segment__in=kept)
    return _lost(rows, now)


def _lost(rows: QuerySet[Quarantined], now: datetime) -> int:
    return rows.filter(state=QuarantineState.OPEN).update(
        state=QuarantineState.DISMISSED, note=_("原始记录已按保留期限删除。"), last_at=now
    )


def unread_by_others(reader: str, limit: int) -> list[Position]:
    """Places that another version of the program could not read: those that somebody asked for,
    then the newest."""
    rows = Quarantined.objects.filter(state=QuarantineState.OPEN)
    asked = positions(rows.filter(reader=""), limit)
    others = positions(rows.exclude(reader__in=("", reader)), limit - len(asked))
    return list(dict.fromkeys([*asked, *others]))


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of one source with one reason."""

    source: str
    reason: str
    count: int
    first_at: datetime
    last_at: datetime


def groups(rows: QuerySet[Quarantined]) -> list[Group]:
    """By source and reason, the largest first."""
    found = (
        rows.order_by()
        .values("source", "reason")
        .annotate(count=Count("pk"), first=Min("first_at"), last=Max("last_at"))
        .order_by("-count", "source", "reason")
    )
    return [
        Group(row["source"], row["reason"], row["count"], row["first"], row["last"])
        for row in found
    ]


def counts() -> dict[str, int]:
    """Source id → how many of its records wait in quarantine."""
    rows = Quarantined.objects.filter(state=QuarantineState.OPEN).order_by()
    return dict(rows.values_list("source").annotate(count=Count("pk")))


def dismiss(rows: QuerySet[Quarantined], reason: str, now: datetime) -> int:
    """Put open rows aside; returns how many. Inside the caller's transaction, who logs it."""
    if not reason.strip():
        raise QuarantineRefusedError(_("请写明排除的理由。"))
    return rows.filter(state=QuarantineState.OPEN).update(
        state=QuarantineState.DISMISSED, note=reason.strip(), last_at=now
    )


def ask_again(rows: QuerySet[Quarantined]) -> int:
    """Let the next round read open rows once more, as if the program were another one."""
    return rows.filter(state=QuarantineState.OPEN).update(reader="")


def positions(rows: QuerySet[Quarantined], limit: int) -> list[Position]:
    """Their records, newest first, each once."""
    found = rows.order_by("-segment", "-offset").values_list("segment", "offset").distinct()
    return [Position(segment, offset) for segment, offset in found[:limit]]
