"""How large stories are and how fast they grow, asked of the mention store by counting alone."""

from __future__ import annotations

from datetime import datetime, timedelta

from alerts.scoring import EARLIER, RECENT, StoryMeasure
from pipeline.model import Query
from pipeline.ports import Clock, MentionStore

_SOURCES = 1_000
_HOUR = timedelta(hours=1)


class StoreMeasure:
    """Fills `alerts.weighing.Measure`. Answers are kept until `renew`."""

    def __init__(self, store: MentionStore, clock: Clock, timezone: str) -> None:
        self._store, self._clock, self._timezone = store, clock, timezone
        self._answers: dict[str, StoryMeasure] = {}

    def renew(self) -> None:
        """What was stored since is counted, too; to be called before a batch is weighed."""
        self._answers.clear()

    def __call__(self, story: str) -> StoryMeasure:
        if story not in self._answers:
            self._answers[story] = self._counted(story, self._clock())
        return self._answers[story]

    def _counted(self, story: str, now: datetime) -> StoryMeasure:
        of_story, began = Query(stories=(story,)), now - RECENT - EARLIER
        mentions = self._store.count(of_story)
        sources = len(self._store.facets(of_story, "source", size=_SOURCES))
        lately = self._store.histogram(
            Query(stories=(story,), since=began), interval="hour", timezone=self._timezone
        )
        within = sum(count for _hour, count in lately)
        recent = self._store.count(Query(stories=(story,), since=now - RECENT))
        first = max(lately[0][0], began) if lately and within == mentions else began
        hours = max((now - RECENT - first) / _HOUR, 0.0)
        return StoryMeasure(mentions, sources, recent, within - recent, hours)
