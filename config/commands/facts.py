"""`chengqing compare` and its evaluation: texts beside official facts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from config.commands.figures import rounded, share
from config.commands.options import AsJson, Config, Data, Lines, text_of, write_line
from config.instants import read_instant
from config.loader import load_facts
from pipeline.claims.facts import FactIndex
from pipeline.errors import BadInputError
from pipeline.evaluation.comparison import KINDS, Figures, Judged, Row, Verdict, figures
from pipeline.model import Fact

_ZONE = ZoneInfo("Asia/Shanghai")
FactsFile = Annotated[Path, typer.Option("--facts", help="Facts file (the form of facts.yaml).")]
Now = Annotated[
    str, typer.Option("--now", help="ISO time for texts without published_at; default: now.")
]


def compare(
    facts: FactsFile, now: Now = "", config: Config = None, data: Data = None, json: AsJson = True
) -> None:
    """What do texts say of official facts? JSON lines in, a line with findings each out."""
    index, at = FactIndex(load_facts(facts)), _now(now)
    lines = Lines(id=str, text=str)
    for value in lines:
        try:
            published = text_of(value, "published_at")
            day = read_instant(published, _ZONE) if published else at
        except ValueError as error:
            lines.bad += 1
            typer.echo(f"id {value['id']}: {error}", err=True)
            continue
        found = index.compare("", value["text"], at=day)
        findings = [
            {
                "fact": each.fact,
                "kind": each.kind,
                "element": each.element,
                "expected": each.expected,
                "found": each.found,
                "span": None if each.span is None else list(each.span),
            }
            for each in found
        ]
        write_line({"id": value["id"], "findings": findings})
    lines.close()


def _now(written: str) -> datetime:
    if not written:
        return datetime.now(UTC)
    try:
        return read_instant(written, _ZONE)
    except ValueError as error:
        raise BadInputError(f"--now: {error}") from None


def evaluate(
    file: Annotated[Path, typer.Argument(help="JSON lines: id, text, published_at?, findings.")],
    facts: FactsFile,
    now: Now = "",
    config: Config = None,
    data: Data = None,
    json: AsJson = False,
) -> None:
    """How well texts are compared with facts: precision, recall and F1 of labelled findings.

    Each line: {"id", "text", "published_at"?, "findings": [{"fact", "kind", "element"}…]}.
    """
    official, at = load_facts(facts), _now(now)
    index = FactIndex(official)
    lines = Lines(file, id=str, text=str)
    judged: list[Judged] = []
    for value in lines:
        try:
            judged.append(_judged(value, index, official, at))
        except ValueError as error:
            lines.refuse(str(error))
    if not judged:
        raise BadInputError(f"{file}: no labelled text; each line needs id, text and findings")
    kinds = {(fact.id, each.id): each.kind for fact in official for each in fact.elements}
    result = figures(judged, kinds)
    if json:
        write_line(_as_json(result))
    else:
        _show(result)
    lines.close()


def _judged(
    value: dict[str, Any], index: FactIndex, official: Sequence[Fact], at: datetime
) -> Judged:
    """Raises ValueError, in one sentence, for a line that cannot be used."""
    published = text_of(value, "published_at")
    day = read_instant(published, _ZONE) if published else at
    return Judged(
        id=value["id"],
        expected=frozenset(_labels(value.get("findings"), official)),
        found=frozenset(
            Verdict(each.fact, each.kind, each.element)
            for each in index.compare("", value["text"], at=day)
        ),
    )


def _labels(findings: Any, official: Sequence[Fact]) -> Iterator[Verdict]:
    if not isinstance(findings, list) or not all(isinstance(each, dict) for each in findings):
        raise ValueError("the field “findings” must be a list of objects")
    known = {(fact.id, each.id) for fact in official for each in fact.elements}
    for each in findings:
        fact, kind, element = each.get("fact"), each.get("kind"), each.get("element")
        if kind not in KINDS:
            raise ValueError(f"a finding's kind must be one of {', '.join(KINDS)}")
        if (fact, element) not in known:
            raise ValueError(f"the facts have no element “{element}” of a fact “{fact}”")
        yield Verdict(fact, kind, element)


def _as_json(result: Figures) -> dict[str, Any]:
    def row(each: Row) -> dict[str, Any]:
        shares = {"precision": each.precision, "recall": each.recall, "f1": each.f1}
        return {**asdict(each), **{name: rounded(value) for name, value in shares.items()}}

    return {
        "texts": result.texts,
        "kinds": [row(each) for each in result.kinds],
        "conflicts": [row(each) for each in result.conflicts],
        "silent": result.silent,
        "falsely_alarmed": result.falsely_alarmed,
    }


def _show(result: Figures) -> None:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("findings", no_wrap=True, min_width=11)
    for heading in ("labelled", "found", "right", "precision", "recall", "F1"):
        table.add_column(heading, justify="right")
    rows = [*result.kinds, *result.conflicts]
    for place, row in enumerate(rows):
        if place == len(result.kinds):
            table.add_section()
        table.add_row(
            row.group if place < len(result.kinds) else f"conflict, {row.group}",
            *(str(row.expected), str(row.found), str(row.right)),
            *(share(row.precision), share(row.recall), share(row.f1)),
        )
    console = Console()
    console.print(f"{result.texts} texts", highlight=False)
    console.print(table)
    typer.echo(f"Falsely alarmed: {result.falsely_alarmed} of {result.silent} texts without alarm.")
