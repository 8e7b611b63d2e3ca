from __future__ import annotations

import stat
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from clarifications.atomic_file import write_atomically
from clarifications.publish import open_channel
from clarifications.publish.channel import Channel, ChannelError, Publisher, Release
from tests.builders import NOON
from tests.desk_of import SiteSettings

ATOM = {"a": "http://www.w3.org/2005/Atom"}
RELEASE = Release("2026-0001", "辟谣声明", "关于收费的辟谣声明", "第一段。\n第二段。", NOON, "h1")


class FullDisk:
    """Lets some files be written, then none."""

    def __init__(self, room: int) -> None:
        self.room = room

    def __call__(self, path: Path, content: bytes, *, mode: int) -> None:
        if self.room == 0:
            raise OSError(28, "No space left on device")
        self.room -= 1
        write_atomically(path, content, mode=mode)


def channel(folder: Path, **settings: str) -> Channel:
    return open_channel(SiteSettings(**settings), Publisher("临江市市场监管局", "12315"), folder)


def entries(folder: Path) -> list[str]:
    root = ET.parse(folder / "site" / "atom.xml").getroot()
    return [str(each.findtext("a:title", "", ATOM)) for each in root.findall("a:entry", ATOM)]


def everything(folder: Path) -> dict[str, bytes]:
    paths = sorted(path for path in (folder / "site").rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def test_a_release_is_a_page_an_index_line_and_a_feed_entry(tmp_path: Path) -> None:
    assert channel(tmp_path).publish(RELEASE) == "/site/2026-0001.html"
    page = (tmp_path / "site" / "2026-0001.html").read_text("utf-8")
    assert "<p>第一段。</p>\n<p>第二段。</p>" in page
    assert "2026年3月5日 12:00" in page
    assert RELEASE.title in (tmp_path / "site" / "index.html").read_text("utf-8")
    assert entries(tmp_path) == [RELEASE.title]


def test_publishing_twice_changes_nothing(tmp_path: Path) -> None:
    channel(tmp_path).publish(RELEASE)
    before = everything(tmp_path)
    channel(tmp_path).publish(RELEASE)
    assert everything(tmp_path) == before


def test_a_changed_text_replaces_the_page_and_keeps_the_entrys_identity(tmp_path: Path) -> None:
    site = channel(tmp_path)
    site.publish(RELEASE)
    site.publish(replace(RELEASE, title="更正", text_hash="h2"))
    assert entries(tmp_path) == ["更正"]


def test_index_and_feed_are_newest_first(tmp_path: Path) -> None:
    site = channel(tmp_path)
    later = replace(RELEASE, number="2026-0002", title="后", published_at=NOON + timedelta(days=1))
    site.publish(later)
    site.publish(RELEASE)
    assert entries(tmp_path) == ["后", RELEASE.title]


def test_addresses_follow_the_configured_base(tmp_path: Path) -> None:
    url = channel(tmp_path, base_url="https://www.linjiang.example/cq").publish(RELEASE)
    assert url == "https://www.linjiang.example/cq/2026-0001.html"
    assert url in (tmp_path / "site" / "atom.xml").read_text("utf-8")


def test_a_script_in_a_text_is_shown_and_not_run(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    channel(tmp_path, title=evil).publish(replace(RELEASE, title=evil, body=evil))
    for name, content in everything(tmp_path).items():
        if name.endswith((".html", ".xml")):
            assert b"<script" not in content, name
    assert entries(tmp_path) == [evil]


def test_a_crash_between_two_files_is_mended_by_publishing_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = tmp_path / "whole"
    channel(whole).publish(RELEASE)
    for survives in range(5):
        folder = tmp_path / str(survives)
        with monkeypatch.context() as patch:
            patch.setattr("clarifications.publish.site.write_atomically", FullDisk(survives))
            with pytest.raises(ChannelError, match="没有发布，请检查后重试"):
                channel(folder).publish(RELEASE)
        channel(folder).publish(RELEASE)
        assert everything(folder) == everything(whole)


def test_a_web_server_may_read_the_files(tmp_path: Path) -> None:
    channel(tmp_path).publish(RELEASE)
    mode = (tmp_path / "site" / "index.html").stat().st_mode
    assert stat.S_IMODE(mode) == 0o644


def test_a_number_that_would_leave_the_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ChannelError, match="不能用作网页地址"):
        channel(tmp_path).publish(replace(RELEASE, number="../x"))
    assert not (tmp_path / "site").exists()
