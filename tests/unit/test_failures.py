"""Failures that no command expected: one sentence, which says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import OperationalError

from config import environment
from config.cli import _recorded


def test_a_case_store_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "data_folder", lambda: tmp_path)
    said = _recorded(OperationalError("disk I/O error"))
    assert said.startswith("the case store cannot be used (disk I/O error): see that the disk has")
    assert _recorded(RuntimeError("x\ny")) == (
        f"internal error (RuntimeError: x); details in {tmp_path / 'errors.log'}"
    )
