"""What clarifications must know of the agency they work for; set once at start-up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _

from clarifications.publish.channel import ChannelSettings
from pipeline.errors import ChengqingError
from pipeline.model import Claim, Fact


@dataclass(frozen=True, slots=True)
class Office:
    """`sources` maps the ids of sources to their names; `templates_folder` holds the agency's own
    document templates; the spool is `data_folder`/spool unless said otherwise."""

    agency: str
    data_folder: Path
    contact: str = ""
    channels: Sequence[ChannelSettings] = ()
    templates_folder: Path | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)
    claims: Mapping[str, Claim] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    spool_folder: Path | None = None
    clock: Callable[[], datetime] = timezone.now

    @property
    def spool(self) -> Path:
        return self.spool_folder or self.data_folder / "spool"


_office: list[Office] = []


def configure(office: Office) -> None:
    """Set the office that the services of this process work for."""
    _office[:] = [office]


def office() -> Office:
    if not _office:
        raise ChengqingError(_("系统尚未就绪，请稍后再试。"))
    return _office[0]
