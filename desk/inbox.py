"""Entries of the desk and tips of the public on their way to the collector."""

from __future__ import annotations

import re
import secrets
import shutil
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from clarifications import audit
from clarifications.atomic_file import write_atomically
from clarifications.oversight import Refused, log_refusal
from clarifications.roles import actor_of
from clarifications.states import ENTER, acting_role, may
from desk.ports import Desk
from pipeline import inbox
from pipeline.documents.entry import Entry
from pipeline.errors import ChengqingError
from pipeline.model import Source, SourceKind

MOST_WAITING = {SourceKind.ENTRY: (2_000, 500_000_000), SourceKind.TIPS: (1_000, 20_000_000)}
"""Entries and bytes that may wait for the collector: nobody fills the disk through a form."""
ROOM = 200_000_000
"""Bytes of the disk that stay free."""
_ID = re.compile(r"\d{8}T\d{6}-[0-9a-f]{16}")


class InboxFullError(ChengqingError):
    """Nothing more is taken now."""


def new_id(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%S}-{secrets.token_hex(8)}"


def is_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


def sources_of(desk: Desk, kind: SourceKind) -> list[Source]:
    """Those by which something of the kind can come in."""
    found = (entry.value for entry in desk.sources)
    return [source for source in found if source.kind is kind and source.enabled]


def put(desk: Desk, source: Source, entry: Entry) -> None:
    """Keep it for the collector. Raises InboxFullError; the same id again changes nothing."""
    data = desk.office.data_folder
    count, size = inbox.waiting(data, source.id)
    most, most_bytes = MOST_WAITING[source.kind]
    body = entry.to_json()
    if count >= most or size + len(body) > most_bytes or shutil.disk_usage(data).free < ROOM:
        raise InboxFullError(_("等待收录的内容过多，暂时不能接收，请稍后再试。"))
    try:
        write_atomically(inbox.entry_path(data, source.id, entry.id), body)
    except OSError as error:
        raise ChengqingError(_("内容没有存下来，请稍后再试或联系管理员。")) from error


def enter(desk: Desk, source: Source, entry: Entry, user: User) -> None:
    """Put what a person of the desk entered; logged. Raises Refused and what `put` raises."""
    actor, subject = actor_of(user), ("entry", entry.id)
    refusal = may(ENTER, actor)
    if refusal is not None:
        log_refusal(ENTER.key, user, subject, refusal.sentence)
        raise Refused(refusal.sentence)
    with transaction.atomic():
        audit.record(
            ENTER.key,
            at=desk.clock(),
            actor=user.get_username(),
            role=acting_role(ENTER, actor) or "",
            subject=subject,
            payload={
                "source": source.id,
                "title": entry.title,
                "attachments": [each.name for each in entry.attachments],
            },
        )
        put(desk, source, entry)
