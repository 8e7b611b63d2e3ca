"""Commands that judge texts from files or stdin. They need neither stores nor Django."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from config.commands.options import AsJson, Config, Data, Lines, text_of, write_line
from config.environment import config_folder, data_folder
from config.instants import read_instant
from config.wiring import configuration_of
from pipeline.errors import BadInputError
from pipeline.model import Source

_ZONE = ZoneInfo("Asia/Shanghai")


def extract(
    files: Annotated[list[Path] | None, typer.Argument(help="HTML files; none: stdin.")] = None,
    url: Annotated[str, typer.Option(help="Address of the page (one input only).")] = "",
    config: Config = None,
    data: Data = None,
) -> None:
    """Title, text, time and source of web pages, one JSON object a line."""
    from pipeline.extract import extract as extract_page

    inputs: list[Path | None] = [*files] if files else [None]
    if url and len(inputs) > 1:
        raise BadInputError("--url goes with one input only; leave it out or name one file")
    failed = 0
    for path in inputs:
        try:
            body = sys.stdin.buffer.read() if path in (None, Path("-")) else _bytes(path)
        except OSError as error:
            failed += 1
            typer.echo(f"{path}: cannot be read ({error.strerror}); check the name", err=True)
            continue
        page = extract_page(body, url=url, now=datetime.now(UTC))
        write_line(
            {
                "file": "-" if path is None else str(path),
                "url": page.canonical_url or url or None,
                "title": page.title,
                "text": page.text,
                "published_at": _published(page.published_at, page.published_precision),
                "author": page.author or None,
                "source": page.source or None,
                "language": page.language or None,
            }
        )
    if failed:
        raise BadInputError(f"{failed} of {len(inputs)} inputs could not be read")


def _bytes(path: Path | None) -> bytes:
    assert path is not None
    return path.read_bytes()


def _published(at: datetime | None, precision: str | None) -> str | None:
    if at is None:
        return None
    if precision == "day":
        return at.date().isoformat()
    return at.isoformat(timespec="seconds" if at.second else "minutes")


def match(
    rules: Annotated[Path, typer.Option(help="Rules file (the form of rules.yaml).")],
    config: Config = None,
    data: Data = None,
    json: AsJson = True,
) -> None:
    """Which keyword rules hit which texts? JSON lines in, a line per hit out.

    Rules that ask for kinds or regions of sources look them up in the folder of --config.
    """
    from alerts.rules.base import Known
    from alerts.rules.keyword import KeywordRules
    from config.loader import load_rules

    meant = [rule for rule in load_rules(rules) if rule.kind == "keyword"]
    asks = any(rule.source_kinds or rule.regions for rule in meant)
    compiled = KeywordRules(meant, Known(sources=_known_sources() if asks else {}))
    lines = Lines(id=str)
    for value in lines:
        try:
            title, text = text_of(value, "title"), text_of(value, "text")
            source, published = text_of(value, "source"), text_of(value, "published_at")
            at = read_instant(published, _ZONE) if published else None
        except ValueError as error:
            lines.bad += 1
            typer.echo(f"id {value['id']}: {error}", err=True)
            continue
        for hit in compiled.match(title, text, source=source, at=at):
            spans: list[Any] = [list(span) for span in hit.spans]
            write_line({"id": value["id"], "rule": hit.rule, "level": hit.level, "spans": spans})
    lines.close()


def _known_sources() -> dict[str, Source]:
    configuration = configuration_of(config_folder(), data_folder())
    return {source.id: source for source in configuration.sources}


def rule(
    line: Annotated[str, typer.Argument(help="Such as “收费 +工本费 !招聘” or “甲 & (乙 | 丙)”.")],
    config: Config = None,
    data: Data = None,
) -> None:
    """A rule in one line → the same rule in YAML, and in words, for rules.yaml."""
    from alerts.rules.checks import check_rule
    from alerts.rules.lines import as_parts, in_words, read_line
    from config.yaml_text import yaml_of
    from pipeline.model import Rule

    try:
        condition = read_line(line)
    except ValueError as error:
        raise BadInputError(str(error)) from error
    if problems := check_rule(Rule("rule", condition=condition)):
        raise BadInputError("; ".join(problems))
    typer.echo(f"# {in_words(condition)}")
    typer.echo(yaml_of([{"id": "rule-1", "level": "IV", **as_parts(condition)}]), nl=False)


def duplicates(config: Config = None, data: Data = None, json: AsJson = True) -> None:
    """Near-duplicates among texts, in order: JSON lines in, a line each out."""
    from pipeline.duplicates import DuplicateIndex, sketch

    index = DuplicateIndex()
    lines = Lines(id=str, text=str)
    for value in lines:
        made = sketch(value["text"])
        found = index.find(made)
        family, similarity = found if found else (None, None)
        index.add(value["id"], family or value["id"], made)
        write_line(
            {
                "id": value["id"],
                "of": family,
                "similarity": None if similarity is None else round(similarity, 4),
            }
        )
    lines.close()
