"""Small documents that claim to be huge: read to what they hold, or one sentence. Each of these
took minutes or gigabytes where a library was asked for more than the text."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement

from pipeline.documents import read_document
from pipeline.documents.records import MAX_TEXT, file_record, parts_of
from pipeline.errors import PipelineError
from tests.documents import TAKEN, document, parts, workbook


def _table(rows: list[list[str]]) -> tuple[Any, Any]:
    made = docx.Document()
    made.add_paragraph("滨江夜市摊位费用一览")
    table = made.add_table(len(rows), len(rows[0]))
    for row, texts in zip(table._tbl.tr_lst, rows, strict=True):
        for cell, text in zip(row.tc_lst, texts, strict=True):
            cell.p_lst[0].add_r().text = text
    return made, table


def _state(cell: Any, name: str, value: str | None) -> None:
    element = OxmlElement(name)
    if value is not None:
        element.set(qn("w:val"), value)
    cell.get_or_add_tcPr().append(element)


def _saved(made: Any) -> bytes:
    body = BytesIO()
    made.save(body)
    return body.getvalue()


def test_a_cell_that_claims_to_span_a_hundred_million_columns() -> None:
    made, table = _table([["摊位", "每月费用"]])
    _state(table._tbl.tr_lst[0].tc_lst[0], "w:gridSpan", "100000000")
    (part,) = parts("a.docx", _saved(made))
    assert part.text == "摊位　每月费用"


def test_a_cell_that_goes_on_through_thousands_of_rows() -> None:
    made, table = _table([["东口", f"{number}号"] for number in range(3000)])
    for number, row in enumerate(table._tbl.tr_lst):
        _state(row.tc_lst[0], "w:vMerge", None if number else "restart")
        if number:
            row.tc_lst[0].p_lst[0].r_lst[0].text = ""
    (part,) = parts("a.docx", _saved(made))
    assert part.text.split("\n")[:2] == ["东口　0号", "东口　1号"]
    assert part.text.endswith("东口　2999号")


def test_what_says_the_same_in_two_cells_is_said_twice() -> None:
    made, _ = _table([["是", "是", "否"]])
    (part,) = parts("a.docx", _saved(made))
    assert part.text == "是　是　否"


def test_a_word_document_of_many_paragraphs_is_read_as_far_as_an_article_goes() -> None:
    made = docx.Document()
    for number in range(30):
        made.add_paragraph(f"{number}：" + "夜市按时开市。" * 2000)
    found, problem = parts_of(file_record("drop", "a.docx", _saved(made), TAKEN), "Asia/Shanghai")
    assert len(getattr(found, "text", "")) == MAX_TEXT
    assert "20万字" in getattr(problem, "reason", "")


def test_a_cell_of_a_million_characters_is_no_heading() -> None:
    said = "夜市按时开市。" * 150_000
    for name, body in (
        ("a.csv", f"标题,内容\n开市,{said[:100_000]}\n".encode()),
        ("a.xlsx", workbook([["标题", "内容"], ["开市", "夜市按时开市。" * 4000]])),
    ):
        (part,) = parts(name, body)
        assert part.title == "开市"
    (part,) = parts("a.xls", f"<table><tr><td>{said}</td></tr></table>".encode())
    assert said in part.text


def test_a_table_of_one_byte_that_says_nothing() -> None:
    with pytest.raises(PipelineError, match="表格里没有内容"):
        read_document(document("a.csv", b"\x00\x01"))


@pytest.mark.parametrize(
    "layer", ["multipart/mixed; boundary=b{}\n\n--b{}\n", "message/rfc822\n\n"]
)
def test_a_mail_of_thousands_of_layers(layer: str) -> None:
    layers = "".join(f"Content-Type: {layer.format(each, each)}" for each in range(5000))
    body = f"From: a@linjiang.example\nSubject: x\nMIME-Version: 1.0\n{layers}\n正文".encode()
    with pytest.raises(PipelineError, match="太多层"):
        read_document(document("a.eml", body))


def test_subtitles_of_a_million_cues() -> None:
    body = b"1\n00:00:01,000 --> 00:00:02,000\na\n\n" * 200_000
    with pytest.raises(PipelineError, match="字幕超过10万条"):
        read_document(document("a.srt", body))
