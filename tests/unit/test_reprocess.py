"""The archive read again: what changes is told first, applied once, and takes nothing away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from alerts import pauses
from alerts.models import Alert, AlertEvent, Quarantined
from alerts.review import note_lapsed
from pipeline.model import Mention, Position, Query, RawItem
from pipeline.ports import AlertChange
from pipeline.reprocess import Change, Step
from pipeline.understand import Unreadable
from tests.archive import Archive, Understood, item, plain, read, reading
from tests.builders import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archive:
    reading(monkeypatch)
    return Archive(tmp_path)


def better(**texts: str) -> Understood:
    """Today's reader: other texts for some bodies; an empty one is no article any more."""

    def understood(raw: RawItem, position: Position) -> Sequence[Mention | Unreadable]:
        body = texts.get(raw.body.decode(), raw.body.decode())
        return plain(replace(raw, body=body.encode()), position)

    return understood


def changes(steps: Sequence[Step]) -> list[tuple[str, str, str]]:
    def told(change: Change) -> tuple[str, str, str]:
        return change.kind, change.before.text if change.before else "", change.mention.text

    return sorted(told(change) for step in steps for change in step.changes)


def alerts(steps: Sequence[Step]) -> list[tuple[str, str]]:
    return sorted((each.kind, each.rule) for step in steps for each in step.alerts)


def found(archive: Archive, text: str = "") -> list[str]:
    return sorted(hit.mention.text for hit in archive.store.search(Query(text), limit=100).hits)


