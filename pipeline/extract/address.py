"""The address that a page names as its own."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from pipeline.extract.page import Page


def find_address(page: Page, url: str) -> str:
    """`link rel=canonical`, else `og:url`, made absolute; empty when there is none to believe.

    A page that is not the site's front page but names it is not believed.
    """
    canonical = [m.get("href", "") for m in page.metas if m.get("rel", "").lower() == "canonical"]
    for value in [*canonical, *page.named(frozenset({"og:url"}))]:
        try:
            address = urljoin(url, value.strip()) if value.strip() else ""
            parts = urlsplit(address)
            own = urlsplit(url)
        except ValueError:
            continue
        if parts.scheme not in ("http", "https") or not parts.hostname:
            continue
        if parts.path in ("", "/") and not parts.query and (own.path not in ("", "/") or own.query):
            continue
        return address
    return ""
