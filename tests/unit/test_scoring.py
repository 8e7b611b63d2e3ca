"""Points, levels and what they say, without a store."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from alerts.scoring import (
    Contribution,
    Score,
    StoryMeasure,
    Subject,
    Touched,
    Weights,
    graver,
    gravest,
    in_words,
    level_of,
    score,
    total,
)
from alerts.weighing import NEARBY, Scorer
from config.loader import ConfigurationError, load
from config.story_measure import StoreMeasure
from pipeline.model import LEVELS, Level, Mention, RuleHit, Source, SourceKind
from pipeline.stores.memory import MemoryStore
from tests.builders import NOON, mention

WEIGHTS = Weights()
CHILDREN = Subject("未成年人", 10, ("学生",))
DEATHS = Subject("人身伤亡", 15, ("死亡",))


def points(parts: Score) -> dict[str, int]:
    return {part.kind: part.points for part in parts}


@pytest.mark.parametrize("rule", LEVELS)
def test_a_lone_hit_has_the_level_of_its_rule(rule: Level) -> None:
    parts = score(WEIGHTS, rule, story=StoryMeasure())
    assert level_of(total(parts), WEIGHTS) == rule
    assert points(parts) == {
        "rule": WEIGHTS.rule[rule], "reach": 0, "size": 0, "spread": 0, "growth": 0, "sensitive": 0,
    }  # fmt: skip


def test_each_contribution_says_what_it_is_for() -> None:
    parts = score(
        WEIGHTS,
        "III",
        reached=[("临江论坛", "local"), ("某某日报", "provincial")],
        story=StoryMeasure(23, 6, recent=12, earlier=3, hours=10.0),
        touched=[Touched(CHILDREN, "学生")],
    )
    assert [(each.points, each.most, each.why) for each in parts] == [
        (40, 80, "规则定为Ⅲ级"),
        (15, 20, "省级媒体或平台（某某日报）"),
        (6, 10, "同一事件共23条信息，达到20"),
        (6, 10, "6个来源在说，达到6"),
        (8, 8, "近2小时每小时6.0条，此前每小时约0.3条，18.0倍，达到4倍"),
        (10, 20, "未成年人（“学生”）"),
    ]
    assert (total(parts), level_of(total(parts), WEIGHTS)) == (85, "I")


@pytest.mark.parametrize(
    ("story", "grown"),
    [
        (StoryMeasure(4, 1, recent=4, earlier=0, hours=24), 0),  # few are none, whatever was before
        (StoryMeasure(5, 1, recent=5, earlier=0, hours=0), 8),  # a new story, and quick
        (StoryMeasure(53, 1, recent=5, earlier=48, hours=24), 0),  # as ever
        (StoryMeasure(60, 1, recent=12, earlier=48, hours=24), 4),
        (StoryMeasure(500, 1, recent=5, earlier=495, hours=24), 0),  # falling
    ],
)
def test_growth_is_against_earlier_hours_and_not_made_of_few(
    story: StoryMeasure, grown: int
) -> None:
    assert points(score(WEIGHTS, "IV", story=story))["growth"] == grown


def test_subjects_count_once_and_have_a_limit() -> None:
    touched = [Touched(CHILDREN, "学生"), Touched(CHILDREN, "学生"), Touched(DEATHS, "死亡")]
    [sensitive] = [
        each
        for each in score(WEIGHTS, "IV", story=StoryMeasure(), touched=touched)
        if each.kind == "sensitive"
    ]
    assert (sensitive.points, sensitive.why) == (20, "未成年人（“学生”）、人身伤亡（“死亡”）")


def test_of_each_kind_the_most_stays() -> None:
    first = score(WEIGHTS, "III", story=StoryMeasure(30, 2, recent=20, earlier=2, hours=8))
    later = score(WEIGHTS, "III", story=StoryMeasure(100, 2), reached=[("某台", "national")])
    best = gravest(first, later)
    assert points(best) | {"growth": 8, "size": 10, "reach": 20} == points(best)
    assert in_words(first, best) == (
        "来源影响 +20：全国性媒体或平台（某台）；事件规模 +10：同一事件共100条信息，达到100"
    )
    assert gravest(best, first) == best
    assert gravest((), first) == first


def test_a_contribution_survives_json() -> None:
    for each in score(WEIGHTS, "II", story=StoryMeasure()):
        assert Contribution.from_json(each.to_json()) == each


def test_graver_is_nearer_to_one() -> None:
    assert graver("I", "II")
    assert not graver("III", "III")
    assert not graver("IV", "II")


# --- what is weighed ---------------------------------------------------------------------------


def _found(made: Mention, term: str) -> RuleHit:
    at = made.text.index(term)
    return RuleHit("r", "III", "keyword", "……", ((at, at + len(term), term, "text"),))


def _sensitive(made: Mention, hit: RuleHit) -> str:
    scorer = Scorer(Weights(sensitive=(CHILDREN, DEATHS)))
    [why] = [each.why for each in scorer(made, hit) if each.kind == "sensitive"]
    return why


def test_a_sensitive_word_counts_in_the_title_and_near_what_was_found() -> None:
    near = mention(title="通报", text="食堂收费引争议，有學生反映。")
    assert _sensitive(near, _found(near, "收费")) == "未成年人（“學生”）"
    far = mention(title="通报", text="收费。" + "无关。" * NEARBY + "另有一名学生死亡。")
    assert _sensitive(far, _found(far, "收费")) == "没有涉及"
    titled = mention(title="一学生死亡", text="收费。")
    assert _sensitive(titled, _found(titled, "收费")) == "未成年人（“学生”）、人身伤亡（“死亡”）"


def test_a_rule_that_shows_no_place_has_all_of_the_text_looked_at() -> None:
    made = mention(title="通报", text="无关。" * NEARBY + "学生")
    assert _sensitive(made, RuleHit("r", "III", "composite", "……")) == "未成年人（“学生”）"


def test_reach_is_that_of_the_farthest_source_that_found_it() -> None:
    sources = {
        "bbs": Source("bbs", SourceKind.PAGE, "论坛", reach="local"),
        "tv": Source("tv", SourceKind.PAGE, "卫视", reach="provincial"),
        "blog": Source("blog", SourceKind.PAGE, "博客"),
    }
    scorer = Scorer(WEIGHTS, sources)
    made = mention(source="blog", also=("bbs", "tv"))
    [reach] = [each for each in scorer(made, _found(made, made.text[:2])) if each.kind == "reach"]
    assert (reach.points, reach.why) == (15, "省级媒体或平台（卫视）")


def test_a_story_is_measured_by_counting() -> None:
    store, hour = MemoryStore(), timedelta(hours=1)
    times = [NOON - 40 * hour, *[NOON - 8 * hour] * 3, *[NOON - hour / 2] * 5]
    store.put(
        [
            mention(f"m{n}", source=f"s{n % 3}", story="s", published_at=at)
            for n, at in enumerate(times)
        ]
    )
    store.put([mention("other", story="t", published_at=NOON - hour)])
    store.refresh()
    measure = StoreMeasure(store, lambda: NOON, "Asia/Shanghai")
    assert measure("s") == StoryMeasure(9, 3, recent=5, earlier=3, hours=24.0)
    assert measure("t") == StoryMeasure(1, 1, recent=1, earlier=0, hours=0.0)


# --- settings ----------------------------------------------------------------------------------


def _settings(folder: Path, levels: str) -> Weights:
    (folder / "settings.yaml").write_text(f"agency: 甲\nlevels:\n{levels}", "utf-8")
    return load(folder, {}).settings.levels


def test_weights_are_the_agencys_own(tmp_path: Path) -> None:
    weights = _settings(
        tmp_path,
        "  rule: {IV: 25}\n  reach: {city: 12}\n  size: {50: 5, 10: 2}\n"
        "  sensitive: [{name: 高考, points: 9, words: [高考, 考场]}]\n",
    )
    assert (weights.rule["IV"], weights.rule["III"], weights.reach["city"]) == (25, 40, 12)
    assert (weights.size, weights.growth) == ({10: 2, 50: 5}, WEIGHTS.growth)
    assert weights.sensitive == (Subject("高考", 9, ("高考", "考场")),)


@pytest.mark.parametrize(
    ("levels", "sentence"),
    [
        ("  rule: {III: 30}\n", "a rule of level III gives 30 points and would not reach its own"),
        ("  thresholds: {II: 30}\n", "must fall from I to III"),
        ("  reach: {world: 3}\n", "“world” is not one of"),
        ("  sise: {5: 3}\n", "did you mean “size”"),
        ("  sensitive: [{name: 甲, points: 3, words: []}]\n", "words"),
    ],
)
def test_weights_that_make_no_sense_are_refused(tmp_path: Path, levels: str, sentence: str) -> None:
    with pytest.raises(ConfigurationError, match=r"settings.yaml:[0-9]+") as refused:
        _settings(tmp_path, levels)
    assert sentence in str(refused.value)
