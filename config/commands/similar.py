"""`chengqing similar` and its evaluation: which known claims do texts repeat?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from config.commands.options import AsJson, Config, Data, Lines, write_line
from pipeline.claims.known.index import ClaimIndex
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
    index = ClaimIndex(known)
    lines = Lines(id=str, text=str)
    for value in lines:
        matches = [
            {"claim": match.claim, "score": round(match.score, 4), "same": match.same}
            for match in index.match("", value["text"], top)
        ]
        write_line({"id": value["id"], "matches": matches})
    lines.bad += bad
    lines.close()


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
    index, alike = ClaimIndex(known), _Alike(known)
    lines = Lines(file, id=str, text=str, relevant=list)
    ranked: list[Ranked] = []
    for value in lines:
        unknown = [each for each in value["relevant"] if each not in alike.letters]
        if unknown:
            lines.refuse(f"there is no claim “{unknown[0]}”")
            continue
        found = index.match("", value["text"], DEPTH)
        ranked.append(
            Ranked(
                right=alike.right(value["relevant"], value["text"]),
                found=tuple(match.claim for match in found),
                confirmed=frozenset(match.claim for match in found if match.same),
                hard=value.get("hard") is True,
            )
        )
    if not ranked:
        raise BadInputError(f"{file}: no labelled text; each line needs id, text and relevant")
    rows = figures(ranked)
    if json:
        for row in rows:
            write_line(_as_json(row))
    else:
        _show(rows)
    lines.bad += bad
    lines.close()


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
    return {
        names.get(key, key): round(value, 4) if isinstance(value, float) else value
        for key, value in asdict(row).items()
    }


def _show(rows: Sequence[Row]) -> None:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("texts", no_wrap=True)
    for heading in ("known", "R@1", "R@5", "R@10", "MRR", "confirmed", "wrongly"):
        table.add_column(heading, justify="right")
    for heading in ("absent", "not found"):
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(
            row.group,
            str(row.known),
            *map(_share, (row.first, row.five, row.ten, row.mrr, row.confirmed, row.wrongly)),
            str(row.absent),
            _share(row.not_found),
        )
    Console().print(table)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
