"""The sample agency's rules over its whole sample web: every marked item alerts, no other one does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from config.sample.web.content import items as load_items
from tests.command import ROOT

EXPECTED_RECALL = 1.0
MOST_FALSE = 0
"""Floors only rise: no marked item is missed, no unmarked one alerts."""


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, set[str]], datetime]:
    """Title → rules that alerted on it, after everything on the sample web has appeared."""
    data = tmp_path_factory.mktemp("sample")
    born = (datetime.now(UTC) - timedelta(hours=2)).replace(microsecond=0)
    state = {"born": born.isoformat(), "port": 0}
    (data / "sample-web.json").write_text(json.dumps(state))
    environment = {**os.environ, "CHENGQING_DATA": str(data)}
    environment.pop("CHENGQING_CONFIG", None)

    def run(*arguments: str) -> str:
        command = [sys.executable, "-m", "config.cli", *arguments, "--json"]
        done = subprocess.run(
            command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=180
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("collect", "--once")
    titles: dict[str, str] = {}
    for line in run("search", "", "--limit", "1000").splitlines():
        mention = json.loads(line)
        titles[mention["id"]] = mention["title"]
    found: dict[str, set[str]] = {title: set() for title in titles.values()}
    for line in run("alerts").splitlines():
        alert = json.loads(line)
        for mention in alert["mentions"]:
            found[titles[mention]].add(alert["rule"])
    return found, born


def test_every_item_is_stored_under_its_title(
    collected: tuple[dict[str, set[str]], datetime],
) -> None:
    found, born = collected
    assert set(found) == {item.title for item in load_items(born)}


def test_the_marked_items_alert_and_no_others(
    collected: tuple[dict[str, set[str]], datetime],
) -> None:
    found, born = collected
    items = load_items(born)
    wanted = {(item.title, rule) for item in items for rule in item.expect}
    raised = {(title, rule) for title, rules in found.items() for rule in rules}
    missed, false = wanted - raised, raised - wanted
    assert len(wanted & raised) / len(wanted) >= EXPECTED_RECALL, missed
    assert len(false) <= MOST_FALSE, false
