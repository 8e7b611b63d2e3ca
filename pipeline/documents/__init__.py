"""Documents that come by other ways than the web: bytes → the articles in them. Pure: no I/O.

A new format is a file and a line in `READERS`.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from pipeline.documents.kinds import kind_of
from pipeline.documents.mail import read_mail
from pipeline.documents.parts import File, Part, Parts, Problem
from pipeline.documents.pictures import read_picture

__all__ = ["READERS", "File", "Part", "Parts", "Problem", "read_document"]


def read_document(file: File) -> Parts:
    """What is in a document, in its order, and what of it could not be read.

    Raises PipelineError with one sentence when nothing of it can be read. Never another error.
    """
    return READERS[kind_of(file.name, file.body)](file)


def _when_needed(module: str, reader: str) -> Callable[[File], Parts]:
    """A reader whose libraries are loaded at its first document: together they take 40 MB, and
    most rounds bring none."""

    def read(file: File) -> Parts:
        parts: Parts = getattr(import_module(f"{__name__}.{module}"), reader)(file)
        return parts

    return read


READERS: dict[str, Callable[[File], Parts]] = {
    "docx": _when_needed("office", "read_docx"),
    "html": _when_needed("texts", "read_html"),
    "image": read_picture,
    "mail": lambda file: read_mail(file, read_document),
    "pdf": _when_needed("pdf", "read_pdf"),
    "subtitles": _when_needed("subtitles", "read_subtitles"),
    "table": _when_needed("tables", "read_csv"),
    "text": _when_needed("texts", "read_text"),
    "xlsx": _when_needed("tables", "read_xlsx"),
}
