"""Plain text, and pages saved as files → one part."""

from __future__ import annotations

from pipeline.decode import decode
from pipeline.documents.names import moment_in
from pipeline.documents.paragraphs import dateline, headed
from pipeline.documents.parts import File, Part, Parts
from pipeline.documents.tables import read_html_table
from pipeline.errors import PipelineError
from pipeline.extract import extract, plain_text


def read_text(file: File) -> Parts:
    """A line a paragraph; the first one is the title when it is short."""
    lines = [" ".join(line.split()) for line in decode(file.body).splitlines()]
    return _whole([line for line in lines if line], file)


def read_html(file: File) -> Parts:
    """A table of reports, else the article of the page, else all of its text."""
    if rows := read_html_table(file):
        return rows
    page = extract(file.body, now=file.taken_at, timezone=file.zone)
    if not page.is_article:
        return _whole(plain_text(decode(file.body)).splitlines(), file)
    return [
        Part(
            title=page.title,
            text=page.text,
            url=page.canonical_url,
            published_at=page.published_at,
            published_precision=page.published_precision,
            author=page.author,
            origin=page.source,
        )
    ]


def _whole(paragraphs: list[str], file: File) -> Parts:
    if not paragraphs:
        raise PipelineError("文件里没有文字")
    title, text = headed(paragraphs)
    moment = moment_in(file.name, file.zone) or dateline(
        [title, *text.split("\n")], file.zone, file.taken_at
    )
    return [Part(title=title, text=text).at(moment)]
