"""What was written into forms and waits in DATA/inbox: hand entries of the desk, tips of the
public. A file is removed when its record is durable in the spool."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from crawlers.sources.local import Found, Taken, Trouble, Visit
from pipeline.documents.records import entry_record
from pipeline.errors import PipelineError
from pipeline.inbox import folder_of


def read_inbox(visit: Visit) -> Iterator[Found | Taken | Trouble]:
    """All that waits, oldest first. The key is the file's name, which the form made up."""
    folder = folder_of(visit.data, visit.source.id)
    try:
        # Names begin with the time of entry.
        paths = {path.stem: path for path in sorted(folder.glob("*.json"))}
        for key in paths.keys() & visit.seen:  # a crash came between the record and this
            paths.pop(key).unlink(missing_ok=True)
    except OSError as error:
        yield Trouble(f"录入信箱 {folder} 读不了（{error.strerror}）")
        return
    taken = list(paths.items())[: visit.source.max_items]
    yield Found(tuple(paths), len(paths), len(paths) - len(taken))
    for key, path in taken:
        yield _taken(key, path, visit)


def _taken(key: str, path: Path, visit: Visit) -> Taken | Trouble:
    try:
        raw = entry_record(visit.source.id, path.read_bytes())
    except OSError as error:
        return Trouble(f"{path} 读不了（{error.strerror}）", str(path))
    except PipelineError as error:
        aside = path.with_suffix(".damaged")
        with suppress(OSError):  # else the source would be due for ever
            path.rename(aside)
        return Trouble(f"{aside}：{error}", str(aside))

    def stored() -> None:
        with suppress(OSError):  # the next visit knows by its key that it is done with
            path.unlink(missing_ok=True)

    return Taken(key, raw, stored=stored)
