from __future__ import annotations

from datetime import timedelta

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
