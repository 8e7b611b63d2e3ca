"""What each source of a round still owes, and the events that tell of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from crawlers.plan import Event, Plan
from crawlers.reasons import Reason


@dataclass
class _Account:
    """`open` addresses are being fetched; `pending` ones failed in a way that may pass."""

    open: int = 1
    pending: int = 0
    extra: int = 0
    """Open ones that nobody waits for: visits to articles that we have."""
    requests: int = 0


class Ledger:
    """Sends events through `write` (one line each); every source ends in exactly one `done`.

    At first each source owes its listing.
    """

    def __init__(self, plan: Plan, write: Callable[[str], object]) -> None:
        self._write = write
        self._accounts = {entry.source.id: _Account() for entry in plan.sources}

    @property
    def settled(self) -> bool:
        return not self._accounts

    def tell(
        self,
        what: Literal["fetched", "unchanged", "gone", "failed", "listed"],
        source: str,
        **about: Any,
    ) -> None:
        self._write(Event(what, source, **about).to_json() + "\n")

    def owe(self, source: str, *, extra: bool = False) -> None:
        """One more address of the source is being fetched; `extra` when it may as well be left."""
        account = self._accounts[source]
        account.open += not extra
        account.extra += extra

    def count_request(self, source: str) -> None:
        """A request goes out for the source."""
        if source in self._accounts:
            self._accounts[source].requests += 1

    def requests(self, source: str) -> int:
        return self._accounts[source].requests if source in self._accounts else 0

    def failed(self, source: str, url: str, reason: Reason, key: str = "") -> None:
        """An address could not be had; `key` names the item, none for the listing.

        An item is pending when it may be had later; a listing that failed owes nothing.
        """
        if key and not reason.permanent:
            self._accounts[source].pending += 1
        self.tell(
            "failed", source, url=url, key=key, permanent=reason.permanent,
            reason=f"{url}：{reason.text}" if key else reason.text, retry_after=reason.retry_after,
            code=reason.code,
        )  # fmt: skip

    def paid(self, source: str, *, extra: bool = False) -> None:
        """One address of the source is done with, for better or worse."""
        account = self._accounts[source]
        account.open -= not extra
        account.extra -= extra
        if not account.open and not account.extra:
            self._done(source)

    def close(self, reason: str) -> None:
        """The round ends here: all that is still owed is left to the next one."""
        for source, account in list(self._accounts.items()):
            account.pending += account.open
            if account.open:
                self.tell("failed", source, reason=reason)
            self._done(source)

    def _done(self, source: str) -> None:
        account = self._accounts.pop(source)
        event = Event("done", source, pending=account.pending, requests=account.requests)
        self._write(event.to_json() + "\n")
