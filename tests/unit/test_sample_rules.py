"""The sample agency's rules hit what its content says they should, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alerts.rules.ruleset import Ruleset, compile_all
from config.configuration import Configuration
from config.loader import load, rules_of, variables
from config.rule_forms import entry_of
from config.sample.web.content import Item, items
from config.yaml_text import yaml_of
from pipeline.model import SourceKind
from tests.builders import mention

BORN = datetime(2026, 3, 5, 4, 0, tzinfo=UTC)
SAMPLE = Path(__file__).parents[2] / "config" / "sample"
ITEMS = items(BORN)


@pytest.fixture(scope="module")
def sample() -> Configuration:
    return load(SAMPLE, variables("http://127.0.0.1:9"))


@pytest.fixture(scope="module")
def rules(sample: Configuration) -> Ruleset:
    return compile_all(sample.rules, sample.claims, sample.facts)


@pytest.mark.parametrize("item", ITEMS, ids=[item.id for item in ITEMS])
def test_the_rules_hit_what_is_expected(rules: Ruleset, item: Item) -> None:
    at = item.at.astimezone(UTC)
    made = mention(
        item.id,
        item.title,
        "\n".join(item.paragraphs),
        source=item.site,
        published_at=at,
        seen_at=at + timedelta(minutes=1),
    )
    assert {hit.rule for hit in rules.evaluate(made, BORN)} == set(item.expect)


def test_every_kind_of_rule_is_seen_at_work(sample: Configuration) -> None:
    kinds = {rule.id: rule.kind for rule in sample.rules}
    assert {kinds[rule] for item in ITEMS for rule in item.expect} == {"keyword", "claim", "fact"}


def test_without_the_sample_web_only_the_forms_go_on(
    sample: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SAMPLE_WEB", raising=False)
    assert all(source.enabled for source in sample.sources)
    going = {source.kind for source in load(SAMPLE, variables(None)).sources if source.enabled}
    assert going == {SourceKind.ENTRY, SourceKind.TIPS}


def test_a_rule_is_written_as_it_is_read(sample: Configuration) -> None:
    written = """
- {id: counted, kind: frequency, level: II, any: [停水], count: 5, window: 90m, quiet: 0m, growth: 3}
- {id: joined, kind: composite, level: I, of: [counted, timed], window: 1d, enabled: false}
- id: timed
  level: II
  name: "深夜: 爆料"
  sentence: [[工商局, 市场监管局], 收费]
  field: title
  spelling: exact
  sources: [forum]
  source_kinds: [page]
  regions: [临江]
  when: {from: 2026-01-01, to: 2026-12-31, hours: "22:00-07:00", weekdays: [6, 7]}
- {id: told, kind: claim, level: II, claims: [fee-200]}
- {id: maybe-told, kind: claim, level: II, suggestions: true}
- {id: left-out, kind: omission, level: II, facts: [fee-2025], department: news}
- {id: still, kind: silence, level: IV, window: 6h, sources: [forum]}
- {id: new, kind: newcomer, level: III, regex: '收\\d+元', by: region}
"""
    for rule in (*sample.rules, *rules_of(written)):
        assert rules_of(yaml_of([entry_of(rule)])) == (rule,)
