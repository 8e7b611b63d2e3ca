"""What makes two fetched things the same mention."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

_TRACKING = re.compile(
    r"^(utm_\w+|spm|scm|from|isappinstalled|share\w*|timestamp|nsukey|wfr|fr|refer|referer|ref"
    r"|gclid|fbclid|source_from|_t|tt_\w+|app|chksm|scene|sessionid)$",
    re.IGNORECASE,
)
_PORTS = {"http": 80, "https": 443}


def canonical_url(url: str) -> str:
    """One spelling for the addresses of one page (RFC 3986 §6, plus tracking parameters removed).

    http and https count as the same page: the scheme becomes https unless the port is unusual.
    Returns the text unchanged when it is no web address.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return url
    scheme = parts.scheme.lower()
    if scheme not in _PORTS or not host:
        return url
    usual = port is None or port == _PORTS[scheme]
    scheme = "https" if usual else scheme
    if ":" in host:
        host = f"[{host}]"
    query = sorted(
        (key, value)
        for key, value in parse_qsl(parts.query, keep_blank_values=True)
        if not _TRACKING.match(key)
    )
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    return urlunsplit((scheme, host if usual else f"{host}:{port}", path, urlencode(query), ""))


def mention_id(key: str) -> str:
    """Id of a mention: 32 hex digits of the SHA-256 of its canonical URL (or source and key)."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:32]


def content_hash(title: str, text: str) -> str:
    """Tells whether anything changed between two versions."""
    return hashlib.sha256(f"{title}\x00{text}".encode("utf-8", "replace")).hexdigest()[:32]
