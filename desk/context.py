"""What every page knows: whose desk it is, who is looking, where they are."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from alerts.models import Alert, AlertState
from clarifications.roles import LABELS
from clarifications.states import ADMIN, ENTER, HEAD, LEADER, LEADERSHIP
from desk import inbox, ports
from pipeline.model import SourceKind

LOG_READERS = frozenset({ADMIN, LEADER, HEAD, LEADERSHIP})
"""Roles that may read the whole audit log."""


@dataclass(frozen=True, slots=True)
class Section:
    """An entry of the navigation; `key` is the first part of the names of its pages."""

    key: str
    label: str
    url: str
    query: str = ""
    count: int = 0


def roles_of(request: HttpRequest) -> frozenset[str]:
    """Roles of the user for what pages show; what may be done is judged by the services alone."""
    if not request.user.is_authenticated:
        return frozenset()
    known: frozenset[str] | None = getattr(request, "_desk_roles", None)
    if known is None:
        names = set(request.user.groups.values_list("name", flat=True))
        known = frozenset(names | ({ADMIN} if request.user.is_superuser else set()))
        request._desk_roles = known  # type: ignore[attr-defined]
    return known


def desk(request: HttpRequest) -> dict[str, object]:
    if not ports.installed():
        return {"agency": "", "sections": []}
    found: dict[str, object] = {"agency": ports.current().agency}
    if request.user.is_authenticated:
        roles = roles_of(request)
        found["sections"] = _sections(roles)
        found["role_labels"] = [str(LABELS[key]) for key in LABELS if key in roles]
    return found


def _sections(roles: frozenset[str]) -> list[Section]:
    waiting = Alert.objects.filter(state=AlertState.NEW).count()
    active = "?state=new&state=open"
    sections = [
        Section("home", _("工作台"), "home"),
        Section("alerts", _("预警"), "alerts", active, waiting),
        Section("cases", _("事项"), "cases"),
        Section("mentions", _("检索"), "mentions"),
        Section("sources", _("来源"), "sources"),
        Section("digests", _("周报"), "digests"),
        Section("configuration", _("配置"), "configuration"),
    ]
    if roles & set(ENTER.roles) and inbox.sources_of(ports.current(), SourceKind.ENTRY):
        sections.insert(4, Section("entries", _("录入"), "entries"))
    if roles & LOG_READERS:
        sections.append(Section("log", _("日志"), "log"))
    return sections
