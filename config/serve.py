"""The console as a process: gunicorn with threads."""

from __future__ import annotations

import errno
import socket
from typing import Any

from gunicorn.app.base import BaseApplication

from pipeline.errors import ChengqingError

HOST = "127.0.0.1"
THREADS = 8


class _Console(BaseApplication):  # type: ignore[misc] # gunicorn has no types
    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for key, value in self._options.items():
            self.cfg.set(key, value)

    def load(self) -> Any:
        from django.core.wsgi import get_wsgi_application

        return get_wsgi_application()


def check_port(port: int) -> None:
    """Raises ChengqingError when the port is taken or may not be used."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            why = "is taken" if error.errno == errno.EADDRINUSE else "may not be used"
            raise ChengqingError(
                f"port {port} {why}; choose another with --port or CHENGQING_PORT"
            ) from error


def serve(port: int) -> None:
    """Serve the console until a signal ends it. Django must be set up."""
    check_port(port)
    options = {
        "bind": f"{HOST}:{port}",
        "workers": 1,
        "threads": THREADS,
        "worker_class": "gthread",
        "loglevel": "warning",
        "timeout": 60,
        "graceful_timeout": 5,
        "control_socket_disable": True,
    }
    _Console(options).run()
