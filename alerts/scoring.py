"""How grave an alert is: points for what speaks for it, and the level that they come to. Pure.

    score = rule + reach + size + spread + growth + sensitive words

A sum with open weights, since a desk must be able to say why something is Ⅱ and not Ⅲ. A rule's own
level gives its base; all else only adds to it, so that nothing is graver or lighter for a reason
that is not shown. The points of each kind are the most that they ever were: what an alert was once
worth it stays worth until a person says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any, Literal

from pipeline.model import LEVELS, Level, Reach

Kind = Literal["rule", "reach", "size", "spread", "growth", "sensitive"]
KINDS: tuple[Kind, ...] = ("rule", "reach", "size", "spread", "growth", "sensitive")
Steps = Mapping[int, int]
"""From so many on → so many points."""

RECENT = timedelta(hours=2)
EARLIER = timedelta(hours=24)
"""Growth is what the last two hours brought against the day before them."""
FEW = 5
"""Fewer in the last two hours are no growth, whatever came before."""
ROMAN: Mapping[Level, str] = {"I": "Ⅰ", "II": "Ⅱ", "III": "Ⅲ", "IV": "Ⅳ"}
REACHES: Mapping[Reach, str] = {
    "national": "全国性媒体或平台",
    "provincial": "省级媒体或平台",
    "city": "市级媒体或平台",
    "local": "区县或社区媒体",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What people are touched by, and the words that speak of it."""

    name: str
    points: int
    words: tuple[str, ...]


SENSITIVE = (
    Subject("未成年人", 10, ("幼儿园", "小学", "中学", "学生", "儿童", "婴儿", "未成年")),
    Subject("食品药品安全", 8, ("食物中毒", "集体腹泻", "致病菌", "有毒有害", "假药", "过期疫苗")),
    Subject("人身伤亡", 15, ("死亡", "身亡", "遇难", "伤亡", "重伤", "抢救", "致残", "轻生")),
    Subject("群体聚集", 12, ("聚集", "围堵", "堵路", "拉横幅", "集体上访", "罢工", "罢运", "踩踏")),
    Subject("灾害事故", 12, ("爆炸", "坍塌", "火灾", "泄漏", "决堤", "坠落")),
)


@dataclass(frozen=True, slots=True)
class Weights:
    """The points of everything. A rule's base is at least the threshold of its level."""

    rule: Mapping[Level, int] = field(
        default_factory=lambda: {"I": 80, "II": 60, "III": 40, "IV": 20}
    )
    thresholds: Mapping[Level, int] = field(
        default_factory=lambda: {"I": 80, "II": 60, "III": 40, "IV": 0}
    )
    reach: Mapping[Reach, int] = field(
        default_factory=lambda: {"national": 20, "provincial": 15, "city": 8, "local": 3}
    )
    size: Steps = field(default_factory=lambda: {5: 3, 20: 6, 100: 10})
    """Mentions of the story."""
    spread: Steps = field(default_factory=lambda: {3: 3, 6: 6, 12: 10})
    """Sources that tell it."""
    growth: Steps = field(default_factory=lambda: {2: 4, 4: 8})
    """Times as many mentions an hour as before."""
    sensitive: tuple[Subject, ...] = SENSITIVE
    sensitive_most: int = 20
    """Of all subjects together."""


@dataclass(frozen=True, slots=True)
class StoryMeasure:
    """The story at one moment: `recent` came in the last `RECENT`, `earlier` in the `hours` of
    `EARLIER` before that in which the story existed."""

    mentions: int = 1
    sources: int = 1
    recent: int = 0
    earlier: int = 0
    hours: float = 0.0


@dataclass(frozen=True, slots=True)
class Touched:
    """A sensitive subject, and the word as it stands in the mention."""

    subject: Subject
    word: str


@dataclass(frozen=True, slots=True)
class Contribution:
    """The points of one kind, the most that it can give, and why, for people."""

    kind: Kind
    points: int
    most: int
    why: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Contribution:
        return cls(value["kind"], value["points"], value["most"], value["why"])


Score = tuple[Contribution, ...]
"""One of each kind, in the order of `KINDS`."""


