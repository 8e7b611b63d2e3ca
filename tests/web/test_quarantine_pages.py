"""隔离区: groups, rows, reading again and putting aside, by role."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client

from alerts.models import Quarantined
from alerts.quarantine import CaseStoreQuarantine, unread_by_others
from clarifications.models import AuditEntry
from desk import ports
from pipeline.model import Position, Unread
from pipeline.spool import SpoolWriter, segment_path
from tests.archive import item
from tests.builders import NOON, mention
from tests.web.conftest import Login

LISTS = "页面上没有读到文章"


@pytest.fixture
def kept(desk: ports.Desk) -> None:
    quarantine = CaseStoreQuarantine("reader-1")
    quarantine.keep(
        [Unread(Position(1, n), "forum", f"http://forum.example/{n}", LISTS) for n in range(3)]
        + [Unread(Position(2, 0), "gazette", "http://news.example/x", "字符编码无法识别")]
        + [Unread(Position(3, 0), "", "", "归档记录已损坏，无法解压")],
        NOON,
    )


def body(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def test_nothing_is_said_plainly(desk: ports.Desk, as_role: Login) -> None:
    assert "没有这样的记录" in body(as_role("monitor"), "/quarantine/")


def test_many_of_a_kind_are_one_line(kept: None, as_role: Login) -> None:
    client = as_role("monitor")
    page = body(client, "/quarantine/")
    assert page.count(LISTS) == 1, "the list is of groups, whatever they hold"
    assert "http://forum.example/0" not in page
    assert "临江论坛" in page
    assert "无法辨认" in page
    assert "字符编码无法识别" not in body(client, "/quarantine/?source=forum")
    rows = body(client, f"/quarantine/?source=forum&reason={LISTS}")
    assert all(f"http://forum.example/{n}" in rows for n in range(3))
    assert "/records/1:0/" in rows
    assert "隔离区</a> 5" in body(client, "/sources/")
    assert '<a href="/quarantine/?source=forum">3</a>' in body(client, "/sources/forum/")


def test_read_again_is_left_to_the_next_round(kept: None, as_role: Login) -> None:
    client = as_role("handler")
    answer = client.post("/quarantine/again/", {"source": "forum", "reason": LISTS}, follow=True)
    assert "已安排重读3条" in answer.content.decode()
    assert unread_by_others("reader-1", 10) == [Position(1, n) for n in (2, 1, 0)]
    entry = AuditEntry.objects.get(action="quarantine.again")
    assert (entry.payload["rows"], entry.payload["source"]) == (3, "forum")
    row = Quarantined.objects.get(source="gazette")
    client.post("/quarantine/again/", {"row": row.pk})
    assert unread_by_others("reader-1", 10)[0] == Position(2, 0)


def test_put_aside_with_a_reason(kept: None, as_role: Login) -> None:
    client = as_role("monitor")
    about = {"source": "forum", "reason": LISTS}
    answer = client.post("/quarantine/dismiss/", {**about, "why": " "})
    assert answer.status_code == 409
    assert "须写明理由" in answer.content.decode()
    client.post("/quarantine/dismiss/", {**about, "why": "都是列表页"})
    assert Quarantined.objects.filter(state="dismissed", note="都是列表页").count() == 3
    assert "都是列表页" in body(client, f"/quarantine/?state=dismissed&source=forum&reason={LISTS}")
    assert "临江论坛" not in body(client, "/quarantine/")


def test_damage_that_nobody_can_tell_the_source_of(kept: None, as_role: Login) -> None:
    client = as_role("publisher")
    assert "无法解压" in body(client, "/quarantine/?source=-")
    client.post("/quarantine/dismiss/", {"source": "-", "why": "磁盘坏道"})
    assert Quarantined.objects.get(source="").state == "dismissed"
    assert Quarantined.objects.filter(state="open").count() == 4


def test_nobody_puts_everything_aside_at_once(kept: None, as_role: Login) -> None:
    answer = as_role("monitor").post("/quarantine/dismiss/", {"why": "清空"})
    assert answer.status_code == 409
    assert "请先选定来源或原因" in answer.content.decode()
    assert Quarantined.objects.filter(state="open").count() == 5


@pytest.mark.parametrize("role", ["admin", "leadership"])
def test_others_may_look_only(kept: None, as_role: Login, role: str) -> None:
    client = as_role(role)
    body(client, "/quarantine/")
    for action in ("again", "dismiss"):
        answer = client.post(f"/quarantine/{action}/", {"source": "forum", "why": "试"})
        assert answer.status_code == 409
    assert Quarantined.objects.filter(state="open", reader="reader-1").count() == 5
    assert AuditEntry.objects.filter(action__endswith=".refused").count() == 2


@pytest.mark.parametrize("query", ["?state=lost", "?state=lost&source=x", "?source=" + "x" * 300])
def test_nonsense_is_told(kept: None, as_role: Login, query: str) -> None:
    body(as_role("monitor"), f"/quarantine/{query}")


def test_it_is_for_users_only(kept: None, client: Client) -> None:
    assert client.get("/quarantine/").status_code == 302
    assert client.post("/quarantine/dismiss/", {"source": "forum"}).status_code == 302
    assert Quarantined.objects.filter(state="open").count() == 5


def test_a_mention_tells_what_is_left_of_its_record(
    desk: ports.Desk, as_role: Login, tmp_path: Path
) -> None:
    folder = tmp_path / "spool"
    ports.install(replace(desk, office=replace(desk.office, spool_folder=folder)))
    with SpoolWriter(folder) as writer:
        place = writer.append(item("a", "正文"))
    desk.store().put([replace(mention("e1"), raw=str(place)), replace(mention("e2"), raw="9:0")])
    client = as_role("monitor")
    page = body(client, "/mentions/e1/")
    assert "原始记录在档，与写入时的校验值一致" in page
    assert "SHA-256" in page
    assert "原始记录已按保留期限删除" in body(client, "/mentions/e2/")
    path = segment_path(folder, 1)
    data = bytearray(path.read_bytes())
    data[-20] ^= 0xFF
    path.write_bytes(data)
    assert "归档记录已损坏" in body(client, "/mentions/e1/")
