"""What the collector process is told (a plan, JSON) and what it tells (events, JSON lines).

The parent owns all state; this process only fetches into the spool. An event is sent after what it
reports is durable.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any, Literal

from pipeline.model import RawKind, Source, SourceKind

_DURATIONS = ("every", "slowest")
Code = Literal["", "robots", "gone", "login", "address", "gap"]


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server said of the version we have, for conditional GET."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Revisit:
    """A young article that is fetched again; `position` is where its last record stands."""

    key: str
    url: str
    position: str
    validators: Validators = Validators()
    digest: str = ""


@dataclass(frozen=True, slots=True)
class SourcePlan:
    """One source of a round, and what is known of it.

    `seen` are the keys of items that need not be fetched again; `revisits` are fetched after all
    that is new; `budget` is how many requests are left to the source today, None for any number;
    it is renewed in `renews` seconds. `place` is where it stands in sources.yaml: of several that
    list an article, the first there owns it.
    """

    source: Source
    validators: Validators = Validators()
    seen: frozenset[str] = frozenset()
    revisits: tuple[Revisit, ...] = ()
    budget: int | None = None
    renews: float = 0
    place: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """One round. Sizes in bytes, times in seconds; networks in CIDR notation."""

    spool: str
    user_agent: str
    sources: tuple[SourcePlan, ...]
    allow_networks: tuple[str, ...] = ()
    timeout: float = 30
    max_bytes: int = 20 * 1024 * 1024
    round_seconds: float = 300
    pause: float = 2
    """Before an address is tried again; the next pause is twice as long."""
    page_seconds: float = 45
    """For all of a page that the browser shows: what it asks for comes one by one, politely."""

    def to_json(self) -> str:
        value = asdict(self)
        for entry, plan in zip(value["sources"], self.sources, strict=True):
            for name in _DURATIONS:
                duration = getattr(plan.source, name)
                entry["source"][name] = duration and duration.total_seconds()
            entry["seen"] = sorted(plan.seen)
        return json.dumps(value)

    @classmethod
    def from_json(cls, text: str) -> Plan:
        value: dict[str, Any] = json.loads(text)
        sources = []
        for entry in value["sources"]:
            about = entry["source"]
            for name in _DURATIONS:
                about[name] = about[name] and timedelta(seconds=about[name])
            about["kind"] = SourceKind(about["kind"])
            about["fields"] = tuple((name, path) for name, path in about["fields"])
            about["terms"] = tuple(about["terms"])
            entry["source"] = Source(**about)
            entry["validators"] = Validators(**entry["validators"])
            entry["seen"] = frozenset(entry["seen"])
            entry["revisits"] = tuple(map(_revisit, entry["revisits"]))
            sources.append(SourcePlan(**entry))
        value["sources"] = tuple(sources)
        value["allow_networks"] = tuple(value["allow_networks"])
        return cls(**value)


def _revisit(value: dict[str, Any]) -> Revisit:
    return Revisit(**{**value, "validators": Validators(**value["validators"])})


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a source.

    fetched: a record is in the spool (`key` names the item, for listings the address).
    unchanged: the server answered 304, or with the same bytes as before.
    gone: an article that we have answers 404 or 410.
    failed: an address could not be had, or a listing is not what it should be; `permanent` when
    trying again is of no use.
    listed: the listing named `found` items, of which `new` were not seen and `left` exceed the
    round's budget.
    done: the source is finished; `pending` items failed in a way that may pass; it took `requests`.
    """

    what: Literal["fetched", "unchanged", "gone", "failed", "listed", "done"]
    source: str
    url: str = ""
    key: str = ""
    kind: RawKind | None = None
    status: int = 0
    etag: str = ""
    last_modified: str = ""
    position: str = ""
    reason: str = ""
    """One sentence for the desk."""
    code: Code = ""
    """failed: what people do something else about. robots: forbidden by robots.txt; gone: 404, 410;
    login: 401; address: private or otherwise refused; gap: nothing in the list was known."""
    permanent: bool = False
    retry_after: float = 0
    """Seconds that the server asks us to stay away."""
    found: int = 0
    new: int = 0
    left: int = 0
    pending: int = 0
    requests: int = 0
    again: bool = False
    """It is about a `Revisit`."""
    young: bool = False
    """fetched: an article that is new in the world, not only to us."""
    digest: str = ""
    """fetched: SHA-256 of the body as it came."""
    listed_keys: tuple[str, ...] = field(default=())
    """listed: all keys that the listing names now."""

    def to_json(self) -> str:
        return json.dumps({key: value for key, value in asdict(self).items() if value})

    @classmethod
    def from_json(cls, text: str) -> Event:
        value: dict[str, Any] = json.loads(text)
        if "kind" in value:
            value["kind"] = RawKind(value["kind"])
        value["listed_keys"] = tuple(value.get("listed_keys", ()))
        return cls(**value)
