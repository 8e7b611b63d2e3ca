"""What cannot be read is kept, told and tried again, and never stops what can be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from alerts import quarantine
from alerts.models import Alert, Quarantined
from pipeline.errors import SpoolError, StoreError
from pipeline.model import Mention, Position, Query, Unread
from pipeline.ports import PutResult
from pipeline.spool import segment_path
from pipeline.stores.memory import MemoryStore
from tests.archive import Archive, item, plain, reading
from tests.builders import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archive:
    reading(monkeypatch)
    return Archive(tmp_path)


def rows() -> list[tuple[str, str, str, int]]:
    found = Quarantined.objects.order_by("segment", "offset", "key")
    return [(each.source, each.reason, each.state, each.tries) for each in found]


def texts(archive: Archive) -> list[str]:
    return sorted(hit.mention.text for hit in archive.store.search(Query(), limit=100).hits)


def test_one_poisoned_record_stops_nothing(
    archive: Archive, caplog: pytest.LogCaptureFixture
) -> None:
    places = archive.append(item("a", "甲"), item("b", "poison"), item("c", ""), item("d", "丁"))
    report = archive.pipeline().run()
    assert texts(archive) == ["丁", "甲"]
    assert rows() == [
        ("gazette", "读取时出错（RuntimeError）", "open", 1),
        ("gazette", "页面上没有读到文章", "open", 1),
    ]
    assert report.quarantined == {"gazette": 2}
    assert [each.url for each in report.unreadable] == [
        "http://news.example/b.html", "http://news.example/c.html",
    ]  # fmt: skip
    assert archive.checkpoint.position > places[-1]
    assert "no reader expects this" in caplog.text, "the traceback is in the log"


def test_damage_in_the_archive_is_a_row_with_its_place(archive: Archive) -> None:
    places = archive.append(item("a", "甲"), item("b", "乙"), item("c", "丙"))
    path = segment_path(archive.folder, 1)
    data = bytearray(path.read_bytes())
    data[places[1].offset + 60] ^= 0xFF
    path.write_bytes(data)
    archive.pipeline().run()
    assert texts(archive) == ["丙", "甲"]
    (row,) = Quarantined.objects.all()
    assert (row.position, row.source) == (str(places[1]), "")
    assert "已损坏" in row.reason


def test_a_batch_that_is_repeated_after_a_crash_makes_no_second_row(archive: Archive) -> None:
    archive.append(item("a", ""), item("b", "乙"))
    archive.pipeline().run()
    archive.checkpoint.position = Position(1, 0)
    archive.pipeline().run()
    assert rows() == [("gazette", "页面上没有读到文章", "open", 1)]


def test_a_failing_archive_is_no_reason_for_quarantine(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.append(item("a", "甲"))
    monkeypatch.setattr("pipeline.reader.parts_of", _failing)
    with pytest.raises(SpoolError):
        archive.pipeline().run()
    assert rows() == []
    assert archive.checkpoint.position == Position(1, 0)


def _failing(*_: object) -> list[object]:
    raise SpoolError("spool: cannot be read (Input/output error)")


def test_tried_again_after_a_repair(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.words = {"night": "夜市"}
    places = archive.append(item("a", ""), item("b", "poison"), item("c", "丙"))
    archive.pipeline().run()
    archive.reader = "reader-2"
    assert quarantine.unread_by_others("reader-1", 10) == []
    found = quarantine.unread_by_others("reader-2", 10)
    assert found == [places[1], places[0]]

    def repaired(raw: object, position: Position) -> Sequence[object]:
        better = replace(raw, body="夜市".encode()) if raw.body == b"poison" else raw  # type: ignore[type-var, attr-defined]
        return plain(better, position)  # type: ignore[arg-type]

    reading(monkeypatch, repaired)  # type: ignore[arg-type]
    before = archive.checkpoint.position
    report = archive.pipeline().again(found)
    assert (report.repaired, dict(report.new)) == (1, {"gazette": 1})
    assert report.alerts["gazette"] == 1
    assert rows() == [
        ("gazette", "页面上没有读到文章", "open", 2),
        ("gazette", "读取时出错（RuntimeError）", "repaired", 2),
    ]
    assert quarantine.unread_by_others("reader-2", 10) == []
    assert archive.checkpoint.position == before
    assert archive.pipeline().again(found).repaired == 0, "again changes nothing"
    assert texts(archive) == ["丙", "夜市"]


def test_a_record_that_is_gone_is_not_tried_for_ever(archive: Archive) -> None:
    (place,) = archive.append(item("a", ""))
    archive.pipeline().run()
    segment_path(archive.folder, 1).unlink()
    archive.pipeline().again([place])
    (row,) = Quarantined.objects.all()
    assert (row.state, row.note) == ("dismissed", "原始记录已按保留期限删除。")


class Picky(MemoryStore):
    """Refuses some texts for good, as an engine does that cannot index them."""

    def __init__(self, refused: str) -> None:
        super().__init__()
        self.refused = refused

    def put(self, mentions: Sequence[Mention]) -> list[PutResult]:
        if any(self.refused in mention.text for mention in mentions):
            raise StoreError("immense term")
        return super().put(mentions)


def test_a_mention_that_the_store_refuses_stops_nothing(archive: Archive) -> None:
    archive.store = Picky("乙")
    archive.append(item("a", "甲"), item("b", "乙"), item("c", "丙"))
    archive.pipeline().run()
    assert texts(archive) == ["丙", "甲"]
    assert rows() == [("gazette", "信息库不接受：immense term", "open", 1)]


def test_a_store_that_refuses_everything_is_a_failure(archive: Archive) -> None:
    archive.store = Picky("")
    archive.append(item("a", "甲"), item("b", "乙"))
    with pytest.raises(StoreError, match="immense term"):
        archive.pipeline().run()
    assert rows() == []
    assert archive.checkpoint.position == Position(1, 0)


def test_a_version_that_was_overtaken_is_not_judged(archive: Archive) -> None:
    archive.append(item("a", "夜市旧文", minute=2))
    archive.pipeline().run()
    archive.judged.clear()
    archive.append(item("a", "迟到的旧文", minute=1), item("b", "乙", minute=3))
    report = archive.pipeline().run()
    assert archive.judged == ["乙"]
    assert (dict(report.new), dict(report.updated)) == ({"gazette": 1}, {})


def test_what_is_unchanged_is_judged_as_it_is_stored(archive: Archive) -> None:
    archive.append(item("a", "甲"))
    archive.pipeline().run()
    archive.words = {"a": "甲"}
    archive.append(item("a", "甲", minute=9))
    archive.pipeline().run()
    (hit,) = [hit for alert in _alerts() for hit in alert.hits.all()]
    assert hit.mention_version == int(NOON.timestamp() * 1000)
    assert hit.raw == "1:0"


def _alerts() -> list[Alert]:
    return list(Alert.objects.all())


def test_groups_tell_how_many_of_what() -> None:
    places = [Position(1, number) for number in range(5)]
    kept = quarantine.CaseStoreQuarantine("r")
    kept.keep([Unread(place, "forum", "", "没有文章") for place in places], NOON)
    kept.keep([Unread(places[0], "gazette", "", "编码", "3")], NOON)
    found = quarantine.groups(Quarantined.objects.all())
    assert [(each.source, each.reason, each.count) for each in found] == [
        ("forum", "没有文章", 5), ("gazette", "编码", 1),
    ]  # fmt: skip
    assert quarantine.counts() == {"forum": 5, "gazette": 1}
    rows = Quarantined.objects.filter(source="forum")
    with pytest.raises(quarantine.QuarantineRefusedError, match="理由"):
        quarantine.dismiss(rows, "  ", NOON)
    assert quarantine.dismiss(rows, "都是列表页", NOON) == 5
    assert quarantine.dismiss(rows, "都是列表页", NOON) == 0
    assert quarantine.counts() == {"gazette": 1}
    assert quarantine.segments_wanted() == {1}
