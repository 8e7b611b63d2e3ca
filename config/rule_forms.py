"""The form of an entry of rules.yaml: what may be written, and the rule that it becomes."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from alerts.rules.lines import as_parts
from config.conditions import CONDITIONS, read_condition
from config.forms import (
    Duration,
    Form,
    Id,
    Ids,
    Text,
    Texts,
    Weekday,
    clock,
    duration_text,
    texts,
)
from pipeline.model import GROWTH, QUIET, FieldName, Level, Rule, SourceKind, Spelling, When


def _hours(value: Any) -> tuple[time, time]:
    parts = value.split("-") if isinstance(value, str) else []
    if len(parts) != 2:
        raise ValueError('must be two times of day, such as "22:00-07:00"')
    return clock(parts[0].strip()), clock(parts[1].strip())


class WhenForm(Form):
    since: date | None = Field(None, alias="from")
    until: date | None = Field(None, alias="to")
    hours: Annotated[tuple[time, time], BeforeValidator(_hours)] | None = None
    weekdays: tuple[Weekday, ...] = ()


RuleKind = Literal[
    "keyword",
    "claim",
    "fact",
    "omission",
    "frequency",
    "spike",
    "newcomer",
    "composite",
    "silence",
]
_WITH_CONDITION = ("keyword", "frequency", "spike", "newcomer")
_BELONGING: dict[str, tuple[str, ...]] = {
    "claims": ("claim",),
    "facts": ("fact", "omission"),
    "count": ("frequency", "spike", "composite"),
    "window": ("frequency", "newcomer", "composite", "silence"),
    "quiet": ("frequency", "spike"),
    "growth": ("frequency", "spike"),
    "of": ("composite",),
    "by": ("newcomer",),
    "suggestions": ("claim",),
    "field": _WITH_CONDITION,
}
"""Key of a rule → the kinds that may have it."""


class RuleForm(Form):
    id: Id
    kind: RuleKind = "keyword"
    name: Text | None = None
    level: Level
    line: Any = None
    any: Any = None
    all: Any = None
    none: Any = None
    near: Any = None
    sentence: Any = None
    phrase: Any = None
    regex: Any = None
    field: FieldName | None = None
    spelling: Spelling = "normalised"
    sources: Ids = ()
    source_kinds: Annotated[tuple[SourceKind, ...], BeforeValidator(texts)] = ()
    regions: Texts = ()
    when: WhenForm | None = None
    claims: Ids = ()
    facts: Ids = ()
    count: Annotated[int, Field(ge=1, le=100_000, strict=True)] | None = None
    window: Annotated[Duration, Field(gt=timedelta(0))] | None = None
    quiet: Duration | None = None
    growth: Annotated[float, Field(ge=1.2, le=100)] | None = None
    of: Ids = ()
    by: Literal["source", "region"] | None = None
    suggestions: Annotated[bool, Field(strict=True)] | None = None
    department: Id | None = None
    enabled: bool = True

    @model_validator(mode="after")
    def _checked(self) -> RuleForm:
        conditions = [key for key in CONDITIONS if getattr(self, key) is not None]
        if self.kind in _WITH_CONDITION and not conditions:
            raise ValueError(f"a {self.kind} rule needs one of {', '.join(CONDITIONS)}")
        if self.kind not in _WITH_CONDITION and conditions:
            raise ValueError(f"a {self.kind} rule has no {conditions[0]}; only keyword rules do")
        for key, kinds in _BELONGING.items():
            if getattr(self, key) not in (None, ()) and self.kind not in kinds:
                raise ValueError(f"`{key}` belongs to rules of kind {' or '.join(kinds)}")
        if self.kind == "frequency" and not (self.count and self.window):
            raise ValueError("a frequency rule needs `count` and `window`, such as 5 and 1h")
        if self.kind == "composite" and len(set(self.of)) < 2:
            raise ValueError("a composite rule needs `of`, at least two other rules")
        if self.kind == "composite" and (self.count or 0) > len(set(self.of)):
            raise ValueError("`count` is more than the rules of `of`, so the rule can never hit")
        return self

    def made(self) -> Rule:
        parts = {key: getattr(self, key) for key in CONDITIONS}
        return Rule(
            id=self.id,
            level=self.level,
            kind=self.kind,
            name=self.name or "",
            condition=read_condition(parts) if self.kind in _WITH_CONDITION else None,
            spelling=self.spelling,
            sources=self.sources,
            source_kinds=self.source_kinds,
            regions=self.regions,
            field=self.field,
            when=When(**dict(self.when)) if self.when else None,
            refs=self.claims or self.facts,
            department=self.department or "",
            enabled=self.enabled,
            count=self.count or 0,
            window=self.window,
            quiet=QUIET if self.quiet is None else self.quiet,
            growth=self.growth or GROWTH,
            members=tuple(dict.fromkeys(self.of)),
            by=self.by or "source",
            suggestions=bool(self.suggestions),
        )


def entry_of(rule: Rule) -> dict[str, Any]:
    """A rule as an entry of rules.yaml; reading it gives the same rule."""
    usual = Rule(rule.id)
    entry: dict[str, Any] = {"id": rule.id, "name": rule.name, "level": rule.level}
    if rule.kind != usual.kind:
        entry["kind"] = rule.kind
    entry |= {"department": rule.department, "enabled": None if rule.enabled else False}
    if rule.condition is not None:
        entry |= as_parts(rule.condition)
    for key in ("spelling", "field", "count", "growth", "by", "suggestions"):
        value = getattr(rule, key)
        entry[key] = value if value != getattr(usual, key) else None
    for key in ("sources", "source_kinds", "regions"):
        entry[key] = [str(each) for each in getattr(rule, key)]
    entry |= {
        "when": _when_entry(rule.when) if rule.when else None,
        "facts" if rule.kind in _BELONGING["facts"] else "claims": list(rule.refs),
        "window": duration_text(rule.window) if rule.window else None,
        "quiet": duration_text(rule.quiet) if rule.quiet != usual.quiet else None,
        "of": list(rule.members),
    }
    return {key: value for key, value in entry.items() if value not in (None, "", [])}


def _when_entry(when: When) -> dict[str, Any]:
    entry = {
        "from": when.since,
        "to": when.until,
        "hours": f"{when.hours[0]:%H:%M}-{when.hours[1]:%H:%M}" if when.hours else None,
        "weekdays": list(when.weekdays) or None,
    }
    return {key: value for key, value in entry.items() if value is not None}
