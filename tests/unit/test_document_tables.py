"""Exports of hotlines and press reviews: rows become mentions, without people's data."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from pipeline.documents import Part, Problem, read_document
from pipeline.documents.personal import masked, masked_contact
from pipeline.documents.records import file_record
from pipeline.documents.sheets import MAX_ROWS
from pipeline.model import Mention, Position, RawItem
from pipeline.understand import Unreadable, understand
from tests.documents import TAKEN, document, parts, workbook

BEIJING = ZoneInfo("Asia/Shanghai")
ROWS = (
    ("临江市12345热线工单导出", None, None, None, None, None, None, None),
    ("工单信息", None, None, "诉求", None, "诉求人信息", None, "备注"),
    ("工单编号", "受理时间", "来源渠道", "诉求标题（必填）", "诉求内容：", "姓名", "联系电话", None),
    ("LJ2026112400017", datetime(2026, 11, 24, 9, 30), "电话", "反映办照收费",  # noqa: DTZ001
     "市民来电，称在窗口注册公司被收200元，电话13812345678，身份证号330102199001011234。", "张三",
     "13812345678", "加急"),
    ("LJ2026112400018", "2026/11/24 10:05", "微信", None, "夜市油烟扰民，\n希望查处。", "李四", None,
     None),
    (None,) * 8,
    ("LJ2026112400019", None, "电话", None, None, "王五", None, None),
)  # fmt: skip
MERGED = ("A1:H1", "A2:C2", "D2:E2", "F2:G2", "H2:H3")


def test_an_export_of_a_hotline() -> None:
    found = read_document(document("工单.xlsx", workbook(ROWS, merged=MERGED)))
    assert found == [
        Part(
            "反映办照收费",
            "市民来电，称在窗口注册公司被收200元，电话13812345678，身份证号330102199001011234。",
            key="row LJ2026112400017", published_at=datetime(2026, 11, 24, 9, 30, tzinfo=BEIJING),
            published_precision="minute", author="张**", origin="电话",
        ),
        Part(
            "夜市油烟扰民", "夜市油烟扰民，\n希望查处。", key="row LJ2026112400018",
            published_at=datetime(2026, 11, 24, 10, 5, tzinfo=BEIJING),
            published_precision="minute", author="李**", origin="微信",
        ),
        Problem("工单.xlsx“Sheet”", "有1行没有标题和内容（第7行）"),
    ]  # fmt: skip


def mentions(body: bytes, name: str = "工单.xlsx", hour: int = 1) -> list[Mention]:
    raw = file_record("hotline", name, body, TAKEN.replace(hour=hour))
    found = understand(raw, Position(1, 0), "Asia/Shanghai")
    return [each for each in found if isinstance(each, Mention)]


def test_people_stay_out_of_mentions_and_rows_keep_their_identity() -> None:
    before = mentions(workbook(ROWS))
    assert before[0].text.endswith("电话138****5678，身份证号******************。")
    changed = [*ROWS[:3], (*ROWS[3][:4], "已办结。", *ROWS[3][5:]), *ROWS[4:]]
    after = mentions(workbook(changed), "工单（更新）.xlsx", hour=2)
    assert [each.id for each in after] == [each.id for each in before]
    assert after[0].version > before[0].version
    assert after[0].content_hash != before[0].content_hash
    assert after[1].content_hash == before[1].content_hash
    shown = " ".join(f"{each.title} {each.text} {each.author} {each.origin}" for each in before)
    for secret in ("13812345678", "330102199001011234", "张三", "李四"):
        assert secret not in shown


CSV = (
    "序号,编号,主题,正文,发布时间,媒体,链接\r\n"
    '1,1,夜市扰民,"第一段，含逗号\n第二段",2026-11-24 08:00,临江论坛,https://a.example/1\r\n'
    "2,2,夜市扰民,又一条,2026年11月24日,临江论坛,https://a.example/1\r\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_press_review_in_any_encoding(encoding: str, delimiter: str) -> None:
    text = CSV.replace("第一段，含逗号", "第一段").replace(",", delimiter)
    first, second = parts("舆情.csv", text.encode(encoding))
    assert (first.title, first.text, first.origin) == ("夜市扰民", "第一段\n第二段", "临江论坛")
    assert first.published_at == datetime(2026, 11, 24, 8, tzinfo=BEIJING)
    assert second.published_precision == "day"
    # A number that only counts rows is no identity, an address is one for the first that has it.
    assert (first.url, first.key) == ("https://a.example/1", "row https://a.example/1")
    assert second.key.startswith(f"{first.key} ")


def test_commas_and_line_ends_within_cells_stay() -> None:
    first, _ = parts("舆情.csv", CSV.encode())
    assert first.text == "第一段，含逗号\n第二段"


def test_a_table_of_html_under_the_name_of_excel() -> None:
    body = (
        "<html><meta charset=gbk><table><tr><th>举报编号</th><th>举报内容</th></tr>"
        "<tr><td>3301152026110001</td><td>摊位<br>不公示价格</td></tr></table></html>"
    ).encode("gbk")
    (part,) = parts("12315导出.xls", body)
    assert (part.key, part.text) == ("row 3301152026110001", "摊位 不公示价格")


def test_headings_that_are_not_understood_are_named_by_the_source() -> None:
    body = "办件号码,事情,怎么说的\nX-00017,收费,窗口收了钱\n".encode()
    fields = (("id", "办件号码"), ("title", "事情"), ("text", "怎么说的"))
    (part,) = parts("a.csv", body, fields=fields)
    assert (part.key, part.title, part.text) == ("row X-00017", "收费", "窗口收了钱")


def test_longer_headings_are_known_by_their_end() -> None:
    body = (
        "工单受理时间,市民诉求内容,办理内容,回复时间\n2026-11-24 08:00,夜市太吵,已派单,2026-11-25\n"
    )
    (part,) = parts("a.csv", body.encode())
    assert part.text == "夜市太吵"
    assert part.published_at == datetime(2026, 11, 24, 8, tzinfo=BEIJING)


def test_several_sheets_and_more_rows_than_are_read() -> None:
    many = [("标题", "内容"), *((f"第{n}条", "内容") for n in range(MAX_ROWS + 5))]
    found = read_document(document("a.xlsx", workbook([("说明",)], [("标题",), ("另一条",)], many)))
    first, *_, problem = found
    assert isinstance(first, Part)
    assert first.title == "另一条"
    assert problem == Problem("a.xlsx“Sheet2”", f"超过{MAX_ROWS}行，后面的没有读取，请分成几个文件")
    assert len(found) == 1 + (MAX_ROWS - 3 - 1) + 1


def test_markup_of_web_systems_is_read_as_text() -> None:
    (part,) = parts("a.csv", "标题,内容\n收费,<p>第一段&nbsp;</p><p>第二段</p>\n".encode())
    assert part.text == "第一段\n第二段"


def test_a_table_that_cannot_be_read_is_named_by_its_file() -> None:
    raw: RawItem = file_record("hotline", "子夹/坏.csv", b"a,b\n1,2\n", TAKEN)
    (found,) = understand(raw, Position(1, 0), "Asia/Shanghai")
    assert isinstance(found, Unreadable)
    assert found.url == "子夹/坏.csv"


# --- personal data -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("电话13812345678。", "电话138****5678。"),
        ("+86 138-1234-5678", "138****5678"),
        ("１３８１２３４５６７８", "138****5678"),
        ("身份证33010219900101123X", "身份证******************"),
        ("工单202611240001234567号", "工单202611240001234567号"),
        ("热线12345、12315，座机0700-5550102", "热线12345、12315，座机0700-5550102"),
        ("罚款13812345.67元", "罚款13812345.67元"),
        ("编号138123456789", "编号138123456789"),
        ("没有号码", "没有号码"),
    ],
)
def test_numbers_of_people_are_masked(text: str, shown: str) -> None:
    assert masked(text) == shown


@pytest.mark.parametrize(
    ("contact", "shown"),
    [("13812345678", "138****5678"), ("zhou.yuan@linjiang.example", "z***@linjiang.example"),
     ("0700-5550102", "07****"), ("周远", "周**"), ("", "")],
)  # fmt: skip
def test_contacts_are_masked(contact: str, shown: str) -> None:
    assert masked_contact(contact) == shown
