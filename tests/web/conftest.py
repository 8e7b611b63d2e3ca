from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from clarifications.roles import ensure_roles
from desk import ports
from pipeline.ports import MentionStore
from pipeline.stores.memory import MemoryStore
from tests.browser import browser, chromium
from tests.web.fake_desk import fill, make_desk, person

__all__ = ["browser", "chromium"]


@pytest.fixture
def store() -> MentionStore:
    return MemoryStore()


@pytest.fixture
def empty_desk(db: None, own_data: Path, store: MentionStore) -> ports.Desk:
    """A desk on which nothing has happened yet."""
    ensure_roles()
    own_data.mkdir(exist_ok=True)
    desk = make_desk(store, own_data)
    ports.install(desk)
    return desk


@pytest.fixture
def desk(empty_desk: ports.Desk, store: MentionStore) -> ports.Desk:
    fill(store)
    return empty_desk


Login = Callable[..., Client]


@pytest.fixture
def as_role() -> Login:
    """A client logged in as a user of a role."""

    def login(role: str, name: str = "", **options: Any) -> Client:
        client = Client(**options)
        client.force_login(person(role, name), "django.contrib.auth.backends.ModelBackend")
        return client

    return login
