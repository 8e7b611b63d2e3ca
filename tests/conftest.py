from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings

from tests.search_server import (
    elasticsearch_url,
    pytest_collection_modifyitems,
    pytest_terminal_summary,
)

__all__ = ["elasticsearch_url", "pytest_collection_modifyitems", "pytest_terminal_summary"]

# No test judges times; a landing is judged by the same examples each time.
hypothesis_settings.register_profile("any", deadline=None)
hypothesis_settings.register_profile("landing", deadline=None, derandomize=True)
hypothesis_settings.load_profile(
    "landing" if os.environ.get("CHENGQING_REQUIRE_ALL") == "1" else "any"
)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """Tests that really commit empty the tables afterwards; the triggers that keep the log
    append-only are lifted for that moment."""
    from django.db import connection
    from django.test import TransactionTestCase

    name_of_teardown = "_fixture_teardown"  # no public hook lies between test and emptying
    empty = getattr(TransactionTestCase, name_of_teardown)

    def emptied(case: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            for name, _sql in triggers:
                cursor.execute(f"DROP TRIGGER {name}")
            empty(case)
            for _name, sql in triggers:
                cursor.execute(sql)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, name_of_teardown, emptied)
        yield


@pytest.fixture
def own_data(settings: Any, tmp_path: Path) -> Path:
    """A data folder of the test's own, for the anchor of the log among others."""
    settings.DATA_DIR = tmp_path / "data"
    return tmp_path / "data"
