"""Records of the spool → mentions, and what could not be read of them. Whatever a record holds, the
others go on: a failure of the program itself is one of the reasons why something was not read."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pipeline.errors import SpoolError
from pipeline.identity import canonical_url
from pipeline.model import NO_SITES, Mention, Position, RawItem, RawKind, Sites, Unread
from pipeline.ports import Zones
from pipeline.spool import Damage, Record, parts_of
from pipeline.understand import Unreadable, understand

FAILED = "读取时出错"
_PARTS = (
    "understand.py",
    "rightful.py",
    "decode.py",
    "identity.py",
    "warc.py",
    "extract",
    "documents",
)
"""Files and folders of this package that decide what is read of a record."""
_LIBRARIES = (
    "selectolax", "trafilatura", "htmldate", "warcio", "rapidocr", "openpyxl", "python-docx",
    "pypdfium2", "pysubs2",
)  # fmt: skip
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one record gave. A listing gives nothing.

    `own` is where a page was found that claims another address as its own, see `rightful`.
    """

    position: Position
    mentions: tuple[Mention, ...] = ()
    unread: tuple[Unread, ...] = ()
    own: str = ""


def read_record(record: Record, folder: Path, zones: Zones, sites: Sites = NO_SITES) -> Reading:
    """`folder` is the spool, where the further pages of a long article stand; `sites` is what the
    configuration says of how single sites are read.

    An unexpected failure is logged with its traceback and told as `FAILED`. Raises SpoolError only.
    """
    raw, position, _ = record
    if isinstance(raw, Damage):
        return Reading(position, (), (Unread(position, "", "", raw.reason),))
    try:
        zone = zones.get(raw.source, "Asia/Shanghai")
        made = understand(raw, position, zone, parts_of(folder, raw), sites)
    except SpoolError:
        raise
    except Exception as error:  # noqa: BLE001 - one record must never stop the others
        _log.exception("the record at %s (%s) could not be read", position, raw.url)
        reason = f"{FAILED}（{type(error).__name__}）"
        return Reading(position, (), (Unread(position, raw.source, raw.url, reason),))
    mentions = tuple(each for each in made if isinstance(each, Mention))
    left = [each for each in made if isinstance(each, Unreadable)]
    unread = tuple(
        Unread(position, each.source, each.url, each.reason, str(number) if len(made) > 1 else "")
        for number, each in enumerate(left, 1)
    )
    return Reading(position, mentions, unread, _own(raw, mentions))


def _own(raw: RawItem, mentions: tuple[Mention, ...]) -> str:
    if raw.kind is not RawKind.ARTICLE or not mentions:
        return ""
    asked, own = map(canonical_url, (raw.url, raw.final_url or raw.url))
    return "" if mentions[0].url in (asked, own) else own


def addresses(readings: Iterable[Reading]) -> dict[str, str]:
    """By `Mention.raw`: the own addresses of pages that claim another one."""
    return {str(reading.position): reading.own for reading in readings if reading.own}


@cache
def reader_version(configured: str = "") -> str:
    """Changes whenever what is read of a record may change: a hash of the program's own parts that
    read, the versions of the libraries they lean on, and what is `configured` of reading."""
    made = sha256(configured.encode())
    for path in _files(Path(__file__).parent):
        made.update(path.name.encode() + b"\0" + path.read_bytes())
    for name in _LIBRARIES:
        made.update(f"{name} {_version(name)}\n".encode())
    return made.hexdigest()[:16]


def _files(package: Path) -> Iterator[Path]:
    for part in _PARTS:
        path = package / part
        yield from sorted(path.rglob("*.py")) if path.is_dir() else [path]


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "-"
