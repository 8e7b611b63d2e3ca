"""`chengqing up`: the sample web, the scheduler and the console, together in the foreground."""

from __future__ import annotations

import os
import signal
import time
from contextlib import ExitStack
from pathlib import Path

import requests
import typer

from config import environment
from config.children import end_child, start_child
from config.locks import LockedError, locked
from config.sample_web import running_sample_web
from config.serve import HOST, check_port
from config.wiring import configuration_of, start
from pipeline.errors import ChengqingError

START_SECONDS = 90


class _Stopped(BaseException):
    """A signal asked us to end; no error."""


def up(port: int) -> None:
    """Run everything on the embedded default until Ctrl-C or SIGTERM.

    Raises ChengqingError when a part does not start or ends by itself.
    """
    check_port(port)
    data = environment.data_folder()
    _check_alone(data)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    try:
        with ExitStack() as stack:
            if configuration_of(environment.config_folder(), data).settings.sample:
                os.environ[environment.SAMPLE_WEB] = stack.enter_context(running_sample_web(data))
            start()
            _first_login(data)
            children = {
                name: stack.enter_context(_Child(name, data)) for name in ("serve", "schedule")
            }
            _wait_for_console(port, children)
            typer.echo(f"Console: http://{HOST}:{port}/")
            _watch(children)
    except _Stopped:
        typer.echo("stopped", err=True)


def _check_alone(data: Path) -> None:
    """A second scheduler would end at once, when the console has already been announced."""
    lock = data / "schedule.lock"
    if not lock.exists():
        return
    try:
        with locked(lock, wait=False):
            pass
    except LockedError:
        raise ChengqingError(
            f"another chengqing is running on {data}; stop it, or name another folder with --data"
        ) from None


def _stop(*_: object) -> None:
    raise _Stopped


def _first_login(data: Path) -> None:
    from clarifications.roles import ensure_first_users

    path = data / "first-login.txt"
    ensure_first_users(path)
    typer.echo(f"First login: {path}")


class _Child:
    """A command of ours in a child process, ended with the block."""

    def __init__(self, name: str, data: Path) -> None:
        self.name, self.log = name, data / f"{name}.log"

    def __enter__(self) -> _Child:
        self.process = start_child("config.cli", [self.name], self.log)
        return self

    def __exit__(self, *_: object) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        end_child(self.process)

    def check(self) -> None:
        status = self.process.poll()
        if status is not None:
            raise ChengqingError(f"`{self.name}` ended (status {status}); see {self.log}")


def _wait_for_console(port: int, children: dict[str, _Child]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        for child in children.values():
            child.check()
        try:
            if requests.get(f"http://{HOST}:{port}/healthz", timeout=2).ok:
                return
        except requests.RequestException:
            pass
        time.sleep(0.2)
    raise ChengqingError(f"the console did not answer within {START_SECONDS} s; see serve.log")


def _watch(children: dict[str, _Child]) -> None:
    while True:
        time.sleep(1)
        for child in children.values():
            child.check()
