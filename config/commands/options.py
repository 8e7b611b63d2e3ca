"""Options that all commands share, and reading and writing of JSON lines."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import IO, Annotated, Any

import typer

from config import environment
from pipeline.errors import BadInputError


def _into(variable: str) -> Any:
    def put(value: Any) -> Any:
        if value is not None:
            os.environ[variable] = str(value)
        return value

    return put


Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        help=f"Configuration folder (or {environment.CONFIG}); default: the sample agency.",
        callback=_into(environment.CONFIG),
    ),
]
Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        help=f"Folder for all that is written (or {environment.DATA}); default: var.",
        callback=_into(environment.DATA),
    ),
]
Port = Annotated[
    int | None,
    typer.Option(
        "--port",
        min=1,
        max=65535,
        help=f"Port of the console (or {environment.PORT}); default: {environment.DEFAULT_PORT}.",
        callback=_into(environment.PORT),
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


def write_line(value: dict[str, Any], to: IO[str] | None = None) -> None:
    """One JSON object as a line; a lone surrogate is replaced, since UTF-8 cannot carry it."""
    line = json.dumps(value, ensure_ascii=False)
    out = to or sys.stdout
    out.write(line.encode("utf-8", "replace").decode("utf-8") + "\n")
    out.flush()


class Lines:
    """JSON objects from stdin, or from a file. A bad line is named on stderr and passed over.

    `close` raises BadInputError when there was one, so that the command ends with status 2.
    """

    def __init__(self, file: Path | None = None, /, **required: type) -> None:
        self.file = file
        self.required = required
        self.bad = 0
        self.number = 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        with self._opened() as lines:
            for self.number, raw in enumerate(lines, 1):
                if not raw.strip():
                    continue
                try:
                    yield self._read(raw)
                except ValueError as error:
                    self.refuse(str(error))

    def refuse(self, reason: str) -> None:
        """Name the line that was read last, and count it as bad."""
        self.bad += 1
        where = f"{self.file.name}, " if self.file else ""
        typer.echo(f"{where}line {self.number}: {reason}", err=True)

    def _opened(self) -> AbstractContextManager[Iterable[bytes]]:
        if self.file is None:
            return nullcontext(sys.stdin.buffer)
        try:
            return self.file.open("rb")
        except OSError as error:
            raise BadInputError(
                f"{self.file}: cannot be read ({error.strerror}); check the name"
            ) from None

    def _read(self, raw: bytes) -> dict[str, Any]:
        try:
            value = json.loads(raw.decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise ValueError("not UTF-8 text") from None
        except (ValueError, RecursionError):
            raise ValueError("not a JSON object") from None
        if not isinstance(value, dict):
            raise ValueError("not a JSON object")
        for key, kind in self.required.items():
            if key not in value:
                raise ValueError(f"the field “{key}” is missing")
            if kind is str and isinstance(value[key], int) and key == "id":
                value[key] = str(value[key])
            if not isinstance(value[key], kind):
                raise ValueError(f"the field “{key}” must be {_KINDS.get(kind, 'text')}")
        return value

    def close(self) -> None:
        if self.bad:
            noun = "line was" if self.bad == 1 else "lines were"
            raise BadInputError(f"{self.bad} {noun} passed over, see above")


_KINDS = {str: "text", bool: "true or false", int: "a number"}


def text_of(value: dict[str, Any], key: str) -> str:
    """An optional text field: absent and null are empty. Raises ValueError for another type."""
    found = value.get(key)
    if found is None:
        return ""
    if not isinstance(found, str):
        raise ValueError(f"the field “{key}” must be text")
    return found