def score(
    weights: Weights,
    rule: Level,
    *,
    reached: Iterable[tuple[str, Reach]] = (),
    story: StoryMeasure | None = None,
    touched: Sequence[Touched] = (),
) -> Score:
    """What an alert is worth by one mention: `reached` are name and reach of the sources that found
    it. Without `story` (an alert that is about none) nothing is said of size and growth."""
    base = Contribution(
        "rule", weights.rule[rule], max(weights.rule.values()), f"规则定为{ROMAN[rule]}级"
    )
    parts = [base, _reach(weights, reached)]
    if story is not None:
        parts += [
            _stepped("size", weights.size, story.mentions, f"同一事件共{story.mentions}条信息"),
            _stepped("spread", weights.spread, story.sources, f"{story.sources}个来源在说"),
            _growth(weights.growth, story),
        ]
        parts.append(_sensitive(weights, touched))
    return tuple(parts)


def total(parts: Score) -> int:
    return sum(part.points for part in parts)


def level_of(points: int, weights: Weights) -> Level:
    """The gravest level whose threshold is reached."""
    return next((level for level in LEVELS if points >= weights.thresholds[level]), "IV")


def gravest(before: Score, now: Score) -> Score:
    """Of each kind what gave more points; of equal ones that which was there first."""
    best = {part.kind: part for part in before}
    for part in now:
        known = best.get(part.kind)
        if known is None or part.points > known.points:
            best[part.kind] = part
    return tuple(best[kind] for kind in KINDS if kind in best)


def graver(level: Level, other: Level) -> bool:
    return LEVELS.index(level) < LEVELS.index(other)


def in_words(before: Score, now: Score) -> str:
    """What a change of the score comes from: `来源影响 +15：省级媒体或平台（临江日报）`."""
    known = {part.kind: part.points for part in before}
    return "；".join(
        f"{LABELS[part.kind]} +{part.points}：{part.why}"
        for part in now
        if part.points > known.get(part.kind, 0)
    )


LABELS: Mapping[Kind, str] = {
    "rule": "规则",
    "reach": "来源影响",
    "size": "事件规模",
    "spread": "来源广度",
    "growth": "增长速度",
    "sensitive": "敏感内容",
}


def _reach(weights: Weights, reached: Iterable[tuple[str, Reach]]) -> Contribution:
    most = max(weights.reach.values(), default=0)
    best = max(reached, key=lambda each: weights.reach.get(each[1], 0), default=None)
    if best is None:
        return Contribution("reach", 0, most, "来源没有写明影响范围（reach）")
    name, reach = best
    return Contribution("reach", weights.reach.get(reach, 0), most, f"{REACHES[reach]}（{name}）")


def _stepped(kind: Kind, steps: Steps, number: float, why: str) -> Contribution:
    reached = [(least, points) for least, points in steps.items() if number >= least]
    least, points = max(reached, default=(0, 0))
    if least:
        why += f"，达到{least}{'倍' if kind == 'growth' else ''}"
    return Contribution(kind, points, max(steps.values(), default=0), why)


def _growth(steps: Steps, story: StoryMeasure) -> Contribution:
    """The day before counts as if it held one mention and two hours more: of a story that has just
    begun nobody knows yet what is usual for it."""
    window = RECENT / timedelta(hours=1)
    if story.recent < FEW:
        why = f"近{window:.0f}小时{story.recent}条，不足{FEW}条不计"
        return Contribution("growth", 0, max(steps.values(), default=0), why)
    now, before = story.recent / window, (story.earlier + 1) / (story.hours + window)
    times = now / before
    why = f"近{window:.0f}小时每小时{now:.1f}条，此前每小时约{before:.1f}条，{times:.1f}倍"
    return _stepped("growth", steps, times, why)


def _sensitive(weights: Weights, touched: Sequence[Touched]) -> Contribution:
    first: dict[str, Touched] = {}
    for each in touched:
        first.setdefault(each.subject.name, each)
    found = list(first.values())
    points = min(sum(each.subject.points for each in found), weights.sensitive_most)
    why = "、".join(f"{each.subject.name}（“{each.word}”）" for each in found)
    return Contribution("sensitive", points, weights.sensitive_most, why or "没有涉及")
