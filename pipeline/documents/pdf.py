"""PDF → one part; a scan without text is read as pictures where that is installed."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator

import pypdfium2  # type: ignore[import-untyped]

from pipeline.decode import clean
from pipeline.documents.names import moment_in
from pipeline.documents.paragraphs import dateline, headed, joined
from pipeline.documents.parts import File, Part, Parts, Problem
from pipeline.documents.pictures import paragraphs_of, recogniser
from pipeline.errors import PipelineError

MAX_PAGES = 300
MAX_SCANNED_PAGES = 20
"""Reading a page as a picture takes seconds."""
_SCALE = 2.0
"""144 dots an inch: characters of 10.5 point have 21 dots."""
_pdfium = threading.Lock()
"""PDFium is not safe for threads."""
_UNSPACED = re.compile(
    r"(?<=[\u3000-\u9fff\uff00-\uffef]) (?=\S)|(?<=\S) (?=[\u3000-\u9fff\uff00-\uffef])"
)
"""The narrow gap beside a Chinese character that setting makes and PDFium takes for a space."""
_MACHINE_TITLE = re.compile(
    r"microsoft word|\.(?:docx?|wps|pdf|xlsx?|indd|ps)\b|^untitled|^无标题", re.I
)


def read_pdf(file: File) -> Parts:
    """Raises PipelineError for a document that is damaged, locked or without any text."""
    problems: Parts = []
    with _pdfium:
        try:
            document = pypdfium2.PdfDocument(file.body)
        except pypdfium2.PdfiumError as error:
            locked = "password" in str(error).lower()
            raise PipelineError(
                "PDF 设有打开口令，请去掉口令后重新放入" if locked else "PDF 已损坏，打不开"
            ) from None
        try:
            if len(document) > MAX_PAGES:
                problems.append(Problem(file.name, f"共{len(document)}页，只读了前{MAX_PAGES}页"))
            paragraphs = joined([line for page in _pages(document) for line in page])
            property_title = clean(str(document.get_metadata_value("Title") or "")).strip()
            if not paragraphs:
                paragraphs = _scanned(document, file.name, problems)
        except pypdfium2.PdfiumError:
            raise PipelineError("PDF 已损坏，没有读完") from None
        finally:
            document.close()
    if not paragraphs:
        raise PipelineError("PDF 里没有文字")
    title, text = headed(paragraphs)
    if property_title and not _MACHINE_TITLE.search(property_title):
        if property_title == paragraphs[0]:
            paragraphs = paragraphs[1:] or paragraphs
        title, text = property_title, "\n".join(paragraphs)
    part = Part(title=title, text=text)
    moment = moment_in(file.name, file.zone)
    return [part.at(moment or dateline(paragraphs, file.zone, file.taken_at)), *problems]


def _pages(document: pypdfium2.PdfDocument) -> Iterator[list[str]]:
    for number in range(min(len(document), MAX_PAGES)):
        page = document[number]
        text_page = page.get_textpage()
        text = clean(text_page.get_text_bounded())
        text_page.close()
        page.close()
        yield [_UNSPACED.sub("", line) for line in re.split(r"\r\n?|\n", text)]


def _scanned(document: pypdfium2.PdfDocument, name: str, problems: Parts) -> list[str]:
    read = recogniser()
    if len(document) > MAX_SCANNED_PAGES:
        problems.append(
            Problem(name, f"扫描件共{len(document)}页，只识别了前{MAX_SCANNED_PAGES}页")
        )
    found: list[str] = []
    for number in range(min(len(document), MAX_SCANNED_PAGES)):
        page = document[number]
        width, height = page.get_size()
        scale = min(_SCALE, 4000 / max(width, height, 1))
        bitmap = page.render(scale=scale, rev_byteorder=False)
        found.extend(paragraphs_of(read(bitmap.to_numpy()[:, :, :3])))
        bitmap.close()
        page.close()
    return found
