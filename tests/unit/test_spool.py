"""The spool: what is appended comes back, across crashes, damage, retention and a full disk."""

from __future__ import annotations

import gzip
import logging
import os
import re
import subprocess
import sys
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from pipeline import spool
from pipeline.errors import SpoolError
from pipeline.model import Hints, Position, RawItem, RawKind
from pipeline.spool import (
    Damage,
    SpoolWriter,
    begin_behind,
    copy_records,
    end,
    read,
    read_at,
    segment_path,
    walk,
)
from pipeline.warc import DamagedError, _compressed, from_member, to_member

AT = datetime(2026, 3, 5, 4, 0, 0, 123456, tzinfo=UTC)
BODY = "<html><h1>临江夜市恢复营业</h1></html>".encode()


def item(
    number: int = 0,
    *,
    body: bytes = BODY,
    kind: RawKind = RawKind.ARTICLE,
    source: str = "gazette",
    url: str | None = None,
    hints: Hints | None = None,
) -> RawItem:
    address = f"http://news.example/{number}.html" if url is None else url
    entry = kind is RawKind.ENTRY
    return RawItem(
        kind=kind,
        source=source,
        url=address,
        final_url=address and f"{address}?完",
        fetched_at=AT + timedelta(seconds=number),
        status=200,
        headers={} if entry else {"content-type": "text/html", "etag": f'"{number}"'},
        body=body,
        hints=hints or Hints(),
    )


def filled(folder: Path, count: int) -> list[Position]:
    with SpoolWriter(folder) as writer:
        return [writer.append(item(number)) for number in range(count)]


def urls(folder: Path, start: Position = spool.START) -> list[str]:
    return [got.url for got, _, _ in read(folder, start)]


def expected(*numbers: int) -> list[str]:
    return [f"http://news.example/{number}.html" for number in numbers]


def test_what_is_appended_comes_back_with_its_places(tmp_path: Path) -> None:
    places = filled(tmp_path, 3)
    got = list(read(tmp_path, spool.START))
    assert [each for each, _, _ in got] == [item(number) for number in range(3)]
    assert [own for _, own, _ in got] == places
    assert [following for _, _, following in got] == [*places[1:], end(tmp_path)]
    assert read_at(tmp_path, places[1]) == item(1)
    assert urls(tmp_path, got[0][2]) == expected(1, 2)
    assert urls(tmp_path, end(tmp_path)) == []


texts = st.text(max_size=40)
visible = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20)


@settings(max_examples=60)
@given(
    kind=st.sampled_from(RawKind),
    source=texts,
    url=texts,
    final_url=texts,
    body=st.binary(max_size=200),
    title=texts,
    published_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    value=visible,
    status=st.integers(100, 599),
)
def test_any_item_survives_its_record(
    kind: RawKind,
    source: str,
    url: str,
    final_url: str,
    body: bytes,
    title: str,
    published_at: datetime | None,
    value: str,
    status: int,
) -> None:
    resource = kind in (RawKind.ENTRY, RawKind.FILE, RawKind.MAIL)
    written = RawItem(
        kind, source, url, final_url if resource else f"https://news.example/{final_url}", AT,
        200 if resource else status,
        {"x-any": value}, body, Hints(title=title, published_at=published_at),
    )  # fmt: skip
    assert from_member(to_member(written)) == written


def test_an_entry_without_an_address_keeps_none(tmp_path: Path) -> None:
    with SpoolWriter(tmp_path) as writer:
        writer.append(item(kind=RawKind.ENTRY, url="", hints=Hints(guid="a-1")))
    ((got, _, _),) = read(tmp_path, spool.START)
    assert (got.url, got.final_url, got.hints.guid) == ("", "", "a-1")


