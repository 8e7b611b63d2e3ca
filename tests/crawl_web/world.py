"""The generated web: sites, each with what must come of a crawl beside what it answers."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from pipeline.model import SourceKind
from tests.certificates import certificate
from tests.crawl_web.server import Answer, Exchange, Web, say
from tests.crawl_web.texts import Article, article, page

SITES = 240
"""Addresses made ready; a site takes one."""
TRAPS = ("127.0.0.1", "127.9.9.9")
"""Addresses outside the allowed network: nothing may connect to them."""
NETWORK = "127.1.0.0/16"


@dataclass
class Site:
    """One host and, unless `listed` is False, the source that watches it."""

    id: str
    host: str
    port: int
    scheme: str = "http"
    kind: SourceKind = SourceKind.FEED
    listing: str = "/feed.xml"
    settings: dict[str, Any] = field(default_factory=dict)
    """More keys of its entry in sources.yaml."""
    listed: bool = True
    answers: dict[str, Answer] = field(default_factory=dict)

    # What must come of it.
    articles: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(address, title) of the mentions."""
    told: str = ""
    """What the source's error ends with in the first round; "" means no error."""
    told_later: str | None = None
    """The same in the second round, where it differs."""
    refused: set[str] = field(default_factory=set)
    """Paths that must not be asked."""
    spacing: float = 0
    """Seconds between two requests at the least."""
    conditional: bool = True
    """The second round asks for the listing on condition and hears that nothing has changed."""
    shared: bool = False
    """Other sources name its articles too: which one counts them as new is left open."""
    later: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Mentions that the second round adds."""

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"

    def expect(self, path: str, title: str) -> None:
        self.articles[f"{self.url}{path}" if path else "", title] += 1

    def robots(self, text: str) -> None:
        self.answers["/robots.txt"] = say(text, kind="text/plain")

    def source(self) -> dict[str, Any]:
        """Its entry in sources.yaml."""
        return {
            "id": self.id, "kind": self.kind.value, "name": f"来源{self.id}",
            "url": f"{self.url}{self.listing}", "delay": 0, **self.settings,
        }  # fmt: skip


Builder = Callable[["World", Site], None]


class World:
    """All sites on one port; certificates are written into `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        addresses = [f"127.1.{n // 200}.{n % 200 + 1}" for n in range(SITES)]
        self.web = Web([*addresses, *TRAPS], self.answer)
        self.sites: dict[str, Site] = {}
        self._addresses = iter(addresses)
        self._numbers = itertools.count()

    @property
    def authorities(self) -> Path:
        """The certificates that a collector must trust (SSL_CERT_FILE)."""
        return self.folder / "authorities.pem"

    def secure(self, site: Site, address: str, valid: timedelta) -> None:
        path = self.folder / f"{site.id}.pem"
        self.web.secure[site.host] = certificate(path, address, valid)
        site.scheme = "https"
        with self.authorities.open("ab") as file:
            file.write(path.read_bytes())

    @property
    def sources(self) -> list[Site]:
        return [site for site in self.sites.values() if site.listed]

    def site(self, name: str, build: Builder | None = None) -> Site:
        site = Site(name, next(self._addresses), self.web.port)
        self.sites[site.host] = site
        if build is not None:
            build(self, site)
        return site

    def article(self) -> Article:
        return article(next(self._numbers))

    def answer(self, host: str, path: str) -> Answer:
        answers = self.sites[host].answers if host in self.sites else {}
        return answers.get(path) or answers.get(path.partition("?")[0]) or _missing


async def _missing(exchange: Exchange) -> None:
    await say("没有这个页面", status=404)(exchange)


# --- families of healthy sites -----------------------------------------------------------------

Pages = Callable[[Article], Answer]
Entries = list[tuple[str, Article]]
"""(link as the listing writes it, article)"""
Listing = Callable[[Entries], Answer]


def plain(made: Article) -> Answer:
    return say(page(made))


def absolute(site: Site, path: str) -> str:
    return f"{site.url}{path}"


def relative(site: Site, path: str) -> str:
    return path.rpartition("/")[2]


@dataclass(frozen=True)
class Family:
    """A way of publishing; calling it makes a site of it."""

    listing: Listing
    pages: Pages = plain
    draft: Callable[[Article], Article] = lambda made: made
    link: Callable[[Site, str], str] = absolute
    kind: SourceKind = SourceKind.FEED
    at: str = "/feed.xml"
    path: str = "/a/{}.html"
    count: int = 6
    settings: dict[str, Any] = field(default_factory=dict)
    conditional: bool = True
    robots: str = ""
    spacing: float = 0

    def __call__(self, world: World, site: Site) -> None:
        site.kind, site.listing, site.settings = self.kind, self.at, dict(self.settings)
        site.conditional, site.spacing = self.conditional, self.spacing
        if self.robots:
            site.robots(self.robots)
        site.answers[self.at] = self.listing(self.entries(world, site))

    def entries(self, world: World, site: Site) -> Entries:
        """Publishes the articles; what a listing says of them."""
        made = [
            (self.path.format(n), self.draft(world.article())) for n in range(1, self.count + 1)
        ]
        for path, each in made:
            site.answers[path] = self.pages(each)
            site.expect(path, each.title)
        return [(self.link(site, path), each) for path, each in made]
