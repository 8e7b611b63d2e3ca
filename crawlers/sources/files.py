"""A folder into which people and other systems put files. What was read stays where it is."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from crawlers.sources.local import Found, Taken, Trouble, Visit, megabytes
from pipeline.decode import decode
from pipeline.documents.records import file_record

MAX_FILES = 50_000
MAX_DEPTH = 10
SETTLED = 2.0
"""Seconds that a file must have stood untouched: before that, somebody may still be writing it."""
_TEMPORARY = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".download", ".filepart", ".swp",
              ".lock", ".bak")  # fmt: skip
_JUNK = {"thumbs.db", "desktop.ini"}


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A file below `root`, and how it stood when it was first looked at."""

    root: Path
    path: Path
    name: str
    size: int
    touched: int
    """Nanoseconds since 1970."""


def read_files(visit: Visit) -> Iterator[Found | Taken | Trouble]:
    """Files that are new by what is in them, oldest first. The key is the digest: a copy, a new
    name or a touched file bring nothing twice."""
    folder = visit.data / visit.source.folder
    try:
        root = folder.resolve(strict=True)
        if not root.is_dir():
            yield Trouble(f"{folder} 不是文件夹")
            return
        os.listdir(root)  # noqa: PTH208 - only whether it may be read
    except FileNotFoundError:
        yield Trouble(f"文件夹 {folder} 不存在，请建立或检查 folder")
        return
    except (OSError, RuntimeError) as error:
        yield Trouble(f"文件夹 {folder} 读不了（{_why(error)}）")
        return
    troubles: list[Trouble] = []
    candidates = sorted(_walk(root, root, visit, troubles, 0), key=lambda each: each.touched)
    if len(candidates) > MAX_FILES:
        troubles.append(Trouble(f"文件夹里超过{MAX_FILES}个文件，只看最新的"))
        candidates = candidates[-MAX_FILES:]
    candidates = _settled(candidates)
    keys: dict[str, _Candidate] = {}
    for each in candidates:
        digest = _digest(each, troubles)
        if digest is not None:
            keys.setdefault(_key(digest, visit), each)
    new = [key for key in keys if key not in visit.seen]
    taken = new[: visit.source.max_items]
    yield Found(tuple(keys), len(new), len(new) - len(taken))
    yield from troubles
    for key in taken:
        yield _taken(keys[key], key, visit)


def _key(digest: str, visit: Visit) -> str:
    """Other headings in the source's `fields` make a table worth reading again."""
    fields = visit.source.fields
    return f"{digest} {sha256(repr(fields).encode()).hexdigest()[:8]}" if fields else digest


def _walk(
    folder: Path, root: Path, visit: Visit, troubles: list[Trouble], depth: int
) -> Iterator[_Candidate]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        troubles.append(Trouble(f"子文件夹 {folder.relative_to(root)} 读不了（{_why(error)}）"))
        return
    for entry in entries:
        path = Path(entry.path)
        # Archives unpacked elsewhere bring names in GBK.
        name = decode(os.fsencode(path.relative_to(root)))
        if _is_temporary(entry.name):
            continue
        try:
            if entry.is_symlink() and not path.resolve().is_relative_to(root):
                troubles.append(Trouble(f"{name} 是指向文件夹之外的链接，未读取", name))
                continue
            if entry.is_dir(follow_symlinks=False):
                if depth < MAX_DEPTH:
                    yield from _walk(path, root, visit, troubles, depth + 1)
                else:
                    troubles.append(Trouble(f"{name} 套得太深，未读取", name))
                continue
            about = entry.stat()
        except (OSError, RuntimeError) as error:
            troubles.append(Trouble(f"{name} 读不了（{_why(error)}）", name))
            continue
        if not stat.S_ISREG(about.st_mode):
            continue
        if about.st_size > visit.max_bytes:
            troubles.append(Trouble(f"{name} 超过{megabytes(visit.max_bytes)}，未读取", name))
            continue
        yield _Candidate(root, path, name, about.st_size, about.st_mtime_ns)


def _is_temporary(name: str) -> bool:
    lower = name.lower()
    return lower.startswith((".", "~$")) or lower.endswith(_TEMPORARY) or lower in _JUNK


def _settled(candidates: list[_Candidate]) -> list[_Candidate]:
    """Those that nobody writes any more. Young ones are waited for once, as long as it takes for
    them to have stood still."""
    young = {each for each in candidates if time.time() - each.touched / 1e9 < SETTLED}
    if young:
        time.sleep(SETTLED)
    return [each for each in candidates if each not in young or _unchanged(each)]


def _unchanged(candidate: _Candidate) -> bool:
    try:
        about = candidate.path.stat()
    except OSError:
        return False
    return (about.st_size, about.st_mtime_ns) == (candidate.size, candidate.touched)


def _opened(candidate: _Candidate) -> BinaryIO:
    """The file itself: since it was looked at, a link that leads elsewhere, or a pipe that nobody
    writes to, may have taken its place. Raises OSError."""
    file = open(os.open(candidate.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")  # noqa: PTH123, SIM115
    place = Path(f"/proc/self/fd/{file.fileno()}").readlink()
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode) and place.is_relative_to(candidate.root):
        return file
    file.close()
    raise OSError(errno.ELOOP, "已被换成别的文件")


def _digest(candidate: _Candidate, troubles: list[Trouble]) -> str | None:
    made = sha256()
    try:
        with _opened(candidate) as file:
            while block := file.read(1024 * 1024):
                made.update(block)
    except OSError as error:
        troubles.append(Trouble(f"{candidate.name} 读不了（{_why(error)}）", candidate.name))
        return None
    return made.hexdigest()


def _taken(candidate: _Candidate, key: str, visit: Visit) -> Taken | Trouble:
    try:
        with _opened(candidate) as file:
            body = file.read(visit.max_bytes + 1)
    except OSError as error:
        return Trouble(f"{candidate.name} 读不了（{_why(error)}）", candidate.name)
    if not key.startswith(sha256(body).hexdigest()):
        return Trouble(f"{candidate.name} 正在被改写，下一轮再读", candidate.name)
    raw = file_record(visit.source.id, candidate.name, body, visit.now(), visit.source.fields)
    return Taken(key, raw, candidate.name)


def _why(error: OSError | RuntimeError) -> str:
    if isinstance(error, PermissionError):
        return "没有权限"
    if isinstance(error, FileNotFoundError):
        return "已经不在"
    return getattr(error, "strerror", None) or "链接成环"
