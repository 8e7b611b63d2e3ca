"""A rule's condition in words. Pure."""

from __future__ import annotations

from django.utils.translation import gettext as _

from alerts.rules import lines
from pipeline.model import Condition, Rule

_SPELLINGS = {"exact": "按原样", "normalised": "规范化", "evasive": "识别变体"}


def in_words(condition: Condition | None) -> str:
    """Such as `含“市场监管局”“工商局”之一，且不含“招聘”`; empty for a rule that has none."""
    return "" if condition is None else lines.in_words(condition)


def spelling_in_words(rule: Rule) -> str:
    return _(_SPELLINGS[rule.spelling])
