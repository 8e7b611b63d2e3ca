"""Commands for mention stores: moving one between engines, making its search copies anew."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from config import environment
from config.commands.options import AsJson, Config, Data, write_line
from pipeline.errors import BadInputError, ChengqingError

if TYPE_CHECKING:
    from pipeline.ports import MentionStore
    from pipeline.stores.copying import Copied

app = typer.Typer(help="Mention stores.", no_args_is_help=True)


@app.command("copy")
def copy(
    source: Annotated[str, typer.Option("--from", help="Address of the store to read.")],
    target: Annotated[str, typer.Option("--to", help="Address of the store to fill.")],
    json: AsJson = False,
    config: Config = None,
    data: Data = None,
) -> None:
    """Copy a mention store into another, all versions; run again to go on after a break."""
    from config.locks import LockedError, locked
    from pipeline.stores import open_store

    if source == target:
        raise BadInputError("--from and --to name the same store")
    _existing_file(source)
    folder = environment.data_folder()
    try:
        with locked(folder / "collect.lock", wait=False):
            here, there = open_store(source), open_store(target)
            try:
                _copy(here, there, _mark(folder, source, target), json=json)
            finally:
                here.close()
                there.close()
    except LockedError:
        raise ChengqingError("a round is running; stop `chengqing up` or wait for it") from None


@app.command("answers")
def answers(json: AsJson = False, config: Config = None, data: Data = None) -> None:
    """Make the search copy of known claims and official facts anew from the configuration."""
    from config.wiring import start
    from pipeline.answers import answers_of

    system = start()
    kept = answers_of(system.configuration.claims, system.configuration.facts)
    system.store.answers.replace(kept)
    counts = Counter(each.kind for each in kept.all)
    if json:
        write_line({"claims": counts["claim"], "facts": counts["fact"]})
    else:
        typer.echo(
            f"{counts['claim']} claims and {counts['fact']} facts can be found in"
            f" {system.store.describe()}"
        )


def _existing_file(url: str) -> None:
    """A store that is opened is made; one to be copied from should be there."""
    path = Path(url.removeprefix("sqlite:///"))
    if url.startswith("sqlite:///") and not path.exists():
        raise BadInputError(f"--from: {path} is not there")


def _mark(folder: Path, source: str, target: str) -> Path:
    """Where it is kept how far this copy has come; without the addresses, which hold passwords."""
    name = hashlib.sha256(f"{source}\n{target}".encode()).hexdigest()[:16]
    return folder / f"store-copy-{name}.json"


def _copy(here: MentionStore, there: MentionStore, mark: Path, *, json: bool) -> None:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    from pipeline.model import Query
    from pipeline.stores.copying import Copied, copy_store

    here.refresh()
    after = _read(mark)
    done = after or Copied(0, "", 0)
    total = here.count(Query())
    console = Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=total, completed=done.mentions)
        for done in copy_store(here, there, after):
            _write(mark, done)
            bar.update(task, completed=done.mentions)
    mark.unlink(missing_ok=True)
    counts = {"mentions": done.mentions, "from": total, "to": there.count(Query())}
    if json:
        write_line(counts)
    else:
        typer.echo(f"{done.mentions} mentions copied; {here.describe()} → {there.describe()}")
    if counts["to"] < total:
        raise ChengqingError(
            f"the target has {counts['to']} of {total} mentions; run the same command once more"
        )


def _read(mark: Path) -> Copied | None:
    from pipeline.stores.copying import Copied

    try:
        return Copied(**json.loads(mark.read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError):
        raise ChengqingError(f"{mark} cannot be read; remove it to begin anew") from None


def _write(mark: Path, done: Copied) -> None:
    fresh = mark.with_suffix(".new")
    try:
        fresh.write_text(json.dumps(asdict(done)), "utf-8")
        fresh.replace(mark)
    except OSError as error:
        raise ChengqingError(f"{mark} cannot be written ({error.strerror})") from error
