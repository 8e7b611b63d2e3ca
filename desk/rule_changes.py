"""How a rule came to be what it is: its definitions, each beside the one before. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.conditions import in_words
from desk.differences import Change, differences
from pipeline import model
from pipeline.model import Condition

LABELS = {
    "level": gettext_lazy("等级"),
    "kind": gettext_lazy("类型"),
    "name": gettext_lazy("名称"),
    "condition": gettext_lazy("条件"),
    "spelling": gettext_lazy("写法"),
    "sources": gettext_lazy("来源"),
    "source_kinds": gettext_lazy("来源种类"),
    "regions": gettext_lazy("地区"),
    "field": gettext_lazy("只看"),
    "when": gettext_lazy("时间"),
    "refs": gettext_lazy("口径或说法"),
    "department": gettext_lazy("部门"),
    "enabled": gettext_lazy("启用"),
    "count": gettext_lazy("条数"),
    "window": gettext_lazy("时间窗"),
    "quiet": gettext_lazy("安静期"),
    "growth": gettext_lazy("增长倍数"),
    "members": gettext_lazy("所含规则"),
    "by": gettext_lazy("按"),
}
_CONDITIONS = ("AnyOf", "AllOf", "NoneOf", "Near", "Sentence", "Phrase", "Regex")


class Defined(Protocol):
    """The columns of `alerts.models.Definition` that matter."""

    version: str
    body: dict[str, Any]
    loaded_at: datetime


@dataclass(frozen=True, slots=True)
class PartChange:
    label: str
    changes: Sequence[Change]


@dataclass(frozen=True, slots=True)
class Version:
    """A definition from `at` on; `version` is empty where the rule was taken out. `parts` are what
    it changed; the first one changes nothing."""

    version: str
    at: datetime
    parts: Sequence[PartChange]
    first: bool = False


def history(rows: Sequence[Defined]) -> list[Version]:
    """From rows that are oldest first, the newest first."""
    versions = [
        Version(row.version, row.loaded_at, _parts(before.body if before else row.body, row.body),
                first=before is None)
        for before, row in zip([None, *rows], rows, strict=False)
    ]  # fmt: skip
    return versions[::-1]


def _parts(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[PartChange]:
    if not before or not after:
        return []
    keys = [key for key in LABELS if before.get(key) != after.get(key)]
    return [
        PartChange(str(LABELS[key]), differences(_said(before.get(key)), _said(after.get(key))))
        for key in keys
    ]


def _said(value: Any) -> str:
    """A part of a definition in words; what stands nowhere has its default."""
    if value is None:
        return _("（默认）")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, dict):
        if value.get("is") in _CONDITIONS:
            return in_words(_condition(value))
        return "，".join(f"{key} {_said(each)}" for key, each in value.items() if key != "is")
    if isinstance(value, list):
        return "、".join(_said(each) for each in value)
    return str(value)


def _condition(value: Any) -> Condition:
    """A condition from its JSON."""
    made: Condition = _made(value)
    return made


def _made(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_made(each) for each in value)
    if isinstance(value, dict):
        parts = {key: _made(each) for key, each in value.items() if key != "is"}
        return getattr(model, value["is"])(**parts)
    return value
