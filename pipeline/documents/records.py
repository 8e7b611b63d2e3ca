"""Documents in the spool: how they are put there, and the articles in a record."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from pipeline.documents import File, Part, Parts, Problem, read_document
from pipeline.documents.entry import Entry, is_entry
from pipeline.documents.names import disposition, name_in
from pipeline.documents.paragraphs import beginning
from pipeline.documents.personal import masked, masked_contact
from pipeline.errors import PipelineError
from pipeline.model import Hints, RawItem, RawKind

MAX_TEXT = 200_000
"""Characters of one article."""
_FIELDS = "chengqing-fields"
"""Header with the column headings that the source named when a table was taken."""

Fields = Sequence[tuple[str, str]]


def file_record(source: str, name: str, body: bytes, at: datetime, fields: Fields = ()) -> RawItem:
    """A file byte for byte; `name` is its path below the folder that is watched."""
    headers = {"content-disposition": disposition(name), **_fields(fields)}
    return RawItem(RawKind.FILE, source, "", "", at, 200, headers, body, Hints(guid=name))


def mail_record(source: str, key: str, body: bytes, at: datetime, fields: Fields = ()) -> RawItem:
    """A mail as it came; `key` tells where in the mailbox it is."""
    return RawItem(RawKind.MAIL, source, "", "", at, 200, _fields(fields), body, Hints(guid=key))


def entry_record(source: str, body: bytes) -> RawItem:
    """What was written into a form. Raises PipelineError when it is damaged."""
    entry = Entry.from_json(body)
    hints = Hints(title=entry.title, guid=entry.id)
    return RawItem(RawKind.ENTRY, source, "", "", entry.entered_at, 200, {}, body, hints)


def is_document(raw: RawItem) -> bool:
    """Whether a record is read here, not as a page."""
    return raw.kind in (RawKind.FILE, RawKind.MAIL) or (
        raw.kind is RawKind.ENTRY and is_entry(raw.body)
    )


def parts_of(raw: RawItem, zone: str) -> Parts:
    """The articles in a record, personal data masked. Raises PipelineError."""
    found = (
        _entry_parts(raw, zone) if raw.kind is RawKind.ENTRY else read_document(_file(raw, zone))
    )
    parts: Parts = []
    for each in found:
        if isinstance(each, Part):
            parts.append(replace(each, title=masked(each.title), text=masked(each.text[:MAX_TEXT])))
            if len(each.text) > MAX_TEXT:
                reason = f"文字超过{MAX_TEXT // 10_000}万字，后面的没有读取，请分成几个文件"
                parts.append(Problem(name_of(raw), reason))
        else:
            parts.append(each)
    return parts


def name_of(raw: RawItem) -> str:
    """How people call the record: a file's name, else where it comes from."""
    return name_in(raw.headers) or raw.hints.title or raw.hints.guid


def _fields(fields: Fields) -> dict[str, str]:
    return {_FIELDS: json.dumps(list(fields))} if fields else {}


def _file(raw: RawItem, zone: str) -> File:
    name = "邮件.eml" if raw.kind is RawKind.MAIL else name_of(raw)
    fields = tuple((str(a), str(b)) for a, b in json.loads(raw.headers.get(_FIELDS, "[]")))
    return File(name, raw.body, zone, raw.fetched_at, fields)


def _entry_parts(raw: RawItem, zone: str) -> Parts:
    """One part: what was written, then what is attached."""
    entry = Entry.from_json(raw.body)
    problems: Parts = []
    paragraphs = [line for line in entry.text.splitlines() if line.strip()]
    for attachment in entry.attachments:
        try:
            found = read_document(File(attachment.name, attachment.body, zone, raw.fetched_at))
        except PipelineError as error:
            problems.append(Problem(f"附件 {attachment.name}", str(error)))
            continue
        problems.extend(each for each in found if isinstance(each, Problem))
        for each in found:
            if isinstance(each, Part):
                shown = each.text.startswith(each.title.rstrip("…"))
                paragraphs.append(each.text if shown else f"{each.title}\n{each.text}")
    text = "\n".join(paragraphs)
    if not text and not entry.title:
        return problems
    part = Part(
        title=entry.title or beginning(text),
        text=text or entry.title,
        key=f"entry {entry.id}",
        url=entry.url,
        author=masked_contact(entry.contact),
        origin=" ".join(each for each in (entry.channel, entry.place) if each),
    )
    return [part.at((entry.seen_at, "minute") if entry.seen_at else None), *problems]
