"""When and where claims went round: their age at the time of a mention, and its addresses."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.identity import page_key
from pipeline.model import Claim

OLD = timedelta(days=365)
"""After so long a claim is only suggested: fees, terms and rules are set anew each year, so what
was false then may be true now, and its clarification may be out of date. People look first."""
_ADDRESS = re.compile(r"https?://[^\s<>\"'“”‘’，。；：！？、（）【】《》「」]+", re.IGNORECASE)
_TRAILING = ".,;:!?)]}"


@dataclass(frozen=True, slots=True)
class Around:
    """What is known of a mention beside its words. Sets hold ids of claims."""

    at: datetime | None = None
    page: frozenset[str] = frozenset()
    """Those that were seen at the mention's own address."""
    linked: frozenset[str] = frozenset()
    """Those that were seen at an address that stands in its text."""

    def finds_old(self, claim: Claim) -> bool:
        """A claim without a date is never old; nor is any for a mention of unknown time."""
        if claim.answered_on is None or self.at is None:
            return False
        return self.at.date() - claim.answered_on > OLD

    def knows_address(self, claim: Claim) -> bool:
        return claim.id in self.page or claim.id in self.linked

    def on_page(self, claims: Iterable[Claim]) -> bool:
        return any(claim.id in self.page for claim in claims)


class Addresses:
    """The pages on which claims were seen."""

    def __init__(self, claims: Iterable[Claim]) -> None:
        found: dict[str, set[str]] = defaultdict(set)
        for claim in claims:
            for url in claim.sources:
                found[page_key(url)].add(claim.id)
        self._claims = {key: frozenset(ids) for key, ids in found.items()}

    def around(self, at: datetime | None, url: str, texts: Iterable[str]) -> Around:
        if not self._claims:
            return Around(at)
        page = self._claims.get(page_key(url), frozenset()) if url else frozenset()
        named = (
            self._claims.get(page_key(found.rstrip(_TRAILING)), frozenset())
            for text in texts
            if "://" in text
            for found in _ADDRESS.findall(text)
        )
        return Around(at, page, frozenset().union(*named))
