"""A disk that is nearly full: the collector pauses before it, and ends a round in the middle."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.models import SourceState
from config import retention
from config.collect import collect
from config.wiring import System, configuration_of
from pipeline.spool import START, read
from tests.command import configure
from tests.site import STORIES, Site, running_site

pytestmark = pytest.mark.django_db(transaction=True)
FULL = "磁盘只剩 0.4 GB，少于要求的 1 GB，采集已暂停"


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as site:
        site.publish(*STORIES)
        yield site


@pytest.fixture
def system(site: Site, tmp_path: Path, own_data: Path) -> System:
    folder = configure(tmp_path / "config", site.url)
    sources = folder / "sources.yaml"
    sources.write_text(sources.read_text().replace("delay: 0", "delay: 1"))
    own_data.mkdir(exist_ok=True)
    return System(configuration_of(folder, own_data), own_data)


def test_nothing_is_asked_while_there_is_no_room(
    system: System, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "shortage", lambda _: FULL)
    with pytest.raises(retention.PausedError, match="采集已暂停"):
        collect(system, everything=True)
    assert site.asked == []
    assert not SourceState.objects.exists(), "the sources stay due"


def test_a_round_ends_when_the_disk_fills(
    system: System, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled = iter(["", ""])
    monkeypatch.setattr(retention, "shortage", lambda _: next(filled, FULL))
    (result,) = collect(system, only=["page"])
    system.store.close()
    fetched = [raw for raw, _, _ in read(system.spool, START)]
    assert 0 < len(fetched) < 1 + len(STORIES), "what was fetched is kept"
    assert (result.new, result.error) == (len(fetched) - 1, FULL)
