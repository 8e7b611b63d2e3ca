"""What makes two fetched things the same mention."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

_PORTS = {"http": 80, "https": 443}
_TRACKING = re.compile(
    r"utm_\w+|spm|scm|from|fr|wfr|ref|referer|referrer|source_from|gclid|fbclid|msclkid|yclid"
    r"|share|share_\w+|sharer_\w+|sharefrom|shareuid|isappinstalled|nsukey|chksm|scene|tt_\w+"
    r"|timestamp|_t|sessionid|phpsessid|hm(?:sr|pl|cu|kw|ci)|vd_source|bd_vid|sudaref|ivk_sa"
    r"|_hs(?:enc|mi)|mc_[ce]id|igshid|xsec_\w+|from_source|mpshare|clicktime|enterid|ascene"
    r"|exportkey|pass_ticket|wx_header|devicetype|nettype",
    re.IGNORECASE,
)
"""Parameters that say how a reader came to a page. Not those (`app`, `act`, `id` …) by which old
publishing systems choose the page."""
_SESSION = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)
_USUAL_HTTP = re.compile(r"http://(\[[^\]]*\]|[^\[\]/?#:]+)(?=[/?#]|$)")
"""An address on http without a port."""
_CACHED = re.compile(
    r"https?://[^/]+\.(?:cdn\.ampproject\.org|mipcdn\.com)/(?:[a-z]+/)(s/)?(?=[^/]+\.[^/]+)", re.I
)
"""Copies that search engines keep of pages for telephones: the address within is the page's."""
_VERSIONS = re.compile(r"(?:www|m|wap|3g|4g|mobile|mobi|touch|h5|amp|mip|pc)\.(?=[^.]+\.)")
"""How the hosts of one site's versions for telephones and desks begin."""
_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
_UNRESERVED = re.compile(r"[A-Za-z0-9\-._~]")
_SAFE = "/%:@!$&'()*+,;=~-._?"


def canonical_url(url: str) -> str:
    """One spelling for the addresses of one page (RFC 3986 §6.2), without tracking parameters.

    Scheme, host, port, escapes, dots in the path and the order of parameters are normalised; the
    scheme stays, since not every site answers on https. Fragments go, save those that name a view
    (`#/…`, `#!…`). Returns the text unchanged when it is no web address. Never raises.
    """
    try:
        parts = urlsplit(_uncached(url.strip()))
        host, port = _host(parts.hostname or ""), parts.port
    except ValueError:
        return url
    scheme = parts.scheme.lower()
    if scheme not in _PORTS or not host:
        return url
    netloc = host if port is None or port == _PORTS[scheme] else f"{host}:{port}"
    path = _escaped(_SESSION.sub("", parts.path)) or "/"
    if "/." in path:
        path = urlsplit(urljoin("http://host/", path.replace("//", "/"))).path
    view = parts.fragment if parts.fragment.startswith(("/", "!")) else ""
    return urlunsplit((scheme, netloc, path, _query(parts.query), _escaped(view)))


def page_key(url: str) -> str:
    """The canonical address with http counted as https: the same page on the usual ports."""
    address = canonical_url(url)
    if _USUAL_HTTP.match(address):
        return f"https://{address.removeprefix('http://')}"
    return address


def same_site(url: str, other: str) -> bool:
    """Whether two addresses are of one host, or of versions of one site for telephones and desks
    (`m.news.example`, `www.news.example`). Never raises."""
    try:
        one, two = (urlsplit(each).hostname or "" for each in (url, other))
    except ValueError:
        return False
    return bool(one) and _VERSIONS.sub("", one, count=1) == _VERSIONS.sub("", two, count=1)


def is_front(url: str) -> bool:
    """Whether an address is the front page of a site. Never raises."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.path in ("", "/") and not parts.query and not parts.fragment.startswith(("/", "!"))


def _uncached(url: str) -> str:
    """The address of the page itself where a search engine's copy of it is named."""
    found = _CACHED.match(url)
    return f"http{'s' if found[1] else ''}://{url[found.end() :]}" if found else url


def _host(host: str) -> str:
    """Raises ValueError (a UnicodeError) for a name that cannot be one."""
    host = host.lower().rstrip(".")
    if ":" in host:
        return f"[{host}]"
    return host if host.isascii() else host.encode("idna").decode("ascii")


def _query(query: str) -> str:
    """Parameters by name, those of one name in their order; their bytes stay, whatever charset
    they are escaped in."""
    pairs = [part for part in query.split("&") if part]
    kept = [part for part in pairs if not _TRACKING.fullmatch(part.partition("=")[0])]
    return "&".join(sorted(map(_escaped, kept), key=lambda part: part.partition("=")[0]))


def _escaped(text: str) -> str:
    """Escapes in upper case and only where they are needed (RFC 3986 §6.2.2)."""
    quoted = quote(
        re.sub(r"%(?![0-9a-fA-F]{2})", "%25", text), safe=_SAFE, errors="backslashreplace"
    )
    return _ESCAPE.sub(_plainest, quoted)


def _plainest(escape: re.Match[str]) -> str:
    char = chr(int(escape[1], 16))
    return char if _UNRESERVED.fullmatch(char) else f"%{escape[1].upper()}"


def mention_id(key: str) -> str:
    """Id of a mention: 32 hex digits of the SHA-256 of its page's key, or of source and item key
    where it has no address."""
    return hashlib.sha256(page_key(key).encode("utf-8", "replace")).hexdigest()[:32]


def content_hash(title: str, text: str) -> str:
    """Tells whether anything changed between two versions."""
    return hashlib.sha256(f"{title}\x00{text}".encode("utf-8", "replace")).hexdigest()[:32]
