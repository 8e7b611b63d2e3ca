"""How well an extractor reads pages, measured against what a person read on them.

Text is compared as bigram F1: the harmonic mean of precision and recall over the multiset of pairs
of neighbouring characters, whitespace left out. It needs no word segmentation and is the measure
that comparisons of Chinese extractors use.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import fmean
from typing import TypeVar
from zoneinfo import ZoneInfo

LOW_F1 = 0.8
"""A page below this is counted as misread."""
_ZONE = ZoneInfo("Asia/Shanghai")
_Pair = TypeVar("_Pair", str, int)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a page says, to a person or to an extractor; empty texts: the page holds no article.

    `published_at` is ISO 8601: with the time of day, or the date alone where the page says no
    more, or None. `author` and `source` are None where nothing is claimed about them.
    """

    title: str
    text: str
    published_at: str | None = None
    author: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """How one page was read.

    `author` and `source` are None where the label does not say, or the extractor has no such field.
    """

    file: str
    title: bool
    time: bool
    f1: float
    author: bool | None = None
    source: bool | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares are 0…1; None where no page says anything of it."""

    pages: int
    title: float
    time: float
    f1_mean: float
    f1_min: float
    f1_low: int
    """Pages with F1 below `LOW_F1`."""
    author: float | None
    source: float | None


def bigrams(text: str) -> Counter[str]:
    packed = "".join(text.split())
    return Counter(packed[i : i + 2] for i in range(len(packed) - 1))


def f1(got: Counter[_Pair], expected: Counter[_Pair]) -> float:
    """Of two multisets of bigrams (or of hashes of them), 0…1; 1 when both are empty."""
    total = got.total() + expected.total()
    return 2 * (got & expected).total() / total if total else 1.0


def same_time(got: str | None, expected: str | None) -> bool:
    """Exact to the minute; times without an offset are read in Beijing's zone.

    Where the page says only the day, a midnight is taken as "the day": most extractors have no
    other way to say it.
    """
    if expected is None or got is None:
        return got is expected
    at = _instant(got)
    if at is None:
        return False
    if _DAY.fullmatch(expected):
        local = at.astimezone(_ZONE)
        midnight = (local.hour, local.minute) == (0, 0) or (at.hour, at.minute) == (0, 0)
        return got == expected or (midnight and expected in (f"{local:%F}", f"{at:%F}"))
    right = _instant(expected)
    return not _DAY.fullmatch(got) and right is not None and _minute(at) == _minute(right)


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=_ZONE)


def _minute(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(second=0, microsecond=0)


def score(file: str, got: Reading, expected: Reading) -> Score:
    return Score(
        file=file,
        title=_plain(got.title) == _plain(expected.title),
        time=same_time(got.published_at, expected.published_at),
        f1=f1(bigrams(got.text), bigrams(expected.text)),
        author=_same(got.author, expected.author),
        source=_same(got.source, expected.source),
    )


def _same(got: str | None, expected: str | None) -> bool | None:
    return None if got is None or expected is None else _plain(got) == _plain(expected)


def _plain(text: str) -> str:
    return " ".join(text.split())


def figures(scores: Sequence[Score]) -> Figures:
    """Raises ValueError for no scores."""
    if not scores:
        raise ValueError("no page was judged")
    return Figures(
        pages=len(scores),
        title=fmean(one.title for one in scores),
        time=fmean(one.time for one in scores),
        f1_mean=fmean(one.f1 for one in scores),
        f1_min=min(one.f1 for one in scores),
        f1_low=sum(one.f1 < LOW_F1 for one in scores),
        author=_share(one.author for one in scores),
        source=_share(one.source for one in scores),
    )


def _share(found: Iterable[bool | None]) -> float | None:
    known = [one for one in found if one is not None]
    return fmean(known) if known else None
