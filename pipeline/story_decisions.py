"""What people decided about stories: mentions split off, stories merged. It stays decided.

The decisions are kept by the case store and are the truth; what the mention store says follows
(`settle`), and so does what the pipeline places later (`pipeline.known`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from pipeline.model import Mention, Query
from pipeline.ports import MentionStore

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Decision:
    """split: `mentions` of `story` are now the story `target`, and those that `stayed` are not.
    merge: all of `story` is `target`."""

    kind: Literal["split", "merge"]
    story: str
    target: str
    mentions: tuple[str, ...] = ()
    stayed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decided:
    """Where a row of decisions leads."""

    members: Mapping[str, str] = field(default_factory=dict)
    """Mention → story, for those that were split off or stayed. Without the latter a rebuild would
    let them follow a first mention that was split off."""
    merged: Mapping[str, str] = field(default_factory=dict)
    """Story → the story that it is now a part of."""

    def story(self, mention_id: str, story: str) -> str:
        """The story of a mention that by its content belongs to `story`."""
        return self.members.get(mention_id) or self.merged.get(story, story)


NOTHING = Decided()


def decided(decisions: Iterable[Decision]) -> Decided:
    """The decisions one after the other; a later one may undo an earlier one."""
    members: dict[str, str] = {}
    merged: dict[str, str] = {}
    for each in decisions:
        merged.pop(each.target, None)  # it lives (again)
        if each.kind == "split":
            members.update(dict.fromkeys(each.stayed, each.story))
            members.update(dict.fromkeys(each.mentions, each.target))
            continue
        for places in (members, merged):
            followed = [key for key, story in places.items() if story == each.story]
            places.update(dict.fromkeys(followed, each.target))
        merged[each.story] = each.target
    return Decided(members, merged)


def settle(store: MentionStore, decided: Decided) -> int:
    """Bring the mention store in line; returns how many mentions changed. May be repeated.

    Raises StoreError; what was changed until then stands.
    """
    changed = 0
    for found in _touched(store, decided):
        moved = [
            replace(mention, story=story)
            for mention in found
            if (story := decided.story(mention.id, mention.story)) != mention.story
        ]
        if moved:
            changed += store.replace(moved).count("replaced")
    if changed:
        store.refresh()
    return changed


def _touched(store: MentionStore, decided: Decided) -> Iterator[list[Mention]]:
    members = list(decided.members)
    for start in range(0, len(members), _PAGE):
        yield list(store.get(members[start : start + _PAGE]).values())
    for story in decided.merged:
        yield mentions_of(store, story)


def mentions_of(store: MentionStore, story: str, most: int | None = None) -> list[Mention]:
    """The mentions of a story, newest first; all of them, or about `most`."""
    found: list[Mention] = []
    cursor: str | None = None
    while most is None or len(found) < most:
        page = store.search(Query(stories=(story,)), limit=_PAGE, cursor=cursor)
        found += [hit.mention for hit in page.hits]
        cursor = page.cursor
        if cursor is None:
            break
    return found
