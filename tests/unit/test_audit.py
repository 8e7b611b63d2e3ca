from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from clarifications import audit
from clarifications.append_only import AppendOnlyError
from clarifications.models import AuditEntry
from pipeline.errors import ChengqingError
from tests.builders import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def anchor(own_data: Path) -> Path:
    return own_data / "audit-anchor.json"


def write(count: int) -> None:
    for number in range(count):
        audit.record(
            "case.open", at=NOON, actor="monitor", subject=("case", f"2026-{number:04d}"),
            reason="〇—〔〕", payload={"数": [number, 0.5, None], "b": {"z": 1, "a": 2}},
        )  # fmt: skip
    audit.anchor()


@contextmanager
def tampering() -> Iterator[Any]:
    """As somebody would who has the database file."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER clarifications_auditentry_no_update")
        cursor.execute("DROP TRIGGER clarifications_auditentry_no_delete")
        yield cursor


def test_an_empty_and_a_whole_log_are_intact(anchor: Path) -> None:
    assert audit.verify() == audit.Verification(True, 0, audit.GENESIS)
    write(5)
    result = audit.verify(anchor)
    assert (result.ok, result.count, result.broken, result.seq) == (True, 5, "", None)
    assert result.head == AuditEntry.objects.get(seq=5).hash


CHANGES = [
    ("UPDATE clarifications_auditentry SET reason = 'x' WHERE seq = 3", 3, "可能被改动"),
    ("UPDATE clarifications_auditentry SET at = '2026-03-06 04:00:00' WHERE seq = 3", 3, "改动"),
    ("UPDATE clarifications_auditentry SET payload = '{}' WHERE seq = 3", 3, "可能被改动"),
    ("UPDATE clarifications_auditentry SET actor = 'admin' WHERE seq = 1", 1, "可能被改动"),
    ("DELETE FROM clarifications_auditentry WHERE seq = 3", 4, "第3条日志缺失"),
    ("DELETE FROM clarifications_auditentry WHERE seq = 1", 2, "第1条日志缺失"),
    ("DELETE FROM clarifications_auditentry WHERE seq >= 4", 4, "末尾可能被截去"),
    ("DELETE FROM clarifications_auditentry", 1, "末尾可能被截去"),
    (
        "UPDATE clarifications_auditentry SET seq = CASE seq WHEN 2 THEN 103 ELSE 102 END"
        " WHERE seq IN (2, 3);"
        "UPDATE clarifications_auditentry SET seq = seq - 100 WHERE seq > 100",
        2,
        "插入、调换",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "seq", "sentence"), CHANGES)
def test_what_was_done_to_the_log_is_told(
    anchor: Path, statement: str, seq: int, sentence: str
) -> None:
    write(5)
    with tampering() as cursor:
        for each in statement.split(";"):
            cursor.execute(each)
    result = audit.verify(anchor)
    assert (result.ok, result.seq) == (False, seq)
    assert sentence in result.broken


def test_an_entry_inserted_in_the_middle_is_told(anchor: Path) -> None:
    write(4)
    with tampering() as cursor:
        cursor.execute("UPDATE clarifications_auditentry SET seq = seq + 100 WHERE seq >= 3")
        cursor.execute("UPDATE clarifications_auditentry SET seq = seq - 99 WHERE seq > 100")
        last = AuditEntry.objects.get(seq=2)
        entry = AuditEntry(
            seq=3, at=NOON, actor="x", action="x", subject_type="case", subject_id="x",
            prev_hash=last.hash,
        )  # fmt: skip
        entry.hash = audit.entry_hash(entry)
        entry.save()
    result = audit.verify(anchor)
    assert (result.ok, result.seq) == (False, 4)
    assert "不相接" in result.broken


def test_a_log_built_anew_is_told_by_the_anchor_and_goes_on_being_told(anchor: Path) -> None:
    write(3)
    with tampering() as cursor:
        cursor.execute("DELETE FROM clarifications_auditentry")
    audit.record("case.open", at=NOON, actor="forger", subject=("case", "1"))
    write(4)
    result = audit.verify(anchor)
    assert (result.ok, result.seq) == (False, 3)
    assert "整体重建" in result.broken


def test_a_missing_or_unreadable_anchor_is_told(anchor: Path) -> None:
    write(1)
    anchor.write_text("{", "utf-8")
    assert "无法读取" in audit.verify(anchor).broken
    anchor.unlink()
    assert "缺少日志锚点" in audit.verify(anchor).broken


def test_after_a_restored_backup_one_can_go_on(anchor: Path) -> None:
    write(3)
    held = json.loads(anchor.read_text("utf-8"))
    with tampering() as cursor:
        cursor.execute("DELETE FROM clarifications_auditentry WHERE seq = 3")
    entry = audit.reanchor(at=NOON, actor="admin", reason="从备份恢复")
    assert audit.verify(anchor).ok
    assert entry.payload == {"seq": 3, "hash": held["hash"]}


def test_the_model_refuses_changes() -> None:
    write(1)
    entry = AuditEntry.objects.get()
    for change in (entry.save, entry.delete, AuditEntry.objects.all().delete):
        with pytest.raises(AppendOnlyError, match="一经写入即不可更改"):
            change()
    with pytest.raises(AppendOnlyError):
        AuditEntry.objects.update(reason="x")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE clarifications_auditentry SET reason = 'x'",
        "DELETE FROM clarifications_auditentry",
    ],
)
def test_the_database_refuses_changes(statement: str) -> None:
    write(1)
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert audit.verify().count == 1


def test_the_export_has_every_field_and_can_be_checked_elsewhere(
    anchor: Path, tmp_path: Path
) -> None:
    write(3)
    assert audit.export(tmp_path / "log.jsonl") == 3
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text("utf-8").splitlines()]
    assert [line["seq"] for line in lines] == [1, 2, 3]
    assert [line["prev_hash"] for line in lines[1:]] == [line["hash"] for line in lines[:-1]]
    assert lines[0]["reason"] == "〇—〔〕"


@pytest.mark.django_db(transaction=True)
def test_an_entry_that_is_rolled_back_moves_nothing_and_one_that_stands_moves_the_anchor(
    anchor: Path,
) -> None:
    with pytest.raises(ChengqingError, match="in the transaction"):
        audit.record("x", at=NOON, actor="a", subject=("case", "1"))
    with transaction.atomic():
        audit.record("x", at=NOON, actor="a", subject=("case", "1"))
        transaction.set_rollback(True)
    assert not anchor.exists()
    with transaction.atomic():
        audit.record("x", at=NOON, actor="a", subject=("case", "1"))
    assert json.loads(anchor.read_text("utf-8"))["seq"] == 1
    assert audit.verify().ok
