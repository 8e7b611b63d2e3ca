"""The same mentions give the same hits on every engine, in the same order."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.errors import QueryError
from pipeline.model import Mention, Query, Span
from pipeline.ports import MentionStore
from pipeline.stores import open_store
from tests.builders import NOON, mention

# fmt: off
WORDS = [
    "临江", "市场", "监管", "局", "夜市", "停水", "通告", "电梯", "维保", "抽检", "食品", "合格", "收费", "工本费",
    "注册", "公司", "企业", "开办", "投诉", "热线", "秤", "计量", "检定", "摊位", "营业", "城东", "城南", "诈骗", "短信",
    "谣言", "辟谣", "大米", "鸡蛋", "校园", "食堂", "中毒", "加油站", "价格", "AI", "training", "12315",
    "GB18030", "3.5", "Wi-Fi", "李建光", "軟體", "ＡＢＣ", "𠮷野家",
]
# fmt: on
JOINTS = ["", "", "", "，", "。", " ", "、", "\n", "“", "”", "\u200b"]
MENTIONS = 2000
QUERIES = 100


def generated_mentions(dice: random.Random) -> list[Mention]:
    made = []
    for number in range(MENTIONS):
        words = [dice.choice(WORDS) for _ in range(dice.randint(4, 40))]
        text = "".join(word + dice.choice(JOINTS) for word in words)
        at = NOON - timedelta(minutes=dice.randint(0, 20_000))
        made.append(
            mention(
                f"m{number:04}",
                "".join(dice.sample(WORDS, 3)),
                text,
                source=dice.choice(["gazette", "portal", "forum"]),
                published_at=None if dice.random() < 0.1 else at,
                seen_at=NOON + timedelta(minutes=number % 7),
                duplicate_of="m0000" if dice.random() < 0.1 else None,
                story=f"m{number % 50:04}",
            )
        )
    return made


def generated_query(dice: random.Random, texts: list[str]) -> Query:
    def word() -> str:
        if dice.random() < 0.5:
            return dice.choice(WORDS)
        text = dice.choice(texts)
        start = dice.randrange(len(text))
        part = text[start : start + dice.randint(1, 6)].replace('"', "")
        return f'"{part}"' if dice.random() < 0.5 else part

    parts = [word()]
    for _ in range(dice.randint(0, 2)):
        parts.append(dice.choice(["", "", "-", "OR "]) + word())
    filters: dict[str, object] = {}
    if dice.random() < 0.3:
        filters["since"] = NOON - timedelta(minutes=dice.randint(0, 20_000))
    if dice.random() < 0.2:
        filters["until"] = NOON - timedelta(minutes=dice.randint(0, 10_000))
    if dice.random() < 0.3:
        filters["sources"] = tuple(dice.sample(["gazette", "portal", "forum"], dice.randint(1, 2)))
    if dice.random() < 0.1:
        filters["stories"] = (f"m{dice.randrange(50):04}",)
    if dice.random() < 0.1:
        filters["unique"] = True
    return Query(" ".join(parts), **filters)  # type: ignore[arg-type]


def fill(store: MentionStore, mentions: list[Mention]) -> None:
    """In each of the ways in which a text may come to stand there."""
    better, plain, loaded = mentions[:500], mentions[500:1500], mentions[1500:]
    store.put([_misread(each) for each in better])
    assert set(store.replace(better)) == {"replaced"}
    for start in range(0, len(plain), 500):
        store.put(plain[start : start + 500])
    store.load([[each] for each in loaded])
    store.refresh()


def _misread(mention: Mention) -> Mention:
    return replace(
        mention,
        title=mention.text[:9],
        text=f"{mention.title}停水通告夜市{mention.text[::-1]}",
        published_at=None,
        story="m9999",
        content_hash="misread",
    )


Hit = tuple[str, tuple[Span, ...], tuple[Span, ...]]


def all_hits(store: MentionStore, query: Query) -> list[Hit]:
    found: list[Hit] = []
    cursor = None
    while True:
        page = store.search(query, limit=300, cursor=cursor)
        found += [(hit.mention.id, hit.title_highlights, hit.highlights) for hit in page.hits]
        cursor = page.cursor
        if cursor is None:
            assert page.total == len(found)
            return found


def _refuses(store: MentionStore, query: Query) -> bool:
    """Whether the store finds no word in the search."""
    try:
        store.search(query, limit=1)
    except QueryError:
        return True
    return False


@pytest.mark.elasticsearch
def test_every_engine_gives_the_same_hits(address: Callable[[str], str]) -> None:
    dice = random.Random(20260305)
    mentions = generated_mentions(dice)
    texts = [each.text for each in mentions]
    queries = [generated_query(dice, texts) for _ in range(QUERIES)]
    stores = [open_store(address(engine)) for engine in ("memory", "sqlite", "elasticsearch")]
    for store in stores:
        fill(store, mentions)
    some = 0
    for query in queries:
        if refusing := [store for store in stores if _refuses(store, query)]:
            assert refusing == stores, query
            continue
        reference, *others = [all_hits(store, query) for store in stores]
        some += bool(reference)
        for found in others:
            assert found == reference, query
        days = [
            store.histogram(query, interval="day", timezone="Asia/Shanghai") for store in stores
        ]
        assert days[0] == days[1] == days[2], query
        facets = [store.facets(query, "source") for store in stores]
        assert facets[0] == facets[1] == facets[2], query
    assert some > QUERIES // 2, "most queries must find something"
    for store in stores:
        store.close()
