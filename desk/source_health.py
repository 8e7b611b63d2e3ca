"""Is a source well? Pure: what it is, what is known of it, what it did lately, and now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from alerts.habits import HOUR, Habit
from alerts.troubles import Silence, jump, silence
from desk.times import absolute, span
from pipeline.model import Source, SourceKind

LATE = timedelta(minutes=10)
GAP_SHOWN = timedelta(days=3)
BY_HAND = (SourceKind.ENTRY, SourceKind.TIPS)
"""Nobody collects these: people bring them."""

Kind = Literal[
    "robots", "gone", "login", "address", "failing", "late", "silent", "gap", "budget", "jump",
    "partial", "unread", "waiting", "ok", "disabled",
]  # fmt: skip
ORDER: tuple[Kind, ...] = (
    "address", "robots", "gone", "login", "failing", "late", "silent", "gap", "budget", "jump",
    "partial", "unread", "waiting", "ok", "disabled",
)  # fmt: skip
"""The gravest first: a source that can never be had before one that is late."""


class Known(Protocol):
    """The columns of `alerts.models.SourceState` that matter."""

    due_at: datetime | None
    last_attempt_at: datetime | None
    last_success_at: datetime | None
    last_new_at: datetime | None
    gap_at: datetime | None
    failures: int
    pending: int
    code: str
    error: str
    usual: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Lately:
    """What its visits did: new items in the last hour, requests since midnight; and how much of
    what it brought is in quarantine."""

    new_last_hour: int = 0
    requests_today: int = 0
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Health:
    kind: Kind
    label: str
    sentence: str
    beside: tuple[str, ...] = ()
    """What else is to be said, each a sentence."""

    @property
    def troubled(self) -> bool:
        return self.kind not in ("ok", "waiting", "disabled", "partial", "jump", "unread")


def judge(
    source: Source, known: Known | None, now: datetime, lately: Lately | None = None
) -> Health:
    """The gravest that can be said of a source, and what else there is."""
    if not source.enabled:
        return Health("disabled", _("已停用"), _("配置中停用，不采集。"))
    if source.kind in BY_HAND:
        for waiting in _unread(lately):
            return waiting
        return Health("ok", _("人工"), _("由人提供，不定时采集。"))
    if known is None or known.last_attempt_at is None:
        return Health("waiting", _("待首次采集"), _("还没有采集过。"))
    found = sorted(
        _findings(source, known, now, lately or Lately()), key=lambda each: ORDER.index(each.kind)
    )
    if not found:
        return Health("ok", _("正常"), known.error)
    first, others = found[0], found[1:]
    said = tuple(each.sentence for each in others)
    if known.error and not known.failures and known.error not in said:
        said += (known.error,)
    return Health(first.kind, first.label, first.sentence, said)


def _findings(source: Source, known: Known, now: datetime, lately: Lately) -> Iterator[Health]:
    zone = ZoneInfo(source.timezone)
    if known.failures:
        yield _failing(known, zone, now)
    elif known.due_at is not None and now - known.due_at > LATE + 2 * source.every:
        late = span(now - known.due_at)
        yield Health("late", _("未按时采集"), _("应采集时间已过{late}。").format(late=late))
    habit = Habit.from_json(known.usual) if known.usual else None
    quiet = _quiet(habit, known, now)
    if quiet is not None:
        yield Health("silent", _("久无更新"), _silence_in_words(quiet, now.astimezone(zone)))
    if known.gap_at is not None and now - known.gap_at < GAP_SHOWN:
        yield _gap(source, known.gap_at, zone, now)
    if source.daily_requests is not None and lately.requests_today >= source.daily_requests:
        sentence = _("今天已请求{n}次，达到每日上限{limit}次，明天继续。").format(
            n=lately.requests_today, limit=source.daily_requests
        )
        yield Health("budget", _("额度用尽"), sentence)
    louder = jump(habit, lately.new_last_hour, now)
    if louder is not None:
        sentence = _("近一小时新增{n}条，平时这个时段约{usual}条。").format(
            n=louder.items, usual=_number(louder.usual)
        )
        yield Health("jump", _("突增"), sentence)
    if known.pending:
        sentence = _("列表中还有{n}条没有取到，下一轮继续。").format(n=known.pending)
        yield Health("partial", _("未取完"), sentence)
    yield from _unread(lately)


def _unread(lately: Lately | None) -> Iterator[Health]:
    if lately is not None and lately.unread:
        sentence = _("有{n}份内容没能读出，在隔离区。").format(n=lately.unread)
        yield Health("unread", _("有未读出"), sentence)


def _failing(known: Known, zone: ZoneInfo, now: datetime) -> Health:
    since = (
        _("自{at}以来连续{n}次采集失败").format(
            at=absolute(known.last_success_at, zone, now), n=known.failures
        )
        if known.last_success_at
        else _("从未成功，已连续{n}次采集失败").format(n=known.failures)
    )
    sentence = _("{since}：{error}").format(since=since, error=known.error or _("原因不明。"))
    labels: dict[str, tuple[Kind, str]] = {
        "robots": ("robots", _("网站禁止采集")),
        "gone": ("gone", _("网页已不存在")),
        "login": ("login", _("需要登录")),
        "address": ("address", _("地址被拒绝")),
    }
    kind, label = labels.get(known.code, ("failing", _("采集失败")))
    return Health(kind, label, sentence)


def _gap(source: Source, at: datetime, zone: ZoneInfo, now: datetime) -> Health:
    sentence = _(
        "{at}列表中没有一条是见过的，其间可能有遗漏；已改为每{every}采集，仍遗漏时请调小 every。"
    ).format(at=absolute(at, zone, now), every=span(source.every))
    return Health("gap", _("可能遗漏"), sentence)


def _quiet(habit: Habit | None, known: Known, now: datetime) -> Silence | None:
    """Silence counts up to the last visit that succeeded: what nobody looked at is not silence."""
    if known.last_success_at is None or known.failures:
        return None
    last = known.last_new_at
    return silence(habit, last, min(known.last_success_at, now)) if last else None


def _silence_in_words(found: Silence, local: datetime) -> str:
    """Such as `平日此时约每20分钟一条，已6小时没有新内容。`"""
    lasted = span(found.lasted)
    if found.usual is None or found.usual > timedelta(days=7):
        return _("已{span}没有新内容，请打开原网站核对。").format(span=lasted)
    day = _("周末") if local.isoweekday() >= 6 else _("平日")
    if found.usual > timedelta(hours=12):
        return _("通常约每{usual}有新内容，已{span}没有。").format(
            usual=span(found.usual), span=lasted
        )
    usual = max(found.usual, timedelta(minutes=1))
    return _("{day}此时约每{usual}一条，已{span}没有新内容。").format(
        day=day, usual=span(usual), span=lasted
    )


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 3 else f"{value:.1f}"


_WHY = {
    "new": gettext_noop("历史尚短，按最短间隔"),
    "habit": gettext_noop("按它的发布习惯"),
    "news": gettext_noop("近来新内容多"),
    "gap": gettext_noop("近日可能遗漏，按最短间隔"),
    "owed": gettext_noop("有未取完的内容"),
    "failing": gettext_noop("失败后退避"),
    "asked": gettext_noop("对方要求稍后再来"),
}


def why_then(why: str) -> str:
    """Why the next visit is when it is, in words; `why` is an `alerts.habits.Why`."""
    return _(_WHY[why]) if why in _WHY else ""


def usual_in_words(usual: dict[str, Any] | None, now: datetime) -> str:
    """What is known of its habit, for its page."""
    habit = Habit.from_json(usual) if usual else None
    if habit is None or not habit.known:
        return _("历史尚短，还看不出习惯。")
    day = sum(habit.occasions[:24]), sum(habit.occasions[24:])
    here = habit.rate(now)
    said = _("平日每天约{work}次有新内容，周末约{rest}次").format(
        work=_number(day[0]), rest=_number(day[1])
    )
    if here > 0 and HOUR / here < timedelta(days=1):
        said += _("；此时约每{usual}一次").format(usual=span(max(HOUR / here, HOUR / 60)))
    return said + "。"
