"""Commands that run the system: a round, the console, the scheduler, all of it, and the doctor."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from config import environment
from config.commands.options import AsJson, Config, Data, Port, write_line

if TYPE_CHECKING:
    from config.rounds import SourceResult
    from config.wiring import System


@contextmanager
def with_sample_web() -> Iterator[System]:
    """The system, with the sample web running when the configuration wants it."""
    from contextlib import ExitStack

    from config.sample_web import running_sample_web
    from config.wiring import configuration_of, start

    with ExitStack() as stack:
        data = environment.data_folder()
        if configuration_of(environment.config_folder(), data).settings.sample:
            os.environ[environment.SAMPLE_WEB] = stack.enter_context(running_sample_web(data))
        yield start()


def collect(
    source: Annotated[list[str] | None, typer.Option(help="Only this source (repeatable).")] = None,
    once: Annotated[bool, typer.Option("--once", help="All enabled sources, due or not.")] = False,
    json: AsJson = False,
    config: Config = None,
    data: Data = None,
) -> None:
    """One round over the due sources, to the alerts written."""
    with with_sample_web() as system:
        from rich.console import Console
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        from config.collect import collect as run_round

        console = Console(stderr=True)
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
            task = progress.add_task("采集")
            results = run_round(
                system,
                only=source or (),
                everything=once,
                progress=lambda _, n: progress.update(task, description=f"已处理 {n} 条记录"),
                waiting=lambda: typer.echo("another round is running; waiting for it", err=True),
            )
        health = {} if json else _health(system)
    if json:
        for result in results:
            line = asdict(result)
            del line["also"]  # the line has the fields that others rely on, no more
            write_line(line)
    else:
        _print_table(results, health)


def _health(system: System) -> dict[str, str]:
    """How each source is, in a word of the console's board."""
    from alerts.models import SourceState
    from alerts.quarantine import counts
    from desk.source_health import Lately, judge

    unread = counts()
    sources = system.configuration.sources
    states = SourceState.objects.in_bulk([source.id for source in sources])
    now = system.clock()
    return {
        source.id: judge(
            source, states.get(source.id), now, Lately(unread=unread.get(source.id, 0))
        ).label
        for source in sources
    }


def _print_table(results: list[SourceResult], health: dict[str, str]) -> None:
    from rich.console import Console
    from rich.table import Table

    if not results:
        typer.echo("no source is due; --once collects all of them")
        return
    table = Table("来源", "取回", "未变", "新增", "重复", "失败", "预警", "状况", "说明")
    for each in results:
        new = f"{each.new}+{each.also}" if each.also else each.new
        numbers = (each.fetched, each.unchanged, new, each.duplicate, each.failed, each.alerts)
        shown = (str(number) for number in numbers)
        table.add_row(each.source, *shown, health.get(each.source, ""), each.error or "")
    Console().print(table)


def serve(port: Port = None, config: Config = None, data: Data = None) -> None:
    """The console."""
    from config.wiring import start

    system = start()
    from config.console import install
    from config.serve import serve as serve_console

    install(system)
    serve_console(environment.port())


def schedule(config: Config = None, data: Data = None) -> None:
    """The scheduler: collects what is due, makes the weekly digest."""
    from config.wiring import start

    system = start()
    from config.schedule import Scheduler, log_to

    log_to(system.data / "schedule.log")
    Scheduler(system).run()


def up(port: Port = None, config: Config = None, data: Data = None) -> None:
    """Console and scheduler together, in the foreground (embedded default)."""
    from config.up import up as run_all

    run_all(environment.port())


def doctor(json: AsJson = False, config: Config = None, data: Data = None) -> None:
    """Check configuration, stores and sources; say what to do about each problem."""
    from config.doctor import examine

    findings = examine(environment.config_folder(), environment.data_folder())
    for finding in findings:
        if json:
            write_line(asdict(finding))
        else:
            mark = {"ok": "✓", "warning": "!", "problem": "✗"}[finding.state]
            typer.echo(f"{mark} {finding.what}: {finding.message}")
            if finding.remedy:
                typer.echo(f"    → {finding.remedy}")
    if any(finding.state == "problem" for finding in findings):
        raise typer.Exit(1)
