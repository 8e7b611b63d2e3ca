"""Tables of reports: each row one part. Exports of 12345 and 12315, press reviews, messages."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from pipeline.documents.headings import FIELDS, HEAD_ROWS, Head, find_head
from pipeline.documents.paragraphs import beginning
from pipeline.documents.parts import File, Part, Parts, Problem
from pipeline.documents.personal import initial
from pipeline.documents.sheets import MAX_ROWS, Cell, Sheet, csv_sheets, html_sheets, xlsx_sheets
from pipeline.errors import PipelineError
from pipeline.extract import plain_text
from pipeline.feed_times import read_time

_ADDRESS = re.compile(r"https?://\S+", re.I)
_MARKUP = re.compile(
    r"</?(?:p|br|div|span|a|img|table|strong|font)\b[^>]*>|&(?:nbsp|lt|amp);", re.I
)
_SHOWN = 8
_SHORTEST_NUMBER = 5
"""Shorter ones only count the rows of one file: those of the next file begin again."""


def read_csv(file: File) -> Parts:
    return _parts(csv_sheets(file.body), file)


def read_xlsx(file: File) -> Parts:
    return _parts(xlsx_sheets(file.body), file)


def read_html_table(file: File) -> Parts:
    """Empty when the page holds no table whose headings are understood."""
    sheets = [s for s in html_sheets(file.body) if find_head(s.rows, file.fields)]
    return _parts(sheets, file) if sheets else []


def _parts(sheets: Sequence[Sheet], file: File) -> Parts:
    if not sheets:
        raise PipelineError("表格里没有内容")
    found: Parts = []
    headed = False
    taken: set[str] = set()
    for sheet in sheets:
        head = find_head(sheet.rows, file.fields)
        if head is not None:
            headed = True
            found.extend(_rows(sheet, head, file, taken))
    if not headed:
        raise PipelineError(_no_head(sheets[0], file))
    if not found:
        raise PipelineError("表格只有表头，没有内容")
    return found


def _no_head(sheet: Sheet, file: File) -> str:
    fullest = max(sheet.rows[:HEAD_ROWS], key=lambda row: sum(bool(cell) for cell in row))
    seen = "、".join(str(cell)[:12] for cell in fullest if cell)[:80]
    wrong = [name for name, _ in file.fields if name not in FIELDS]
    extra = f"；fields 中的 {'、'.join(wrong)} 不认识" if wrong else ""
    return f"没有认出标题或内容一列（表头：{seen}），请在来源的 fields 中写明{extra}"


def _rows(sheet: Sheet, head: Head, file: File, taken: set[str]) -> Parts:
    found: Parts = []
    empty: list[int] = []
    for number, row in enumerate(sheet.rows[head.row + 1 :], head.row + 2):
        if not any(row) or _is_head_again(row, head):
            continue
        part = _part(row, head, file)
        if part is None:
            empty.append(number)
            continue
        found.append(_keyed(part, taken))
    where = f"{file.name}“{sheet.name}”" if sheet.name else file.name
    if empty:
        rows = "、".join(map(str, empty[:_SHOWN])) + ("等" if len(empty) > _SHOWN else "")
        found.append(Problem(where, f"有{len(empty)}行没有标题和内容（第{rows}行）"))
    if sheet.cut:
        found.append(Problem(where, f"超过{MAX_ROWS}行，后面的没有读取，请分成几个文件"))
    return found


def _is_head_again(row: Sequence[Cell], head: Head) -> bool:
    """The headings printed once more on the next page."""
    return all(
        column < len(row) and row[column] == head.labels[column] for column in head.columns.values()
    )


def _part(row: Sequence[Cell], head: Head, file: File) -> Part | None:
    def cell(field: str) -> str:
        value = value_of(field)
        return (
            value.isoformat(sep=" ", timespec="minutes") if isinstance(value, datetime) else value
        )

    def value_of(field: str) -> Cell:
        column = head.columns.get(field)
        return row[column] if column is not None and column < len(row) else ""

    title, text = " ".join(cell("title").split()), _text(cell("text"))
    if not title and not text:
        return None
    about = cell("about")
    if about and about not in title + text:
        text = f"{text}\n{head.labels[head.columns['about']]}：{about}".strip()
    address = _ADDRESS.match(cell("url"))
    url = address[0] if address else ""
    number = cell("id")
    known = number if len(number) >= _SHORTEST_NUMBER else url
    part = Part(
        title=title or beginning(text),
        text=text or title,
        key=f"row {known}" if known else "",
        url=url,
        author=cell("author") or initial(cell("person")),
        origin=cell("origin"),
    )
    return part.at(_time(value_of("time"), file.zone))


def _text(cell: str) -> str:
    """Paragraphs; exports of web systems bring their markup along."""
    text = plain_text(cell) if _MARKUP.search(cell) else cell
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _time(value: Cell, zone: str) -> tuple[datetime, Literal["minute", "day"]] | None:
    if isinstance(value, str):
        return read_time(value, zone) if value else None
    at = value.replace(tzinfo=ZoneInfo(zone), microsecond=0)
    # A cell that is formatted as a date holds midnight.
    return at, "day" if (at.hour, at.minute, at.second) == (0, 0, 0) else "minute"


def _keyed(part: Part, taken: set[str]) -> Part:
    """The part with a key that no row before it has; a row without number and address is known by
    what it says."""
    said = f"{part.title}\n{part.text}\n{part.published_at or ''}"
    digest = hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:32]
    key = part.key if part.key and part.key not in taken else f"{part.key or 'row'} {digest}"
    taken.add(key)
    return replace(part, key=key)
