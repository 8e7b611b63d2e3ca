from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from clarifications import evidence, services
from clarifications.models import AuditEntry
from pipeline.model import RawItem, RawKind
from pipeline.spool import START as SPOOL_START
from pipeline.spool import SpoolWriter, read
from tests.builders import NOON
from tests.desk_of import office, raised, rumour, user


def spooled(folder: Path, count: int = 3) -> list[str]:
    """A spool with `count` articles; their positions."""
    with SpoolWriter(folder) as writer:
        return [
            str(
                writer.append(
                    RawItem(
                        RawKind.ARTICLE,
                        "gazette",
                        f"http://n/{n}",
                        f"http://n/{n}",
                        NOON,
                        200,
                        {"content-type": "text/html"},
                        f"<p>{n}</p>".encode(),
                    )
                )
            )
            for n in range(count)
        ]


def test_records_are_copied_byte_for_byte(tmp_path: Path) -> None:
    positions = spooled(tmp_path / "spool")
    target = tmp_path / "evidence" / "2026-0001.warc.gz"
    kept = evidence.secure(tmp_path / "spool", [positions[0], positions[2]], target)
    whole = next((tmp_path / "spool").glob("*.warc.gz")).read_bytes()
    first, third = int(positions[1].split(":")[1]), int(positions[2].split(":")[1])
    assert target.read_bytes() == whole[:first] + whole[third:]
    assert kept.sha256 == hashlib.sha256(target.read_bytes()).hexdigest()
    assert (kept.records, kept.missing) == (2, ())
    target.rename(target.with_name("spool-00000001.warc.gz"))
    items = [item.url for item, *_ in read(target.parent, SPOOL_START)]
    assert items == ["http://n/0", "http://n/2"]


@pytest.mark.parametrize("gone", ["9:0", "1:7", "", "nonsense"])
def test_a_missing_record_is_told_and_the_others_are_kept(tmp_path: Path, gone: str) -> None:
    (position,) = spooled(tmp_path / "spool", 1)
    kept = evidence.secure(tmp_path / "spool", [gone, position], tmp_path / "e.warc.gz")
    assert (kept.records, kept.missing) == (1, (gone,))


def test_copying_again_leaves_one_copy(tmp_path: Path) -> None:
    positions, target = spooled(tmp_path / "spool"), tmp_path / "e.warc.gz"
    first = evidence.secure(tmp_path / "spool", positions, target)
    assert evidence.secure(tmp_path / "spool", positions, target) == first


@pytest.mark.django_db
def test_a_case_has_its_evidence_and_the_log_its_digest(own_data: Path) -> None:
    positions = spooled(own_data / "spool", 2)
    services.configure(office(own_data))
    alert = raised([rumour("m1", raw=positions[1]), rumour("m2", raw="5:0")])
    case = services.open_case(alert.pk, user("monitor"))
    path = evidence.evidence_path(own_data, case.number)
    assert AuditEntry.objects.get().payload["evidence"] == {
        "file": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "records": 1,
        "missing": ["5:0"],
    }


@pytest.mark.django_db
def test_a_case_without_any_record_is_opened_all_the_same(own_data: Path) -> None:
    services.configure(office(own_data))
    case = services.open_case(raised().pk, user("monitor"))
    assert AuditEntry.objects.get().payload["evidence"]["missing"] == [""]
    assert not evidence.evidence_path(own_data, case.number).exists()
