"""Search copies of known claims and official facts: one contract for all engines."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
import requests

from pipeline.answers import CANDIDATES, Answers, answers_of
from pipeline.errors import QueryError, StoreError
from pipeline.model import Claim, Fact, FactElement, Query
from pipeline.ports import AnswerIndex, MentionStore
from pipeline.stores import open_store
from tests.builders import mention
from tests.contracts.fault_proxy import fault_proxy

# fmt: off
CLAIMS = [
    Claim("fee-200", "网传注册公司要交200元工本费", verdict=False),
    Claim("rice", "临江超市卖的大米是塑料做的", verdict=False),
    Claim("egg", "人造鸡蛋已经流入临江的菜市场", verdict=False),
    Claim("canteen", "临江三中食堂用过期肉，上百名学生食物中毒", verdict=False),
    Claim("night", "滨江夜市下个月要全部关停取缔", verdict=False),
    Claim("hotline", "12315热线要取消，以后投诉要交钱", verdict=False),
    Claim("wifi", "公交车上的Wi-Fi会偷走手机里的钱"),
    Claim("bridge", "青云桥下周封闭施工三个月"),
]
FACTS = [
    Fact("licence", "自2025年1月1日起，全市企业开办免收工本费，3个工作日内办结。", ("企业开办", "注册公司"),
         (FactElement("limit", "duration", "3个工作日", ("办理时限",)),), date(2025, 1, 1),
         source="临市监发〔2024〕18号"),
    Fact("market", "滨江夜市每日17:30开市、23:30闭市，设固定摊位126个。", ("滨江夜市",)),
    Fact("lift", "乘客电梯至少每15天维护保养一次；接到困人求助后，维保人员应在30分钟内到场。", ("电梯维保",)),
    Fact("scale", "集贸市场在用电子秤强制检定免收检定费，检定周期为1年。", ("电子秤检定",)),
    Fact("complaint", "12315投诉自收到之日起7个工作日内作出是否受理的决定。", ("消费投诉",)),
]
ASKED = [
    ("工本费", {"fee-200", "licence"}, ("fee-200", "licence")),
    ("注册公司要交钱吗？", {"fee-200", "licence", "hotline"}, ("fee-200",)),
    ("开办企业 办理时限", {"licence"}, ("licence",)),
    ("开办企业要多久", {"licence"}, ("licence",)),
    ("夜市 关停", {"night", "market"}, ("night",)),
    ("夜市几点关门", {"night", "market"}, ("night", "market")),
    ("塑料大米是真的吗", {"rice"}, ("rice",)),
    ("塑膠大米", {"rice"}, ("rice",)),
    ("电梯多久检查一次", {"lift"}, ("lift",)),
    ("１２３１５", {"hotline", "complaint"}, ("hotline", "complaint")),
    ("wifi OR Wi-Fi", {"wifi"}, ("wifi",)),
    ("市监发〔2024〕18号", {"licence"}, ("licence",)),
    ('"免收工本费" -注册', set(), ()),
    ("鸡蛋 -塑料 OR 大米", {"egg"}, ("egg",)),
    ("停水", set(), ()),
    ("天气怎么样", set(), ()),
    ("-招聘", set(), ()),
    ("", set(), ()),
]
# fmt: on
POST = (
    "昨天陪朋友去政务大厅办执照。窗口说在临江注册公司要交200元工本费，还要等5个工作日才能办结。"
    "市场监管局的收费标准到底是什么？大家注意一下。"
)
ALL = answers_of(CLAIMS, FACTS)


def ids(index: AnswerIndex, text: str, limit: int = CANDIDATES) -> list[str]:
    return [each.id for each in index.find(text, limit=limit)]


def test_before_there_is_a_copy(store: MentionStore) -> None:
    assert store.answers.digest() == ""
    assert ids(store.answers, "工本费") == []


@pytest.mark.parametrize(("text", "found", "first"), ASKED)
def test_what_is_asked_finds_what_was_answered(
    store: MentionStore, text: str, found: set[str], first: tuple[str, ...]
) -> None:
    """`first`: what may stand first, as engines weigh lengths and rarity in their own ways."""
    store.answers.replace(ALL)
    hits = store.answers.find(text, limit=CANDIDATES)
    assert {hit.id for hit in hits} == found
    assert not hits or hits[0].id in first
    assert set(hits) <= set(ALL.all), "whole, as they were given"


def test_a_post_finds_the_claim_that_it_repeats(store: MentionStore) -> None:
    store.answers.replace(ALL)
    assert ids(store.answers, POST)[:1] == ["fee-200"]


def test_the_best_ones_only(store: MentionStore) -> None:
    store.answers.replace(ALL)
    every = ids(store.answers, "注册公司要交钱吗？")
    assert ids(store.answers, "注册公司要交钱吗？", limit=2) == every[:2]


def test_ties_are_in_the_order_of_their_keys(store: MentionStore) -> None:
    alike = [Claim(name, "青云桥封闭施工") for name in ("b", "c", "a")]
    store.answers.replace(answers_of(alike, [Fact("a", "青云桥封闭施工")]))
    hits = store.answers.find("青云桥")
    assert [hit.key for hit in hits] == ["claim:a", "claim:b", "claim:c", "fact:a"]


def test_a_new_copy_takes_the_place_of_the_old_one(store: MentionStore) -> None:
    store.answers.replace(ALL)
    assert store.answers.digest() == ALL.digest
    changed = answers_of([Claim("fee-200", "青云桥要收过桥费")], [])
    store.answers.replace(changed)
    assert store.answers.digest() == changed.digest != ALL.digest
    assert ids(store.answers, "工本费") == []
    assert ids(store.answers, "过桥费") == ["fee-200"]
    store.answers.replace(changed)
    assert ids(store.answers, "过桥费") == ["fee-200"], "each once, however often"
    store.answers.replace(Answers())
    assert store.answers.digest() == Answers().digest != ""
    assert ids(store.answers, "过桥费") == []


def test_mentions_and_answers_do_not_mix(store: MentionStore) -> None:
    store.put([mention("a", text="停水公告，工本费")])
    store.answers.replace(ALL)
    store.refresh()
    assert [hit.mention.id for hit in store.search(Query("工本费")).hits] == ["a"]
    assert store.count(Query()) == 1
    assert [each.id for each in store.scan(since=mention().seen_at)] == ["a"]
    assert "a" not in ids(store.answers, "停水公告 工本费")


def test_a_question_may_be_as_long_as_a_search(store: MentionStore) -> None:
    store.answers.replace(ALL)
    tail = "".join(chr(0x4E00 + 7 * n) for n in range(900))
    assert ids(store.answers, f"{CLAIMS[1].text}{tail}") == ["rice"]
    with pytest.raises(QueryError, match="1000"):
        store.answers.find("米" * 1001)
    with pytest.raises(QueryError, match="没有可查的词"):
        store.answers.find("？！")


def test_what_looks_like_a_search_language_of_the_engine_is_text(store: MentionStore) -> None:
    store.answers.replace(ALL)
    for text in (
        'words : "工本费" *',
        "工本费) OR (NEAR(",
        "key:claim* AND 工本费",
        "工本费\x00\u200b",
    ):
        assert "fee-200" in ids(store.answers, text)


@pytest.mark.elasticsearch
def test_every_engine_gives_the_same_answers(address: Callable[[str], str]) -> None:
    stores = [open_store(address(engine)) for engine in ("memory", "sqlite", "elasticsearch")]
    for store in stores:
        store.answers.replace(ALL)
    for text in (POST, *(text for text, _, _ in ASKED)):
        reference, *others = [ids(store.answers, text) for store in stores]
        assert all(found[:1] == reference[:1] for found in others), text
        assert all(set(found) == set(reference) for found in others), text
    for store in stores:
        store.close()


def test_the_digest_tells_copies_apart() -> None:
    assert answers_of(CLAIMS, FACTS).digest == ALL.digest
    assert answers_of(CLAIMS[1:], FACTS).digest != ALL.digest
    assert answers_of([Claim("a", "bc")], []).digest != answers_of([Claim("ab", "c")], []).digest
    same = answers_of([Claim("a", "b")], []), answers_of([Claim("a", "b", verdict=True)], [])
    assert same[0].digest == same[1].digest, "a verdict is not searched, so nothing is made anew"


# --- where it fails ----------------------------------------------------------------------------


def test_a_file_made_without_gains_the_tables(tmp_path: Path) -> None:
    path = tmp_path / "mentions.db"
    url = f"sqlite:///{path}"
    with closing(open_store(url)) as store:
        store.put([mention("a", text="停水")])
    with closing(sqlite3.connect(path)) as db:
        for table in ("answers", "answer_tokens", "answers_kept"):
            db.execute(f"DROP TABLE {table}")
        db.commit()
    with closing(open_store(url)) as store:
        assert store.answers.digest() == ""
        assert ids(store.answers, "工本费") == []
        store.answers.replace(ALL)
        assert ids(store.answers, "工本费 注册")[:1] == ["fee-200"]
        assert store.count(Query("停水")) == 1


def test_a_full_disk_keeps_the_old_copy(tmp_path: Path) -> None:
    with closing(open_store(f"sqlite:///{tmp_path}/mentions.db")) as store:
        store.answers.replace(ALL)
        db = store._db  # type: ignore[attr-defined]
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count = {pages + 2}")
        large = answers_of([Claim(f"c{n}", f"{n} 青云桥" * 400) for n in range(40)], [])
        with pytest.raises(StoreError, match=r"mentions\.db: database or disk is full") as caught:
            store.answers.replace(large)
        assert caught.value.retryable
        assert store.answers.digest() == ALL.digest
        assert ids(store.answers, "塑料大米") == ["rice"]
        db.execute("PRAGMA max_page_count = 1000000")
        store.answers.replace(large)
        assert store.answers.digest() == large.digest


def test_a_damaged_index_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "mentions.db"
    with closing(open_store(f"sqlite:///{path}")) as store:
        store.answers.replace(ALL)
    with closing(sqlite3.connect(path)) as db:
        db.execute("DELETE FROM answer_tokens_data WHERE id > 10")
        db.commit()
    with closing(open_store(f"sqlite:///{path}")) as store:
        with pytest.raises(StoreError, match=r"mentions\.db: "):
            store.answers.find("塑料大米")
        store.answers.replace(ALL)
        assert ids(store.answers, "塑料大米") == ["rice"]


def test_readers_find_the_old_or_the_new_while_it_is_made(address: Callable[[str], str]) -> None:
    """Two who write at once and one who reads: whole copies only, nobody refused."""
    url = address("sqlite")
    sets = [answers_of([Claim(f"{name}{n}", "青云桥封闭") for n in range(20)], []) for name in "xy"]
    failures: list[BaseException] = []
    with closing(open_store(url)) as first:
        first.answers.replace(sets[0])

    def write(answers: Answers) -> None:
        try:
            with closing(open_store(url)) as own:
                for _ in range(10):
                    own.answers.replace(answers)
        except BaseException as error:  # noqa: BLE001 - told below, in the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=write, args=(each,)) for each in sets]
    for thread in threads:
        thread.start()
    seen = []
    with closing(open_store(url)) as reader:
        while any(thread.is_alive() for thread in threads):
            seen.append(ids(reader.answers, "青云桥"))
    for thread in threads:
        thread.join()
    assert failures == []
    whole = [sorted(each.id for each in answers.all) for answers in sets]
    assert all(found in whole for found in seen)


@pytest.mark.elasticsearch
def test_a_server_that_fails_midway_keeps_the_old_copy(
    elasticsearch_url: str, elastic_address: str
) -> None:
    alias = elastic_address.rpartition("/")[2]
    with (
        fault_proxy(elasticsearch_url) as proxy,
        closing(open_store(f"elasticsearch+{proxy.url}/{alias}")) as store,
    ):
        store.answers.replace(ALL)
        other = answers_of(CLAIMS[:1], [])
        for fault in ("cut before", "busy"):
            proxy.fault = fault
            with pytest.raises(StoreError, match=r"127\.0\.0\.1") as caught:
                store.answers.replace(other)
            assert caught.value.retryable
            assert "\n" not in str(caught.value)
            proxy.fault = "none"
            assert store.answers.digest() == ALL.digest
            assert ids(store.answers, "塑料大米") == ["rice"]
        store.answers.replace(other)
        assert ids(store.answers, "塑料大米") == []
        there = requests.get(f"{elasticsearch_url}/{alias}.answers-*", timeout=30).json()
        assert len(there) == 1, "what a failure left is gone"
        assert next(iter(there.values()))["aliases"].keys() == {f"{alias}.answers"}


@pytest.mark.elasticsearch
def test_a_copy_that_another_writer_removes_is_not_made_by_a_write(
    elastic_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one's whole copy stands; ours is one sentence, and can be tried again."""
    from elasticsearch import helpers

    bulk = helpers.streaming_bulk
    with closing(open_store(elastic_address)) as store, closing(open_store(elastic_address)) as two:
        theirs = answers_of(CLAIMS[:1], [])

        def overtaken(*args: object, **options: object) -> object:
            monkeypatch.setattr(helpers, "streaming_bulk", bulk)
            two.answers.replace(theirs)
            return bulk(*args, **options)  # type: ignore[arg-type]

        monkeypatch.setattr(helpers, "streaming_bulk", overtaken)
        with pytest.raises(StoreError, match="claims and facts were not stored"):
            store.answers.replace(ALL)
        assert two.answers.digest() == theirs.digest
        store.answers.replace(ALL)
        assert two.answers.digest() == ALL.digest
        assert ids(two.answers, "塑料大米") == ["rice"]