@pytest.fixture
def collected(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """Four records of which today's reader reads two otherwise, one no more and one at last."""
    archive.words = {"old": "旧题", "kept": "丁"}
    archive.append(
        item("a", "旧题"), item("b", "乙"), item("c", ""), item("d", "丁"), item("e", "戊")
    )
    archive.pipeline().run()
    archive.words["new"] = "新题"
    late = better(旧题="新题\n全文", 乙="")

    def understood(raw: RawItem, position: Position) -> Sequence[Mention | Unreadable]:
        if raw.url.endswith("/c.html"):
            return (read(raw, position, "终于读出"),)
        return late(raw, position)

    reading(monkeypatch, understood)
    return archive


def test_differences_are_told_and_nothing_is_done(collected: Archive) -> None:
    before = [collected.store.versions(m.id) for m in collected.store.scan(since=NOON)]
    run, steps = collected.reprocess(apply=False)
    assert changes(steps) == [
        ("changed", "旧题", "新题\n全文"), ("gone", "", "乙"), ("new", "", "终于读出"),
    ]  # fmt: skip
    (changed,) = [c for step in steps for c in step.changes if c.kind == "changed"]
    assert changed.fields == ["title", "text"]
    (gone,) = [c for step in steps for c in step.changes if c.kind == "gone"]
    assert gone.reason == "页面上没有读到文章"
    assert alerts(steps) == [("lapsed", "old"), ("raised", "new")]
    assert dict(run.counts) == {
        "records": 5, "unreadable": 1, "new": 1, "changed": 1, "gone": 1, "unchanged": 2,
    }  # fmt: skip
    assert [collected.store.versions(m.id) for m in collected.store.scan(since=NOON)] == before
    assert Alert.objects.count() == 2
    assert Quarantined.objects.filter(state="open").count() == 1


def test_applied_once(collected: Archive) -> None:
    old = {mention.text: mention for mention in collected.store.scan(since=NOON)}
    run, steps = collected.reprocess(apply=True)
    assert changes(steps)[0] == ("changed", "旧题", "新题\n全文")
    assert found(collected) == ["丁", "乙", "戊", "新题\n全文", "终于读出"]
    assert found(collected, "旧题") == []
    (now,) = [m for m in collected.store.scan(since=NOON) if m.title == "新题"]
    assert (now.story, now.version) == (old["旧题"].story, old["旧题"].version)
    assert len(collected.store.versions(now.id)) == 1
    assert run.counts["repaired"] == 1
    states = Quarantined.objects.order_by("offset").values_list("url", "state")
    assert [(url[-6:], state) for url, state in states] == [
        ("b.html", "open"), ("c.html", "repaired"),
    ]  # fmt: skip
    assert sorted(Alert.objects.values_list("rule", flat=True)) == ["kept", "new", "old"]
    run, steps = collected.reprocess(apply=True)
    assert changes(steps) == [("gone", "", "乙")]
    assert alerts(steps) == [("lapsed", "old")]
    assert run.counts["repaired"] == 0
    assert run.counts["unchanged"] == 4
    assert Alert.objects.count() == 3


def test_a_paused_rule_raises_nothing_and_lets_nothing_lapse(collected: Archive) -> None:
    for rule in collected.words:
        pauses.pause(rule, "monitor", collected.now + timedelta(days=1), "演练", collected.now)
    _run, steps = collected.reprocess(apply=False)
    assert alerts(steps) == [("lapsed", "old")]


def test_a_trial_run_tells_each_once(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same article fetched three times: today's reading of it is one change."""
    archive.append(item("a", "旧"), *[item("a", "旧", minute=n) for n in (1, 2)])
    archive.append(*[item(f"n{n}", "", minute=n) for n in (3, 4)], item("n3", "", minute=5))
    archive.pipeline().run()
    reading(monkeypatch, lambda raw, at: (read(raw, at, f"新读 {raw.url[-7:]}"),))
    monkeypatch.setattr("pipeline.reprocess.BATCH", 1)
    _, trial = archive.reprocess(apply=False)
    _, applied = archive.reprocess(apply=True)
    assert changes(trial) == changes(applied)
    assert [kind for kind, _, _ in changes(trial)] == ["changed", "new", "new"]
    _, again = archive.reprocess(apply=True)
    assert changes(again) == []


def test_an_earlier_version_is_read_better_and_stays_earlier(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.words = {"early": "早版"}
    archive.append(item("a", "早版"), item("a", "晚版", minute=5))
    for _ in range(2):
        archive.pipeline().run()
    archive.words = {"early": "早版全文"}
    reading(monkeypatch, better(早版="早版全文"))
    _, steps = archive.reprocess(apply=True)
    assert changes(steps) == [("changed", "早版", "早版全文")]
    (mention,) = archive.store.scan(since=NOON)
    assert [each.text for each in archive.store.versions(mention.id)] == ["晚版", "早版全文"]
    assert alerts(steps) == [], "only what stands now is judged"


def test_only_the_span_and_the_source_are_read(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.append(
        *[
            item(f"m{n}", f"旧{n}", minute=n, source="forum" if n == 2 else "gazette")
            for n in range(4)
        ]
    )
    archive.pipeline().run()
    reading(monkeypatch, better(**{f"旧{n}": f"新{n}" for n in range(4)}))
    since, until = NOON + timedelta(minutes=1), NOON + timedelta(minutes=3)
    _, steps = archive.reprocess(apply=False, since=since, until=until)
    assert [new for _, _, new in changes(steps)] == ["新1", "新2"]
    _, steps = archive.reprocess(apply=False, source="forum")
    assert [new for _, _, new in changes(steps)] == ["新2"]


def test_whole_segments_outside_the_span_are_not_opened(archive: Archive) -> None:
    from pipeline.spool import SpoolWriter

    with SpoolWriter(archive.folder, segment_bytes=1) as writer:
        for n in range(5):
            writer.append(item(f"m{n}", f"文{n}", minute=n))
    archive.pipeline().run()
    since, until = NOON + timedelta(minutes=2), NOON + timedelta(minutes=3)
    run, _ = archive.reprocess(apply=False, since=since, until=until)
    assert run.segments() == [2, 3]
    assert run.counts["records"] == 1


def test_a_lapse_is_noted_once_and_the_alert_stays(collected: Archive) -> None:
    _, steps = collected.reprocess(apply=True)
    lapsed = [each for step in steps for each in step.alerts if each.kind == "lapsed"]
    assert note_lapsed(lapsed, NOON) == 1
    assert note_lapsed(lapsed, NOON) == 0
    (event,) = AlertEvent.objects.all()
    assert (event.alert.rule, event.state, event.reason) == ("old", "new", "重新处理后不再命中。")


def test_an_alert_with_another_mention_has_not_lapsed(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.words = {"rule": "夜市"}
    text = "临江夜市一条街今晚恢复营业，管理方提醒游客留意路面湿滑，餐饮摊主须亮证经营。"
    archive.append(item("a", text), item("b", text + "转", minute=1))
    archive.pipeline().run()
    assert Alert.objects.get().mention_count == 2
    reading(monkeypatch, better(**{text: "只剩别的"}))
    _, steps = archive.reprocess(apply=False)
    assert alerts(steps) == []
    reading(monkeypatch, better(**{text: "只剩别的", text + "转": "也是别的"}))
    _, steps = archive.reprocess(apply=False)
    assert alerts(steps) == [("lapsed", "rule")]


def test_todays_rules_raise_on_what_reads_as_before(archive: Archive) -> None:
    archive.append(item("a", "夜市开张"))
    archive.pipeline().run()
    archive.words = {"night": "夜市"}
    _, steps = archive.reprocess(apply=False)
    change = steps[0].alerts[0]
    assert isinstance(change, AlertChange)
    assert (change.kind, change.level, change.reason) == ("raised", "III", "出现“夜市”")
    assert Alert.objects.count() == 0
    archive.reprocess(apply=True)
    assert Alert.objects.get().pk == change.alert
    _, steps = archive.reprocess(apply=True)
    assert alerts(steps) == []
