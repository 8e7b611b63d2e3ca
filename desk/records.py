"""Records of the spool as the console shows them: evidence, read and never changed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from django.utils.translation import gettext as _

from pipeline import spool
from pipeline.decode import decode, decompress
from pipeline.errors import PipelineError
from pipeline.model import Mention, Position, RawItem, RawKind
from pipeline.ports import MentionStore
from pipeline.understand import understand

SHOWN = 100_000
"""Characters of a body that are shown; the rest is in the download."""
_UNFOLDED = 30 * 1024 * 1024
_POSITION = re.compile(r"\d{1,8}:\d{1,15}")
_TEXT = ("html", "xml", "text", "json", "rfc822", "csv")


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record, and what its body says as text; `why_no_text` where it says none."""

    position: Position
    segment: str
    raw: RawItem
    digest: str
    """SHA-256 of the body as it came, hexadecimal."""
    text: str
    cut: bool
    why_no_text: str


def parse_position(text: str) -> Position | None:
    return Position.parse(text) if _POSITION.fullmatch(text) else None


def stored_record(folder: Path, position: Position) -> StoredRecord | None:
    """The record at a position; None when retention has removed its segment. Raises SpoolError."""
    raw = spool.read_at(folder, position)
    if raw is None:
        return None
    text, why = _text_of(raw)
    return StoredRecord(
        position,
        spool.segment_path(folder, position.segment).name,
        raw,
        sha256(raw.body).hexdigest(),
        text[:SHOWN],
        len(text) > SHOWN,
        why,
    )


def _text_of(raw: RawItem) -> tuple[str, str]:
    kind = raw.headers.get("content-type", "").lower()
    if raw.kind is RawKind.FILE or (kind and not any(each in kind for each in _TEXT)):
        return "", _("不是文本（{kind}），请下载查看。").format(kind=kind or _("文件"))
    try:
        body = decompress(raw.body, raw.headers.get("content-encoding", ""), limit=_UNFOLDED)
    except PipelineError as error:
        return "", str(error)
    return decode(body, content_type=kind), ""


def mentions_of(
    folder: Path, record: StoredRecord, zone: str, store: MentionStore
) -> list[Mention]:
    """What the store holds of the record: its identity follows from the record alone.

    Files are left out: reading some of them (pictures, long PDFs) takes longer than a page may.
    """
    raw = record.raw
    if raw.kind in (RawKind.LISTING, RawKind.FILE):
        return []
    made = understand(raw, record.position, zone, spool.parts_of(folder, raw))
    ids = [each.id for each in made if isinstance(each, Mention)]
    found = store.get(ids)
    return [found[each] for each in dict.fromkeys(ids) if each in found]
