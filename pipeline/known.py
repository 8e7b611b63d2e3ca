"""Duplicates and stories of the recent past, as the pipeline knows them; in memory, rebuilt from
the store."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from pipeline.duplicates import DuplicateIndex, Sketch, sketch
from pipeline.model import Mention
from pipeline.stories import StoryIndex
from pipeline.story_decisions import NOTHING, Decided

MEMORY = timedelta(days=30)
"""How far back a new mention is compared for duplicates and stories."""


class Known:
    """One instance a process; it grows with what is placed. What people decided about stories
    holds for what is placed and for what is known."""

    def __init__(self, mentions: Iterable[Mention], decided: Decided = NOTHING) -> None:
        self.decided = decided
        self.duplicates = DuplicateIndex()
        self.stories = StoryIndex()
        for mention in mentions:
            story = decided.story(mention.id, mention.story)
            self._add(replace(mention, story=story), _sketch(mention))

    def place(self, mention: Mention) -> Mention:
        """A mention never seen before: its family and story."""
        made = _sketch(mention)
        found = self.duplicates.find(made)
        family, similarity = found if found else (None, 1.0)
        mention = replace(
            mention, signature=made.signature, duplicate_of=family, similarity=similarity
        )
        story = self.decided.story(mention.id, self.stories.assign(mention))
        mention = replace(mention, story=story)
        self._add(mention, made)
        return mention

    @staticmethod
    def again(mention: Mention, before: Mention) -> Mention:
        """A mention that is stored: it keeps its place and its owner, whatever its text has become
        and whoever found it this time."""
        finders = dict.fromkeys((*before.also, *mention.finders))
        finders.pop(before.source, None)
        return replace(
            mention,
            source=before.source,
            also=tuple(finders),
            seen_at=min(before.seen_at, mention.seen_at),
            story=before.story,
            duplicate_of=before.duplicate_of,
            similarity=before.similarity,
            signature=before.signature,
        )

    def _add(self, mention: Mention, made: Sketch) -> None:
        """A family is of one story: a copy that was split off begins a family, so that what is
        more like it than like the others follows it."""
        own = mention.duplicate_of is None or self.stories.parted(mention)
        self.duplicates.add(mention.id, (not own and mention.duplicate_of) or mention.id, made)
        self.stories.add(mention)


def _sketch(mention: Mention) -> Sketch:
    return sketch(mention.text or mention.title, mention.signature)
