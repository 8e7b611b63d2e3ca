"""Where this process finds its configuration and keeps its data: the two folders, and the port.

Read from the environment, so that child processes and Django settings agree with the command line
(`--config`, `--data`, `--port` set the variables before anything else is imported).
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from pipeline.errors import BadInputError

CONFIG = "CHENGQING_CONFIG"
DATA = "CHENGQING_DATA"
PORT = "CHENGQING_PORT"
MENTIONS = "CHENGQING_MENTIONS"
CASES = "CHENGQING_CASES"
SAMPLE_WEB = "SAMPLE_WEB"

DEFAULT_PORT = 8000


def config_folder() -> Path:
    """The configuration folder; the sample agency when nothing else is said."""
    given = os.environ.get(CONFIG)
    return Path(given) if given else Path(__file__).parent / "sample"


def data_folder() -> Path:
    """Everything that the system writes lives below it. Not created here."""
    return Path(os.environ.get(DATA) or "var").absolute()


def port() -> int:
    """The port of what serves. Raises BadInputError for a value that is none."""
    given = os.environ.get(PORT) or str(DEFAULT_PORT)
    if not (given.isascii() and given.isdigit() and 0 < int(given) < 65536):
        raise BadInputError(f"{PORT}: “{given}” is no port; write a number from 1 to 65535")
    return int(given)


def private_file(path: Path, make: str | None = None) -> str:
    """Text of a file that only the owner may read; made with `make` or a random text if absent."""
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        text = make if make is not None else secrets.token_urlsafe(48)
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        return text
