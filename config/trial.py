"""Trying a source before it is saved: the collector's own child on a spool of its own.

The same child, hence the same politeness and the same checks of addresses; the spool is a
temporary folder and nothing reaches the stores.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import jmespath
from jmespath.exceptions import JMESPathError
from ruamel.yaml import YAML

from config.locks import LockedError, locked
from config.wiring import System
from crawlers.diagnosis import diagnose, diagnose_failure
from crawlers.links import selector_problem
from crawlers.naming import free_id, title_of
from crawlers.plan import Event, Plan, SourcePlan
from crawlers.reasons import TIME_UP
from crawlers.sources import listing_urls
from crawlers.sources.base import Response
from crawlers.sources.hotlist import FIELDS
from crawlers.sources.search import PLACE
from crawlers.verdicts import Diagnosis, Failure
from desk.trials import KINDS, Trial, TriedArticle, TriedElsewhere, TriedItem, Wanted
from pipeline import spool
from pipeline.decode import decompress
from pipeline.errors import BadInputError, ChengqingError, PipelineError
from pipeline.model import Mention, Position, RawItem, RawKind, Sites, Source, SourceKind
from pipeline.understand import understand

ARTICLES = 3
SHOWN_ITEMS = 50
LEAD = 160
SECONDS = 25
"""For each of the two visits: the list, then the articles."""
_MAX_LISTING = 10 * 1024 * 1024
_ID = "trial"


@dataclass
class SourceTrial:
    """Fills `desk.trials.TrySource`. One trial at a time on a machine."""

    system: System
    delay: float = 1.0
    """Seconds between two requests to the host."""

    def __call__(self, wanted: Wanted) -> Trial:
        source = _source(wanted)
        try:
            with locked(self.system.data / "trial.lock", wait=False):
                return self._tried(wanted, source)
        except LockedError:
            raise ChengqingError("正在试另一个来源，请稍后再试。") from None

    def _tried(self, wanted: Wanted, source: Source) -> Trial:
        first = self._visit(replace(source, url=listing_urls(source)[0]), articles=0)
        # An address with {query} can be nothing but a search, whether its kind was given or not.
        told = wanted.kind is not None or source.kind is SourceKind.SEARCH
        diagnosis = _diagnosed(first, source if told else None, source)
        articles: tuple[TriedArticle, ...] = ()
        if diagnosis.good and diagnosis.source is not None and diagnosis.items:
            second = self._visit(diagnosis.source, articles=ARTICLES)
            sites = {each.host: each for each in self.system.configuration.sites}
            articles = tuple(_articles(second, source.timezone, sites))
        return _trial(source, diagnosis, articles, self._entry(diagnosis, first, wanted.terms))

    def _entry(self, found: Diagnosis, visit: _Visit, terms: tuple[str, ...]) -> str:
        """What to write into sources.yaml; empty where nothing can be watched."""
        if found.source is None:
            return ""
        host = urlsplit(found.source.url).hostname or "source"
        taken = {source.id for source in self.system.configuration.sources}
        name = title_of(visit.listing) if visit.listing else ""
        return _yaml(found.source, terms, free_id(host, taken), name or host)

    def _visit(self, source: Source, *, articles: int) -> _Visit:
        settings = self.system.configuration.settings
        with TemporaryDirectory(prefix="chengqing-trial-") as folder:
            plan = Plan(
                spool=folder,
                user_agent=self.system.user_agent,
                sources=(SourcePlan(replace(source, max_items=articles, delay=self.delay)),),
                allow_networks=tuple(str(network) for network in settings.allow_networks),
                round_seconds=SECONDS,
                timeout=min(15, SECONDS),
            )
            with (self.system.data / "collector.log").open("ab") as log:
                # The child ends itself when the round's time is over, see `crawlers.__main__`.
                done = subprocess.run(
                    [sys.executable, "-m", "crawlers"],
                    input=plan.to_json(),
                    stdout=subprocess.PIPE,
                    stderr=log,
                    encoding="utf-8",
                    check=False,
                )
            events = [Event.from_json(line) for line in done.stdout.splitlines()]
            records = [
                (item, position) for item, position, _ in spool.read(Path(folder), spool.START)
            ]
        return _Visit(events, records)


@dataclass(frozen=True)
class _Visit:
    events: list[Event]
    records: list[tuple[RawItem, Position]]

    @property
    def listing(self) -> RawItem | None:
        return next((raw for raw, _ in self.records if raw.kind is RawKind.LISTING), None)

    @property
    def failures(self) -> list[Event]:
        """A trial has no next round in which the rest would come."""
        late = f"网站没有在{SECONDS}秒内答复完"
        return [
            replace(event, reason=event.reason.replace(TIME_UP, late))
            for event in self.events
            if event.what == "failed"
        ]


def _source(wanted: Wanted) -> Source:
    """The source to try. Raises BadInputError with a sentence."""
    url = wanted.url.strip()
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        web = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets without an end, a port that is none
        web = False
    if not web or not url.isprintable() or any(character.isspace() for character in url):
        raise BadInputError(f"“{url}”不是网址，应以 http:// 或 https:// 开头。")
    kind = wanted.kind or (SourceKind.SEARCH if PLACE in url else SourceKind.PAGE)
    if kind not in KINDS:
        raise BadInputError(f"{kind} 类来源没有可试的网址。")
    if wanted.links and selector_problem(wanted.links):
        raise BadInputError(
            f"文章链接“{wanted.links}”不是能用的 CSS 选择器或 XPath（XPath 以 // 开头）。"
        )
    if kind is SourceKind.SEARCH and PLACE not in url:
        raise BadInputError("站内搜索的网址里，搜索词的位置要写成 {query}。")
    _check_paths(wanted)
    terms = wanted.terms or (("公告",) if kind is SourceKind.SEARCH else ())
    return Source(
        _ID, kind, parts.hostname or _ID, parts.geturl(), links=wanted.links, items=wanted.items,
        fields=wanted.fields, terms=terms,
    )  # fmt: skip


def _check_paths(wanted: Wanted) -> None:
    """Raises BadInputError for what cannot be a place in a JSON answer."""
    for name, path in (("items", wanted.items), *wanted.fields):
        try:
            if path:
                jmespath.compile(path)
        except JMESPathError:
            raise BadInputError(f"{name} 的“{path}”不是能用的 JMESPath，如 data.list。") from None
    unknown = next((name for name, _ in wanted.fields if name not in FIELDS), "")
    if unknown:
        raise BadInputError(f"没有“{unknown}”这个字段，可写 {'、'.join(FIELDS)}。")


def _diagnosed(visit: _Visit, wanted: Source | None, source: Source) -> Diagnosis:
    raw = visit.listing
    if raw is None:
        lost = visit.failures[0] if visit.failures else None
        return diagnose_failure(Failure(lost.reason, lost.code) if lost else Failure("没有答复"))
    try:
        encoding = raw.headers.get("content-encoding", "")
        body = decompress(raw.body, encoding, limit=_MAX_LISTING)
    except PipelineError as error:
        return diagnose_failure(Failure(str(error)))
    response = Response(
        raw.final_url, raw.headers.get("content-type", ""), body, raw.fetched_at, raw.url
    )
    return diagnose(response, wanted, source)


def _articles(visit: _Visit, zone: str, sites: Sites) -> Iterator[TriedArticle]:
    """What the first articles say, and why others could not be had."""
    parts = {str(position): raw for raw, position in visit.records if raw.kind is RawKind.PART}
    for raw, position in visit.records:
        further = [parts[each] for each in raw.hints.parts if each in parts]
        for made in understand(raw, position, zone, further, sites):
            if isinstance(made, Mention):
                lead = " ".join(made.text.split())[:LEAD]
                yield TriedArticle(made.url, made.title, made.published_at, lead)
            else:
                yield TriedArticle(made.url, problem=made.reason)
    for event in visit.failures:
        if event.key:
            yield TriedArticle(event.url, problem=event.reason)


def _trial(
    source: Source,
    found: Diagnosis,
    articles: tuple[TriedArticle, ...],
    entry: str,
) -> Trial:
    return Trial(
        url=source.url,
        what=found.what,
        good=found.good,
        sentence=found.sentence,
        advice=found.advice,
        elsewhere=tuple(
            TriedElsewhere(each.url, each.label, each.kind) for each in found.suggestions
        ),
        items=tuple(
            TriedItem(each.hints.title, each.url, each.hints.published_at)
            for each in found.items[:SHOWN_ITEMS]
        ),
        articles=articles,
        yaml=entry,
    )


def _yaml(source: Source, terms: tuple[str, ...], key: str, name: str) -> str:
    """The entry for sources.yaml.

    `terms` are those that were asked for: the word of a trial without any is not for watching.
    """
    about: dict[str, Any] = {
        "id": key,
        "kind": str(source.kind),
        "name": name,
        "url": source.url,
        "every": "10m",
    }
    for name in ("links", "items"):
        if getattr(source, name):
            about[name] = getattr(source, name)
    if source.fields:
        about["fields"] = dict(source.fields)
    if source.kind is SourceKind.SEARCH and terms:
        about["terms"] = list(terms)
    out = StringIO()
    yaml = YAML()
    yaml.allow_unicode, yaml.width = True, 4096
    yaml.dump([about], out)
    return out.getvalue()
