"""What every channel can do, and what it is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pipeline.errors import ChengqingError


class ChannelError(ChengqingError):
    """The text did not go out; nothing is recorded as published, and it can be tried again."""


class ChannelSettings(Protocol):
    """What an agency says of a channel in its configuration."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def base_url(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Publisher:
    """The agency in whose name it goes out."""

    agency: str
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Release:
    """A text that goes out. `number` identifies it on the channel: the same number again replaces
    what stands there. `body` is plain text, a paragraph a line."""

    number: str
    kind: str
    title: str
    body: str
    published_at: datetime
    text_hash: str


class Channel(Protocol):
    """Publishing the same release twice leaves one."""

    def publish(self, release: Release) -> str:
        """Bring it out and return its public address. Raises ChannelError."""
