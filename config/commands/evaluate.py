"""`chengqing evaluate …`: labelled data → a table of figures."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from config.commands.options import AsJson, Config, Data, Lines, write_line
from config.instants import read_instant
from pipeline.errors import BadInputError
from pipeline.evaluation.extraction import Figures, Reading, figures, score
from pipeline.evaluation.extractors import EXTRACTORS, NOTHING, Extractor

app = typer.Typer(help="Labelled data → a table of figures.", no_args_is_help=True)
_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class LabelledPage:
    file: str
    body: bytes
    url: str
    fetched_at: datetime | None
    label: Reading


@dataclass(frozen=True, slots=True)
class Result:
    extractor: str
    figures: Figures | None
    """None: not installed."""
    pages_per_second: float | None = None


@app.command()
def extract(
    file: Annotated[Path, typer.Argument(help="JSON lines: file, title, published_at, text …")],
    config: Config = None,
    data: Data = None,
    json: AsJson = False,
) -> None:
    """Our extraction beside trafilatura, GNE, newspaper4k and resiliparse, on labelled pages.

    Each line: {"file": path relative to FILE, "title", "published_at", "text"} and, if known,
    "author", "source", "url", "fetched_at". Empty title and text: the page holds no article.
    """
    lines = Lines(file, file=str, title=str, text=str)
    pages = _pages(lines, file.parent)
    if not pages:
        raise BadInputError(f"{file}: no labelled page; each line needs file, title and text")
    results = [_result(name, pages) for name in EXTRACTORS]
    if json:
        for result in results:
            write_line(_as_json(result))
    else:
        _show(results)
    lines.close()


def _pages(lines: Lines, folder: Path) -> list[LabelledPage]:
    pages: list[LabelledPage] = []
    for value in lines:
        try:
            pages.append(_page(value, folder))
        except ValueError as error:
            lines.refuse(str(error))
    return pages


def _page(value: dict[str, Any], folder: Path) -> LabelledPage:
    """Raises ValueError, in one sentence, for a line that cannot be used."""
    for key in ("published_at", "author", "source", "url", "fetched_at"):
        if not isinstance(value.get(key), str | None):
            raise ValueError(f"the field “{key}” must be text or null")
    if value.get("published_at"):
        read_instant(value["published_at"], _ZONE)
    fetched = value.get("fetched_at")
    try:
        body = (folder / value["file"]).read_bytes()
    except OSError as error:
        raise ValueError(f"{value['file']} cannot be read ({error.strerror})") from None
    return LabelledPage(
        file=value["file"],
        body=body,
        url=value.get("url") or "",
        fetched_at=read_instant(fetched, _ZONE) if fetched else None,
        label=Reading(
            title=value["title"],
            text=value["text"],
            published_at=value.get("published_at") or None,
            author=value.get("author"),
            source=value.get("source"),
        ),
    )


def _result(name: str, pages: Sequence[LabelledPage]) -> Result:
    try:
        read = EXTRACTORS[name]()
    except ImportError:
        return Result(name, None)
    _answer(read, pages[0])  # what it loads at its first page is no part of its speed
    start = time.perf_counter()
    answers = [_answer(read, page) for page in pages]
    seconds = time.perf_counter() - start
    scores = [score(page.file, got, page.label) for page, got in zip(pages, answers, strict=True)]
    return Result(name, figures(scores), len(pages) / max(seconds, 1e-9))


def _answer(read: Extractor, page: LabelledPage) -> Reading:
    try:
        return read(page.body, page.url, page.fetched_at)
    except Exception:  # noqa: BLE001 - another's extractor that fails on a page has read nothing
        return NOTHING


def _as_json(result: Result) -> dict[str, Any]:
    if result.figures is None:
        return {"extractor": result.extractor, "installed": False}
    values = {
        key: round(value, 4) if isinstance(value, float) else value
        for key, value in asdict(result.figures).items()
    }
    speed = round(result.pages_per_second or 0, 1)
    return {"extractor": result.extractor, "installed": True, **values, "pages_per_second": speed}


def _show(results: Sequence[Result]) -> None:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("extractor", no_wrap=True, min_width=11)
    for heading in ("title", "time", "F1", "min", "< 0.8", "author", "source", "pages/s"):
        table.add_column(heading, justify="right")
    for result in results:
        found = result.figures
        if found is None:
            continue
        table.add_row(
            result.extractor,
            *(_percent(found.title), _percent(found.time)),
            *(f"{found.f1_mean:.3f}", f"{found.f1_min:.3f}", str(found.f1_low)),
            *(_percent(found.author), _percent(found.source)),
            f"{result.pages_per_second:.1f}",
        )
    pages = next(result.figures.pages for result in results if result.figures)
    console = Console()
    console.print("1 page" if pages == 1 else f"{pages} pages", highlight=False)
    console.print(table)
    missing = [result.extractor for result in results if result.figures is None]
    if missing:
        typer.echo(f"Not installed: {', '.join(missing)}; pip install {' '.join(missing)}")


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f}%"