def test_other_tools_read_the_segments(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with SpoolWriter(tmp_path) as writer:
        writer.append(item(1, body=gzip.compress(BODY)))
        writer.append(item(2, kind=RawKind.ENTRY, body=b"{}"))
    path = segment_path(tmp_path, 1)
    with path.open("rb") as file:
        records = [
            (record.rec_type, record.content_stream().read()) for record in ArchiveIterator(file)
        ]
    assert [kind for kind, _ in records] == ["response", "resource"]
    assert gzip.decompress(path.read_bytes()).count(b"WARC/1.1\r\n") == 2
    assert b"HTTP/1.1 200 OK\r\n" in gzip.decompress(path.read_bytes())

    class Options:
        inputs = (str(path),)
        verbose = False

    assert Checker(Options()).process_all() == 0
    assert "failed" not in capsys.readouterr().out


def test_segments_are_full_before_the_next_begins(tmp_path: Path) -> None:
    with SpoolWriter(tmp_path, segment_bytes=3500) as writer:
        places = [writer.append(item(number, body=os.urandom(600))) for number in range(7)]
    assert [place.segment for place in places] == [1, 1, 2, 2, 3, 3, 4]
    assert urls(tmp_path) == expected(*range(7))
    assert urls(tmp_path, places[3]) == expected(3, 4, 5, 6)


def test_segments_that_retention_removed_are_passed_over(tmp_path: Path) -> None:
    with SpoolWriter(tmp_path, segment_bytes=3500) as writer:
        places = [writer.append(item(number, body=os.urandom(600))) for number in range(7)]
    segment_path(tmp_path, 2).unlink()
    left = [number for number, place in enumerate(places) if place.segment != 2]
    assert urls(tmp_path) == expected(*left)
    inside = next(place for place in places if place.segment == 2)
    assert urls(tmp_path, inside) == expected(*[n for n in left if places[n] > inside])
    assert read_at(tmp_path, inside) is None


def test_a_reader_stops_before_a_record_that_is_not_whole(tmp_path: Path) -> None:
    """At every length that a crash or a look in mid-write can leave."""
    places = filled(tmp_path, 2)
    path = segment_path(tmp_path, 1)
    whole = path.read_bytes()
    for size in range(places[1].offset, len(whole)):
        path.write_bytes(whole[:size])
        assert urls(tmp_path) == expected(0)
        assert end(tmp_path) == places[1]


@pytest.mark.parametrize("cut", [1, 20, 27, 30, 300])
def test_what_a_crash_cut_off_is_trimmed(tmp_path: Path, cut: int) -> None:
    places = filled(tmp_path, 2)
    path = segment_path(tmp_path, 1)
    os.truncate(path, places[1].offset + cut)
    with SpoolWriter(tmp_path) as writer:
        assert writer.append(item(5)) == places[1]
    assert urls(tmp_path) == expected(0, 5)


def test_a_compressed_page_inside_a_cut_record_is_no_record(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    places = filled(tmp_path, 1)
    forged = to_member(item(9, source="forged"))
    body = os.urandom(50_000) + forged + os.urandom(50_000)
    with SpoolWriter(tmp_path) as writer:
        place = writer.append(item(1, body=body))
    path = segment_path(tmp_path, 1)
    assert forged in path.read_bytes(), "what cannot be compressed is stored as it is"
    os.truncate(path, path.stat().st_size - 10)
    with caplog.at_level(logging.WARNING):
        assert urls(tmp_path) == expected(0)
    assert caplog.messages == []
    assert end(tmp_path) == place > places[0]


def test_zeros_after_a_power_cut_are_trimmed(tmp_path: Path) -> None:
    filled(tmp_path, 1)
    place = end(tmp_path)
    with segment_path(tmp_path, 1).open("ab") as file:
        file.write(bytes(5000))
    assert urls(tmp_path) == expected(0)
    with SpoolWriter(tmp_path) as writer:
        assert writer.append(item(1)) == place
    assert urls(tmp_path) == expected(0, 1)


@pytest.mark.parametrize("at", [0, 5, 17, 26, 40, 200])
def test_a_damaged_record_is_skipped_and_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, at: int
) -> None:
    places = filled(tmp_path, 4)
    path = segment_path(tmp_path, 1)
    data = bytearray(path.read_bytes())
    data[places[1].offset + at] ^= 0xFF
    path.write_bytes(data)
    with caplog.at_level(logging.WARNING):
        assert urls(tmp_path) == expected(0, 2, 3)
    (message,) = caplog.messages
    assert "spool-00000001" in message
    assert "skipped" in message
    with pytest.raises(DamagedError):
        read_at(tmp_path, places[1])
    with SpoolWriter(tmp_path) as writer:
        writer.append(item(4))
    assert urls(tmp_path) == expected(0, 2, 3, 4), "the writer removes nothing that is readable"


def test_there_is_one_writer(tmp_path: Path) -> None:
    with (
        SpoolWriter(tmp_path),
        pytest.raises(SpoolError, match="another process is writing to this spool"),
    ):
        SpoolWriter(tmp_path)
    SpoolWriter(tmp_path).close()


def test_a_reader_follows_a_writer_in_another_process(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom pathlib import Path\n"
        "from tests.unit.test_spool import item\nfrom pipeline.spool import SpoolWriter\n"
        "with SpoolWriter(Path(sys.argv[1]), segment_bytes=20000) as writer:\n"
        "    for number in range(200):\n"
        "        writer.append(item(number, body=b'x' * 3000))\n"
    )
    writer = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)])
    try:
        place, got = spool.START, list[str]()
        while True:
            running = writer.poll() is None
            for each, _, following in read(tmp_path, place):
                got.append(each.url)
                place = following
            if not running:
                break
    finally:
        writer.kill()
        writer.wait()
    assert got == expected(*range(200))


