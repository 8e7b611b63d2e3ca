"""Stored mentions a second, and searches, in SQLite and in Elasticsearch.

    python benchmarks/store.py [COUNT]

COUNT generated mentions of some 800 characters are put in batches of 500, then searched. The named
peer of the Elasticsearch store is the official client's bare `parallel_bulk` (2 threads, chunks of
500) of equal documents, made beforehand, into an index with the same mapping, in the same run. The
server is the one that the tests use (JDK and Maven), or that of CHENGQING_TEST_ELASTICSEARCH.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from elasticsearch import Elasticsearch, helpers

from pipeline.model import Mention, Query
from pipeline.ports import MentionStore
from pipeline.stores import open_store
from pipeline.stores.elastic_documents import document, template
from tests.search_server import search_server

BATCH = 500
SEARCHES = [
    "停水",
    "水",
    "城东停水",
    "市场 -夜市",
    "电梯 OR 收费",
    '"临江 夜市"',
    "GB18030",
    "谣言 辟谣",
]
# fmt: off
WORDS = [
    "临江", "市场", "监管", "夜市", "停水", "通告", "电梯", "维保", "抽检", "食品",
    "收费", "注册", "公司", "开办", "投诉", "热线", "计量", "检定", "摊位", "营业",
    "城东", "诈骗", "短信", "谣言", "辟谣", "大米", "校园", "食堂", "价格", "AI",
    "12315", "GB18030", "的", "是", "在", "了", "不", "有", "和", "，",
    "。", "、", "\n",
]
# fmt: on


def made(count: int) -> list[Mention]:
    """Equal for equal counts; a fifth of each text is characters at random, as names are."""
    dice = random.Random(5)
    now = datetime(2026, 3, 5, 4, 0, tzinfo=UTC)
    mentions = []
    for number in range(count):
        words = dice.choices(WORDS, k=340)
        words += [chr(dice.randrange(0x4E00, 0x5E00)) for _ in range(160)]
        dice.shuffle(words)
        at = now - timedelta(minutes=dice.randrange(100_000))
        mentions.append(
            Mention(
                id=f"{dice.getrandbits(128):032x}",
                version=int(now.timestamp() * 1000),
                url=f"https://news.linjiang.example/{number}",
                source=f"source-{number % 20}",
                title="".join(dice.choices(WORDS[:30], k=6)),
                text="".join(words),
                seen_at=now,
                published_at=at,
                story=f"story-{number % 500}",
                language="zh",
                signature=tuple(dice.getrandbits(32) for _ in range(64)),
                content_hash=f"{number:032x}",
            )
        )
    return mentions


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def put_all(store: MentionStore, mentions: list[Mention]) -> None:
    for start in range(0, len(mentions), BATCH):
        store.put(mentions[start : start + BATCH])


def search_all(store: MentionStore) -> None:
    for text in SEARCHES:
        store.search(Query(text))


def bare_bulk(url: str, alias: str, mentions: list[Mention]) -> tuple[float, int]:
    """Seconds of the peer, and the bytes that its index takes."""
    index = f"{alias}-bare-000001"
    with closing(Elasticsearch(url, request_timeout=60)) as client:
        about = template(alias)["template"]
        client.indices.create(index=index, settings=about["settings"], mappings=about["mappings"])
        actions = [
            {"_index": index, "_id": mention.id, "_source": document(mention, current=True)}
            for mention in mentions
        ]

        def send() -> None:
            deque(helpers.parallel_bulk(client, actions, thread_count=2, chunk_size=BATCH), 0)

        took = seconds(send)
        client.indices.flush(index=index)
        client.indices.refresh(index=index)
        stored = client.indices.stats(index=index)["_all"]["total"]["store"]["size_in_bytes"]
        client.indices.delete(index=index)
        return took, stored


def measured(name: str, store: MentionStore, mentions: list[Mention]) -> tuple[str, float]:
    count = len(mentions)
    first = seconds(lambda: put_all(store, mentions))
    again = seconds(lambda: put_all(store, mentions))
    store.refresh()
    search_all(store)
    search = seconds(lambda: search_all(store)) / len(SEARCHES)
    line = f"| {name} | {count / first:,.0f} | {count / again:,.0f} | {search * 1000:.1f} |"
    return line, count / first


def rows(mentions: list[Mention]) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mentions.db"
        with closing(open_store(f"sqlite:///{path}")) as store:
            line, _ = measured(store.describe(), store, mentions)
            size = sum(each.stat().st_size for each in Path(folder).iterdir())
            yield f"{line} {size / len(mentions) / 1024:.1f} | |"
    with ExitStack() as stack:
        url = os.environ.get("CHENGQING_TEST_ELASTICSEARCH")
        url = url or stack.enter_context(search_server()).url
        alias = f"benchmark-{os.getpid()}"
        bare_bulk(url, f"{alias}-warm", mentions[:2000])
        client = stack.enter_context(closing(Elasticsearch(url)))
        store = stack.enter_context(closing(open_store(f"elasticsearch+{url}/{alias}")))
        line, rate = measured(store.describe(), store, mentions)
        took, size = bare_bulk(url, alias, mentions)
        client.indices.delete(index=f"{alias}-000001")
        client.indices.delete_index_template(name=alias)
        bare = len(mentions) / took
        yield f"{line} {size / len(mentions) / 1024:.1f} | {rate / bare:.2f} |"
        yield f"| parallel_bulk alone | {bare:,.0f} | | | | 1 |"


def main() -> None:
    mentions = made(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
    print(
        f"{len(mentions):,} mentions of {sum(len(m.text) for m in mentions) // len(mentions)}"
        " characters\n\n| store | new, mentions/s | put again, mentions/s | search, ms | KB each"
        " | beside parallel_bulk |\n|---|---|---|---|---|---|"
    )
    for row in rows(mentions):
        print(row, flush=True)


if __name__ == "__main__":
    main()
