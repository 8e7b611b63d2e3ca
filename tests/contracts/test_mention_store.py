"""One contract for all mention stores, run unchanged against each."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.errors import QueryError, StoreError
from pipeline.model import Mention, Query
from pipeline.ports import MentionStore
from pipeline.stores import open_store
from tests.builders import NOON, mention


def put(store: MentionStore, *mentions: Mention) -> list[str]:
    results = store.put(mentions)
    store.refresh()
    return list(results)


def ids(store: MentionStore, text: str = "", **filters: object) -> list[str]:
    page = store.search(Query(text, **filters), limit=100)  # type: ignore[arg-type]
    assert page.total == len(page.hits) == store.count(Query(text, **filters))  # type: ignore[arg-type]
    return [hit.mention.id for hit in page.hits]


def test_what_is_put_comes_back_whole(store: MentionStore) -> None:
    whole = mention(
        "a", "标题", "第一段。\n第二段。", author="王晓", origin="临江日报", similarity=0.75,
        duplicate_of="b", signature=(1, 2**32 - 1), raw="1:0", published_precision="day",
    )  # fmt: skip
    assert put(store, whole) == ["created"]
    assert store.get(["a", "missing"]) == {"a": whole}
    assert [hit.mention for hit in store.search(Query("标题")).hits] == [whole]


def test_versions(store: MentionStore) -> None:
    first = mention("a", text="旧文", version=1, content_hash="1")
    newer = mention(
        "a", text="新文", version=3, content_hash="2", seen_at=NOON + timedelta(hours=1)
    )
    assert put(store, first) == ["created"]
    assert put(store, first) == ["unchanged"]
    assert put(store, newer) == ["updated"]
    assert put(store, mention("a", text="迟到", version=2, content_hash="3")) == ["stale"]
    assert [each.text for each in store.versions("a")] == ["新文", "旧文"]
    assert store.get(["a"])["a"].seen_at == NOON, "the first sight stays"
    assert ids(store, "新文") == ["a"]
    assert ids(store, "旧文") == []
    assert store.versions("b") == []


def test_a_source_that_finds_it_too_joins_without_a_new_version(store: MentionStore) -> None:
    first = mention("a", text="旧文", version=1, content_hash="1", source="feed")
    assert put(store, first) == ["created"]
    again = replace(first, version=2, also=("page",), raw="1:9")
    assert put(store, again) == ["joined"]
    assert put(store, again) == ["unchanged"]
    assert store.versions("a") == [replace(first, also=("page",))]
    newer = replace(first, version=3, text="新文", content_hash="3", also=("search",))
    assert put(store, newer) == ["updated"]
    assert store.get(["a"])["a"].also == ("page", "search"), "who found it once stays"
    put(store, mention("b", source="page"))
    for source, found in (("feed", ["a"]), ("page", ["a", "b"]), ("search", ["a"]), ("x", [])):
        assert ids(store, sources=(source,)) == found
    assert ids(store, sources=("feed", "page")) == ["a", "b"], "each once"
    assert store.facets(Query(), "source") == [("page", 2), ("feed", 1), ("search", 1)]
    assert store.facets(Query("新文", sources=("page",)), "source") == [
        ("feed", 1), ("page", 1), ("search", 1),
    ]  # fmt: skip
    late = replace(first, also=("hot",))
    assert put(store, late) == ["joined"], "an old record of another source"
    assert store.get(["a"])["a"] == replace(newer, also=("page", "search", "hot"))
    assert store.replace([replace(newer, also=("page",))]) == ["replaced"]
    store.refresh()
    assert ids(store, sources=("search",)) == []


def test_one_batch_may_hold_an_id_twice(store: MentionStore) -> None:
    batch = [
        mention("a", text=text, version=n, content_hash=text) for n, text in ((1, "一"), (2, "二"))
    ]
    assert put(store, *batch) == ["created", "updated"]
    assert [each.text for each in store.versions("a")] == ["二", "一"]
    assert ids(store) == ["a"]


def test_putting_again_after_a_crash_changes_nothing(store: MentionStore) -> None:
    batch = [mention(f"m{n}", text=f"正文{n}") for n in range(20)]
    put(store, *batch)
    assert put(store, *batch) == ["unchanged"] * 20
    assert store.count(Query()) == 20


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("停水", ["a"]),
        ("水", ["a"]),
        ("城东停水", ["a"]),
        ("停水城东", []),
        ("停水 公告", ["a"]),
        ("公告", ["a", "b"]),
        ("公告 -停水", ["b"]),
        ("-停水", ["b", "c"]),
        ("停水 OR 诈骗", ["a", "c"]),
        ("公告 停水 OR 夜市", ["a", "b"]),
        ('"AI 诈骗"', ["c"]),
        ("ai", ["c"]),
        ("training", ["b"]),
        ("train", []),
        ("ＡＩ诈", ["c"]),
        ("李建光", ["b"]),
        ("軟體", ["c"]),
        ("软体", ["c"]),
        ("电梯", []),
        ("", ["a", "b", "c"]),
        ('"公告', ["a", "b"]),
        ("𠮷", ["c"]),
        ("3.5", ["b"]),
    ],
)
def test_searches(store: MentionStore, query: str, found: list[str]) -> None:
    put(
        store,
        mention("a", "公告", "今日城东停水，请储水。"),
        mention("b", "夜市公告", "李建光谈training，3.5公里。"),
        mention("c", "警惕", "AI诈骗出现新的軟體，𠮷野家。"),
    )
    assert ids(store, query) == found


def test_a_word_is_found_in_title_or_text(store: MentionStore) -> None:
    put(store, mention("a", "停水", "无关"), mention("b", "无关", "停水"))
    hits = store.search(Query("停水")).hits
    assert [(hit.title_highlights, hit.highlights) for hit in hits] == [
        (((0, 2),), ()),
        ((), ((0, 2),)),
    ]


def test_highlights_stand_in_the_original(store: MentionStore) -> None:
    put(store, mention("a", text="說：停\u200b水，ＡＩ詐騙。停水"))
    hit = store.search(Query("停水 诈骗")).hits[0]
    assert [hit.mention.text[start:end] for start, end in hit.highlights] == [
        "停\u200b水",
        "詐騙",
        "停水",
    ]


def test_newest_first_ties_by_id_and_pages(store: MentionStore) -> None:
    batch = [mention(f"m{n:03}", published_at=NOON - timedelta(minutes=n // 3)) for n in range(50)]
    put(store, *reversed(batch))
    seen: list[str] = []
    cursor = None
    while True:
        page = store.search(Query(), limit=7, cursor=cursor)
        assert page.total == 50
        seen += [hit.mention.id for hit in page.hits]
        cursor = page.cursor
        if cursor is None:
            break
    assert seen == [each.id for each in batch]


def test_undated_and_future_mentions_are_sorted_by_first_sight(store: MentionStore) -> None:
    put(
        store,
        mention("future", published_at=NOON + timedelta(days=700)),
        mention("undated", published_at=None, seen_at=NOON - timedelta(minutes=1)),
        mention("dated", published_at=NOON - timedelta(seconds=30)),
    )
    assert ids(store) == ["future", "dated", "undated"]


def test_filters(store: MentionStore) -> None:
    put(
        store,
        mention("a", source="portal", published_at=NOON - timedelta(days=2)),
        mention("b", source="forum", story="a", duplicate_of="a"),
    )
    assert ids(store, sources=("portal",)) == ["a"]
    assert ids(store, stories=("a",)) == ["b", "a"]
    assert ids(store, unique=True) == ["a"]
    assert ids(store, since=NOON - timedelta(days=1)) == ["b"]
    assert ids(store, until=NOON - timedelta(hours=1)) == ["a"]
    assert ids(store, since=NOON - timedelta(hours=1), until=NOON) == ["b"]


def test_histogram_counts_days_of_the_zone(store: MentionStore) -> None:
    late = NOON.replace(hour=15, minute=50)  # 23:50 in Beijing
    put(
        store,
        mention("a", published_at=late - timedelta(days=1)),
        mention("b", published_at=late + timedelta(minutes=20) - timedelta(days=1)),
        mention("c", published_at=NOON - timedelta(hours=1)),
    )
    days = store.histogram(Query(), interval="day", timezone="Asia/Shanghai")
    assert [(at.strftime("%m-%d %H:%M %z"), n) for at, n in days] == [
        ("03-04 00:00 +0800", 1),
        ("03-05 00:00 +0800", 2),
    ]
    hours = store.histogram(Query(), interval="hour", timezone="Asia/Shanghai")
    assert [(at.strftime("%d %H"), n) for at, n in hours] == [
        ("04 23", 1),
        ("05 00", 1),
        ("05 11", 1),
    ]


def test_facets(store: MentionStore) -> None:
    put(store, *[mention(f"m{n}", source=s) for n, s in enumerate(("b", "a", "c", "c"))])
    assert store.facets(Query(), "source") == [("c", 2), ("a", 1), ("b", 1)]
    assert store.facets(Query(), "source", size=1) == [("c", 2)]
    assert store.facets(Query("没有"), "source") == []


def test_scan_gives_current_mentions_by_first_sight(store: MentionStore) -> None:
    put(
        store,
        mention("b", seen_at=NOON),
        mention("a", seen_at=NOON + timedelta(hours=1), published_at=None),
        mention("old", seen_at=NOON - timedelta(days=2), published_at=NOON - timedelta(days=2)),
    )
    assert [each.id for each in store.scan(since=NOON - timedelta(days=1))] == ["b", "a"]


def test_strange_texts_are_stored(store: MentionStore) -> None:
    long = "长" * 300_000 + "尾巴"
    put(
        store,
        mention("nul", text="前\x00后"),
        mention("long", text=long),
        mention("half", text="\ud800半"),
    )
    put(store, mention("empty", title="", text=""))
    assert ids(store, "尾巴") == ["long"]
    assert store.get(["half"])["half"].text == "\ud800半"
    assert store.count(Query()) == 4


def test_what_cannot_be_understood_is_refused(store: MentionStore) -> None:
    with pytest.raises(QueryError):
        store.search(Query("长" * 2000))
    with pytest.raises(QueryError):
        store.search(Query(), cursor="not-ours")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mysql://x",
        "sqlite:relative.db",
        "/tmp/mentions.db",
        "sqlite://x/y",
        "elasticsearch://h",
    ],
)
def test_an_unknown_address_is_named(url: str) -> None:
    with pytest.raises(StoreError, match="is no store"):
        open_store(url)


def test_a_better_reading_takes_the_place_of_the_current_version(store: MentionStore) -> None:
    first = mention("a", "旧题", "食堂开业", version=5, content_hash="1", signature=(1,))
    put(store, first)
    better = mention(
        "a", "新题", "夜市开张", version=5, content_hash="2", story="s2", source="forum",
        language="en", duplicate_of="b", published_at=NOON - timedelta(days=3),
    )  # fmt: skip
    assert store.replace([better]) == ["replaced"]
    store.refresh()
    assert store.get(["a"]) == {"a": better}
    assert store.versions("a") == [better], "what was read worse is not kept"
    assert ids(store, "食堂") == []
    assert ids(store, "夜市") == ["a"]
    assert ids(store, sources=("forum",), stories=("s2",)) == ["a"]
    assert ids(store, since=NOON - timedelta(days=1)) == []
    assert ids(store, unique=True) == []
    assert store.replace([better]) == ["unchanged"]
    assert put(store, mention("a", text="更新", version=6, content_hash="3")) == ["updated"]
    assert [each.text for each in store.versions("a")] == ["更新", "夜市开张"]


def test_a_better_reading_of_an_earlier_version_is_not_found(store: MentionStore) -> None:
    put(store, mention("a", text="旧文", version=1, content_hash="1"))
    put(store, mention("a", text="新文", version=3, content_hash="2"))
    better = mention("a", text="旧时全文", version=1, content_hash="4")
    assert store.replace([better]) == ["replaced"]
    store.refresh()
    assert [each.text for each in store.versions("a")] == ["新文", "旧时全文"]
    assert store.get(["a"])["a"].text == "新文"
    assert ids(store, "全文") == []
    assert ids(store, "新文") == ["a"]
    assert store.replace([better]) == ["unchanged"]


def test_only_kept_versions_are_replaced(store: MentionStore) -> None:
    put(store, mention("a", version=2), mention("c", version=2))
    missing = [mention("a", version=1), mention("b", version=1), mention("a", version=9)]
    assert [store.replace([each])[0] for each in missing] == ["missing"] * 3
    better = mention("c", text="更好", version=2)
    assert store.replace([missing[1], better]) == ["missing", "replaced"]
    store.refresh()
    assert store.count(Query()) == 2
    assert store.replace([]) == []


def history() -> list[Mention]:
    """As it stands after a better reading made an earlier version say what the next one says."""
    return [
        mention("a", text="新文", version=3, content_hash="2", signature=(7,)),
        mention("a", text="新文", version=1, content_hash="2", similarity=0.5),
    ]


def test_a_history_is_taken_over_as_it_is(store: MentionStore) -> None:
    other = mention("b", text="别的")
    for _ in range(2):
        store.load([history(), [other]])
    store.refresh()
    assert store.versions("a") == history()
    assert store.histories(["a", "b", "c"]) == {"a": history(), "b": [other]}
    assert ids(store, "新文") == ["a"]
    assert ids(store) == ["a", "b"]
    store.load([])


def test_what_is_there_stays_when_a_history_is_taken_over(store: MentionStore) -> None:
    here = mention("a", text="这里更新", version=5, content_hash="5")
    old = mention("a", text="这里的旧文", version=3, content_hash="3")
    put(store, old)
    put(store, here)
    store.load([history()])
    store.refresh()
    assert [each.text for each in store.versions("a")] == ["这里更新", "这里的旧文", "新文"]
    assert ids(store, "更新") == ["a"]
    assert ids(store, "新文") == []
    store.load([[mention("a", text="最新一版", version=9, content_hash="9")]])
    store.refresh()
    assert [each.version for each in store.versions("a")] == [9, 5, 3, 1]
    assert ids(store, "最新") == ["a"]