def test_a_full_disk_is_one_sentence_and_leaves_whole_records(tmp_path: Path) -> None:
    """A limit on the size of files stands for the full disk: writing ends half-way."""
    script = (
        "import resource, sys\nfrom pathlib import Path\n"
        "from tests.unit.test_spool import item\nfrom pipeline.spool import SpoolWriter\n"
        "from pipeline.errors import SpoolError\nimport os\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "with SpoolWriter(Path(sys.argv[1])) as writer:\n"
        "    writer.append(item(0))\n"
        "    try:\n        writer.append(item(1, body=os.urandom(30_000)))\n"
        "    except SpoolError as error:\n        print(error)\n"
        "    writer.append(item(2))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert "spool-00000001.warc.gz: cannot be written (File too large)" in done.stdout
    assert len(done.stdout.splitlines()) == 1
    assert urls(tmp_path) == expected(0, 2)


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SpoolError, match="cannot be written"):
        SpoolWriter(tmp_path / "file" / "spool")


def test_evidence_is_copied_byte_for_byte(tmp_path: Path) -> None:
    places = filled(tmp_path / "spool", 3)
    target = tmp_path / "case" / "spool-00000001.warc.gz"
    gone = Position(7, 0)
    assert copy_records(tmp_path / "spool", [places[2], gone, places[0]], target) == 2
    whole = segment_path(tmp_path / "spool", 1).read_bytes()
    assert target.read_bytes() == whole[places[2].offset :] + whole[: places[1].offset]
    assert urls(target.parent) == expected(2, 0)


def test_other_files_in_the_folder_do_no_harm(tmp_path: Path) -> None:
    filled(tmp_path, 1)
    (tmp_path / "spool-abcdefgh.warc.gz").write_bytes(b"")
    (tmp_path / "spool-00000002.warc.gz.part").write_bytes(b"")
    assert urls(tmp_path) == expected(0)


def forged(member: bytes, old: bytes, new: bytes) -> bytes:
    """The member with other bytes in it, compressed anew as a forger would."""
    return _compressed(zlib.decompress(member, wbits=31).replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("恢复营业".encode(), "停止营业".encode(), "正文与写入时的 SHA-256 校验值不符"),
        (b'etag: "1"', b'etag: "9"', "应答头与写入时的 SHA-256 校验值不符"),
        (b"WARC/1.1", b"WORK/1.1", "格式无法识别"),
    ],
)
def test_a_record_that_was_changed_is_named(
    tmp_path: Path, old: bytes, new: bytes, reason: str
) -> None:
    member = to_member(item(1))
    segment_path(tmp_path, 1).write_bytes(forged(member, old, new) + to_member(item(2)))
    first, second = [found for found, _, _ in walk(tmp_path, spool.START)]
    assert isinstance(first, Damage)
    assert reason in first.reason
    assert second == item(2)
    with pytest.raises(DamagedError, match=reason):
        read_at(tmp_path, spool.START)


def test_a_record_of_before_block_digests_is_read(tmp_path: Path) -> None:
    text = zlib.decompress(to_member(item(1)), wbits=31)
    old = re.sub(rb"WARC-Block-Digest: [^\r]+", b"WARC-Block-Digest: sha1:AAAA", text)
    assert from_member(_compressed(old)) == item(1)


def test_damage_is_told_with_its_place_up_to_the_end_of_a_full_segment(tmp_path: Path) -> None:
    with SpoolWriter(tmp_path, segment_bytes=3500) as writer:
        places = [writer.append(item(number, body=os.urandom(600))) for number in range(3)]
    path = segment_path(tmp_path, 1)
    data = bytearray(path.read_bytes())
    data[places[1].offset] ^= 0xFF
    path.write_bytes(data)
    found = list(walk(tmp_path, spool.START))
    damage = Damage("归档文件此处的字节已损坏，无法识别为记录")
    assert found[1] == (damage, places[1], Position(1, len(data)))
    assert [type(each) for each, _, _ in found] == [RawItem, Damage, RawItem]
    assert found[2][1] == places[2]


def test_a_spool_that_was_restored_goes_on_behind_what_was_read(tmp_path: Path) -> None:
    with SpoolWriter(tmp_path) as writer:
        writer.append(item(0))
        older = segment_path(tmp_path, 1).read_bytes()
        lost = writer.append(item(1))
    checkpoint = end(tmp_path)
    assert not begin_behind(tmp_path, checkpoint)
    segment_path(tmp_path, 1).write_bytes(older)
    assert begin_behind(tmp_path, checkpoint)
    assert not begin_behind(tmp_path, checkpoint), "once"
    with SpoolWriter(tmp_path) as writer:
        position = writer.append(item(2))
    assert position > checkpoint
    assert [at for _, at, _ in walk(tmp_path, checkpoint)] == [position]
    with pytest.raises(DamagedError):
        read_at(tmp_path, lost)


def test_a_spool_that_is_gone_begins_behind_what_was_read(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    assert not begin_behind(folder, Position(1, 0))
    assert begin_behind(folder, Position(7, 40))
    assert end(folder) == Position(8, 0)
