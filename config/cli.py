"""The command line `chengqing`. What each command promises stands in the README."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable

import click
import typer

from config import environment
from config.commands import desk, running, texts
from pipeline.errors import BadInputError, ChengqingError

app = typer.Typer(
    name="chengqing",
    help="澄清: notice what is false about a public agency, and carry the correction.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
audit = typer.Typer(help="The audit log.", no_args_is_help=True)
_COMMANDS: tuple[Callable[..., None], ...] = (
    *(running.up, running.serve, running.schedule, running.collect, running.doctor),
    *(desk.search, desk.alerts, desk.digest),
    *(texts.extract, texts.match, texts.duplicates),
)
for command in _COMMANDS:
    app.command()(command)
audit.command("verify")(desk.audit_verify)
app.add_typer(audit, name="audit")


def main() -> None:
    """Run a command; every failure becomes one sentence and a status: 2 bad input, 1 failure."""
    try:
        status = app(standalone_mode=False)
    except click.exceptions.Exit as ended:
        status = ended.exit_code
    except click.ClickException as error:
        error.show()
        status = 2
    except (click.Abort, KeyboardInterrupt):
        status = 130
    except BadInputError as error:
        typer.echo(str(error), err=True)
        status = 2
    except ChengqingError as error:
        typer.echo(str(error), err=True)
        status = 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    except Exception as error:  # noqa: BLE001 - the outermost boundary: recorded, said in a line
        status = 1
        typer.echo(_recorded(error), err=True)
    sys.exit(status if isinstance(status, int) else 0)


def _recorded(error: Exception) -> str:
    """One sentence for the user; the traceback goes to a file in the data folder."""
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
