"""The connection to an Elasticsearch: its address, its version, its errors as sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any
from urllib.parse import unquote, urlsplit

from elasticsearch import (
    ApiError,
    Elasticsearch,
    SerializationError,
    TransportError,
    UnsupportedProductError,
)

from pipeline.errors import StoreError

PASSING = (408, 429, 502, 503, 504)
"""Statuses that may be gone later."""
_BLOCKED = 403
"""Status of a write into an index that a full disk has made read-only."""
_OLDEST, _NEWEST = (7, 17), 9
_KNOWN = "Elasticsearch 7.17, 8 and 9"


class ElasticServer:
    """One server or cluster. `url` is http(s)://[user:password@]host[:port][/alias]."""

    def __init__(self, url: str, default_alias: str) -> None:
        try:
            parts = urlsplit(url)
            port = parts.port or (443 if parts.scheme == "https" else 9200)
        except ValueError as error:
            raise StoreError(f"mentions: “{url}” is no address ({error})") from None
        host = parts.hostname or "localhost"
        self.alias = unquote(parts.path.strip("/")) or default_alias
        self.shown = f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port}"
        login = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
        self.client = Elasticsearch(
            self.shown, basic_auth=login, request_timeout=30, max_retries=2, retry_on_timeout=True
        )
        with self.errors_said():
            self.version = self._known_version()

    def _known_version(self) -> str:
        """From the node: a bare server has no `GET /`."""
        answer = self.client.nodes.info(node_id="_local", metric="_none").body
        try:
            found = str(next(iter(answer["nodes"].values()))["version"])
            major, minor = (int(number) for number in found.split(".")[:2])
        except (LookupError, ValueError, TypeError, AttributeError, StopIteration):
            raise StoreError(self._stranger()) from None
        if (major, minor) < _OLDEST or major > _NEWEST:
            raise StoreError(
                f"{self.shown}: the server is Elasticsearch {found}, known are {_KNOWN}"
            )
        return found

    @contextmanager
    def errors_said(self) -> Iterator[None]:
        """The client's errors as one sentence."""
        try:
            yield
        except UnsupportedProductError as error:
            raise StoreError(self._stranger()) from error
        except ApiError as error:
            status = error.status_code
            if "x-elastic-product" not in error.meta.headers and status not in PASSING:
                raise StoreError(self._stranger()) from error
            if "media_type" in str(error.message):
                raise StoreError(
                    f"{self.shown}: the server does not understand this client"
                    f" ({version('elasticsearch')}); known are {_KNOWN}"
                ) from error
            raise StoreError(
                f"{self.shown}: {status} {_reason(error)}", retryable=status in PASSING
            ) from error
        except SerializationError as error:
            raise StoreError(f"{self.shown}: a value cannot be sent or read ({error})") from error
        except TransportError as error:
            raise StoreError(
                f"{self.shown}: no answer ({_first_line(error.message)})", retryable=True
            ) from error

    def not_stored(self, failed: Sequence[Mapping[str, Any]], of: int, what: str) -> StoreError:
        """What became of a bulk write of which `failed` tells the answers that are no success."""
        first = failed[0]
        return StoreError(
            f"{self.shown}: {len(failed)} of {of} {what} were not stored;"
            f" first {first['_id']}: {first['status']} {first['error'].get('reason')}",
            retryable=all(each["status"] in (*PASSING, _BLOCKED) for each in failed),
        )

    def _stranger(self) -> str:
        return f"{self.shown}: what answers there is not Elasticsearch; known are {_KNOWN}"


def _reason(error: ApiError) -> str:
    """The cause that the server names, without the shards it met it on."""
    body: Any = error.body
    about = body.get("error") if isinstance(body, dict) else None
    if isinstance(about, dict):
        causes = about.get("root_cause") or [about]
        return _first_line(str(causes[0].get("reason") or about.get("type")))
    return _first_line(str(about or error.message))


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0][:500]
