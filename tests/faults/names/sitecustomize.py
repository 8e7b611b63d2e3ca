"""Loaded by Python at start when this folder is on PYTHONPATH: a name server that lies.

CHENGQING_TEST_NAMES is `name=address,address;name=address`: each question for a name takes the
next of its addresses, the last one stays.
"""

from __future__ import annotations

import os
import socket
from typing import Any

_told = {
    name: addresses.split(",")
    for name, _, addresses in (
        each.partition("=") for each in os.environ.get("CHENGQING_TEST_NAMES", "").split(";")
    )
}
_real = socket.getaddrinfo


def _answer(host: Any, *arguments: Any, **options: Any) -> Any:
    left = _told.get(host if isinstance(host, str) else "")
    if left is not None:
        host = left.pop(0) if len(left) > 1 else left[0]
    return _real(host, *arguments, **options)


socket.getaddrinfo = _answer
