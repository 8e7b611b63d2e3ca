"""Records of the spool as the console shows them: evidence, read and never changed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from django.utils.translation import gettext as _

from pipeline import spool
from pipeline.decode import decode, decompress
from pipeline.documents import Part
from pipeline.documents.names import extension
from pipeline.documents.records import name_of, parts_of
from pipeline.errors import ChengqingError, PipelineError
from pipeline.identity import mention_id
from pipeline.model import NO_SITES, Mention, Position, RawItem, RawKind, Sites
from pipeline.ports import MentionStore
from pipeline.understand import understand
from pipeline.warc import DamagedError

SHOWN = 100_000
"""Characters of a body that are shown; the rest is in the download."""
_UNFOLDED = 30 * 1024 * 1024
_POSITION = re.compile(r"\d{1,8}:\d{1,15}")
_TEXT = ("html", "xml", "text", "json", "rfc822", "csv")
_QUICK = ("csv", "tsv", "xlsx", "xls", "docx", "txt", "srt", "vtt")
_TABLES = ("csv", "tsv", "xlsx", "xls")
_QUICK_BYTES = 1024 * 1024
"""Files of these forms and up to this size are read again while a page waits."""


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

    @property
    def name(self) -> str:
        """What people call it: the file, the headline; empty when it has only its address."""
        return name_of(self.raw)

    @property
    def file_name(self) -> str:
        """What a download of it is called: a dropped file as it was, without what could mislead."""
        name = self.name.replace("\\", "/").rpartition("/")[2] if self.is_file else ""
        shown = "".join(char for char in name if char.isprintable()).strip(" .")
        return shown[-120:] or f"record-{self.position.segment}-{self.position.offset}.bin"

    @property
    def is_file(self) -> bool:
        return self.raw.kind is RawKind.FILE

    @property
    def readable_again(self) -> bool:
        """Whether what was made from it can be found while a page waits."""
        quick = extension(self.name) in _QUICK and len(self.raw.body) <= _QUICK_BYTES
        return not self.is_file or quick


class NoRecordError(ChengqingError):
    """The position is that of no record: it was made up, or mistyped."""


def parse_position(text: str) -> Position | None:
    return Position.parse(text) if _POSITION.fullmatch(text) else None


def stored_record(folder: Path, position: Position) -> StoredRecord | None:
    """The record at a position; None when retention has removed its segment. Raises SpoolError, and
    NoRecordError where none was ever written."""
    try:
        raw = spool.read_at(folder, position)
    except DamagedError:
        if spool.stands_at(folder, position):
            raise
        raise NoRecordError(str(position)) from None
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


def place_in_file(raw: RawItem, mention: Mention, zone: str) -> tuple[str, str]:
    """Name of the file that a mention came in, and by what its row is known; both empty where it
    came otherwise, the row too for files that take long to read."""
    if raw.kind is not RawKind.FILE:
        return "", ""
    name = name_of(raw)
    if extension(name) not in _TABLES or len(raw.body) > _QUICK_BYTES:
        return name, ""
    try:
        parts = parts_of(raw, zone)
    except PipelineError:
        return name, ""
    keys = (each.key for each in parts if isinstance(each, Part))
    key = next((key for key in keys if mention_id(f"{raw.source}\n{key}") == mention.id), "")
    return name, key.removeprefix("row ")


def mentions_of(
    folder: Path, record: StoredRecord, zone: str, store: MentionStore, sites: Sites = NO_SITES
) -> list[Mention]:
    """What the store holds of the record: its identity follows from the record alone, and `sites`,
    what the configuration says of how single sites are read, decide whether it is an article.

    Nothing for one that takes longer to read than a page may (pictures, PDFs, long tables).
    """
    raw = record.raw
    if raw.kind is RawKind.LISTING or not record.readable_again:
        return []
    made = understand(raw, record.position, zone, spool.parts_of(folder, raw), sites)
    ids = [each.id for each in made if isinstance(each, Mention)]
    found = store.get(ids)
    return [found[each] for each in dict.fromkeys(ids) if each in found]
