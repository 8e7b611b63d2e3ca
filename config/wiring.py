"""The composition root: configuration and stores put together, ports filled."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config import environment
from config.configuration import Configuration
from config.loader import load, variables
from config.sample_web import sample_web_address
from pipeline.model import Mention, Position, Query
from pipeline.ports import MentionStore

if TYPE_CHECKING:
    from config.sentence_models import ModelsWhenAsked
    from config.story_measure import StoreMeasure
    from pipeline.run import Pipeline

VERSION = "0.1.0"


def utc_now() -> datetime:
    return datetime.now(UTC)


def configuration_of(folder: Path, data: Path) -> Configuration:
    """The configuration, with the address of the running sample web filled in."""
    return load(folder, variables(sample_web_address(data)))


@dataclass
class System:
    """One configuration on one data folder."""

    configuration: Configuration
    data: Path

    def clock(self) -> datetime:
        return utc_now()

    @property
    def spool(self) -> Path:
        return self.data / "spool"

    @property
    def user_agent(self) -> str:
        settings = self.configuration.settings
        if settings.user_agent:
            return settings.user_agent
        contact = settings.contact or "contact: see settings.yaml"
        return f"Chengqing/{VERSION} (public-opinion monitoring; {contact})"

    @property
    def mentions_url(self) -> str:
        """The environment, else the settings, else a file in the data folder."""
        given = os.environ.get(environment.MENTIONS) or self.configuration.settings.mentions
        return given or f"sqlite:///{self.data / 'mentions.db'}"

    @cached_property
    def store(self) -> MentionStore:
        """Belongs to the thread that asks first; others use `open_store`."""
        return self.open_store()

    def open_store(self) -> MentionStore:
        from pipeline.stores import open_store

        return open_store(self.mentions_url)

    @property
    def reader(self) -> str:
        """What reads records, program and configuration; another may read what this cannot."""
        from pipeline.reader import reader_version

        return reader_version(repr(self.configuration.sites))

    def judge(self) -> Judge:
        """The alert step over this thread's store."""
        from config.story_measure import StoreMeasure

        measure = StoreMeasure(self.store, self.clock, self.configuration.settings.timezone)
        return Judge(self.configuration, StorePast(self.store), measure, self.models)

    @cached_property
    def models(self) -> ModelsWhenAsked:
        """The sentence models, for all that compares mentions with claims as they come."""
        from config.sentence_models import ModelsWhenAsked

        configuration = self.configuration
        return ModelsWhenAsked(
            configuration.settings.sentence_model, configuration.claims, self.data
        )

    def watch_silence(self) -> int:
        """Alerts about sources that are silent after a round; returns how many are new."""
        from alerts.silences import watch
        from alerts.weighing import Scorer

        configuration, settings = self.configuration, self.configuration.settings
        sources = {source.id: source for source in configuration.sources}
        return watch(
            configuration.rules,
            configuration.sources,
            Scorer(settings.levels, sources),
            self.clock(),
            settings.timezone,
        )

    def pipeline(self) -> Pipeline:
        from alerts.quarantine import CaseStoreQuarantine
        from alerts.stories import decisions
        from pipeline.run import Pipeline

        return Pipeline(
            self.spool,
            store=self.store,
            alerts=self.judge(),
            quarantine=CaseStoreQuarantine(self.reader),
            checkpoint=CaseStoreCheckpoint(),
            clock=self.clock,
            zones={source.id: source.timezone for source in self.configuration.sources},
            sites={site.host: site for site in self.configuration.sites},
            decisions=decisions,
        )


class CaseStoreCheckpoint:
    """The pipeline's checkpoint as a row of the case store."""

    NAME = "pipeline"

    def load(self) -> Position:
        from alerts.models import Checkpoint

        row = Checkpoint.objects.filter(name=self.NAME).first()
        return Position(row.segment, row.offset) if row else Position(1, 0)

    def save(self, position: Position) -> None:
        from alerts.models import Checkpoint

        Checkpoint.objects.update_or_create(
            name=self.NAME, defaults={"segment": position.segment, "offset": position.offset}
        )


class StorePast:
    """What counting rules know of the past: mentions as the store has them."""

    PAGE = 500
    MOST = 20_000
    """Of one answer; a subject with more is far beyond any count that a rule asks for."""

    def __init__(self, store: MentionStore) -> None:
        self._store = store
        self._answers: dict[Query, list[Mention]] = {}
        self._refreshed = False

    def renew(self) -> None:
        """What was stored since is seen, too; to be called before a batch is judged."""
        if self._answers:
            self._answers.clear()
        self._refreshed = False

    def between(self, since: datetime, until: datetime) -> Sequence[Mention]:
        return self._found(Query(since=since, until=until))

    def of_story(self, story: str) -> Sequence[Mention]:
        return self._found(Query(stories=(story,)))

    def _found(self, query: Query) -> Sequence[Mention]:
        if query in self._answers:
            return self._answers[query]
        if not self._refreshed:
            self._store.refresh()
            self._refreshed = True
        found: list[Mention] = []
        cursor: str | None = None
        while len(found) < self.MOST:
            page = self._store.search(query, limit=self.PAGE, cursor=cursor)
            found += [hit.mention for hit in page.hits]
            cursor = page.cursor
            if cursor is None:
                break
        self._answers[query] = found
        return found


