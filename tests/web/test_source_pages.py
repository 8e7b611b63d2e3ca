"""The board of sources, the way from a source to its evidence and back, and trying a source."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest
from django.core.cache import cache
from django.test import Client

from alerts.history import Outcome, Record, record_visit, remember_records
from alerts.models import SourceRound, SourceState
from desk import ports
from desk.trials import Trial, TriedArticle, TriedElsewhere, TriedItem, Wanted
from pipeline.documents.entry import Entry
from pipeline.documents.records import entry_record, file_record
from pipeline.errors import BadInputError
from pipeline.model import Hints, Mention, RawItem, RawKind, Source, SourceKind
from pipeline.ports import MentionStore
from pipeline.spool import SpoolWriter
from pipeline.understand import understand
from tests.builders import NOON
from tests.web.conftest import Login

URL = "http://news.example/fee"
EVIL = "<script>alert(1)</script>"
TEXT = (
    "临江市市场监督管理局今天答复，全市企业开办免收工本费，三个工作日内办结，请市民放心办理。" * 4
)
PAGE = (
    f"<html><h1>企业开办免收工本费</h1><p>2026-03-05 09:30</p><p>{TEXT}</p>{EVIL}</html>".encode()
)


@pytest.fixture
def gazette(desk: ports.Desk) -> Source:
    return next(each.value for each in desk.sources if each.value.id == "gazette")


@pytest.fixture
def spooled(desk: ports.Desk, store: MentionStore, gazette: Source, tmp_path: Path) -> list[str]:
    """A visit of the gazette that brought a list and an article; their positions."""
    folder = tmp_path / "spool"
    ports.install(replace(desk, office=replace(desk.office, spool_folder=folder)))
    at = datetime(2026, 3, 5, 2, tzinfo=UTC)
    headers = {"content-type": "text/html; charset=utf-8"}
    listing = RawItem(
        RawKind.LISTING, "gazette", gazette.url, gazette.url, at, 200,
        {"content-type": "application/rss+xml"}, b"<rss></rss>",
    )  # fmt: skip
    article = RawItem(
        RawKind.ARTICLE, "gazette", URL, URL, at, 200, headers, PAGE, Hints(title="企业开办")
    )
    with SpoolWriter(folder) as writer:
        positions = [writer.append(listing), writer.append(article)]
    made = understand(article, positions[1], "Asia/Shanghai")
    store.put([each for each in made if isinstance(each, Mention)])
    store.refresh()
    records = [
        Record(raw.url, raw.url, raw.kind.value, 200, str(position), at)
        for raw, position in zip((listing, article), positions, strict=True)
    ]
    remember_records("gazette", at, records)
    record_visit(gazette, at, Outcome(True, 2.5, 2, 2, 0, 1), Random(1))
    return [str(position) for position in positions]


def test_the_way_from_a_source_to_its_evidence_and_back(as_role: Login, spooled: list[str]) -> None:
    client = as_role("monitor")
    visit = SourceRound.objects.get()
    source = client.get("/sources/gazette/").content.decode()
    assert f"/sources/gazette/rounds/{visit.pk}/" in source
    rounds = client.get(f"/sources/gazette/rounds/{visit.pk}/").content.decode()
    assert all(f"/records/{position}/" in rounds for position in spooled)
    record = client.get(f"/records/{spooled[1]}/").content.decode()
    for said in (URL, sha256(PAGE).hexdigest(), "spool-00000001.warc.gz", "企业开办免收工本费"):
        assert said in record
    assert EVIL not in record
    assert "&lt;script&gt;" in record
    (mention,) = re.findall(r'href="(/mentions/[\w-]+/)"', record)
    shown = client.get(mention).content.decode()
    assert f"/records/{spooled[1]}/" in shown
    assert "/sources/gazette/" in shown


@pytest.mark.parametrize(
    ("name", "said"), [("工单.csv", "注册公司收费"), ("截图.png", "不在网页上重新读取")]
)
def test_a_file_leads_back_to_what_was_made_from_it(
    as_role: Login, spooled: list[str], store: MentionStore, tmp_path: Path, name: str, said: str
) -> None:
    table = "工单编号,诉求标题,诉求内容\nLJ2026030501,注册公司收费,窗口要收工本费\n".encode()
    raw = file_record("gazette", name, table, datetime(2026, 3, 5, 2, tzinfo=UTC))
    with SpoolWriter(tmp_path / "spool") as writer:
        position = writer.append(raw)
    made = understand(raw, position, "Asia/Shanghai")
    store.put([each for each in made if isinstance(each, Mention)])
    store.refresh()
    page = as_role("monitor").get(f"/records/{position}/").content.decode()
    assert f"{name}</h1>" in page
    assert said in page


def test_the_bytes_are_an_attachment_that_no_browser_opens(
    as_role: Login, spooled: list[str]
) -> None:
    answer = as_role("leadership").get(f"/records/{spooled[1]}/raw")
    assert answer.content == PAGE
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_what_people_sent_in_is_seen_as_it_came_by_those_who_work_on_it(
    as_role: Login, spooled: list[str], tmp_path: Path
) -> None:
    at = datetime(2026, 3, 5, 2, tzinfo=UTC)
    tip = Entry("20260305T020000-0", at, text="群里说要收费", contact="13812345678")
    with SpoolWriter(tmp_path / "spool") as writer:
        position = writer.append(entry_record("gazette", tip.to_json()))
    for role, seen in (
        ("monitor", True),
        ("handler", True),
        ("leadership", False),
        ("admin", False),
    ):
        client = as_role(role)
        page = client.get(f"/records/{position}/").content.decode()
        assert ("13812345678" in page) is seen
        assert ("只有监测员和承办人可以查看" in page) is not seen
        assert client.get(f"/records/{position}/raw").status_code == (200 if seen else 403)


def test_a_record_that_retention_removed_says_so(
    as_role: Login, spooled: list[str], tmp_path: Path
) -> None:
    (tmp_path / "spool" / "spool-00000001.warc.gz").unlink()
    answer = as_role("monitor").get(f"/records/{spooled[0]}/")
    assert answer.status_code == 404
    assert "已按保存期限删除" in answer.content.decode()
    assert "/sources/gazette/" in answer.content.decode()


@pytest.mark.parametrize("position", ["1", "x:y", "1:999999999999999999", "-1:0", "1:5"])
def test_positions_that_are_none(as_role: Login, spooled: list[str], position: str) -> None:
    client = as_role("monitor")
    assert client.get(f"/records/{position}/").status_code in (404, 409)
    assert client.get(f"/records/{position}/raw").status_code in (404, 409)


def test_strangers_see_no_records(spooled: list[str]) -> None:
    assert Client().get(f"/records/{spooled[0]}/raw").status_code == 302


def test_the_board_says_in_numbers_what_is_wrong(
    as_role: Login, desk: ports.Desk, gazette: Source
) -> None:
    """Nine days of an item each 20 minutes from eight to six, then six hours of nothing."""
    last = NOON + timedelta(hours=3, minutes=10)
    ports.install(replace(desk, clock=lambda: last))
    at = NOON - timedelta(days=9, hours=4)
    rows = []
    while at <= last:
        local = at.astimezone(desk.zone)
        silent = at > NOON - timedelta(hours=3)
        new = int(8 <= local.hour < 18 and not silent)
        rows.append(SourceRound(source="gazette", at=at, new=new, requests=1))
        at += timedelta(minutes=20)
    SourceRound.objects.bulk_create(rows)
    SourceState.objects.filter(source="gazette").update(
        last_new_at=NOON - timedelta(hours=3), habit=None
    )
    record_visit(gazette, last, Outcome(True, requests=1), Random(1))
    board = as_role("monitor").get("/sources/").content.decode()
    assert "久无更新" in board
    assert "平日此时约每" in board
    assert "已6小时" in board


class FakeTrial:
    def __init__(self) -> None:
        self.asked: list[Wanted] = []

    def __call__(self, wanted: Wanted) -> Trial:
        self.asked.append(wanted)
        if "bad" in wanted.url:
            raise BadInputError("“bad”不是网址。")
        return Trial(
            wanted.url, "article", False, "这是一篇文章，不是列表。", "请填写栏目的地址。",
            (TriedElsewhere("http://news.example/rss", "要闻", SourceKind.FEED),),
            (TriedItem("夜市开市", "http://news.example/1", NOON),),
            (TriedArticle("http://news.example/1", EVIL, NOON, "正文开头"),),
            "- id: news-example\n",
        )  # fmt: skip


@pytest.fixture
def trying(desk: ports.Desk) -> FakeTrial:
    cache.clear()
    made = FakeTrial()
    ports.install(replace(desk, try_source=made))
    return made


def test_a_source_is_tried_before_it_is_saved(as_role: Login, trying: FakeTrial) -> None:
    client = as_role("monitor")
    assert "试一下来源" in client.get("/sources/").content.decode()
    assert client.get("/try-source/?url=http://news.example/").status_code == 200
    assert trying.asked == []
    sent = {
        "url": "http://news.example/a", "kind": "hotlist", "items": "data.list",
        "fields_text": "title: word\nurl: link",
    }  # fmt: skip
    shown = client.post("/try-source/", sent).content.decode()
    assert trying.asked == [
        Wanted(
            "http://news.example/a", SourceKind.HOTLIST, None, "data.list",
            (("title", "word"), ("url", "link")),
        )
    ]  # fmt: skip
    for said in (
        "这是一篇文章，不是列表。",
        "http://news.example/rss",
        "夜市开市",
        "- id: news-example",
    ):
        assert said in shown
    assert EVIL not in shown


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ({}, 400, "请填写网址。"),
        ({"url": "bad"}, 400, "不是网址"),
        ({"url": "http://news.example/", "fields_text": "title"}, 400, "写法应为"),
    ],
)
def test_what_cannot_be_tried(
    as_role: Login, trying: FakeTrial, sent: dict[str, str], status: int, said: str
) -> None:
    answer = as_role("monitor").post("/try-source/", sent)
    assert answer.status_code == status
    assert said in answer.content.decode()


def test_trials_are_for_those_who_watch_and_not_too_many(as_role: Login, trying: FakeTrial) -> None:
    sent = {"url": "http://news.example/"}
    assert as_role("handler").post("/try-source/", sent).status_code == 403
    assert "try-source" not in as_role("handler").get("/sources/").content.decode()
    client = as_role("admin")
    assert [client.post("/try-source/", sent).status_code for _ in range(22)] == [200] * 20 + [
        409
    ] * 2
