"""The forms of the YAML files, one class each: what may be written, and what becomes of it.

Values are strict: a term written as a bare number is a mistake that is named, not a text by luck.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from ipaddress import ip_network
from typing import Annotated, Any, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictStr,
    model_validator,
)

from config.configuration import Channel, Department, Duty, Network
from pipeline.identity import is_front
from pipeline.model import (
    Claim,
    ElementKind,
    Fact,
    FactElement,
    Reach,
    Site,
    Source,
    SourceKind,
)

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def _text(value: Any) -> Any:
    if isinstance(value, bool | int | float | date | datetime):
        raise ValueError(f"must be text: put it in quotes, as in '{value}'")
    return value


def texts(value: Any) -> Any:
    """One text where a list of them may stand."""
    return [value] if isinstance(value, str) else value


def _duration(value: Any) -> timedelta:
    match = re.fullmatch(r"(\d+)([smhd])", value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("must be a duration such as 30s, 10m, 2h or 1d")
    return timedelta(seconds=int(match[1]) * _UNITS[match[2]])


def duration_text(length: timedelta) -> str:
    """A duration as it is written in the files: 90m, 6h, 30d."""
    seconds = int(length.total_seconds())
    unit = next(unit for unit, size in reversed(_UNITS.items()) if seconds % size == 0)
    return f"{seconds // _UNITS[unit]}{unit}"


def clock(value: Any) -> time:
    """A time of day."""
    if isinstance(value, str) and re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", value):
        hour, minute = value.split(":")
        return time(int(hour), int(minute))
    raise ValueError('must be a time of day in quotes, such as "08:30"')


def _zone(value: Any) -> str:
    try:
        return ZoneInfo(value).key
    except (ZoneInfoNotFoundError, TypeError, ValueError, OSError):
        raise ValueError(f"“{value}” is no time zone; write one such as Asia/Shanghai") from None


def network(value: Any) -> Network:
    try:
        return ip_network(str(value))
    except ValueError:
        raise ValueError(f"“{value}” is no network; write one such as 10.1.0.0/16") from None


def _selector(value: str) -> str:
    from pipeline.extract.overrides import problem_of  # brings all of extraction along

    if problem := problem_of(value):
        raise ValueError(problem)
    return value


def _page_address(value: str) -> str:
    if not re.match(r"https?://[^/\s]+", value, re.IGNORECASE):
        raise ValueError(f"“{value}” is no web address; write one such as https://host/page")
    if is_front(value):
        raise ValueError(f"“{value}” is the front page of a site; write that of the very text")
    return value


def _element_value(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, bool) or value is None:
        raise ValueError("must be text, a number or a date")
    return value.isoformat() if isinstance(value, date) else str(value)


Text = Annotated[StrictStr, BeforeValidator(_text), Field(min_length=1)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(texts)]
Id = Annotated[StrictStr, BeforeValidator(_text), Field(pattern=r"^[\w.-]{1,100}$")]
PageAddress = Annotated[StrictStr, BeforeValidator(_text), AfterValidator(_page_address)]
Selector = Annotated[StrictStr, BeforeValidator(_text), AfterValidator(_selector)]
Ids = Annotated[tuple[Id, ...], BeforeValidator(texts)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Clock = Annotated[time, BeforeValidator(clock)]
Zone = Annotated[str, BeforeValidator(_zone)]
Weekday = Annotated[int, Field(ge=1, le=7, strict=True)]


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceForm(Form):
    id: Id
    kind: SourceKind
    name: Text
    url: Text = ""
    every: Duration = timedelta(minutes=10)
    slowest: Duration | None = None
    links: Text | None = None
    items: Text = ""
    fields: dict[str, Text] = Field(default_factory=dict)
    terms: Texts = ()
    charset: Text = ""
    folder: Text = ""
    password_env: Text = ""
    browser: bool = False
    proxy: Text = ""
    daily_requests: Annotated[int, Field(ge=1, strict=True)] | None = None
    enabled: bool = True
    timezone: Zone = "Asia/Shanghai"
    region: Annotated[StrictStr, BeforeValidator(_text)] = ""
    reach: Reach | None = None
    delay: Annotated[float, Field(ge=0, le=600)] = 1.0
    max_items: Annotated[int, Field(ge=1, le=100_000, strict=True)] = 200

    @model_validator(mode="after")
    def _checked(self) -> SourceForm:
        if self.every < timedelta(seconds=10):
            raise ValueError("`every` is too short; 10s is the least")
        if self.slowest is not None and self.slowest < self.every:
            raise ValueError("`slowest` is shorter than `every`")
        return self

    def made(self) -> Source:
        return Source(**dict(self) | {"fields": tuple(self.fields.items())})


class ElementForm(Form):
    id: Id
    kind: Literal[get_args(ElementKind)]  # type: ignore[valid-type]
    value: Annotated[str, BeforeValidator(_element_value)]
    cues: Texts = ()
    required: bool = False


class FactForm(Form):
    id: Id
    statement: Text
    effective_from: date | None = None
    effective_to: date | None = None
    supersedes: Id | None = None
    source: Text | None = None
    subjects: Texts = ()
    elements: tuple[ElementForm, ...] = ()

    @model_validator(mode="after")
    def _checked(self) -> FactForm:
        if self.effective_from and self.effective_to and self.effective_to < self.effective_from:
            raise ValueError("`effective_to` lies before `effective_from`")
        if self.elements and not self.subjects:
            raise ValueError(
                "`elements` are compared only where `subjects` are spoken of: add them"
            )
        return self

    def made(self) -> Fact:
        return Fact(
            id=self.id,
            statement=self.statement,
            subjects=self.subjects,
            elements=tuple(FactElement(**dict(element)) for element in self.elements),
            effective_from=self.effective_from,
            effective_to=self.effective_to,
            supersedes=self.supersedes,
            source=self.source or "",
        )


class ClaimForm(Form):
    id: Id
    text: Text
    verdict: Annotated[bool, Field(strict=True)] | None = None
    clarification: Text | None = None
    answered_on: date | None = None
    sources: Annotated[tuple[PageAddress, ...], BeforeValidator(texts)] = ()

    def made(self) -> Claim:
        return Claim(
            self.id,
            self.text,
            self.verdict,
            self.clarification or "",
            self.answered_on,
            self.sources,
        )


class SiteForm(Form):
    host: Annotated[StrictStr, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)*$")]
    title: Selector | None = None
    text: Selector | None = None
    time: Selector | None = None
    author: Selector | None = None
    source: Selector | None = None
    remove: Annotated[tuple[Selector, ...], BeforeValidator(texts)] = ()

    def made(self) -> Site:
        return Site(
            host=self.host,
            title=self.title or "",
            text=self.text or "",
            time=self.time or "",
            author=self.author or "",
            source=self.source or "",
            remove=self.remove,
        )


class DepartmentForm(Form):
    id: Id
    name: Text
    duties: Texts = ()
    contact: Text | None = None

    def made(self) -> Department:
        return Department(self.id, self.name, self.duties, self.contact or "")


class DutyForm(Form):
    id: Id | None = None
    on: date | None = Field(None, alias="date")
    weekday: Weekday | None = None
    department: Id | None = None
    person: Text
    role: Text
    phone: Text | None = None

    @model_validator(mode="after")
    def _checked(self) -> DutyForm:
        if (self.on is None) == (self.weekday is None):
            raise ValueError("give either `date` or `weekday`")
        return self

    def made(self) -> Duty:
        day = self.on.isoformat() if self.on else f"weekday-{self.weekday}"
        return Duty(
            id=self.id or f"{day}-{self.role}-{self.person}",
            person=self.person,
            role=self.role,
            on=self.on,
            weekday=self.weekday,
            department=self.department or "",
            phone=self.phone or "",
        )


class ChannelForm(Form):
    id: Id
    kind: Literal["site"]
    name: Text | None = None
    title: Text | None = None
    base_url: Text | None = None

    def made(self) -> Channel:
        return Channel(self.id, self.kind, self.name or "", self.title or "", self.base_url or "")
