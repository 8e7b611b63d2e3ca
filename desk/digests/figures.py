"""The weekly digest as values: every figure from counts, every share with its denominator. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from desk.digests.weeks import Week

SUMMARY_LENGTH = 200
DECISIONS = 3
LEVEL_NAMES = {"I": "Ⅰ级", "II": "Ⅱ级", "III": "Ⅲ级", "IV": "Ⅳ级"}


@dataclass(frozen=True, slots=True)
class Pair:
    """A count of this week beside that of the week before."""

    this: int
    before: int

    @property
    def change(self) -> int:
        return self.this - self.before

    @property
    def short(self) -> str:
        """`+3（+30.0%）`, for a figure that stands beside that of the week before."""
        if not self.change:
            return _("持平")
        percent = f"（{100 * self.change / self.before:+.1f}%）" if self.before else ""
        return f"{self.change:+d}{percent}"

    @property
    def words(self) -> str:
        """`比上周多3（+30.0%）`; without a percentage where last week's count is 0."""
        if not self.change:
            return _("与上周持平")
        more = _("比上周多{n}") if self.change > 0 else _("比上周少{n}")
        shown = more.format(n=abs(self.change))
        if not self.before:
            return shown
        return _("{words}（{percent:+.1f}%）").format(
            words=shown, percent=100 * self.change / self.before
        )


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `of`, and the count of the week before."""

    name: str
    count: int
    of: int
    before: int

    @property
    def percent(self) -> str:
        return f"{100 * self.count / self.of:.1f}%" if self.of else "—"

    @property
    def words(self) -> str:
        return f"{self.count}/{self.of}"


@dataclass(frozen=True, slots=True)
class AlertLine:
    level: str
    title: str
    reason: str
    hits: int
    """Mentions of the week that joined it."""
    state: str
    raised_at: datetime
    sources: tuple[str, ...]
    case: str = ""


@dataclass(frozen=True, slots=True)
class ClarificationLine:
    """`claim` is what circulated, `basis` what the text rests on; `hours` from the detection."""

    number: str
    title: str
    claim: str
    basis: tuple[str, ...]
    published_at: datetime
    hours: float
    on_time: bool
    url: str


@dataclass(frozen=True, slots=True)
class CaseLine:
    number: str
    title: str
    level: str
    state: str
    due: datetime
    overdue_hours: float
    """0 when it is not overdue."""
    waiting_for: str
    """Who has to act, in words."""


@dataclass(frozen=True, slots=True)
class Gap:
    source: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted; each dictionary runs from a name to (this week, the week before)."""

    mentions: Pair
    originals: Pair
    """Mentions that are no near-duplicate of another."""
    alerts: Pair
    cases: Pair
    clarifications: Pair
    levels: dict[str, tuple[int, int]]
    sources: dict[str, tuple[int, int]]
    days: tuple[tuple[date, int], ...]
    days_before: tuple[tuple[date, int], ...]


@dataclass(frozen=True, slots=True)
class Digest:
    week: Week
    agency: str
    made_at: datetime
    cutoff: datetime
    """Up to when the data reach: the end of the week, or now when it is not over."""
    counts: Counts
    levels: tuple[Share, ...]
    sources: tuple[Share, ...]
    alerts: tuple[AlertLine, ...]
    clarifications: tuple[ClarificationLine, ...]
    on_time: Share
    open_cases: tuple[CaseLine, ...]
    gaps: tuple[Gap, ...]
    decisions: tuple[str, ...]
    summary: str
    method: tuple[str, ...]

    @property
    def overdue(self) -> tuple[CaseLine, ...]:
        return tuple(case for case in self.open_cases if case.overdue_hours > 0)

    @property
    def complete(self) -> bool:
        return self.cutoff >= self.week.until


