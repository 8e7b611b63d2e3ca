from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import cast

import pytest

from config.configuration import Configuration, Settings
from config.rule_trial import StoredTrial
from config.wiring import System
from pipeline.errors import BadInputError
from pipeline.model import Mention, Rule
from pipeline.stores.memory import MemoryStore
from tests.builders import NOON, mention


def _stored(*mentions: Mention) -> StoredTrial:
    def opened() -> MemoryStore:
        store = MemoryStore()
        store.put(mentions)
        return store

    configuration = Configuration(settings=Settings(), rules=(Rule("old", condition="停水"),))
    system = SimpleNamespace(configuration=configuration, open_store=opened, clock=lambda: NOON)
    return StoredTrial(cast(System, system))


def _told(number: int, days: float, text: str, story: str = "") -> Mention:
    at = NOON - timedelta(days=days)
    made = mention(id=f"m{number}", text=text, story=story or f"s{number}")
    return replace(made, published_at=at, seen_at=at)


MENTIONS = (
    _told(1, 0.1, "注册要收费，还有工本费", "a"),
    _told(2, 1, "收费和工本费都涨了", "a"),
    _told(3, 2, "收费窗口招聘，工本费"),
    _told(4, 3, "今日停水"),
    _told(5, 40, "收费工本费，很久以前"),
)


def test_a_line_is_tried_on_the_last_month() -> None:
    trial = _stored(*MENTIONS)("收费 +工本费 !招聘", None)
    assert (trial.looked, trial.hits, trial.stories) == (4, 2, 1)
    assert len(trial.days) == 30
    assert [count for _, count in trial.days if count] == [1, 1]
    assert trial.days[-1] == (NOON.date(), 1)
    assert [each.id for each, _ in trial.examples] == ["m1", "m2"]
    assert trial.words == "含“收费”，且含“工本费”，且不含“招聘”"
    assert "all: [收费, 工本费]" in trial.yaml
    assert not trial.warnings


def test_spelling_goes_with_a_line() -> None:
    stored = _stored(_told(1, 1, "又收fei了"))
    assert stored("收费", None).hits == 0
    trial = stored("收费", "evasive")
    assert trial.hits == 1
    assert "spelling: evasive" in trial.yaml


def test_an_entry_of_the_file_is_tried_even_when_paused() -> None:
    trial = _stored(*MENTIONS)("- {id: r, level: II, any: [停水], enabled: false}\n", None)
    assert (trial.rule.id, trial.rule.level, trial.hits) == ("r", "II", 1)


def test_rules_that_count_and_composites_are_tried_too() -> None:
    stored = _stored(*(_told(n, 1 + n / 2000, "停水") for n in range(9)))
    frequency = "- {id: f, level: II, kind: frequency, any: [停水], count: 5, window: 1h}"
    assert stored(frequency, None).hits == 1
    composite = "- {id: c, level: I, kind: composite, of: [old, x], count: 1, window: 1d}"
    assert stored(composite, None).hits == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("!日电", "只有排除词"),
        ("- {id: r, level: II, all: [停水], none: [停水]}", "never hit"),
        ("- {id: r, level: II, any: [停水]}\n- {id: q, level: II, any: [停电]}", "一次试一条"),
        ("- id: r\n  level: VI\n  any: [停水]", "rules.yaml:2"),
        ("- &a [*a]\n", "rules.yaml"),
    ],
)
def test_what_is_wrong_is_said(text: str, says: str) -> None:
    with pytest.raises(BadInputError, match=says):
        _stored()(text, None)


def test_too_wide_too_narrow_and_nothing_stored_are_warned_of() -> None:
    many = [_told(n, n / 10, "收费" if n % 2 else "停水") for n in range(40)]
    assert "太宽了" in _stored(*many)("收费", None).warnings[0]
    assert "一条也没有命中" in _stored(*many)("罢市", None).warnings[0]
    assert "没有入库的信息" in _stored()("收费", None).warnings[0]


def test_what_the_quiet_time_holds_back_is_told() -> None:
    bursts = [
        _told(10 * burst + n, 1 - burst / 8 - n / 1440, "停水")
        for burst in range(3)
        for n in range(5)
    ]
    entry = "- {id: r, level: II, kind: frequency, any: [停水], count: 5, window: 1h}"
    trial = _stored(*bursts)(entry, None)
    assert trial.hits == 1
    assert any("另有2次达到条件但没有报警：距上一次不到6小时" in each for each in trial.warnings)
    loud = _stored(*bursts)(entry.replace("window: 1h", "window: 1h, quiet: 0m"), None)
    assert loud.hits == 3
    assert not any("另有" in each for each in loud.warnings)


def test_a_rule_about_silence_is_not_tried_on_mentions() -> None:
    with pytest.raises(BadInputError, match="不能在入库的信息上试"):
        _stored(*MENTIONS)("- {id: r, level: II, kind: silence}", None)


def test_a_rule_that_is_configured_can_be_written_out() -> None:
    assert _stored().written(Rule("r", "II", condition="停水")) == (
        "- id: r\n  level: II\n  any: [停水]\n"
    )
