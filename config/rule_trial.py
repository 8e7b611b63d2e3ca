"""Trying a rule on the mentions of the last month: what it becomes, how often it would have hit."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.rules.checks import check_rule
from alerts.rules.counting import duration_in_words
from alerts.rules.lines import in_words, read_line
from alerts.rules.ruleset import COMPOSITE, compile_all
from alerts.rules.silence import SILENCE
from config.loader import rules_of
from config.rule_forms import entry_of
from config.wiring import StorePast, System
from config.yaml_text import yaml_of
from desk.rule_trials import DAYS, RuleTrial
from pipeline.errors import BadInputError
from pipeline.model import Mention, Query, Rule, RuleHit, Spelling
from pipeline.ports import MentionStore

EXAMPLES = 20
SECONDS = 20.0
"""A trial stops then and says how far it came."""
PAGE = 500
MUCH = 0.4
FEW = 20
LOUD = "~"
"""Before the id of the rule that never keeps quiet; no id that is written has it."""
"""Of so few mentions no share is told."""


_Judge = Callable[[Mention], Sequence[RuleHit]]


@dataclass
class StoredTrial:
    """Fills `desk.rule_trials.TryRule`."""

    system: System

    def written(self, rule: Rule) -> str:
        return _as_yaml(rule)

    def __call__(self, text: str, spelling: Spelling | None) -> RuleTrial:
        rule = replace(_rule(text, spelling), enabled=True)
        if rule.kind == SILENCE:
            raise BadInputError(
                "来源沉默规则看的是来源多久没有新内容，不看单条信息，不能在入库的信息上试。"
            )
        configuration = self.system.configuration
        store = self.system.open_store()
        try:
            known = [rule, *_without_quiet(rule)]
            if rule.kind == COMPOSITE:
                known += [each for each in configuration.rules if each.id in rule.members]
            compiled = compile_all(
                known,
                configuration.claims,
                configuration.facts,
                configuration.settings.timezone,
                {source.id: source for source in configuration.sources},
                StorePast(store),
            )
            now = self.system.clock()
            return self._tried(rule, store, lambda each: compiled.evaluate(each, now), now)
        finally:
            store.close()

    def _tried(self, rule: Rule, store: MentionStore, judge: _Judge, now: datetime) -> RuleTrial:
        zone = ZoneInfo(self.system.configuration.settings.timezone)
        today = now.astimezone(zone).date()
        first = today - timedelta(days=DAYS - 1)
        began = datetime(first.year, first.month, first.day, tzinfo=zone)
        counts: Counter[object] = Counter()
        stories: set[str] = set()
        examples: list[tuple[Mention, RuleHit]] = []
        looked, oldest, held = 0, now, 0
        stop = time.monotonic() + SECONDS
        for mention in _newest_first(store, began):
            if time.monotonic() > stop:
                break
            looked, oldest = looked + 1, mention.at
            hits = judge(mention)
            rules = {hit.rule for hit in hits}
            held += LOUD + rule.id in rules and rule.id not in rules
            for hit in hits:
                if hit.rule == rule.id:
                    counts[mention.at.astimezone(zone).date()] += 1
                    stories.add(mention.story or mention.id)
                    if len(examples) < EXAMPLES:
                        examples.append((mention, hit))
        else:
            oldest = began
        days = [(day, counts[day]) for n in range(DAYS) for day in [first + timedelta(days=n)]]
        return RuleTrial(
            rule=rule,
            yaml=_as_yaml(rule),
            words=in_words(rule.condition) if rule.condition is not None else "",
            days=days,
            looked=looked,
            hits=counts.total(),
            stories=len(stories),
            examples=examples,
            warnings=[
                *_warnings(looked, counts.total(), oldest.astimezone(zone), began),
                *_told_held(rule, held),
            ],
        )


def _without_quiet(rule: Rule) -> list[Rule]:
    """The same rule as it would alarm if it never kept quiet, to tell what is held back."""
    if rule.kind not in ("frequency", "spike") or not rule.quiet:
        return []
    return [replace(rule, id=LOUD + rule.id, quiet=timedelta(0))]


def _told_held(rule: Rule, held: int) -> list[str]:
    if not held:
        return []
    return [
        f"另有{held}次达到条件但没有报警：距上一次不到{duration_in_words(rule.quiet)}，"
        f"也没有增长到{rule.growth:g}倍（quiet、growth）。"
    ]


def _rule(text: str, spelling: Spelling | None) -> Rule:
    """The one rule that a text writes. Raises BadInputError."""
    if "\n" in text.strip() or text.lstrip().startswith("- "):
        rules = rules_of(text)
        if len(rules) != 1:
            raise BadInputError(f"一次试一条规则，这里写了{len(rules)}条。")
        return rules[0]
    try:
        rule = Rule("try", condition=read_line(text), spelling=spelling or "normalised")
    except ValueError as error:
        raise BadInputError(f"{error}。") from error
    if problems := check_rule(rule):
        raise BadInputError("; ".join(problems))
    return rule


def _newest_first(store: MentionStore, since: datetime) -> Iterator[Mention]:
    cursor: str | None = None
    while True:
        page = store.search(Query(since=since), limit=PAGE, cursor=cursor)
        yield from (hit.mention for hit in page.hits)
        cursor = page.cursor
        if cursor is None:
            return


def _as_yaml(rule: Rule) -> str:
    """In place of a line a person wrote, an entry that wants a name of its own."""
    named = replace(rule, id="xin-guize") if rule.id == "try" else rule
    return yaml_of([entry_of(named)])


def _warnings(looked: int, hits: int, reached: datetime, began: datetime) -> list[str]:
    warnings = []
    if reached > began:
        warnings.append(f"信息太多，只试到{reached:%m月%d日}为止，更早的没有试。")
    if not looked:
        warnings.append("这段时间没有入库的信息，试不出结果。")
    elif not hits:
        warnings.append("一条也没有命中：词可能写得太长、太严，或者这段时间确实没有。")
    elif looked >= FEW and hits / looked >= MUCH:
        warnings.append(f"命中了全部信息的{hits / looked:.0%}，太宽了：再加一个必须出现的词。")
    return warnings
