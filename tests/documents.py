"""Invented documents of the city of 临江, made by the libraries that offices use."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import docx
import pylopdf_fonts_zh_cn
import typst
from openpyxl import Workbook

from pipeline.documents import File, Part, Problem, read_document

TAKEN = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
ZONE = "Asia/Shanghai"
NOTICE = (
    "关于规范夜市经营活动的通知",
    "各区市场监管局，各有关单位：",
    "为规范滨江夜市经营秩序，自2026年12月1日起，夜市每日17时30分开市、23时30分闭市，摊主须在醒目位置公示价格，"
    "不得向消费者收取任何形式的入场费用。",
    "市场监管局将会同城管部门开展巡查，对不按规定公示价格的摊位，责令限期改正。",
    "2026年11月20日",
)


def document(name: str, body: bytes, **settings: Any) -> File:
    return File(name, body, ZONE, TAKEN, **settings)


def parts(name: str, body: bytes, **settings: Any) -> list[Part]:
    """The parts of a document that can be read as a whole."""
    found = read_document(document(name, body, **settings))
    assert not [each for each in found if isinstance(each, Problem)]
    return [each for each in found if isinstance(each, Part)]


def workbook(*sheets: Iterable[Sequence[Any]], merged: Sequence[str] = ()) -> bytes:
    book = Workbook()
    assert book.active is not None
    for number, rows in enumerate(sheets):
        sheet = book.active if number == 0 else book.create_sheet()
        for row in rows:
            sheet.append(list(row))
        for area in merged if number == 0 else ():
            sheet.merge_cells(area)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def word(lines: Sequence[str] = NOTICE, *, styled: bool = True, title: str = "") -> bytes:
    made = docx.Document()
    for number, line in enumerate(lines):
        if styled and number == 0:
            made.add_heading(line, 0)
        else:
            made.add_paragraph(line)
    table = made.add_table(2, 2)
    for place, text in enumerate(("事项", "电话", "咨询", "12315")):
        table.cell(place // 2, place % 2).text = text
    made.core_properties.title = title
    buffer = BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def printed(
    folder: Path, lines: Sequence[str] = NOTICE, *, form: Literal["pdf", "png"] = "pdf"
) -> bytes:
    """The lines set on a page, the first one as a headline: pdf or png."""
    fonts = folder / "fonts"
    if not fonts.exists():
        fonts.mkdir(parents=True)
        shutil.copy(pylopdf_fonts_zh_cn.sans_path(), fonts)
    title, *rest = lines
    body = "\n\n".join(rest)
    source = (
        '#set page(width: 150mm, height: 130mm, margin: 15mm)\n'
        '#set text(font: "Noto Sans SC", size: 11pt, lang: "zh")\n'
        "#set par(justify: true)\n"
        f"#align(center, text(size: 16pt)[{title}])\n\n{body}\n"
    )  # fmt: skip
    path = folder / "page.typ"
    path.write_text(source, "utf-8")
    made = typst.compile(str(path), format=form, ppi=144.0, font_paths=[str(fonts)])
    assert isinstance(made, bytes)
    return made
