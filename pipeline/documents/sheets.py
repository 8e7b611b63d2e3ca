"""Bytes of a table → its sheets: rows of cells as text or times. CSV, XLSX, tables in HTML."""

from __future__ import annotations

import csv
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from io import BytesIO, StringIO
from itertools import islice
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from selectolax.lexbor import LexborHTMLParser

from pipeline.decode import clean, decode
from pipeline.errors import PipelineError

MAX_ROWS = 20_000
"""Of one document; what follows is told, not read."""
MAX_COLUMNS = 200
_DELIMITERS = ",\t;|，"
_SAMPLE = 30

Cell = str | datetime


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    rows: tuple[tuple[Cell, ...], ...]
    cut: bool = False
    """More rows follow than are read."""


def csv_sheets(body: bytes) -> list[Sheet]:
    """One sheet; encoding and delimiter are found out. Raises PipelineError."""
    text = decode(body)
    try:
        # Splitting by lines here would break cells that hold line ends.
        rows: Iterable[list[str]] = csv.reader(
            StringIO(text, newline=""), delimiter=_delimiter(text)
        )
        return _within_limit([("", rows)])
    except csv.Error as error:
        raise PipelineError(f"表格的格式不对（{error}），未读取") from None


def _delimiter(text: str) -> str:
    """The one that gives most rows the same number of columns, more than one."""
    sample = text[:200_000]

    def agreement(delimiter: str) -> tuple[float, int]:
        reader = csv.reader(StringIO(sample, newline=""), delimiter=delimiter)
        widths = Counter(len(row) for row in islice(reader, _SAMPLE) if any(row))
        width, rows = max(widths.items(), key=lambda item: (item[0] > 1, item[1]), default=(1, 0))
        return (rows / max(1, widths.total()) if width > 1 else 0.0), width

    return max(_DELIMITERS, key=agreement)


def xlsx_sheets(body: bytes) -> list[Sheet]:
    """All visible sheets with a cell in them; formulas as the values that were saved.

    Raises PipelineError.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that say nothing here
            book = load_workbook(BytesIO(body), read_only=True, data_only=True, keep_links=False)
            try:
                found = _within_limit(
                    (str(each.title), _spread(each))
                    for each in book.worksheets
                    if each.sheet_state == "visible"
                )
            finally:
                book.close()
    except (
        InvalidFileException, zipfile.BadZipFile, ParseError, SyntaxError, KeyError, ValueError,
        TypeError, AttributeError, IndexError, OSError, EOFError, OverflowError,
    ):  # fmt: skip
        raise PipelineError("Excel 文件已损坏，打不开") from None
    return found


def _spread(sheet: Any) -> Iterator[tuple[Any, ...]]:
    # What some exporters state as the extent is one cell: without it, all rows are read.
    sheet.reset_dimensions()
    rows: Iterator[tuple[Any, ...]] = sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True)
    return rows


def html_sheets(body: bytes) -> list[Sheet]:
    """The tables of a page that hold no other table; many systems export so as .xls."""
    tree = LexborHTMLParser(decode(body))
    return _within_limit(
        (
            "",
            (
                [cell.text(separator=" ", strip=True) for cell in row.css("td, th")]
                for row in table.css("tr")
            ),
        )
        for table in tree.css("table")
        if not table.css_first("table table")
    )


def _within_limit(sheets: Iterable[tuple[str, Iterable[Iterable[Any]]]]) -> list[Sheet]:
    """Those with a cell in them, until there are MAX_ROWS; the last one tells when more follow."""
    found: list[Sheet] = []
    room = MAX_ROWS
    for name, rows in sheets:
        sheet = _sheet(name, rows, room)
        if not sheet.rows and not sheet.cut:
            continue
        if not room:
            found[-1] = replace(found[-1], cut=True)
            break
        found.append(sheet)
        room -= len(sheet.rows)
    return found


def _sheet(name: str, rows: Iterable[Iterable[Any]], room: int = MAX_ROWS) -> Sheet:
    taken = [
        tuple(_cell(value) for value in islice(row, MAX_COLUMNS)) for row in islice(rows, room + 1)
    ]
    while taken and not any(taken[-1]):
        taken.pop()
    return Sheet(name, tuple(taken[:room]), len(taken) > room)


def _cell(value: Any) -> Cell:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    # Excel's own way to write control characters within a cell.
    text = re.sub(r"_x000[dD]_", "", str(value))
    return clean(text.replace("\r\n", "\n").replace("\r", "\n")).strip()
