"""How this program's log is written: one line an entry for people, tracebacks in a file."""

from __future__ import annotations

import logging
from copy import copy


class OneLine(logging.Formatter):
    """An entry without its traceback, which stands in errors.log of the data folder."""

    def format(self, record: logging.LogRecord) -> str:
        if record.exc_info and record.exc_info[0] is not None:
            short = copy(record)
            short.exc_info = short.exc_text = None
            kind = record.exc_info[0].__name__
            return f"{super().format(short)} ({kind}; details in errors.log)"
        return super().format(record)
