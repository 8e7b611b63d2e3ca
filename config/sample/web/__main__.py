"""The sample sites as a process, until stopped.

    python -m config.sample.web --state FILE [--port N] [--url-file FILE]

The state file keeps the moment of birth and the port over restarts.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from datetime import UTC, datetime
from http.server import ThreadingHTTPServer
from pathlib import Path

from config.sample.web.web import SampleWeb, server


def _now() -> datetime:
    return datetime.now(UTC)


def _write(path: Path, text: str) -> None:
    """Whole or not at all: somebody waits for this file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.part")
    partial.write_text(text, "utf-8")
    partial.replace(path)


def _read_state(path: Path) -> tuple[datetime, int]:
    """Birth and the port to ask for (0: any)."""
    try:
        state = json.loads(path.read_text("utf-8"))
        return datetime.fromisoformat(state["born"]), int(state["port"])
    except FileNotFoundError:
        return _now().replace(microsecond=0), 0
    except (ValueError, KeyError, TypeError):
        sys.exit(f"{path}: this is not a state file of the sample web; delete it to start anew")


def _listen(web: SampleWeb, port: int, wished: int) -> ThreadingHTTPServer:
    if port:
        try:
            return server(web, port)
        except OSError as error:
            sys.exit(f"the sample web cannot listen on port {port}: {error.strerror}")
    try:
        return server(web, wished)
    except OSError:
        return server(web, 0)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m config.sample.web")
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument(
        "--port", type=int, default=0, help="0: the port of last time, or a free one"
    )
    parser.add_argument("--url-file", type=Path)
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    born, wished = _read_state(given.state)
    listening = _listen(SampleWeb(born, _now), given.port, wished)
    port = listening.server_port
    _write(given.state, json.dumps({"born": born.isoformat(), "port": port}))
    if given.url_file:
        _write(given.url_file, f"http://127.0.0.1:{port}\n")
    try:
        listening.serve_forever(poll_interval=0.2)
    except KeyboardInterrupt:
        sys.exit(0)
    finally:
        listening.server_close()


if __name__ == "__main__":
    main()
