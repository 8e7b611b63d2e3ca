"""The command line `chengqing`. What each command promises stands in the README."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

import typer
from typer.core import TyperGroup

from config import environment
from pipeline.errors import BadInputError, ChengqingError

if TYPE_CHECKING:
    from typer._click.core import Command, Context

_PLAIN: dict[str, Any] = {
    "add_completion": False,
    "pretty_exceptions_enable": False,
    "rich_markup_mode": None,
}


def _group(name: str, summary: str, commands: Mapping[str, str]) -> typer.Typer:
    """Commands, each given as module of `config.commands` and function, or app of its own. One is
    imported when it is asked for, so that it starts with what it needs and no more."""

    class Commands(TyperGroup):
        def list_commands(self, ctx: Context) -> list[str]:
            return [*commands]

        def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
            return _command(cmd_name, commands[cmd_name]) if cmd_name in commands else None

    group = typer.Typer(name=name, cls=Commands, no_args_is_help=True, **_PLAIN)
    group.callback(help=summary)(lambda: None)
    return group


def _command(name: str, place: str) -> Command:
    module, _, function = place.rpartition(":")
    found = getattr(import_module(f"config.commands.{module}") if module else _HERE, function)
    app = typer.Typer(**_PLAIN)
    if isinstance(found, typer.Typer):
        app.add_typer(found, name=name)
        return cast("TyperGroup", typer.main.get_command(app)).commands[name]
    app.command(name)(found)
    return typer.main.get_command(app)


_HERE = sys.modules[__name__]
audit = _group("audit", "The audit log.", {"verify": "desk:audit_verify"})
evaluate = _group(
    "evaluate",
    "Labelled data → a table of figures.",
    {
        "extract": "evaluate:extract",
        "compare": "facts:evaluate",
        "pairs": "pairing:evaluate",
        "similar": "similar:evaluate",
    },
)
app = _group(
    "chengqing",
    "澄清: notice what is false about a public agency, and carry the correction.",
    {
        "up": "running:up", "serve": "running:serve", "schedule": "running:schedule",
        "collect": "running:collect", "doctor": "running:doctor", "search": "desk:search",
        "alerts": "desk:alerts", "digest": "desk:digest", "reprocess": "archive:reprocess",
        "evidence": "archive:evidence", "extract": "texts:extract", "match": "texts:match",
        "rule": "texts:rule", "duplicates": "texts:duplicates",
        "contrast": "contrasting:contrast", "compare": "facts:compare",
        "pairs": "pairing:pairs", "similar": "similar:similar",
        "try": "trying:try_source", "audit": ":audit", "store": "stores:app",
        "evaluate": ":evaluate",
    },
)  # fmt: skip


def main() -> None:
    """Run a command; every failure becomes one sentence and a status: 2 bad input, 1 failure."""
    try:
        app()  # ends the process itself, also for a wrong option
    except BadInputError as error:
        typer.echo(str(error), err=True)
        sys.exit(2)
    except ChengqingError as error:
        typer.echo(str(error), err=True)
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 - the outermost boundary: recorded, said in a line
        typer.echo(_recorded(error), err=True)
        sys.exit(1)


def _recorded(error: Exception) -> str:
    """One sentence for the user; the traceback goes to a file in the data folder."""
    if type(error).__module__ == "django.db.utils" and type(error).__name__ == "OperationalError":
        return (
            f"the case store cannot be used ({error}): see that the disk has room and that its file"
            " can be written, and try again"
        )
    kind = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
    path = environment.data_folder() / "errors.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            traceback.print_exception(error, file=file)
    except OSError:
        return f"internal error ({kind})"
    return f"internal error ({kind}); details in {path}"


if __name__ == "__main__":
    main()
