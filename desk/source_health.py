"""Is a source well? Pure: what it is, what is known of it, and now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from django.utils.translation import gettext as _

from desk.times import span
from pipeline.model import Source

SILENT_AFTER = timedelta(hours=72)
"""Nothing new for so long is worth a look, though no round failed."""
LATE = timedelta(minutes=10)

Kind = Literal["ok", "failing", "late", "silent", "waiting", "disabled"]


class Known(Protocol):
    """The columns of `alerts.models.SourceState` that matter."""

    due_at: datetime | None
    last_attempt_at: datetime | None
    last_success_at: datetime | None
    last_new_at: datetime | None
    failures: int
    error: str


@dataclass(frozen=True, slots=True)
class Health:
    kind: Kind
    label: str
    sentence: str

    @property
    def troubled(self) -> bool:
        return self.kind in ("failing", "late", "silent")


def judge(source: Source, known: Known | None, now: datetime) -> Health:
    if not source.enabled:
        return Health("disabled", _("已停用"), _("配置中停用，不采集。"))
    if known is None or known.last_attempt_at is None:
        return Health("waiting", _("待首次采集"), _("还没有采集过。"))
    if known.failures:
        sentence = _("连续{n}次采集失败：{error}").format(
            n=known.failures, error=known.error or _("原因不明。")
        )
        return Health("failing", _("采集失败"), sentence)
    if known.due_at is not None and now - known.due_at > LATE + 2 * source.every:
        late = span(now - known.due_at)
        return Health("late", _("未按时采集"), _("应采集时间已过{late}。").format(late=late))
    last = known.last_new_at or known.last_success_at
    if last is not None and now - last > SILENT_AFTER:
        silence = span(now - last)
        return Health("silent", _("久无更新"), _("已{span}没有新内容。").format(span=silence))
    return Health("ok", _("正常"), known.error)
