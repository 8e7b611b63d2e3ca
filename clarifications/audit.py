"""The log: who did what, when, in which role and why; nothing in it can be changed unnoticed.

Each entry's hash covers its fields and the hash before it, so a change, removal, insertion or
exchange breaks the chain. That the tail was cut off, or the whole log built anew, is told by the
anchor, a small file beside the database that holds the last entry's number and hash. Copy it
elsewhere now and then: who can write both can forge both.

Writers are one after the other: on SQLite a transaction takes the write lock when it begins
(`transaction_mode` IMMEDIATE), and the number is the primary key, so that the chain cannot fork.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from clarifications.atomic_file import write_atomically
from clarifications.models import AuditEntry
from pipeline.errors import ChengqingError

GENESIS = "0" * 64
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Verification:
    """`broken` is one sentence about the first fault, empty when there is none; `seq` is the entry
    where it shows (one past the end for a tail cut off)."""

    ok: bool
    count: int
    head: str
    broken: str = ""
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Anchor:
    seq: int
    hash: str


def anchor_path() -> Path:
    return Path(settings.DATA_DIR) / "audit-anchor.json"


def record(
    action: str,
    *,
    at: datetime,
    actor: str,
    subject: tuple[str, str],
    role: str = "",
    from_state: str = "",
    to_state: str = "",
    reason: str = "",
    payload: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Append an entry inside the caller's transaction: it stands if what it tells of stands.

    `subject` is type and id, such as ("case", "2026-0001"). `payload` holds JSON values.
    """
    connection = transaction.get_connection()
    if not connection.in_atomic_block:
        raise ChengqingError("an audit entry is written in the transaction of what it records")
    last = AuditEntry.objects.order_by("-seq").first()
    entry = AuditEntry(
        seq=last.seq + 1 if last else 1,
        at=at,
        actor=actor,
        role=role,
        action=action,
        subject_type=subject[0],
        subject_id=subject[1],
        from_state=from_state,
        to_state=to_state,
        reason=reason,
        payload=json.loads(_canonical(dict(payload or {}))),
        prev_hash=last.hash if last else GENESIS,
    )
    entry.hash = entry_hash(entry)
    entry.save()
    transaction.on_commit(anchor, robust=True)
    return entry


def entry_hash(entry: AuditEntry) -> str:
    """sha256 (hex) of the canonical JSON of all fields but `hash`."""
    return hashlib.sha256(_canonical(_fields(entry)).encode()).hexdigest()


def verify(path: Path | None = None) -> Verification:
    """Check the whole chain, and its end against the anchor at `path`."""
    try:
        held = read_anchor(path or anchor_path())
    except ValueError:
        return Verification(False, AuditEntry.objects.count(), "", _("日志锚点文件无法读取。"))
    count, head, anchored = 0, GENESIS, None
    for entry in AuditEntry.objects.order_by("seq").iterator(chunk_size=1000):
        fault = _fault(entry, count + 1, head)
        if fault:
            return Verification(False, count, head, fault, entry.seq)
        count, head = entry.seq, entry.hash
        if held is not None and entry.seq == held.seq:
            anchored = entry.hash
    fault, seq = _anchor_fault(held, count, anchored)
    return Verification(not fault, count, head, fault, seq)


def _fault(entry: AuditEntry, expected: int, head: str) -> str:
    if entry.seq != expected:
        return _("第{seq}条日志缺失，可能被删除。").format(seq=expected)
    if entry.prev_hash != head:
        return _("第{seq}条日志与前一条不相接，可能有插入、调换或重写。").format(seq=entry.seq)
    if entry.hash != entry_hash(entry):
        return _("第{seq}条日志的内容与校验值不符，可能被改动。").format(seq=entry.seq)
    return ""


def _anchor_fault(held: Anchor | None, count: int, anchored: str | None) -> tuple[str, int | None]:
    if held is None:
        if count == 0:
            return "", None
        return _("缺少日志锚点文件，无法确认日志末尾是否完整。"), count + 1
    if count < held.seq:
        sentence = _("日志只到第{count}条，锚点记着第{seq}条：末尾可能被截去。")
        return sentence.format(count=count, seq=held.seq), count + 1
    if anchored != held.hash:
        return _("第{seq}条日志与锚点不符：日志可能被整体重建。").format(seq=held.seq), held.seq
    return "", None


def anchor() -> None:
    """Move the anchor to the end of the log. An anchor that the log contradicts stays where it is:
    it is the only witness of what happened."""
    path = anchor_path()
    with _locked(path):
        last = AuditEntry.objects.order_by("-seq").first()
        try:
            held = read_anchor(path)
        except ValueError:
            _log.error("%s cannot be read; the audit anchor is not moved", path)
            return
        if last is None or (held is not None and held.seq >= last.seq):
            return
        if (
            held is not None
            and not AuditEntry.objects.filter(seq=held.seq, hash=held.hash).exists()
        ):
            _log.error("%s contradicts the audit log; run `chengqing audit verify`", path)
            return
        _write_anchor(path, last)


def reanchor(*, at: datetime, actor: str, reason: str) -> AuditEntry:
    """Go on after a backup was restored: the old anchor becomes part of the log."""
    path = anchor_path()
    try:
        held = read_anchor(path)
    except ValueError:
        held = None
    with transaction.atomic():
        entry = record(
            "audit.reanchor",
            at=at,
            actor=actor,
            subject=("audit", "anchor"),
            reason=reason,
            payload={"seq": held.seq, "hash": held.hash} if held else {},
        )
    with _locked(path):
        _write_anchor(path, entry)
    return entry


def read_anchor(path: Path) -> Anchor | None:
    """None when there is no file. Raises ValueError when it cannot be understood."""
    try:
        content = json.loads(path.read_text("utf-8"))
        return Anchor(int(content["seq"]), str(content["hash"]))
    except FileNotFoundError:
        return None
    except (OSError, KeyError, TypeError) as error:
        raise ValueError(f"{path}: {error}") from error


def export(path: Path) -> int:
    """Write all entries as JSON lines, oldest first; returns how many."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for entry in AuditEntry.objects.order_by("seq").iterator(chunk_size=1000):
            file.write(_canonical({**_fields(entry), "hash": entry.hash}) + "\n")
            count += 1
    return count


def _fields(entry: AuditEntry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor,
        "role": entry.role,
        "action": entry.action,
        "subject_type": entry.subject_type,
        "subject_id": entry.subject_id,
        "from_state": entry.from_state,
        "to_state": entry.to_state,
        "reason": entry.reason,
        "payload": entry.payload,
        "prev_hash": entry.prev_hash,
    }


def _canonical(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _write_anchor(path: Path, entry: AuditEntry) -> None:
    content = {"seq": entry.seq, "hash": entry.hash, "at": entry.at.astimezone(UTC).isoformat()}
    write_atomically(path, json.dumps(content).encode() + b"\n")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
