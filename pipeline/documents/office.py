"""DOCX → one part: headings, paragraphs and tables in their order."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from zipfile import BadZipFile

from docx import Document
from docx.opc.exceptions import OpcError
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml.etree import LxmlError

from pipeline.decode import clean
from pipeline.documents.names import moment_in
from pipeline.documents.paragraphs import TITLE_LENGTH, dateline, headed
from pipeline.documents.parts import File, Part, Parts
from pipeline.errors import PipelineError

_DEFAULT_TITLES = {"word document", "document", "untitled", "文档1", "新建 microsoft word 文档"}


def read_docx(file: File) -> Parts:
    """Title: the first paragraph styled as one, else the core property, else the first line."""
    try:
        document = Document(BytesIO(file.body))
        blocks = [(text, style) for text, style in _blocks(document.iter_inner_content()) if text]
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
    for place, (text, style) in enumerate(blocks[:5]):
        if style in ("Title", "Heading 1") and len(text) <= 2 * TITLE_LENGTH:
            return place
    return None


def _blocks(content: Iterator[Paragraph | Table]) -> Iterator[tuple[str, str]]:
    """Text and style of each paragraph; a row of a table is one paragraph."""
    for block in content:
        if isinstance(block, Paragraph):
            style = block.style.name if block.style is not None else ""
            for line in block.text.split("\n"):
                yield " ".join(line.split()), style or ""
        else:
            for row in block.rows:
                cells: list[str] = []
                for cell in row.cells:
                    text = " ".join(cell.text.split())
                    # A merged cell comes once for each column that it covers.
                    if text and (not cells or cells[-1] != text):
                        cells.append(text)
                yield "　".join(cells), ""