def assemble(
    week: Week,
    agency: str,
    now: datetime,
    counts: Counts,
    alerts: Sequence[AlertLine],
    clarifications: Sequence[ClarificationLine],
    open_cases: Sequence[CaseLine],
    gaps: Sequence[Gap],
) -> Digest:
    """Everything that follows from counts and rows. `alerts` are the gravest first."""
    decisions = decide(open_cases, alerts, gaps)
    met = sum(line.on_time for line in clarifications)
    return Digest(
        week=week,
        agency=agency,
        made_at=now,
        cutoff=min(now, week.until),
        counts=counts,
        levels=_shares({LEVEL_NAMES[key]: counts.levels.get(key, (0, 0)) for key in LEVEL_NAMES}),
        sources=_shares(counts.sources),
        alerts=tuple(alerts),
        clarifications=tuple(clarifications),
        on_time=Share(_("按时"), met, len(clarifications), 0),
        open_cases=tuple(open_cases),
        gaps=tuple(gaps),
        decisions=decisions,
        summary=summarise(counts, alerts, open_cases),
        method=_method(counts),
    )


def _shares(counts: dict[str, tuple[int, int]]) -> tuple[Share, ...]:
    whole = sum(this for this, _before in counts.values())
    return tuple(Share(name, this, whole, before) for name, (this, before) in counts.items())


def summarise(counts: Counts, alerts: Sequence[AlertLine], open_cases: Sequence[CaseLine]) -> str:
    """One sentence of at most `SUMMARY_LENGTH` characters: volume, alerts, answers, top risk."""
    parts = [
        _("本周收到信息{n}条，{words}").format(n=counts.mentions.this, words=counts.mentions.words),
        _("预警{n}条").format(n=counts.alerts.this),
        _("发布澄清{n}件").format(n=counts.clarifications.this),
    ]
    overdue = sum(case.overdue_hours > 0 for case in open_cases)
    if overdue:
        parts.append(_("{n}件事项回应超时").format(n=overdue))
    sentence = "，".join(parts)
    if alerts:
        risk = _("；最需关注：{title}").format(title=alerts[0].title)
        room = SUMMARY_LENGTH - len(sentence) - 1
        sentence += risk if len(risk) <= room else risk[: max(room - 1, 0)] + "…"
    return sentence[: SUMMARY_LENGTH - 1] + "。"


def decide(
    open_cases: Sequence[CaseLine], alerts: Sequence[AlertLine], gaps: Sequence[Gap]
) -> tuple[str, ...]:
    """At most three things that leadership has to decide, the most pressing first."""
    overdue = [
        _("督办{number}“{title}”：首次回应已超时{hours:.0f}小时，待{who}办理。").format(
            number=case.number, title=_short(case.title), hours=case.overdue_hours,
            who=case.waiting_for,
        )
        for case in open_cases if case.overdue_hours > 0
    ]  # fmt: skip
    grave = [
        _("决定{level}预警“{title}”是否立案回应。").format(
            level=LEVEL_NAMES.get(alert.level, alert.level), title=_short(alert.title)
        )
        for alert in alerts
        if alert.level in ("I", "II") and not alert.case and alert.state in ("new", "open")
    ]
    approving = [
        _("审批{number}“{title}”的稿件。").format(number=case.number, title=_short(case.title))
        for case in open_cases if case.state == "approving" and case.overdue_hours <= 0
    ]  # fmt: skip
    sources = (
        [_("安排处理{n}个采集异常的来源，异常期间监测不全。").format(n=len(gaps))] if gaps else []
    )
    return tuple([*overdue, *grave, *approving, *sources][:DECISIONS])


def _short(title: str) -> str:
    return title if len(title) <= 28 else title[:27] + "…"


def _method(counts: Counts) -> tuple[str, ...]:
    copies = counts.mentions.this - counts.originals.this
    return (
        _("信息按发布时间计入各周；没有可信发布时间的，按首次发现时间。"),
        _("信息量含转载；本周{n}条中，{copies}条与已有信息内容近似。").format(
            n=counts.mentions.this, copies=copies
        ),
        _("预警按规则与事件合并，同一事件的多次命中计为一条，按其最早一条信息的时间计入各周。"),
        _("占比均由所列数目算出，分母写在数目之后；用时从发现时间算到首次发布。"),
        _("本页由系统根据记录自动生成，未经人工改写。"),
    )
