"""Documents that come by other ways than the web: bytes → the articles in them. Pure: no I/O.

A new format is a file and a line in `READERS`.
"""

from __future__ import annotations

from collections.abc import Callable

from pipeline.documents.kinds import kind_of
from pipeline.documents.mail import read_mail
from pipeline.documents.office import read_docx
from pipeline.documents.parts import File, Part, Parts, Problem
from pipeline.documents.pdf import read_pdf
from pipeline.documents.pictures import read_picture
from pipeline.documents.subtitles import read_subtitles
from pipeline.documents.tables import read_csv, read_xlsx
from pipeline.documents.texts import read_html, read_text

__all__ = ["READERS", "File", "Part", "Parts", "Problem", "read_document"]


def read_document(file: File) -> Parts:
    """What is in a document, in its order, and what of it could not be read.

    Raises PipelineError with one sentence when nothing of it can be read. Never another error.
    """
    return READERS[kind_of(file.name, file.body)](file)


READERS: dict[str, Callable[[File], Parts]] = {
    "docx": read_docx,
    "html": read_html,
    "image": read_picture,
    "mail": lambda file: read_mail(file, read_document),
    "pdf": read_pdf,
    "subtitles": read_subtitles,
    "table": read_csv,
    "text": read_text,
    "xlsx": read_xlsx,
}
