"""Rules that count: many within a time, more than usual at this hour, a newcomer to a subject.

Each is a keyword rule with a condition on what is stored. A mention is judged by those that arrived
before it, so that the same mention judged again, after a restart or with a delay, gives the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from alerts.rules.base import Known, Past, called
from alerts.rules.bursts import grown, rises_to, spike_from, threshold, unusual, usual
from alerts.rules.keyword import KeywordRules
from pipeline.model import Mention, Rule, RuleHit

WEEKS = 8
"""A spike is measured against so many earlier weeks."""
UNLIKELY = 0.001
"""A spike is what would happen at this hour once in a thousand weeks."""
LEAST = 5
HOUR = timedelta(hours=1)
_KEPT = 50_000


class CountingRules:
    """Compiled rules of one counting kind; subclasses say when a matching mention counts."""

    def __init__(self, rules: Sequence[Rule], known: Known) -> None:
        self._rules = {rule.id: rule for rule in rules if rule.enabled}
        self._known = known
        self._compiled = KeywordRules(list(self._rules.values()), known)
        self._matching = lru_cache(maxsize=_KEPT)(self._matches)

    def evaluate(self, mention: Mention, now: datetime) -> list[RuleHit]:
        past = self._known.past
        if past is None:
            return []
        hits = []
        for hit in self._compiled.evaluate(mention, now):
            reason = self._reason(self._rules[hit.rule], mention, past)
            if reason:
                hits.append(RuleHit(hit.rule, hit.level, hit.kind, reason, hit.spans))
        return hits

    def _reason(self, rule: Rule, mention: Mention, past: Past) -> str:
        """One sentence why the rule hits; empty when it does not."""
        raise NotImplementedError

    def _matches(self, mention: Mention) -> frozenset[str]:
        return frozenset(hit.rule for hit in self._compiled.evaluate(mention, mention.seen_at))

    def _earlier(self, rule: Rule, mention: Mention, among: Sequence[Mention]) -> list[Mention]:
        """Those that the rule matches and that arrived before the mention."""
        arrived = (mention.seen_at, mention.id)
        return [
            other
            for other in among
            if other.id != mention.id
            and (other.seen_at, other.id) < arrived
            and rule.id in self._matching(other)
        ]


class FrequencyRules(CountingRules):
    """“5 in an hour”: the mention with which so many lie within the window, after a calm."""

    def _reason(self, rule: Rule, mention: Mention, past: Past) -> str:
        window = rule.window or timedelta(hours=1)
        moment = timedelta(microseconds=1)
        stored = past.between(mention.at - window - rule.quiet, mention.at + window + moment)
        before = [other.at for other in self._earlier(rule, mention, stored)]
        reached = rises_to(before, mention.at, count=rule.count, window=window, growth=rule.growth)
        if not reached:
            return ""
        again = "" if reached == rule.count else "，并成倍增长，再次报警"
        return (
            f"{called(rule)}命中：{duration_in_words(window)}内已有{reached}条相关信息，"
            f"达到设定的{rule.count}条{again}。"
        )


class SpikeRules(CountingRules):
    """More than usual: this hour against the same hour and weekday of earlier weeks."""

    def _reason(self, rule: Rule, mention: Mention, past: Past) -> str:
        zone = ZoneInfo(self._known.timezone)
        hour = mention.at.astimezone(zone).replace(minute=0, second=0, microsecond=0)
        count = 1 + self._count(rule, mention, past, hour)
        least = rule.count or LEAST
        if count < least:
            return ""
        earlier = self._weeks(rule, past, hour)
        first = spike_from(count, least, earlier, UNLIKELY)
        if not first or threshold(count, first, rule.growth) != count:
            return ""
        if self._held(rule, mention, past, hour, count):
            return ""
        again = "" if count == first else "，比刚报警时成倍增长"
        return (
            f"{called(rule)}命中：{hour:%m月%d日%H}时已有{count}条相关信息{again}，"
            f"此前{WEEKS}周同一时段平均{usual(earlier):.1f}条、最多{max(earlier)}条。"
        )

    def _held(self, rule: Rule, mention: Mention, past: Past, hour: datetime, count: int) -> bool:
        """An hour before was a spike, and this is not so many times as many."""
        for back in range(1, rule.quiet // HOUR + 1):
            then = hour - back * HOUR
            before = self._count(rule, mention, past, then)
            if (
                count < grown(before, rule.growth)
                and before >= (rule.count or LEAST)
                and unusual(before, self._weeks(rule, past, then)) < UNLIKELY
            ):
                return True
        return False

    def _count(self, rule: Rule, mention: Mention, past: Past, hour: datetime) -> int:
        return len(self._earlier(rule, mention, _of_hour(past, hour)))

    def _weeks(self, rule: Rule, past: Past, hour: datetime) -> list[int]:
        """How many there were in the same hour of earlier weeks."""
        return [
            sum(rule.id in self._matching(other) for other in _of_hour(past, then))
            for week in range(1, WEEKS + 1)
            for then in [hour - timedelta(weeks=week)]
        ]


class NewcomerRules(CountingRules):
    """A source or region that has not spoken of a subject before, when others have."""

    def _reason(self, rule: Rule, mention: Mention, past: Past) -> str:
        window = rule.window or timedelta(days=30)
        before = self._earlier(rule, mention, past.between(mention.at - window, mention.at))
        its = self._place(rule, mention)
        if not before or not its or any(self._place(rule, other) == its for other in before):
            return ""
        what = "地区" if rule.by == "region" else "来源"
        others = len({self._place(rule, other) for other in before})
        return (
            f"{called(rule)}命中：{what}“{its}”在{duration_in_words(window)}内首次出现相关信息，"
            f"此前已有{others}个{what}共{len(before)}条。"
        )

    def _place(self, rule: Rule, mention: Mention) -> str:
        source = self._known.sources.get(mention.source)
        if rule.by == "region":
            return source.region if source else ""
        return source.name if source else mention.source


def _of_hour(past: Past, hour: datetime) -> Sequence[Mention]:
    return past.between(hour, hour + HOUR)


def duration_in_words(window: timedelta) -> str:
    """Such as 1小时 or 30天."""
    seconds = int(window.total_seconds())
    for size, word in ((86_400, "天"), (3600, "小时"), (60, "分钟")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size}{word}"
    return f"{seconds}秒"
