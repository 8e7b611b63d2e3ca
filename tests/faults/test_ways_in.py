"""Folders, mailboxes and the inbox, read by a real collector process, in good order and in bad."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawlers.plan import SourcePlan
from crawlers.sources.files import read_files
from crawlers.sources.local import Taken, Trouble, Visit
from pipeline.documents.entry import Entry
from pipeline.documents.names import name_in
from pipeline.model import RawKind, Source, SourceKind
from tests.faulty_host import Outcome, collect
from tests.mail_server import PASSWORD, Mailbox, certificate, serving

OLD = time.time() - 60
AT = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)


def drop(folder: Path, name: str, body: bytes, *, touched: float = OLD) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    os.utime(path, (touched, touched))
    return path


def files(folder: Path, **settings: object) -> Source:
    return Source("drop", SourceKind.FILES, "投递文件夹", folder=str(folder), **settings)  # type: ignore[arg-type]


def keys(outcome: Outcome, source: str = "drop") -> frozenset[str]:
    return frozenset(event.key for event in outcome.of(source, "fetched"))


def names(outcome: Outcome) -> list[str]:
    return [name_in(item.headers) for item in outcome.items]


def again(source: Source, outcome: Outcome) -> SourcePlan:
    return SourcePlan(source, seen=keys(outcome, source.id))


def test_files_are_kept_byte_for_byte_and_once(tmp_path: Path) -> None:
    folder = tmp_path / "投递"
    drop(folder, "周报/临江新闻_2026-11-24_1830.srt", b"1\n00:00:01,000 --> 00:00:02,000\nx\n")
    drop(folder, "名单 1.csv", bytes(range(256)), touched=OLD - 5)
    for left_alone in ("a.csv.part", "~$b.docx", ".hidden", "Thumbs.db", "c.tmp"):
        drop(folder, left_alone, b"x")
    source = files(folder)
    first = collect(tmp_path, [source])
    assert first.status == 0
    assert names(first) == ["名单 1.csv", "周报/临江新闻_2026-11-24_1830.srt"]
    assert first.items[0].body == bytes(range(256))
    assert {item.kind for item in first.items} == {RawKind.FILE}
    (listed,) = first.of("drop", "listed")
    assert (listed.found, listed.new, listed.left) == (2, 2, 0)
    assert first.reasons("drop") == []

    drop(folder, "名单 2.csv", bytes(range(256)))  # a copy
    drop(folder, "名单 1.csv", b"changed")
    second = collect(tmp_path, [again(source, first)])
    assert names(second)[2:] == ["名单 1.csv"]


def test_a_file_that_was_just_written_is_waited_for_and_one_that_grows_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "in"
    drop(folder, "new.txt", "刚刚写完".encode(), touched=time.time())
    growing = drop(folder, "growing.txt", b"half", touched=time.time())

    def meanwhile(_: float) -> None:
        growing.write_bytes(b"half and more")

    monkeypatch.setattr("crawlers.sources.files.time.sleep", meanwhile)
    told = list(read_files(Visit(files(folder), frozenset(), tmp_path)))
    assert [each.where for each in told if isinstance(each, Taken)] == ["new.txt"]
    assert not [each for each in told if isinstance(each, Trouble)]
    os.utime(growing, (OLD, OLD))
    assert names(collect(tmp_path, [files(folder)])) == ["growing.txt", "new.txt"]


def test_troubles_of_a_folder_are_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    folder, outside = tmp_path / "in", drop(tmp_path, "secret.txt", b"secret")
    drop(folder, "good.txt", b"good")
    drop(folder, "big.txt", b"x" * 1_000_001)
    (folder / "link.txt").symlink_to(outside)
    (folder / "loop").symlink_to(folder / "loop")
    (folder / "inner.txt").symlink_to(folder / "good.txt")
    os.mkfifo(folder / "pipe")
    outcome = collect(tmp_path, [files(folder), Source(
        "none", SourceKind.FILES, "没有的", folder=str(tmp_path / "nowhere"))])  # fmt: skip
    assert names(outcome) == ["good.txt"]
    assert [event.url for event in outcome.of("drop", "failed")] == ["big.txt", "link.txt", "loop"]
    assert outcome.reasons("drop")[1] == "link.txt 是指向文件夹之外的链接，未读取"
    assert outcome.of("none", "listed") == []
    assert "不存在" in outcome.reasons("none")[0]


def test_what_takes_the_place_of_a_file_while_it_is_waited_for_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, outside = tmp_path / "in", drop(tmp_path, "secret.txt", b"secret")
    linked, piped = drop(folder, "a.txt", b"secret"), drop(folder, "b.txt", b"b")
    young = drop(folder, "c.txt", b"c", touched=time.time())

    def meanwhile(_: float) -> None:
        for path in (linked, piped):
            path.unlink()
        linked.symlink_to(outside)
        os.mkfifo(piped)

    monkeypatch.setattr("crawlers.sources.files.time.sleep", meanwhile)
    told = list(read_files(Visit(files(folder), frozenset(), tmp_path)))
    assert [each.where for each in told if isinstance(each, Taken)] == [young.name]
    assert [each.reason for each in told if isinstance(each, Trouble)] == [
        f"{name} 读不了（已被换成别的文件）" for name in ("a.txt", "b.txt")
    ]


def test_a_name_in_gbk_is_read_as_what_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    path = os.fsencode(folder) + "/夜市 投诉汇总.txt".encode("gb18030")
    Path(os.fsdecode(path)).write_bytes(b"x")
    os.utime(path, (OLD, OLD))
    drop(folder, "两\n行.txt", b"y")
    assert sorted(names(collect(tmp_path, [files(folder)]))) == ["两\n行.txt", "夜市 投诉汇总.txt"]


def test_other_headings_make_tables_worth_reading_again(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    drop(folder, "a.csv", "事情,说了什么\n一,二\n".encode())
    first = collect(tmp_path, [files(folder)])
    named = files(folder, fields=(("text", "说了什么"),))
    second = collect(tmp_path, [SourcePlan(named, seen=keys(first))])
    assert names(second) == ["a.csv", "a.csv"]


def test_a_budget_of_files_leaves_the_rest_to_the_next_round(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    for number in range(5):
        drop(folder, f"{number}.txt", str(number).encode(), touched=OLD + number)
    source = files(folder, max_items=2)
    first = collect(tmp_path, [source])
    assert names(first) == ["0.txt", "1.txt"]
    assert first.of("drop", "listed")[0].left == 3
    second = collect(tmp_path, [again(source, first)])
    assert names(second)[2:] == ["2.txt", "3.txt"]


# --- what was written into forms ---------------------------------------------------------------


def test_entries_are_removed_when_they_are_in_the_spool(tmp_path: Path) -> None:
    entry = Entry("20261124T013000-a", AT, "标题", "正文", channel="广播")
    drop(tmp_path / "inbox/desk", f"{entry.id}.json", entry.to_json())
    broken = drop(tmp_path / "inbox/desk", "0-broken.json", b"{}")
    drop(tmp_path / "inbox/desk", "half.json.tmp", b"{")
    source = Source("desk", SourceKind.ENTRY, "值班录入")
    outcome = collect(tmp_path, [source, Source("tips", SourceKind.TIPS, "群众线索")])
    (item,) = outcome.items
    assert (item.kind, item.body, item.fetched_at) == (RawKind.ENTRY, entry.to_json(), AT)
    assert list((tmp_path / "inbox/desk").glob("*.json")) == []
    assert broken.with_suffix(".damaged").exists()
    assert "录入的记录已损坏" in outcome.reasons("desk")[0]
    assert outcome.reasons("tips") == []

    # A crash between the record and the removal: what is known is removed, not taken again.
    drop(tmp_path / "inbox/desk", f"{entry.id}.json", entry.to_json())
    second = collect(tmp_path, [again(source, outcome)])
    assert second.of("desk", "fetched") == []
    assert list((tmp_path / "inbox/desk").glob("*.json")) == []


# --- mailboxes ---------------------------------------------------------------------------------

MAIL = b"From: a@linjiang.example\r\nSubject: one\r\nMessage-ID: <1@x>\r\n\r\ntext\r\n"


@pytest.fixture
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", PASSWORD)


def mailbox(url: str, **settings: object) -> Source:
    return Source("mail", SourceKind.MAILBOX, "简报邮箱", url, password_env="MAIL_PASSWORD",
                  **settings)  # type: ignore[arg-type]  # fmt: skip


def test_mails_are_read_once_and_stay_unread(tmp_path: Path, password: None) -> None:
    with serving(Mailbox({3: MAIL, 5: b"x" * 1_000_001, 9: MAIL.replace(b"one", b"two")})) as box:
        source = mailbox(box.url())
        first = collect(tmp_path, [source])
        assert [item.kind for item in first.items] == [RawKind.MAIL, RawKind.MAIL]
        assert first.items[0].body == MAIL
        assert keys(first, "mail") == {"7:3", "7:9"}
        (failed,) = first.of("mail", "failed")
        assert (failed.key, failed.permanent) == ("7:5", True)
        assert failed.reason == "一封邮件（INBOX 5）超过1MB，未读取"
        box.mails[11] = MAIL.replace(b"one", b"three")
        second = collect(tmp_path, [SourcePlan(source, seen=keys(first, "mail") | {"7:5"})])
        assert keys(second, "mail") == {"7:11"}
        box.validity = 8
        assert len(collect(tmp_path, [again(source, first)]).of("mail", "fetched")) == 3
        said = " ".join(box.asked).upper()
        assert "SELECT" not in said
        assert "STORE" not in said
        assert "BODY[]" not in said
        assert "BODY.PEEK[]" in said


def test_what_is_wrong_with_a_mailbox_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(Mailbox({3: MAIL})) as box:
        monkeypatch.setenv("MAIL_PASSWORD", "")
        unset = collect(tmp_path, [mailbox(box.url())])
        assert unset.reasons("mail") == ["环境变量 MAIL_PASSWORD 没有设置邮箱口令"]
        monkeypatch.setenv("MAIL_PASSWORD", "wrong")
        refused = collect(tmp_path, [mailbox(box.url())])
        assert "拒绝了 yuqing 的登录" in refused.reasons("mail")[0]
        monkeypatch.setenv("MAIL_PASSWORD", PASSWORD)
        missing = collect(tmp_path, [mailbox(box.url("Archive"))])
        assert missing.reasons("mail") == ["邮箱里没有文件夹 Archive"]
        private = collect(tmp_path, [mailbox(box.url())], allow_networks=())
        assert "内部地址" in private.reasons("mail")[0]
        assert private.of("mail", "listed") == []
        box.cut = True
        cut = collect(tmp_path, [mailbox(box.url())])
        assert cut.reasons("mail") == ["与邮件服务器的连接中断"]
        box.silent = True
        assert collect(tmp_path, [mailbox(box.url())]).reasons("mail") == ["邮件服务器超时没有答复"]
    gone = collect(tmp_path, [mailbox(box.url())])
    assert gone.reasons("mail") == ["邮件服务器拒绝连接"]


def test_a_server_that_never_stops_talking_is_left(tmp_path: Path, password: None) -> None:
    with serving(Mailbox({3: MAIL, 9: MAIL}, lies=True)) as box:
        lying = collect(tmp_path, [mailbox(box.url())])
        assert lying.of("mail", "fetched") == []
        first = lying.of("mail", "failed")[0]
        assert (first.key, first.permanent) == ("7:3", True), "the next round begins behind it"
        assert "答复过长" in first.reason
        box.lies, box.babbles = False, True
        assert collect(tmp_path, [mailbox(box.url())]).reasons("mail") == [
            "邮件服务器的答复过长，已停止读取"
        ]


def test_a_mailbox_on_tls_is_read_when_its_certificate_is_trusted(
    tmp_path: Path, password: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = certificate(tmp_path)
    with serving(Mailbox({3: MAIL}, certificate=pem)) as box:
        unknown = collect(tmp_path, [mailbox(box.url())])
        assert unknown.reasons("mail") == ["邮件服务器的安全证书无效或已过期"]
        assert box.asked == []
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        assert keys(collect(tmp_path, [mailbox(box.url())]), "mail") == {"7:3"}
