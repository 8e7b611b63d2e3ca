"""DOCX → one part: headings, paragraphs and tables in their order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from zipfile import BadZipFile

from docx import Document
from docx.opc.exceptions import OpcError
from docx.oxml.simpletypes import ST_Merge
from docx.oxml.table import CT_Row, CT_Tc
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml.etree import LxmlError

from pipeline.decode import clean
from pipeline.documents.names import moment_in
from pipeline.documents.paragraphs import TITLE_LENGTH, dateline, headed
from pipeline.documents.parts import File, Part, Parts
from pipeline.errors import PipelineError

_ENOUGH = 250_000
"""Characters after which no more is read: no article is longer, see `documents.records`."""
_STYLED = 5
"""Blocks in which the headline is sought by its style; to look a style up is slow."""
_COLUMNS = 64
"""Word has 63 at most; what states more is not believed."""
_DEFAULT_TITLES = {"word document", "document", "untitled", "文档1", "新建 microsoft word 文档"}


def read_docx(file: File) -> Parts:
    """Title: the first paragraph styled as one, else the core property, else the first line."""
    try:
        document = Document(BytesIO(file.body))
        blocks = _until_enough(_blocks(document.iter_inner_content()))
        property_title = " ".join((document.core_properties.title or "").split())
    except (
        OpcError, BadZipFile, LxmlError, KeyError, ValueError, TypeError, AttributeError,
        IndexError, OSError, EOFError, NotImplementedError,
    ):  # fmt: skip
        raise PipelineError("Word 文档已损坏，打不开") from None
    if not blocks:
        raise PipelineError("Word 文档里没有文字")
    lines = [text for text, _ in blocks]
    first = _headline(blocks)
    if first is not None:
        title, text = lines[first], "\n".join(lines[:first] + lines[first + 1 :])
    elif property_title and property_title.lower() not in _DEFAULT_TITLES:
        title, rest = property_title, lines[1:] if lines[0] == property_title else lines
        text = "\n".join(rest)
    else:
        title, text = headed(lines)
    part = Part(title=clean(title), text=clean(text or title))
    moment = moment_in(file.name, file.zone)
    return [part.at(moment or dateline([title, *lines], file.zone, file.taken_at))]


def _headline(blocks: list[tuple[str, str]]) -> int | None:
    for place, (text, style) in enumerate(blocks[:_STYLED]):
        if style in ("Title", "Heading 1") and len(text) <= 2 * TITLE_LENGTH:
            return place
    return None


def _until_enough(blocks: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those that are not empty, until there are _ENOUGH characters."""
    found: list[tuple[str, str]] = []
    size = 0
    for text, style in blocks:
        if text:
            found.append((text, style))
            size += len(text)
            if size > _ENOUGH:
                break
    return found


def _blocks(content: Iterator[Paragraph | Table]) -> Iterator[tuple[str, str]]:
    """Text and style of each paragraph; a row of a table is one paragraph."""
    seen = 0
    for block in content:
        if isinstance(block, Paragraph):
            style = block.style.name if seen < _STYLED and block.style is not None else ""
            for line in block.text.split("\n"):
                text = " ".join(line.split())
                seen += bool(text)
                yield text, style or ""
        else:
            above: dict[int, str] = {}
            for row in block._tbl.tr_lst:
                yield "　".join(filter(None, _cells(row, above))), ""


def _cells(row: CT_Row, above: dict[int, str]) -> Iterator[str]:
    """The texts of a row. A cell that goes on from the row before says what it said there.

    Not by python-docx, which makes an object for each column that a cell claims to span, and climbs
    through all rows above for one that goes on. `above` holds the texts by column, and is renewed.
    """
    column = 0
    for cell in row.tc_lst:
        text = above.get(column, "") if cell.vMerge == ST_Merge.CONTINUE else _said(cell)
        above[column] = text
        column += max(1, min(cell.grid_span, _COLUMNS))
        yield text


def _said(cell: CT_Tc) -> str:
    return " ".join(" ".join(each.text for each in cell.p_lst).split())
