"""One root for what can go wrong below the desk; messages are whole sentences for people."""

from __future__ import annotations


class ChengqingError(Exception):
    """Root of the errors whose message may be shown to a user as it stands."""


class BadInputError(ChengqingError):
    """What somebody handed in is wrong; exit status 2."""


class PipelineError(ChengqingError):
    """A step could not do its work on one item."""


class SpoolError(ChengqingError):
    """The spool cannot be read or written."""


class StoreError(ChengqingError):
    """The mention store failed. `retryable` when the same call may succeed later."""

    def __init__(self, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.retryable = retryable


class QueryError(BadInputError):
    """A search that cannot be understood."""
