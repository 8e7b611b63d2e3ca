"""`chengqing similar` and its evaluation: which known claims do texts repeat?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from config.commands.figures import rounded, share
from config.commands.options import AsJson, Config, Data, Lines, write_line
from config.environment import config_folder, data_folder
from config.loader import load_settings
from config.sentence_models import sentence_models
from pipeline.claims.known.index import ClaimIndex
from pipeline.claims.known.models import AskForModels, Models, no_models
from pipeline.claims.known.terms import letters
from pipeline.errors import BadInputError
from pipeline.evaluation.retrieval import DEPTH, Ranked, Row, figures
from pipeline.model import Claim
from pipeline.normalise import fold

ClaimsFile = Annotated[Path, typer.Option("--claims", help="JSON lines: id, text.")]


def similar(
    claims: ClaimsFile,
    top: Annotated[int, typer.Option(min=1, help="Claims shown for a text.")] = 10,
    config: Config = None,
    data: Data = None,
    json: AsJson = True,
) -> None:
    """Which known claims do texts repeat? JSON lines in, a line with the nearest claims each out.

    `same` says that the claim is repeated, not only near. Without any, it is not found.
    """
    known, bad = _claims(claims)
    lines = Lines(id=str, text=str)
    with _models(known) as models:
        index = ClaimIndex(known, lambda: models)
        for value in lines:
            matches = [
                {"claim": match.claim, "score": round(match.score, 4), "same": match.same}
                for match in index.match("", value["text"], top)
            ]
            write_line({"id": value["id"], "matches": matches})
    lines.bad += bad
    lines.close()


def _models(known: Sequence[Claim]) -> AbstractContextManager[Models | None]:
    own = load_settings(config_folder()).sentence_model
    return sentence_models(own, known, data_folder())


def _claims(file: Path) -> tuple[list[Claim], int]:
    """The claims of a file, and how many of its lines could not be used."""
    lines = Lines(file, id=str, text=str)
    claims: dict[str, Claim] = {}
    for value in lines:
        if value["id"] in claims:
            lines.refuse(f"the id “{value['id']}” stands in an earlier line")
            continue
        claims[value["id"]] = Claim(value["id"], value["text"], verdict=False)
    return list(claims.values()), lines.bad


def evaluate(
    file: Annotated[Path, typer.Argument(help="JSON lines: id, text, relevant (ids of claims).")],
    claims: ClaimsFile,
    config: Config = None,
    data: Data = None,
    json: AsJson = False,
) -> None:
    """How well claims that texts repeat are found: R@1, R@5, MRR, and what is confirmed.

    Each line: {"id", "text", "relevant": [ids of claims], "hard"?: true}. An empty list: the text
    repeats no known claim.
    """
    known, bad = _claims(file=claims)
    labelled, worse = _labelled(file, known)
    if not labelled:
        raise BadInputError(f"{file}: no labelled text; each line needs id, text and relevant")
    with _models(known) as models:
        ways: dict[str, AskForModels] = {"lexical": no_models}
        if models:
            ways = {"semantic": lambda: models, **ways}
        for way, asked in ways.items():
            index = ClaimIndex(known, asked)
            rows = figures([_ranked(index, *each) for each in labelled])
            if json:
                for row in rows:
                    write_line({"way": way, **_as_json(row)})
            else:
                _show(way, rows)
    if bad + worse:
        noun = "line was" if bad + worse == 1 else "lines were"
        raise BadInputError(f"{bad + worse} {noun} passed over, see above")


def _labelled(file: Path, claims: Sequence[Claim]) -> tuple[list[tuple[str, Ranked]], int]:
    """Texts with their labels, nothing found yet; and how many lines could not be used."""
    alike = _Alike(claims)
    lines = Lines(file, id=str, text=str, relevant=list)
    labelled = []
    for value in lines:
        unknown = [each for each in value["relevant"] if each not in alike.letters]
        if unknown:
            lines.refuse(f"there is no claim “{unknown[0]}”")
            continue
        right = alike.right(value["relevant"], value["text"])
        empty = Ranked(right, (), frozenset(), hard=value.get("hard") is True)
        labelled.append((value["text"], empty))
    return labelled, lines.bad


def _ranked(index: ClaimIndex, text: str, label: Ranked) -> Ranked:
    found = index.match("", text, DEPTH)
    return replace(
        label,
        found=tuple(match.claim for match in found),
        confirmed=frozenset(match.claim for match in found if match.same),
    )


class _Alike:
    """Claims that say the same letter for letter."""

    def __init__(self, claims: Sequence[Claim]) -> None:
        self.letters: Mapping[str, str] = {
            claim.id: letters(fold(claim.text).text) for claim in claims
        }
        self._ids: dict[str, set[str]] = defaultdict(set)
        for id_, written in self.letters.items():
            self._ids[written].add(id_)

    def right(self, relevant: Sequence[str], text: str) -> frozenset[str]:
        if not relevant:
            return frozenset()
        written = {self.letters[id_] for id_ in relevant} | {letters(fold(text).text)}
        found = [self._ids.get(each, set()) for each in written if each]
        return frozenset(relevant).union(*found)


def _as_json(row: Row) -> dict[str, Any]:
    names = {"first": "r_at_1", "five": "r_at_5", "ten": "r_at_10"}
    return {names.get(key, key): rounded(value) for key, value in asdict(row).items()}


def _show(way: str, rows: Sequence[Row]) -> None:
    table = Table(box=box.SIMPLE_HEAD, title=way, title_justify="left")
    for heading in (
        "texts",
        "known",
        "R@1",
        "R@5",
        "R@10",
        "MRR",
        "same",
        "wrong",
        "absent",
        "none",
    ):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(
            row.group,
            str(row.known),
            *map(share, (row.first, row.five, row.ten, row.mrr, row.confirmed, row.wrongly)),
            str(row.absent),
            share(row.not_found),
        )
    Console().print(table)
