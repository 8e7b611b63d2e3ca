"""The command line `chengqing`. What each command promises stands in the README."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable

import typer

from config import environment
from config.commands import (
    archive,
    contrasting,
    desk,
    evaluate,
    facts,
    running,
    similar,
    stores,
    texts,
    trying,
)
from pipeline.errors import BadInputError, ChengqingError

app = typer.Typer(
    name="chengqing",
    help="澄清: notice what is false about a public agency, and carry the correction.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
audit = typer.Typer(help="The audit log.", no_args_is_help=True)
_COMMANDS: tuple[Callable[..., None], ...] = (
    *(running.up, running.serve, running.schedule, running.collect, running.doctor),
    *(desk.search, desk.alerts, desk.digest),
    *(archive.reprocess, archive.evidence),
    *(texts.extract, texts.match, texts.rule, texts.duplicates),
    contrasting.contrast,
    facts.compare,
    similar.similar,
)
for command in _COMMANDS:
    app.command()(command)
app.command("try")(trying.try_source)
audit.command("verify")(desk.audit_verify)
app.add_typer(audit, name="audit")
app.add_typer(stores.app, name="store")
app.add_typer(evaluate.app, name="evaluate")
evaluate.app.command("compare")(facts.evaluate)
evaluate.app.command("similar")(similar.evaluate)


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
