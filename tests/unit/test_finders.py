"""Several sources list one article: who owns the mention, who else found it, what is judged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from alerts.models import AlertMention
from alerts.rules.ruleset import compile_all
from pipeline.model import AnyOf, Hints, Mention, Position, RawItem, Rule
from pipeline.spool import SpoolWriter, read_at
from tests.archive import Archive, item, plain, reading
from tests.builders import NOON, mention


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archive:
    def understood(raw: RawItem, position: Position) -> list[Mention]:
        return [
            replace(each, also=raw.hints.also)
            for each in plain(raw, position)
            if isinstance(each, Mention)
        ]

    reading(monkeypatch, understood)
    return Archive(tmp_path / "spool", words={"fee": "收费"})


def only(archive: Archive) -> Mention:
    (found,) = archive.store.scan(since=NOON.replace(year=2000))
    return found


def test_the_spool_keeps_who_else_listed_an_article(tmp_path: Path) -> None:
    raw = replace(item("a", "文"), hints=Hints(also=("page", "map")))
    with SpoolWriter(tmp_path) as writer:
        position = writer.append(raw)
    assert read_at(tmp_path, position) == raw


@pytest.mark.django_db
def test_the_owner_stays_and_whoever_finds_it_joins(archive: Archive) -> None:
    pipeline = archive.pipeline()
    first = replace(item("a", "夜市\n旧文", source="feed"), hints=Hints(also=("page",)))
    archive.append(first)
    report = pipeline.run()
    assert (report.new, report.joined) == ({"feed": 1}, {"page": 1}), "counted as new once"
    archive.append(item("a", "夜市\n旧文", minute=5, source="search"))
    report = pipeline.run()
    assert (report.new, report.joined, report.updated) == ({}, {"search": 1}, {})
    found = only(archive)
    assert (found.source, found.also) == ("feed", ("page", "search"))
    assert len(archive.store.versions(found.id)) == 1
    assert archive.judged[-1] == "夜市\n旧文", "a rule may ask for the source that joined"
    archive.append(item("a", "夜市\n新文", minute=9, source="page"))
    report = pipeline.run()
    assert (report.new, report.joined, report.updated) == ({}, {}, {"feed": 1})
    found = only(archive)
    assert (found.source, found.also, found.text) == ("feed", ("page", "search"), "夜市\n新文")
    _, steps = archive.reprocess(apply=False)
    assert [change for step in steps for change in step.changes] == []


@pytest.mark.django_db
def test_reading_the_archive_anew_finds_all_finders_again(archive: Archive) -> None:
    archive.append(
        item("a", "夜市\n旧文", source="feed"), item("a", "夜市\n旧文", minute=5, source="page")
    )
    archive.reprocess(apply=True)
    assert (only(archive).source, only(archive).also) == ("feed", ("page",))


@pytest.mark.django_db
def test_what_a_later_version_overtakes_in_a_batch_is_judged(archive: Archive) -> None:
    archive.append(item("a", "夜市\n要收费"), item("a", "夜市\n免费", minute=5))
    archive.pipeline().run()
    assert archive.judged == ["夜市\n要收费", "夜市\n免费"]
    assert AlertMention.objects.count() == 1


@pytest.mark.django_db
def test_a_batch_done_again_judges_what_was_overtaken(archive: Archive) -> None:
    """After a kill between the stores: the later version is there, and no alert."""
    archive.append(item("a", "夜市\n要收费"), item("a", "夜市\n免费", minute=5))
    start = archive.checkpoint.position
    archive.pipeline().run()
    AlertMention.objects.all().delete()
    archive.checkpoint.position = start
    report = archive.pipeline().run()
    assert (report.new, report.updated) == ({}, {})
    assert archive.judged[2:] == ["夜市\n要收费", "夜市\n免费"]
    assert AlertMention.objects.count() == 1


def test_a_rule_for_one_source_sees_what_that_source_found_too() -> None:
    rules = compile_all([Rule("r", condition=AnyOf(("收费",)), sources=("page",))], (), ())
    assert rules.evaluate(mention(text="收费", source="feed"), NOON) == []
    (hit,) = rules.evaluate(mention(text="收费", source="feed", also=("x", "page")), NOON)
    assert hit.rule == "r"
