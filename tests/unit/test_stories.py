from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from config.sample.web.content import items
from pipeline.model import Mention
from pipeline.stories import StoryIndex
from tests.builders import NOON, mention

FIRE = mention(
    "fire",
    "临江夜市一摊位起火无人伤亡",
    "昨晚九时许，临江夜市一处烧烤摊位起火，消防到场扑灭，无人伤亡。",
)


def told(*mentions: Mention) -> StoryIndex:
    index = StoryIndex()
    for each in mentions:
        index.add(each)
    return index


def test_another_report_of_the_event_joins_its_story() -> None:
    again = mention(
        "again", "临江夜市烧烤摊位起火 消防扑灭无人伤亡", "昨晚临江夜市一处烧烤摊位起火，消防扑灭。"
    )
    assert told(FIRE).assign(again) == "fire"


def test_another_event_begins_a_story() -> None:
    other = mention("other", "临江夜市下月起延长营业时间", "市监局通知，夜市下月起营业至凌晨一时。")
    assert told(FIRE).assign(other) == "other"


def test_the_same_words_weeks_later_are_another_story() -> None:
    later = NOON + timedelta(days=20)
    again = mention("again", FIRE.title, FIRE.text, seen_at=later, published_at=later)
    assert told(FIRE).assign(again) == "again"


def test_a_near_duplicate_belongs_to_the_story_of_its_family() -> None:
    copy = mention("copy", "转", "完全不同的导语", duplicate_of="fire")
    index = told(mention("fire", FIRE.title, FIRE.text, story="earlier"))
    assert index.assign(copy) == "earlier"


def test_a_copy_keeps_its_story_open() -> None:
    later = NOON + timedelta(days=5)
    index = told(
        FIRE, mention("copy", duplicate_of="fire", seen_at=later, published_at=later, story="fire")
    )
    evening = later + timedelta(hours=6)
    again = mention(
        "again", FIRE.title, "消防通报起火原因。", seen_at=evening, published_at=evening
    )
    assert index.assign(again) == "fire"
    assert len(index) == 1


def test_a_repeated_phrase_joins_what_is_told_in_other_words() -> None:
    rumour = mention(
        "rumour", "摆摊的都听说了吗", "隔壁摊位讲，滨江夜市下个月要全部关停取缔，摊位费也不退。"
    )
    answer = mention(
        "answer",
        "关于经营情况的说明",
        "近日有传言称“滨江夜市下个月要全部关停取缔”。经核实不实，摊位照常营业。",
    )
    assert told(rumour).assign(answer) == "rumour"


def test_two_notices_on_one_form_are_two_stories() -> None:
    first = mention(
        "first",
        "停水通知",
        "本周三上午8时至11时，江东路、柳堤街、青石巷一带停水检修，请居民提前储水。",
    )
    second = mention(
        "second",
        "停水通知",
        "本周六下午2时至5时，云岭路、东门街、沿河巷一带停水检修，请居民提前储水。",
    )
    assert told(first).assign(second) == "second"


def test_what_lies_a_month_back_is_forgotten() -> None:
    index = told(FIRE)
    later = NOON + timedelta(days=40)
    index.add(mention("new", "另一件事", "完全另外的一件事情。", seen_at=later, published_at=later))
    assert len(index) == 1


def test_a_mention_added_twice_counts_once() -> None:
    assert len(told(FIRE, FIRE)) == 1


def sample_stories() -> dict[str, str]:
    """Items of the sample → the stories that they were given, in the order they appear."""
    index, stories = StoryIndex(), {}
    for item in items(datetime(2026, 3, 5, 4, tzinfo=UTC)):
        at = item.at.astimezone(UTC)
        text = "\n".join(item.paragraphs)
        made = mention(item.id, item.title, text, seen_at=at, published_at=at, story="")
        made = replace(made, story=index.assign(made))
        index.add(made)
        stories[item.id] = made.story
    return stories


def test_the_rumours_of_the_sample_find_their_stories() -> None:
    stories = sample_stories()
    assert stories["rice-refuted"] == stories["rice-late"] == "rice-first"
    assert stories["canteen-answer"] == "canteen-rumour"
    assert stories["night-market-answer"] == stories["night-market-portal"] == "night-market-rumour"
    assert stories["live-refuted"] == stories["live-fee-portal"] == "live-fee"


def test_nothing_else_of_the_sample_is_thrown_together() -> None:
    topics = {item.id: item.topic for item in items(datetime(2026, 3, 5, 4, tzinfo=UTC))}
    topics["live-night-market"] = "night-market"  # the old rumour told again within three days
    for name, story in sample_stories().items():
        assert name == story or topics[name] == topics[story], name


def test_the_same_order_gives_the_same_stories() -> None:
    assert sample_stories() == sample_stories()