class Judge:
    """The alert step: the agency's rules over mentions, alerts into the case store."""

    def __init__(
        self,
        configuration: Configuration,
        past: StorePast | None = None,
        measure: StoreMeasure | None = None,
        models: ModelsWhenAsked | None = None,
    ) -> None:
        from alerts.claim_links import StoredLinks
        from alerts.rules.ruleset import compile_all
        from alerts.weighing import Scorer

        self.rules = {rule.id: rule for rule in configuration.rules}
        self.claims = {claim.id: claim for claim in configuration.claims}
        self.facts = {fact.id: fact for fact in configuration.facts}
        sources = {source.id: source for source in configuration.sources}
        self.links = StoredLinks()
        self.compiled = compile_all(
            configuration.rules,
            configuration.claims,
            configuration.facts,
            configuration.settings.timezone,
            sources,
            past,
            self.links,
            *((models,) if models else ()),
        )
        self.models = models
        self.scorer = Scorer(configuration.settings.levels, sources, measure)
        self.past, self.measure = past, measure

    def __call__(self, mentions: Sequence[Mention], now: datetime) -> Mapping[str, int]:
        from alerts.pauses import count_held, paused
        from alerts.services import raise_alerts

        for kept in (self.past, self.measure):
            if kept is not None:
                kept.renew()
        self.links.renew(mentions)
        by_source: dict[str, list[Any]] = defaultdict(list)
        still, held = paused(now), Counter[str]()
        for mention in mentions:
            hits = self.compiled.evaluate(mention, now)
            if still:
                held.update(hit.rule for hit in hits if hit.rule in still)
                hits = [hit for hit in hits if hit.rule not in still]
            if hits:
                by_source[mention.source].append((mention, hits))
        if held:
            count_held(held, now)
        if self.models is not None:
            self.models.keep()
        return {
            source: raise_alerts(judged, self.rules, self.claims, self.facts, now, self.scorer)
            for source, judged in by_source.items()
        }


def start(*, migrate: bool = True) -> System:
    """Load everything that a command with stores needs: configuration, Django, tables, rows.

    Raises ConfigurationError, and ChengqingError when the data folder cannot be used.
    """
    data = environment.data_folder()
    configuration = configuration_of(environment.config_folder(), data)
    _prepare_folder(data)
    settings = configuration.settings
    if settings.cases and not os.environ.get(environment.CASES):
        os.environ[environment.CASES] = settings.cases
    _check_case_store(os.environ.get(environment.CASES, ""))
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    system = System(configuration, data)
    if migrate:
        _migrate(system)
    return system


def _prepare_folder(data: Path) -> None:
    from pipeline.errors import ChengqingError

    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ChengqingError(
            f"{data}: the data folder cannot be made ({error.strerror}); see --data"
        ) from error
    if not os.access(data, os.W_OK):
        raise ChengqingError(f"{data}: the data folder cannot be written; check its owner")


def _check_case_store(url: str) -> None:
    from pipeline.errors import BadInputError

    if url and not url.startswith("sqlite:///"):
        raise BadInputError(f"cases: “{url}” is not supported; write sqlite:///path/to/cases.db")


def _migrate(system: System) -> None:
    """Bring the tables up to date, once at a time; record what is provisioned."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from alerts.definitions import record_definitions
    from config.locks import locked

    with locked(system.data / "migrate.lock"):
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0, interactive=False)
        record_definitions(definitions(system.configuration), system.clock())


def definitions(configuration: Configuration) -> dict[str, dict[str, dict[str, Any]]]:
    """Kind → id → definition, as plain JSON values."""
    return {
        kind: {entry.id: _plain(entry) for entry in entries}
        for kind, entries in (
            ("source", configuration.sources),
            ("rule", configuration.rules),
            ("fact", configuration.facts),
            ("claim", configuration.claims),
        )
    }


def _plain(value: Any) -> Any:
    """Plain JSON values; a nested value tells its class, since `any` and `all` look alike.

    What has its default is left out: a key that a later version of the program knows does not make
    another definition of what never used it.
    """
    if is_dataclass(value):
        parts = {
            each.name: _plain(given)
            for each in fields(value)
            if (given := getattr(value, each.name)) != each.default
        }
        return {"is": type(value).__name__, **parts}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return value if isinstance(value, str | int | float | None) else str(value)
