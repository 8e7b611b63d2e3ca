"""Rules that cannot be meant: those that never hit, and those that hit whatever comes."""

from __future__ import annotations

from collections.abc import Iterator

import re2

from alerts.rules.requirements import required_terms
from alerts.rules.scan import expression_options, folded_expression, is_letter
from pipeline.model import (
    AllOf,
    AnyOf,
    Condition,
    Near,
    NoneOf,
    Phrase,
    Regex,
    Rule,
    Sentence,
)
from pipeline.normalise import fold

_MANY_KINDS_OF_TEXT = ("字", "a", "1", " ", "，")
"""What matches each of these matches about every text."""


def check_rule(rule: Rule) -> list[str]:
    """Sentences about a keyword rule that cannot hit, or that hits whatever lacks a term."""
    if rule.condition is None:
        return ["a keyword rule needs any, all, none, near, sentence, phrase, regex or line"]
    when = rule.when
    problems = list(_misshapen(rule.condition))
    if when and when.since and when.until and when.until < when.since:
        problems.append("`when` ends before it begins, so the rule can never hit")
    if problems:
        return problems
    required = required_terms(rule.condition, rule.spelling)
    if not required:
        return ["it hits every text that lacks its excluded terms; add a term that must occur"]
    for terms in required:
        banned = {term: by for term, _ in terms if (by := _excluded(term, rule))}
        if len(banned) == len(terms):
            term, by = min(banned.items())
            return [f"it can never hit: it requires “{term}”, which holds the excluded “{by}”"]
    return []


def _misshapen(condition: Condition) -> Iterator[str]:
    match condition:
        case str():
            if not fold(condition).text.strip():
                yield f"the term “{condition}” has no visible character"
        case Regex(pattern):
            yield from _unfit(pattern)
        case Near() | Sentence() | Phrase():
            name = type(condition).__name__.lower()
            if isinstance(condition, Near) and condition.within < 0:
                yield "`within` is negative; give the most characters between two matches"
            if len(condition.groups) < 2 or not all(condition.groups):
                yield f"`{name}` needs at least two terms, and no empty list"
            for term in {term for group in condition.groups for term in group}:
                yield from _misshapen(term)
        case AnyOf(of) | AllOf(of) | NoneOf(of):
            if not of:
                yield "an empty list of conditions; give it at least one term"
            for each in of:
                yield from _misshapen(each)


def _unfit(pattern: str) -> Iterator[str]:
    """What is wrong with a regular expression."""
    try:
        compiled = re2.compile(folded_expression(pattern), expression_options(exact=False))
    except re2.error as error:
        told = error.args[0]
        reason = told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)
        yield (
            f"the expression “{pattern}” cannot be read ({reason}); the syntax is RE2's, "
            "without look-around and back-references"
        )
        return
    if compiled.search("") or all(compiled.search(text) for text in _MANY_KINDS_OF_TEXT):
        yield f"the expression “{pattern}” matches every text"


def _excluded(term: str, rule: Rule) -> str:
    """The excluded term that occurs wherever `term` does; empty when there is none."""
    written = term if rule.spelling == "exact" else fold(term).text
    for other in _always_excluded(rule.condition):
        banned = other if rule.spelling == "exact" else fold(other).text
        if banned == written or (banned in written and not any(map(is_letter, banned))):
            return other
    return ""


def _always_excluded(condition: Condition | None) -> Iterator[str]:
    match condition:
        case NoneOf(of):
            for each in of:
                if isinstance(each, str):
                    yield each
                elif isinstance(each, AnyOf):
                    yield from (term for term in each.of if isinstance(term, str))
        case AllOf(of):
            for each in of:
                yield from _always_excluded(each)
