"""From the stores to a digest: counting, and choosing what matters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Case as Either
from django.db.models import Count, F, Min, QuerySet, When
from django.utils.translation import gettext as _

from alerts.models import Alert, SourceState
from clarifications.limits import GRAVE
from clarifications.models import Case, Publication
from clarifications.roles import LABELS
from clarifications.states import FINAL, State, Transition
from desk.case_steps import MAIN
from desk.digests.figures import (
    AlertLine,
    CaseLine,
    ClarificationLine,
    Counts,
    Digest,
    Gap,
    Pair,
    assemble,
)
from desk.digests.weeks import Week, read_week
from desk.figures import daily
from desk.source_health import judge
from pipeline.model import LEVELS, Query, Source
from pipeline.ports import MentionStore

TOP_ALERTS = 5
TOP_SOURCES = 8
OPEN_CASES = 10
HOUR = timedelta(hours=1)
BELIEVED = timedelta(days=21)
"""An older publication time does not decide the week of an alert: it came up when it was found."""


def build_digest(
    store: MentionStore,
    week: str,
    now: datetime,
    *,
    agency: str,
    timezone: str,
    sources: Sequence[Source] = (),
) -> Digest:
    """The digest of an ISO week such as `2026-W47`, as the stores are now.

    Raises BadInputError for a week that is none.
    """
    this = read_week(week, timezone)
    names = {source.id: source.name for source in sources}
    return assemble(
        this,
        agency,
        now,
        _counts(store, this, timezone, names),
        _alerts(this, names),
        _clarifications(this),
        _open_cases(this, min(now, this.until)),
        _gaps(sources, now),
    )


def _counts(store: MentionStore, this: Week, timezone: str, names: Mapping[str, str]) -> Counts:
    weeks = (this, this.before)
    queries = [Query(since=week.since, until=week.until) for week in weeks]
    originals = [Query(since=week.since, until=week.until, unique=True) for week in weeks]
    days = [
        tuple(daily(store.histogram(query, interval="day", timezone=timezone), week.monday, 7))
        for query, week in zip(queries, weeks, strict=True)
    ]
    sources = [dict(store.facets(query, "source", size=1000)) for query in queries]
    order = sorted(sources[0], key=lambda key: (-sources[0][key], key))[:TOP_SOURCES]
    rest = (sum(sources[0].values()) - sum(sources[0][key] for key in order),
            sum(sources[1].get(key, 0) for key in sources[1] if key not in order))  # fmt: skip
    by_source = {names.get(key, key): (sources[0][key], sources[1].get(key, 0)) for key in order}
    return Counts(
        mentions=Pair(*(store.count(query) for query in queries)),
        originals=Pair(*(store.count(query) for query in originals)),
        alerts=Pair(*(_raised(week).count() for week in weeks)),
        cases=Pair(*(Case.objects.filter(**_within("opened_at", week)).count() for week in weeks)),
        clarifications=Pair(*(len(_first_publications(week)) for week in weeks)),
        levels={
            level: (
                _raised(weeks[0]).filter(level=level).count(),
                _raised(weeks[1]).filter(level=level).count(),
            )
            for level in LEVELS
        },
        sources=by_source | ({_("其他"): rest} if any(rest) else {}),
        days=days[0],
        days_before=days[1],
    )


def _within(field: str, week: Week) -> dict[str, datetime]:
    return {f"{field}__gte": week.since, f"{field}__lt": week.until}


def _hit_time() -> Either:
    """When a mention of an alert appeared: published, unless that is long ago or in the future."""
    return Either(
        When(
            hits__published_at__lte=F("hits__matched_at"),
            hits__published_at__gte=F("hits__matched_at") - BELIEVED,
            then=F("hits__published_at"),
        ),
        default=F("hits__matched_at"),
    )


def _raised(week: Week) -> QuerySet[Alert]:
    """Alerts whose first mention appeared in the week, as mentions are counted: an alert that came
    late because a source was down stands in the week that it tells of."""
    return Alert.objects.annotate(first=Min(_hit_time())).filter(**_within("first", week))


def _alerts(week: Week, names: Mapping[str, str]) -> list[AlertLine]:
    """The gravest with mentions in the week, whenever they began; then those with most of them.

    One a story: several rules may have fired on it.
    """
    found = (
        Alert.objects.annotate(at=_hit_time())
        .filter(**_within("at", week))
        .values("pk", "story")
        .annotate(n=Count("hits"))
        .order_by("level", "-n", "pk")
    )
    gravest: dict[str, tuple[str, int]] = {}
    for row in found.iterator():
        gravest.setdefault(row["story"], (row["pk"], row["n"]))
        if len(gravest) == TOP_ALERTS:
            break
    sizes = dict(gravest.values())
    alerts = Alert.objects.select_related("case").in_bulk(sizes)
    return [_alert_line(alerts[pk], sizes[pk], names) for pk in sizes]


def _alert_line(alert: Alert, hits: int, names: Mapping[str, str]) -> AlertLine:
    sources = alert.hits.order_by("source").values_list("source", flat=True).distinct()
    case = getattr(alert, "case", None)
    return AlertLine(
        level=alert.level,
        title=alert.title,
        reason=alert.reason,
        hits=hits,
        state=alert.state,
        raised_at=alert.raised_at,
        sources=tuple(names.get(source, source) for source in sources),
        case=case.number if case else "",
    )


def _first_publications(week: Week) -> list[Publication]:
    """The first publication of each case, where it falls into the week; oldest first."""
    firsts = Publication.objects.values("case").annotate(at=Min("published_at"))
    inside = {row["case"]: row["at"] for row in firsts.filter(**_within("at", week))}
    rows = (
        Publication.objects.filter(case__in=inside)
        .select_related("case", "draft")
        .order_by("published_at", "pk")
    )
    chosen: dict[int, Publication] = {}
    for row in rows:
        chosen.setdefault(row.case_id, row)
    return list(chosen.values())


def _clarifications(week: Week) -> list[ClarificationLine]:
    return [
        ClarificationLine(
            number=each.case.number,
            title=each.draft.title,
            claim=each.case.title,
            basis=tuple(
                fact.get("source") or fact["statement"]
                for fact in each.draft.basis.get("facts", ())
            ),
            published_at=each.published_at,
            hours=(each.published_at - each.case.detected_at) / HOUR,
            on_time=each.published_at <= each.case.first_response_due,
            url=each.url,
        )
        for each in _first_publications(week)
    ]


def _open_cases(week: Week, at: datetime) -> list[CaseLine]:
    """Cases that are open now and were there by the end of the week, the most pressing first."""
    cases = (
        Case.objects.filter(opened_at__lt=week.until)
        .exclude(state__in=[state.value for state in FINAL])
        .order_by("first_response_due", "number")[:OPEN_CASES]
    )
    return [
        CaseLine(
            number=case.number,
            title=case.title,
            level=case.level,
            state=case.state,
            due=case.first_response_due,
            overdue_hours=max((at - case.first_response_due) / HOUR, 0.0),
            waiting_for=_waiting_for(MAIN[State(case.state)], case.level in GRAVE),
        )
        for case in cases
    ]


def _waiting_for(transition: Transition, grave: bool) -> str:
    roles = transition.roles
    if grave and transition.grave_roles is not None:
        roles = transition.grave_roles
    return "、".join(str(LABELS[role]) for role in roles)


def _gaps(sources: Sequence[Source], now: datetime) -> list[Gap]:
    states = SourceState.objects.in_bulk([source.id for source in sources])
    judged = ((source, judge(source, states.get(source.id), now)) for source in sources)
    return [Gap(source.name, health.sentence) for source, health in judged if health.troubled]
