"""Mention stores, chosen by URL."""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import StoreError
from pipeline.ports import MentionStore


def open_store(url: str) -> MentionStore:
    """`memory:`, `sqlite:///path/mentions.db` or `elasticsearch+https://user:pass@host:9200/alias`.

    As everywhere with SQLite addresses, a path after three slashes is relative and one after four
    absolute. User and password are percent-encoded; the alias may be left out.
    Raises StoreError when the address is of another kind or the store cannot be opened.
    """
    scheme, _, rest = url.partition(":")
    if scheme == "memory":
        from pipeline.stores.memory import MemoryStore

        return MemoryStore()
    if scheme == "sqlite" and rest.startswith("///"):
        from pipeline.stores.sqlite import SqliteStore

        return SqliteStore(Path(rest.removeprefix("///")))
    if scheme in ("elasticsearch+http", "elasticsearch+https"):
        from pipeline.stores.elastic import ElasticStore

        return ElasticStore(url.removeprefix("elasticsearch+"))
    raise StoreError(
        f"mentions: “{url}” is no store; write sqlite:///path/mentions.db"
        " or elasticsearch+https://user:password@host:9200/alias"
    )
