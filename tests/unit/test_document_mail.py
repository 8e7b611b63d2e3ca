"""Mails: newsletters, forwarded reports, what is attached; and what people write into forms."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipeline.documents import Part, Problem, read_document
from pipeline.documents.entry import Attachment, Entry, is_entry
from pipeline.documents.records import entry_record, mail_record
from pipeline.errors import PipelineError
from pipeline.identity import mention_id
from pipeline.model import Mention, Position
from pipeline.spool import START, SpoolWriter, read_at
from pipeline.understand import Unreadable, understand
from tests.documents import TAKEN, document, parts, word, workbook

BEIJING = ZoneInfo("Asia/Shanghai")


def mail(text: str = "正文第一段。\n\n正文第二段。", **headers: str) -> EmailMessage:
    made = EmailMessage()
    usual = {
        "From": "周远 <zhou.yuan@linjiang.example>", "Subject": "转发：Fwd: 夜市舆情专报",
        "Date": "Tue, 24 Nov 2026 01:30:00 +0000", "Message-ID": "<a1@linjiang.example>",
    }  # fmt: skip
    for name, value in {**usual, **headers}.items():
        made[name] = value
    made.set_content(text)
    return made


def test_a_mail_in_plain_text() -> None:
    assert parts("a.eml", mail().as_bytes()) == [
        Part(
            "夜市舆情专报", "正文第一段。\n正文第二段。", key="mail <a1@linjiang.example>",
            published_at=datetime(2026, 11, 24, 9, 30, tzinfo=BEIJING),
            published_precision="minute", author="周远",
        )
    ]  # fmt: skip


def test_a_newsletter_keeps_its_only_link() -> None:
    made = mail("请用网页方式查看")
    made.add_alternative(
        "<p>滨江夜市<b>下月开市</b>。</p><p><a href='https://news.example/a?id=1'>阅读全文</a></p>"
        "<p><a href='https://news.example/unsubscribe'>退订</a> <a href='mailto:a@b.example'>x</a></p>",
        subtype="html",
    )
    (part,) = parts("a.eml", made.as_bytes())
    assert part.text.startswith("滨江夜市下月开市。\n阅读全文")
    assert part.url == "https://news.example/a?id=1"
    two = mail("见 https://a.example/1 和 https://a.example/2。")
    assert parts("a.eml", two.as_bytes())[0].url == ""


def test_headers_in_old_charsets() -> None:
    raw = (
        b"From: =?gb2312?B?1tzUtg==?= <z@a.example>\r\nSubject: =?GB2312?B?0rnK0A==?=\r\n"
        b" =?GB2312?B?06rStQ==?=\r\nMessage-ID: <2@x>\r\n"
        b"Content-Type: text/plain; charset=gb2312\r\n\r\n" + "夜市镕".encode("gb18030")
    )
    (part,) = parts("a.eml", raw)
    assert (part.title, part.author, part.text) == ("夜市营业", "周远", "夜市镕")
    bare = "Subject: 夜市\r\nFrom: x@a.example\r\n\r\n正文".encode()
    assert parts("a.eml", bare)[0].title == "夜市"


def test_what_is_attached_joins_the_mail_or_stands_for_itself() -> None:
    made = mail("请阅附件。")
    made.add_attachment(
        word(), maintype="application", subtype="octet-stream", filename="通知.docx"
    )
    made.add_attachment(
        workbook([("工单编号", "诉求内容"), ("LJ00017", "窗口收费")]),
        maintype="application", subtype="octet-stream", filename="工单.xlsx",
    )  # fmt: skip
    made.add_attachment(b"Rar!\x1a\x07", maintype="application", subtype="x-rar", filename="包.rar")
    inner = mail("里面的信。", **{"Subject": "群众来信", "Message-ID": "<inner@x>"})
    made.add_attachment(inner)
    found = read_document(document("a.eml", made.as_bytes()))
    first, row, problem, letter = found
    assert isinstance(first, Part)
    assert first.text.startswith("请阅附件。\n关于规范夜市经营活动的通知\n各区市场监管局")
    assert isinstance(row, Part)
    assert row.key == "row LJ00017"
    assert problem == Problem("附件 包.rar", "文件是压缩包（RAR），请解压后再放入")
    assert isinstance(letter, Part)
    assert (letter.title, letter.key, letter.text) == ("群众来信", "mail <inner@x>", "里面的信。")


def test_trimmings_of_a_mail_are_left_alone() -> None:
    made = mail("正文。")
    made.add_attachment(b"\x89PNG\r\n\x1a\n" + b"0" * 500, maintype="image", subtype="png")
    made.add_attachment(b"0" * 50, maintype="application", subtype="pkcs7-signature",
                        filename="smime.p7s")  # fmt: skip
    (part,) = parts("a.eml", made.as_bytes())
    assert part.text == "正文。"


def test_mails_in_mails_end_somewhere() -> None:
    made = mail("最里层")
    for _ in range(5):
        outer = mail("外层")
        outer.add_attachment(made)
        made = outer
    found = read_document(document("a.eml", made.as_bytes()))
    assert found[-1] == Problem("附件 转发的邮件.eml", "邮件套了3层以上，里层未读取")


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: a\r\nFrom: b\r\nDate: never\r\n\r\ntext",
        b"Subject: a\r\nFrom: b\r\nDate: Tue, 24 Nov 1826 01:30:00 +0000\r\n\r\ntext",
        b"Subject: a\r\nFrom: b\r\nDate: Tue, 24 Nov 2027 01:30:00 +0000\r\n\r\ntext",
        b"Subject: a\r\nFrom: b\r\nContent-Type: multipart/mixed\r\n\r\ntext",
        b"Subject: a\r\nFrom: b\r\nContent-Type: text/plain; charset=none\r\n\r\ntext",
        b"Subject: a\r\nFrom: =?x?B?////?=\r\nContent-Transfer-Encoding: base64\r\n\r\ntext",
        b"Subject: a\r\nFrom: b\r\nContent-Type: message/rfc822\r\n\r\n",
    ],
)
def test_faulty_mails_are_read_as_far_as_they_go(raw: bytes) -> None:
    (part, *_) = read_document(document("a.eml", raw))
    assert isinstance(part, Part)
    assert part.title == "a"
    assert part.published_at is None


def test_an_empty_mail_is_one_sentence() -> None:
    with pytest.raises(PipelineError, match="没有主题"):
        read_document(document("a.eml", b"From: a@b.example\r\nDate: x\r\n\r\n"))


def test_a_mail_is_known_by_its_message_id() -> None:
    raw = mail_record("box", "7:3", mail("电话13812345678。").as_bytes(), TAKEN)
    (found,) = understand(raw, Position(1, 0), "Asia/Shanghai")
    assert isinstance(found, Mention)
    assert found.id == mention_id("box\nmail <a1@linjiang.example>")
    assert found.text == "电话138****5678。"


# --- what was written into forms ---------------------------------------------------------------

ENTRY = Entry(
    "20261124-a", TAKEN, "广播里说夜市要收费", "主持人说入场费十元<br>电话13812345678。",
    "https://radio.example/live", "广播", "临江交通广播", TAKEN.replace(hour=0), "zhiban",
    attachments=(Attachment("记录.txt", "听众来电记录\n第一位听众说没收过。".encode()),
                 Attachment("坏.docx", b"PK\x03\x04")),
)  # fmt: skip


def test_an_entry_survives_inbox_and_spool(tmp_path: Path) -> None:
    body = ENTRY.to_json()
    assert is_entry(body)
    assert not is_entry(b'{"title": "from a feed"}')
    assert Entry.from_json(body) == ENTRY
    with SpoolWriter(tmp_path) as writer:
        writer.append(entry_record("desk", body))
    raw = read_at(tmp_path, START)
    assert raw is not None
    found, problem = understand(raw, START, "Asia/Shanghai")
    assert isinstance(found, Mention)
    assert found.id == mention_id("desk\nentry 20261124-a")
    assert found.text == (
        "主持人说入场费十元<br>电话138****5678。\n听众来电记录\n第一位听众说没收过。"
    )
    assert (found.origin, found.url) == ("广播 临江交通广播", "https://radio.example/live")
    assert found.published_at == TAKEN.replace(hour=0)
    assert problem == Unreadable("desk", "附件 坏.docx", "文件已损坏，打不开")


def test_an_entry_never_replaces_the_page_it_speaks_of() -> None:
    raw = entry_record("tips", replace(ENTRY, attachments=(), contact="13812345678").to_json())
    (found,) = understand(raw, START, "Asia/Shanghai")
    assert isinstance(found, Mention)
    assert found.id != mention_id(ENTRY.url)
    assert found.author == "138****5678"


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b'{"written": 1}', b'{"written": 1, "id": []}']
)
def test_a_damaged_entry_is_one_sentence(body: bytes) -> None:
    with pytest.raises(PipelineError, match="已损坏"):
        Entry.from_json(body)
