"""What rarely comes and must not hurt, on every store."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.errors import QueryError
from pipeline.model import Query
from pipeline.ports import MentionStore
from pipeline.query import MAX_LENGTH, MAX_WORDS
from tests.builders import NOON, mention


def ids(store: MentionStore, text: str = "", **filters: object) -> list[str]:
    page = store.search(Query(text, **filters), limit=100)  # type: ignore[arg-type]
    return [hit.mention.id for hit in page.hits]


def test_ten_thousand_mentions_are_paged_through(store: MentionStore) -> None:
    number = 10_050
    batch = [
        mention(f"m{n:05}", "", "停水", published_at=NOON - timedelta(seconds=n // 4))
        for n in range(number)
    ]
    for start in range(0, number, 2_000):
        assert set(store.put(batch[start : start + 2_000])) == {"created"}
    store.refresh()
    seen: list[str] = []
    cursor = None
    while True:
        page = store.search(Query("停水"), limit=3_000, cursor=cursor)
        assert page.total == number
        seen += [hit.mention.id for hit in page.hits]
        cursor = page.cursor
        if cursor is None:
            break
    assert seen == [each.id for each in batch]
    assert len(store.search(Query(), limit=20_000).hits) == number
    assert len(store.get([each.id for each in batch])) == number
    assert [m.id for m in store.scan(since=NOON)] == sorted(seen)


def test_a_page_that_ends_with_the_last_hit_has_no_cursor(store: MentionStore) -> None:
    store.put([mention(f"m{n}") for n in range(4)])
    store.refresh()
    page = store.search(Query(), limit=2)
    assert page.cursor is not None
    rest = store.search(Query(), limit=2, cursor=page.cursor)
    assert [hit.mention.id for hit in rest.hits] == ["m2", "m3"]
    assert rest.cursor is None
    assert store.search(Query("没有"), limit=2).cursor is None


def test_new_mentions_do_not_shift_the_next_page(store: MentionStore) -> None:
    store.put([mention(f"m{n}") for n in range(4)])
    store.refresh()
    page = store.search(Query(), limit=2)
    store.put([mention("newer", published_at=NOON)])
    store.refresh()
    rest = store.search(Query(), limit=2, cursor=page.cursor)
    assert [hit.mention.id for hit in rest.hits] == ["m2", "m3"]


@pytest.mark.parametrize(
    "cursor",
    ["", "not-ours", "=", "停水", "W1tbW10=", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTkgYQ", "x" * 5000],
)
def test_a_cursor_that_is_not_ours_is_refused(store: MentionStore, cursor: str) -> None:
    with pytest.raises(QueryError, match="翻页标记无效"):
        store.search(Query(), cursor=cursor)


def test_a_megabyte_of_text(store: MentionStore) -> None:
    long = "今日城东停水。请居民储水，" * 30_000 + "临江夜市"
    assert len(long.encode()) > 1_000_000
    whole = mention("long", text=long)
    assert store.put([whole]) == ["created"]
    store.refresh()
    assert store.get(["long"]) == {"long": whole}
    hit = store.search(Query("临江夜市")).hits[0]
    assert hit.highlights == ((len(long) - 4, len(long)),)


def test_a_very_long_word_is_one_word(store: MentionStore) -> None:
    word = "abc" * 5_000
    store.put([mention("a", text=f"前 {word} 后"), mention("b", text=f"前 {word[:100]} 后")])
    store.refresh()
    assert ids(store, word[:900]) == ["a"]
    assert ids(store, word[:100]) == ["b"]
    assert ids(store, f'"{word[:900]} 后"') == ["a"]
    assert store.search(Query(word[:900])).hits[0].highlights == ((2, 2 + len(word)),)


@pytest.mark.parametrize(
    "text", ["前\x00后", "\ud800半\udfff", "\u202e反\ufeff", "", "\U000e0041", "。"]
)
def test_texts_come_back_as_they_were(store: MentionStore, text: str) -> None:
    whole = mention("a", text, text, author=text, origin=text)
    assert store.put([whole]) == ["created"]
    assert store.put([whole]) == ["unchanged"]
    assert store.get(["a"]) == {"a": whole}
    store.refresh()
    assert ids(store) == ["a"]


def test_times_far_away(store: MentionStore) -> None:
    """Pages claim the strangest dates."""
    old = datetime(1911, 10, 10, tzinfo=UTC)
    first = datetime(1, 1, 2, tzinfo=UTC)
    store.put(
        [
            mention("old", published_at=old),
            mention("first", published_at=first),
            mention("micro", published_at=NOON - timedelta(microseconds=1)),
            mention("future", published_at=datetime(9999, 12, 30, tzinfo=UTC)),
        ]
    )
    store.refresh()
    assert ids(store) == ["future", "micro", "old", "first"]
    assert ids(store, until=old) == ["first"]
    assert ids(store, since=old, until=NOON) == ["micro", "old"]
    assert ids(store, since=datetime.min.replace(tzinfo=UTC)) == ids(store)
    last = store.search(Query(), limit=3).cursor
    assert [h.mention.id for h in store.search(Query(), cursor=last).hits] == ["first"]
    days = store.histogram(Query(since=old), interval="day", timezone="UTC")
    assert [(day.date().isoformat(), n) for day, n in days] == [
        ("1911-10-10", 1),
        ("2026-03-05", 2),
    ]


def test_hours_where_clocks_are_put_back(store: MentionStore) -> None:
    twice = datetime(2025, 10, 26, 0, 30, tzinfo=UTC)  # 02:30 in Berlin, and again an hour later
    times = [twice, twice + timedelta(hours=1), twice + timedelta(hours=1, minutes=5)]
    store.put([mention(f"m{n}", published_at=at) for n, at in enumerate(times)])
    store.refresh()
    hours = store.histogram(Query(), interval="hour", timezone="Europe/Berlin")
    assert [(at.astimezone(UTC).hour, at.hour, n) for at, n in hours] == [(0, 2, 1), (1, 2, 2)]
    days = store.histogram(Query(), interval="day", timezone="Europe/Berlin")
    assert [(at.isoformat(), n) for at, n in days] == [("2025-10-26T00:00:00+02:00", 3)]


def test_hours_of_a_zone_off_by_a_half(store: MentionStore) -> None:
    store.put([mention("a", published_at=datetime(2026, 1, 1, 18, 40, tzinfo=UTC))])
    store.refresh()
    for interval, start in (("hour", "2026-01-02T00:00"), ("day", "2026-01-02T00:00")):
        found = store.histogram(Query(), interval=interval, timezone="Asia/Kolkata")  # type: ignore[arg-type]
        assert [(at.isoformat()[:16], n) for at, n in found] == [(start, 1)]


def test_a_late_version_is_stale_and_changes_nothing(store: MentionStore) -> None:
    newest = mention("a", text="三", version=3, content_hash="3")
    assert store.put([newest]) == ["created"]
    assert store.put([replace(newest, text="二", version=2, content_hash="2")]) == ["stale"]
    assert store.put([replace(newest, version=2)]) == ["stale"]
    assert store.put([replace(newest, text="又", content_hash="又")]) == ["stale"]
    assert store.versions("a") == [newest]


def test_the_same_content_fetched_later_is_unchanged(store: MentionStore) -> None:
    first = mention("a", version=1)
    later = replace(first, version=9, seen_at=NOON + timedelta(hours=3), story="other")
    assert store.put([first]) == ["created"]
    assert store.put([later]) == ["unchanged"]
    assert store.get(["a"]) == {"a": first}
    assert store.versions("a") == [first]


def test_many_versions_are_all_kept(store: MentionStore) -> None:
    made = [mention("a", text=f"第{n}版", version=n, content_hash=str(n)) for n in range(1, 31)]
    assert store.put(made[:10]) == ["created", *["updated"] * 9]
    for each in made[10:]:
        assert store.put([each]) == ["updated"]
    assert store.versions("a") == made[::-1]
    store.refresh()
    assert ids(store) == ["a"]
    assert ids(store, '"第7版"') == []
    assert store.facets(Query(), "source") == [("gazette", 1)]


def test_nothing_is_asked_or_put(store: MentionStore) -> None:
    assert store.put([]) == []
    assert store.get([]) == {}
    assert store.search(Query()).hits == ()
    assert store.histogram(Query(), interval="hour", timezone="Asia/Shanghai") == []
    assert list(store.scan(since=NOON)) == []
    store.refresh()
    assert store.describe()


def test_a_batch_that_repeats_itself(store: MentionStore) -> None:
    first = mention("a", version=1, content_hash="1")
    second = mention("a", version=2, content_hash="2")
    assert store.put([second, first, second, first]) == ["created", "stale", "unchanged", "stale"]
    assert store.get(["a"]) == {"a": second}


def test_a_character_that_begins_thousands_of_words(store: MentionStore) -> None:
    """One character is the beginning of as many tokens as it has neighbours."""
    number = 3_000
    text = "，".join("水" + chr(0x4E00 + n) for n in range(number))
    store.put([mention("all", text=text), mention("last", text="防" + "水" + chr(0x9000))])
    store.refresh()
    assert ids(store, "水") == ["all", "last"]
    assert ids(store, f'"{chr(0x4E00)}，水"') == ["all"]
    assert ids(store, '"防，水"') == []


def test_the_longest_searches(store: MentionStore) -> None:
    long = "".join(chr(0x4E00 + n) for n in range(MAX_LENGTH))
    store.put([mention("a", text=f"前{long}后"), mention("b", text=long[:-1])])
    store.refresh()
    assert ids(store, long) == ["a"]
    words = [chr(0x4E00 + n) + chr(0x4E01 + n) for n in range(MAX_WORDS)]
    assert ids(store, " ".join(words)) == ["a", "b"]
    assert ids(store, " OR ".join(words)) == ["a", "b"]
    assert ids(store, " ".join(f"-{word}" for word in words)) == []
    assert ids(store, " OR ".join(word[0] for word in words)) == ["a", "b"]


def test_values_that_are_search_syntax_are_only_values(store: MentionStore) -> None:
    strange = 'a" OR 1=1 --*'
    store.put([mention("a", source=strange, language=""), mention("b", story="'; DROP TABLE x")])
    store.refresh()
    assert ids(store, sources=(strange,)) == ["a"]
    assert ids(store, stories=("'; DROP TABLE x",)) == ["b"]
    assert ids(store, "NEAR(标题 正文) AND title:标题*") == []
    assert store.facets(Query(), "language") == [("", 1), ("zh", 1)]
