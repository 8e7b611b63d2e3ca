"""A line an entry for people; the traceback is kept elsewhere."""

from __future__ import annotations

import logging
import sys

from config.logs import OneLine


def entry(*, failed: bool) -> logging.LogRecord:
    about = None
    try:
        raise ValueError("第一行\n第二行")
    except ValueError:
        about = sys.exc_info()
    return logging.LogRecord(
        "pipeline.reader", logging.ERROR, "reader.py", 1, "the record at %s", ("1:0",),
        about if failed else None,
    )  # fmt: skip


def test_a_traceback_becomes_a_pointer() -> None:
    line = OneLine("%(levelname)s %(message)s")
    record = entry(failed=True)
    assert line.format(record) == "ERROR the record at 1:0 (ValueError; details in errors.log)"
    assert "Traceback" in logging.Formatter().format(record), "for the file it is still there"
    assert line.format(entry(failed=False)) == "ERROR the record at 1:0"
    assert line.format(record).count("\n") == 0
