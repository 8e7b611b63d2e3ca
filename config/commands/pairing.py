"""`chengqing pairs` and its evaluation: do two short texts make the same claim?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from config.commands.figures import rounded, share
from config.commands.options import AsJson, Config, Data, Lines, write_line
from pipeline.claims.pairs.model import PairModel, Verdict, best, lexical, semantic
from pipeline.claims.vectors import ModelMissingError
from pipeline.errors import BadInputError
from pipeline.evaluation.pairs import PairFigures, pair_figures

_TOGETHER = 64
"""Pairs judged at a time where all of them are there: sentence models like company."""

Pair = tuple[str, str]


def pairs(
    explain: Annotated[
        bool, typer.Option("--explain", help="Say which features moved the score most.")
    ] = False,
    config: Config = None,
    data: Data = None,
    json: AsJson = True,
) -> None:
    """Do two short texts make the same claim? JSON lines with id, a and b in, a line each out."""
    model = best()
    lines = Lines(id=str, a=str, b=str)
    for value in lines:
        [verdict] = model.judge([(value["a"], value["b"])])
        answer = {"id": value["id"], "score": round(verdict.score, 4), "same": verdict.same}
        if explain:
            answer["because"] = [asdict(push) for push in model.explain(value["a"], value["b"])]
        write_line(answer)
    lines.close()


def evaluate(
    file: Annotated[Path, typer.Argument(help="JSON lines: id, a, b, same.")],
    config: Config = None,
    data: Data = None,
    json: AsJson = False,
) -> None:
    """How well pairs are judged: AUC, F1, accuracy; with and without the sentence models."""
    lines = Lines(file, id=str, a=str, b=str, same=bool)
    labelled = [((value["a"], value["b"]), value["same"]) for value in lines]
    if not labelled:
        raise BadInputError(f"{file}: no labelled pair; each line needs id, a, b and same")
    results, missing = [], ""
    for name, made in (("lexical", lexical), ("with models", semantic)):
        try:
            results.append(_measured(name, made, labelled))
        except ModelMissingError as error:
            missing = str(error)
    if json:
        for result in results:
            write_line({k: rounded(v) for k, v in asdict(result).items()})
    else:
        _show(results)
    if missing:
        typer.echo(missing, err=True)
    lines.close()


def _measured(
    name: str, made: Callable[[], PairModel], labelled: Sequence[tuple[Pair, bool]]
) -> PairFigures:
    model = made()
    found: list[Verdict] = []
    for at in range(0, len(labelled), _TOGETHER):
        found += model.judge([pair for pair, _ in labelled[at : at + _TOGETHER]])
    return pair_figures(
        name,
        [same for _, same in labelled],
        [verdict.score for verdict in found],
        [verdict.same for verdict in found],
    )


def _show(results: Sequence[PairFigures]) -> None:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("method", no_wrap=True, min_width=11)
    for heading in ("AUC", "F1", "accuracy", "precision", "recall"):
        table.add_column(heading, justify="right")
    for result in results:
        shares = (result.auc, result.f1, result.accuracy, result.precision, result.recall)
        table.add_row(result.method, *map(share, shares))
    console = Console()
    first = results[0]
    console.print(f"{first.pairs} pairs, {first.same} of them the same", highlight=False)
    console.print(table)
