"""What each kind of source needs, and what does not belong to it."""

from __future__ import annotations

import codecs
from collections.abc import Collection, Iterator, Sequence
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

import jmespath
from jmespath.exceptions import JMESPathError

from config.configuration import Network
from crawlers.links import selector_problem
from crawlers.sources.hotlist import FIELDS
from crawlers.sources.search import PLACE
from pipeline.documents.headings import FIELDS as TABLE_FIELDS
from pipeline.model import Source, SourceKind

_WEB = frozenset(
    (
        SourceKind.FEED,
        SourceKind.PAGE,
        SourceKind.SITEMAP,
        SourceKind.SEARCH,
        SourceKind.HOTLIST,
    )
)
_BELONGS: dict[str, frozenset[SourceKind]] = {
    "url": _WEB | {SourceKind.MAILBOX},
    "delay": _WEB,
    "browser": _WEB,
    "proxy": _WEB,
    "daily_requests": _WEB,
    "links": frozenset((SourceKind.PAGE, SourceKind.SEARCH)),
    "items": frozenset((SourceKind.HOTLIST,)),
    "fields": frozenset((SourceKind.HOTLIST, SourceKind.FILES, SourceKind.MAILBOX)),
    "terms": frozenset((SourceKind.SEARCH,)),
    "charset": frozenset((SourceKind.SEARCH,)),
    "folder": frozenset((SourceKind.FILES,)),
    "password_env": frozenset((SourceKind.MAILBOX,)),
}
"""Settings that only some kinds have."""
_NEEDS: dict[SourceKind, dict[str, str]] = {
    SourceKind.SEARCH: {"url": f"https://www.example.com/search?q={PLACE}"},
    SourceKind.HOTLIST: {"url": "https://www.example.com/hot.json", "items": "data.list"},
    SourceKind.MAILBOX: {"url": "imaps://user@mail.example.com", "password_env": "MAILBOX_WORD"},
    SourceKind.FILES: {"folder": "/srv/hotline"},
}
"""Settings that a kind cannot do without, with an example; those of the web need a `url`."""

Problem = tuple[str, str]
"""The key that is wrong (empty: one that is missing) and a sentence."""


def check_source(source: Source, written: Collection[str]) -> Iterator[Problem]:
    """Every mistake in the settings of a source. `written` are the keys that its entry has."""
    for key in written:
        kinds = _BELONGS.get(key)
        if kinds is not None and source.kind not in kinds:
            owners = ", ".join(sorted(kinds))
            yield key, f"`{key}` does not belong to a source of kind {source.kind}, only {owners}"
    needs = _NEEDS.get(source.kind, {})
    if source.kind in _WEB:
        needs = {"url": "https://www.example.com/", **needs}
    for key, example in needs.items():
        if not getattr(source, key):
            yield "", f"a source of kind {source.kind} needs `{key}`, such as {example}"
    if source.links is not None and (wrong := selector_problem(source.links)):
        yield "links", f"“{source.links}” is {wrong}"
    yield from _check_proxy(source)
    if source.kind is SourceKind.HOTLIST:
        yield from _check_hotlist(source)
    elif source.fields:
        for name, _ in source.fields:
            if name not in TABLE_FIELDS:
                known = ", ".join(TABLE_FIELDS)
                yield "fields", f"`fields` has no “{name}” for tables; known are {known}"
    yield from _check_search(source)


def address_problem(source: Source, allowed: Sequence[Network]) -> str | None:
    """What is wrong with the address of a source once its variables are filled; None if nothing."""
    if not source.url:
        return None
    schemes = ("imap", "imaps") if source.kind is SourceKind.MAILBOX else ("http", "https")
    try:
        parts = urlsplit(source.url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return f"“{source.url}” is no web address"
    if parts.scheme not in schemes or not host:
        begins = " or ".join(f"{scheme}://" for scheme in schemes)
        what = "address of a mailbox" if source.kind is SourceKind.MAILBOX else "web address"
        return f"“{source.url}” is no {what}; it must begin with {begins}"
    if source.kind is SourceKind.MAILBOX:
        return _mailbox_problem(source.url)
    return private_problem(host, allowed)


def private_problem(host: str, allowed: Sequence[Network]) -> str | None:
    """A sentence for a host that is an address inside, unless its network is allowed."""
    try:
        address = ip_address(host)
    except ValueError:
        return None
    if address.is_global or any(address in network for network in allowed):
        return None
    return f"{host} is a private address; add its network to allow_networks in settings.yaml"


def _mailbox_problem(url: str) -> str | None:
    parts = urlsplit(url)
    if not parts.username:
        return "the address of a mailbox names its user: imaps://user@mail.example.com"
    if parts.password is not None:
        return f"the password of {unquote(parts.username)} does not belong here; see password_env"
    return None


def _check_hotlist(source: Source) -> Iterator[Problem]:
    paths = [("items", source.items)] if source.items else []
    for name, path in source.fields:
        if name not in FIELDS:
            yield "fields", f"`fields` has no “{name}”; known are {', '.join(FIELDS)}"
        paths.append(("fields", path))
    for key, path in paths:
        try:
            jmespath.compile(path)
        except JMESPathError as error:
            reason = str(error).splitlines()[0]
            yield key, f"“{path}” is no JMESPath ({reason})"
    if "title" not in dict(source.fields):
        yield "", "a source of kind hotlist needs `fields` with a title: {title: name, url: link}"


def _check_search(source: Source) -> Iterator[Problem]:
    if source.kind is not SourceKind.SEARCH:
        if PLACE in source.url:
            yield "url", f"{PLACE} belongs to a source of kind search"
        return
    if source.url and PLACE not in source.url:
        yield "url", f"the address of a search needs {PLACE} where the term goes"
    elif PLACE in "".join(source.url.split("/", 3)[:3]):
        yield "url", f"{PLACE} cannot be the host"
    if source.charset:
        try:
            codecs.lookup(source.charset)
        except LookupError:
            yield "charset", f"“{source.charset}” is no character set; write one such as gbk"


def _check_proxy(source: Source) -> Iterator[Problem]:
    if not source.proxy:
        return
    try:
        parts = urlsplit(source.proxy)
        fits = parts.scheme == "http" and parts.hostname and parts.port
    except ValueError:
        fits = None
    if not fits or parts.path not in ("", "/") or parts.query:
        yield "proxy", f"“{source.proxy}” is no proxy; write one such as http://10.0.0.1:3128"
