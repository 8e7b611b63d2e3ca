"""What pages say of where something came from: its finders, its file and row, its record."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from alerts.quarantine import CaseStoreQuarantine
from desk import ports
from pipeline.documents.records import file_record
from pipeline.model import Mention, Position, SourceKind, Unread
from pipeline.ports import MentionStore
from pipeline.spool import SpoolWriter, stands_at
from pipeline.understand import understand
from tests.builders import NOON, mention
from tests.web.conftest import Login

TABLE = "工单编号,诉求标题,诉求内容\nLJ2026030501,注册公司收费,窗口要收工本费\n".encode()
AT = datetime(2026, 3, 5, 2, tzinfo=UTC)


@pytest.fixture
def spool(desk: ports.Desk, tmp_path: Path) -> Path:
    folder = tmp_path / "spool"
    ports.install(replace(desk, office=replace(desk.office, spool_folder=folder)))
    return folder


def dropped(spool: Path, name: str) -> tuple[Position, list[Mention]]:
    raw = file_record("gazette", name, TABLE, AT)
    with SpoolWriter(spool) as writer:
        position = writer.append(raw)
    made = understand(raw, position, "Asia/Shanghai")
    return position, [each for each in made if isinstance(each, Mention)]


def test_a_mention_names_all_who_found_it(
    as_role: Login, desk: ports.Desk, store: MentionStore
) -> None:
    other = next(each.value for each in desk.sources if each.value.id != "gazette")
    store.put([mention("two", also=(other.id,))])
    page = as_role("monitor").get("/mentions/two/").content.decode()
    assert "另由" in page
    assert f'<a href="/sources/{other.id}/">{other.name}</a>收录' in page
    found = as_role("monitor").get(f"/mentions/?source={other.id}").content.decode()
    assert "/mentions/two/" in found


def test_a_row_names_its_file_and_what_it_is_known_by(
    as_role: Login, spool: Path, store: MentionStore
) -> None:
    _, (row,) = dropped(spool, "热线/三月工单.csv")
    store.put([row])
    page = as_role("monitor").get(f"/mentions/{row.id}/").content.decode()
    assert "三月工单.csv" in page
    assert "<code>LJ2026030501</code>" in page


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("热线/march.csv", 'attachment; filename="march.csv"'),
        (
            "三月工单.csv",
            "attachment; filename*=utf-8''%E4%B8%89%E6%9C%88%E5%B7%A5%E5%8D%95.csv",
        ),
        ('a"b\r\nX-Evil: 1\u202evsc.csv', 'attachment; filename="a\\"bX-Evil: 1vsc.csv"'),
        ("../../etc/passwd", 'attachment; filename="passwd"'),
        ("...", 'attachment; filename="record-1-0.bin"'),
    ],
)
def test_a_dropped_file_is_downloaded_by_its_own_name(
    as_role: Login, spool: Path, name: str, called: str
) -> None:
    position, _ = dropped(spool, name)
    answer = as_role("monitor").get(f"/records/{position}/raw")
    assert answer.content == TABLE
    assert answer["Content-Disposition"] == called


def test_a_position_typed_by_hand_is_no_damage(as_role: Login, spool: Path) -> None:
    position, _ = dropped(spool, "a.csv")
    second, _ = dropped(spool, "b.csv")
    client = as_role("monitor")
    for typed in ("1:999", "1:99999999"):
        answer = client.get(f"/records/{typed}/")
        assert answer.status_code == 404
        assert "损坏" not in answer.content.decode()
        assert client.get(f"/records/{typed}/raw").status_code == 404
    path = spool / "spool-00000001.warc.gz"
    data = bytearray(path.read_bytes())
    data[second.offset - 20] ^= 0xFF
    path.write_bytes(data)
    answer = client.get(f"/records/{position}/")
    assert answer.status_code == 409
    assert "损坏" in answer.content.decode()
    data[position.offset : position.offset + 4] = b"\0\0\0\0"
    path.write_bytes(data)
    assert stands_at(spool, position), "a record whose header is lost was written all the same"
    assert stands_at(spool, second)


def test_the_board_counts_what_could_not_be_read(as_role: Login, desk: ports.Desk) -> None:
    unread = [Unread(Position(1, n), "gazette", "", "没有读到文字", f"{n}.pdf") for n in (0, 100)]
    CaseStoreQuarantine("reader-1").keep(unread, NOON)
    client = as_role("monitor")
    for page in ("/sources/", "/sources/gazette/"):
        assert "有2份内容没能读出，在隔离区。" in client.get(page).content.decode()


@pytest.mark.parametrize("text", ["(((", "-", "OR"])
def test_a_search_without_a_word_is_one_sentence(
    as_role: Login, desk: ports.Desk, text: str
) -> None:
    answer = as_role("monitor").get("/mentions/", {"q": text})
    assert answer.status_code == 400
    assert f"“{text}”里没有可查的词" in answer.content.decode()


def test_nobody_visits_a_form_at_intervals(as_role: Login, desk: ports.Desk) -> None:
    gazette = desk.sources[0]
    form = replace(gazette, value=replace(gazette.value, id="form", kind=SourceKind.ENTRY, url=""))
    ports.install(replace(desk, sources=(form,)))
    page = as_role("monitor").get("/configuration/sources/").content.decode()
    assert "—</td>" in page
    assert "分钟</td>" not in page
