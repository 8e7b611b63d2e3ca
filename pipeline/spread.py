"""How a story spread: who told it first, and who copied it from whom.

A copy is a near-duplicate that came later. Where it names its source (来源, 转载自, //@) and a
member of its family of that source was earlier, it was copied from that one; otherwise from the
earliest one, which is a conclusion and shown as such.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pipeline.likeness import cleaned
from pipeline.model import Mention

How = Literal["named", "alike"]

_NOTE = re.compile(
    r"(?:来源|转载自|转自|via)[:： ]*([^\s，。；)）】\]]{2,24})|//@([\w-]{2,20})", re.IGNORECASE
)
_CONTAINED = 3
"""Characters from which a name may stand within another: 临江日报 in 临江日报客户端."""


@dataclass(frozen=True, slots=True)
class Told:
    """A mention in its place in the story."""

    mention: Mention
    copied: Mention | None = None
    """The earlier one that it was copied from."""
    how: How | None = None
    """named: it names that one's source itself. alike: concluded from text and time alone."""
    names: str = ""
    """The source that it names, whether or not that one is known."""


@dataclass(frozen=True, slots=True)
class Joined:
    """A source that told the story: when first, how often, and how often copying."""

    source: str
    first: Mention
    count: int
    copies: int


def spread(mentions: Iterable[Mention], names: Mapping[str, str]) -> list[Told]:
    """The mentions of a story in the order of time. `names` are the sources' names by id.

    What has a date without a time of day counts as of the time it was first seen within that day.
    """
    ordered = sorted(mentions, key=lambda each: (happened(each), each.seen_at, each.id))
    families: defaultdict[str, list[Mention]] = defaultdict(list)
    told = []
    for mention in ordered:
        family = families[mention.duplicate_of or mention.id]
        named = named_source(mention)
        if _same_name(named, names.get(mention.source, mention.source)):
            named = ""  # its own name on it, as newspapers do
        copied, how = _copied(family, named, names)
        told.append(Told(mention, copied, how, named))
        family.append(mention)
    return told


def joined(told: Sequence[Told]) -> list[Joined]:
    """The sources in the order in which they joined."""
    by_source: defaultdict[str, list[Told]] = defaultdict(list)
    for each in told:
        by_source[each.mention.source].append(each)
    return [
        Joined(source, own[0].mention, len(own), sum(each.copied is not None for each in own))
        for source, own in by_source.items()
    ]


def happened(mention: Mention) -> datetime:
    """When it was told, as well as that is known."""
    if mention.published_precision == "day" and (mention.seen_at - mention.at).days < 1:
        return mention.seen_at
    return mention.at


def named_source(mention: Mention) -> str:
    """The publisher or user that a mention itself says it comes from; empty when it says none."""
    if mention.origin:
        return mention.origin
    note = _NOTE.search(mention.text)
    return (note[1] or note[2]) if note else ""


def _copied(
    family: Sequence[Mention], named: str, names: Mapping[str, str]
) -> tuple[Mention | None, How | None]:
    """What the next member of a family was copied from; `family` is all before it, in order."""
    for each in family:
        own = (names.get(each.source, each.source), each.origin, each.author)
        if any(_same_name(named, name) for name in own):
            return each, "named"
    return (family[0], "alike") if family else (None, None)


def _same_name(left: str, right: str) -> bool:
    left, right = cleaned(left), cleaned(right)
    if not left or not right:
        return False
    shorter, longer = sorted((left, right), key=len)
    return shorter == longer or (len(shorter) >= _CONTAINED and shorter in longer)
