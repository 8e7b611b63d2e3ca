"""From a folder, a mailbox and a form to mentions and alerts, by the command that users run."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from alerts.models import SourceState
from config.collect import due_sources
from config.wiring import System
from pipeline.documents.entry import Entry
from pipeline.inbox import entry_path
from pipeline.model import Source, SourceKind
from tests.builders import NOON
from tests.command import chengqing
from tests.documents import TAKEN, printed, word, workbook
from tests.mail_server import PASSWORD, Mailbox, serving

SOURCES = """
- {{id: hotline, kind: files, name: 热线导出, folder: {folder}, fields: {{text: 群众怎么说}}}}
- {{id: letters, kind: mailbox, name: 简报邮箱, url: '{url}', password_env: MAIL_PASSWORD}}
- {{id: duty-desk, kind: entry, name: 值班录入}}
- {{id: tips, kind: tips, name: 群众线索}}
"""
RULES = "- {id: fee, level: II, any: [工本费]}\n"
MAIL = """From: =?utf-8?b?5ZGo6L+c?= <z@linjiang.example>
Subject: letter
Message-ID: <1@linjiang.example>
Content-Type: text/plain; charset=utf-8

群里有人说办照要交工本费。
""".encode()


def configure(tmp_path: Path, url: str) -> Path:
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "settings.yaml").write_text("agency: 临江市局\nallow_networks: [127.0.0.0/8]\n")
    sources = SOURCES.format(folder=tmp_path / "drop", url=url)
    (folder / "sources.yaml").write_text(sources, "utf-8")
    (folder / "rules.yaml").write_text(RULES, "utf-8")
    return folder


def drop(tmp_path: Path, name: str, body: bytes) -> None:
    path = tmp_path / "drop" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(body)


def test_every_way_in_leads_to_mentions_and_alerts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", PASSWORD)
    drop(
        tmp_path, "工单.xlsx", workbook([("工单编号", "群众怎么说"), ("LJ0017", "窗口收工本费。")])
    )
    drop(tmp_path, "工单.csv", "编号,诉求内容\nLJ0018,夜市太吵。\n".encode("gb18030"))
    drop(tmp_path, "通知.docx", word())
    drop(tmp_path, "通知（印）.pdf", printed(tmp_path))
    drop(
        tmp_path,
        "交通广播_2026-11-24_0800.srt",
        b"1\n00:00:01,000 --> 00:00:02,000\n\xe5\xa4\x9c\xe5\xb8\x82\n",
    )
    drop(tmp_path, "坏.pdf", b"PK\x03\x04")
    data = tmp_path / "data"
    for source, said in (("duty-desk", "广播里说要交工本费。"), ("tips", "听说要交工本费。")):
        entry = Entry(f"20261125T010000-{source}", TAKEN, text=said)
        path = entry_path(data, source, entry.id)
        path.parent.mkdir(parents=True)
        path.write_bytes(entry.to_json())
    with serving(Mailbox({3: MAIL})) as box:
        folder = configure(tmp_path, box.url())
        status, lines = chengqing(folder, data, "collect", "--once")
        told: dict[str, Any] = {line["source"]: line for line in lines if isinstance(line, dict)}
        assert status == 0
        assert {name: (line["fetched"], line["new"]) for name, line in told.items()} == {
            "hotline": (6, 5), "letters": (1, 1), "duty-desk": (1, 1), "tips": (1, 1),
        }  # fmt: skip
        assert told["hotline"]["error"] == "坏.pdf：文件已损坏，打不开"
        _, again = chengqing(folder, data, "collect", "--once")
        assert all(isinstance(line, dict) and line["fetched"] == 0 for line in again)
    _, alerts = chengqing(folder, data, "alerts")
    assert len(alerts) >= 1
    _, found = chengqing(folder, data, "search", "工本费")
    said_by = {line["source"]: line["title"] for line in found if isinstance(line, dict)}
    assert said_by == {
        "hotline": "窗口收工本费", "letters": "letter", "duty-desk": "广播里说要交工本费",
        "tips": "听说要交工本费",
    }  # fmt: skip


@pytest.mark.django_db
def test_forms_are_due_as_soon_as_something_waits(tmp_path: Path) -> None:
    desk = Source("duty-desk", SourceKind.ENTRY, "值班录入")
    feed = Source("feed", SourceKind.FEED, "订阅", "https://news.example/rss")
    system: Any = SimpleNamespace(
        configuration=SimpleNamespace(sources=[desk, feed]), data=tmp_path
    )

    def due(now: datetime) -> list[str]:
        made: System = system
        return [source.id for source in due_sources(made, now=now)]

    assert due(NOON) == ["feed"]
    for source in (desk, feed):
        SourceState.objects.create(source=source.id, due_at=NOON + feed.every)
    assert due(NOON) == []
    path = entry_path(tmp_path, desk.id, "20260305T040000-a")
    path.parent.mkdir(parents=True)
    path.write_bytes(Entry("20260305T040000-a", NOON, text="一条").to_json())
    assert due(NOON) == ["duty-desk"]
    path.with_suffix(".json").rename(path.with_suffix(".damaged"))
    assert due(NOON) == []
