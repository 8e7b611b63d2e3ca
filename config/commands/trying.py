"""`chengqing try`: what an address is, before anybody watches it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from config.commands.options import AsJson, Config, Data, write_line
from pipeline.errors import BadInputError
from pipeline.model import SourceKind

if TYPE_CHECKING:
    from desk.trials import Trial


def try_source(
    url: Annotated[str, typer.Argument(help="The address to try.")],
    kind: Annotated[SourceKind | None, typer.Option(help="Default: found out.")] = None,
    links: Annotated[str | None, typer.Option(help="Selector of the article links.")] = None,
    items: Annotated[str, typer.Option(help="hotlist: JMESPath of the list.")] = "",
    field: Annotated[
        list[str] | None, typer.Option(help="hotlist: name=JMESPath (repeatable).")
    ] = None,
    term: Annotated[list[str] | None, typer.Option(help="search: a term (repeatable).")] = None,
    json: AsJson = False,
    config: Config = None,
    data: Data = None,
) -> None:
    """Fetch an address as the collector would and say what it is; nothing is stored."""
    from config.commands.running import with_sample_web
    from config.trial import SourceTrial
    from desk.trials import Wanted

    fields = []
    for each in field or ():
        name, found, path = each.partition("=")
        if not found:
            raise BadInputError(f"--field: “{each}” is not name=JMESPath")
        fields.append((name, path))
    wanted = Wanted(url, kind, links, items, tuple(fields), tuple(term or ()))
    with with_sample_web() as system:
        trial = SourceTrial(system)(wanted)
    if json:
        write_line(_plain(trial))
    else:
        _print(trial, ZoneInfo(system.configuration.settings.timezone))
    if not trial.good:
        raise typer.Exit(1)


def _plain(trial: Trial) -> dict[str, object]:
    value = asdict(trial)
    for entry in (*value["items"], *value["articles"]):
        entry["time"] = entry["time"] and entry["time"].isoformat()
    return value


def _print(trial: Trial, zone: ZoneInfo) -> None:
    typer.echo(trial.sentence)
    if trial.advice:
        typer.echo(trial.advice)
    for other in trial.elsewhere:
        typer.echo(f"  {other.kind}  {other.url}  {other.label}")
    for item in trial.items[:10]:
        typer.echo(f"  · {item.title or '（无标题）'}  {item.url}")
    for article in trial.articles:
        when = f"{article.time.astimezone(zone):%Y-%m-%d %H:%M}" if article.time else "无时间"
        typer.echo(f"\n{article.title or article.url}（{when}）")
        typer.echo(article.problem or article.lead)
    if trial.yaml:
        typer.echo(f"\n# sources.yaml\n{trial.yaml}")
