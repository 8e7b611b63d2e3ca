"""A rule's condition in words. Pure."""

from __future__ import annotations

from django.utils.translation import gettext as _

from pipeline.model import AllOf, AnyOf, Condition, Near, NoneOf, Rule

_SPELLINGS = {"exact": "按原样", "normalised": "规范化", "evasive": "识别变体"}


def in_words(condition: Condition | None) -> str:
    """Such as `（“市场监管局”或“工商局”），且不含“招聘”`."""
    match condition:
        case None:
            return ""
        case str():
            return f"“{condition}”"
        case AnyOf(of=parts):
            joined = _("或").join(in_words(each) for each in parts)
            return joined if len(parts) == 1 else _("（{any}）").format(any=joined)
        case AllOf(of=parts):
            ordered = sorted(parts, key=lambda each: isinstance(each, NoneOf))
            return _("，且").join(in_words(each) for each in ordered)
        case NoneOf(of=parts):
            return _("不含{none}").format(none="、".join(in_words(each) for each in parts))
        case Near(groups=groups, within=within):
            shown = _("与").join(f"“{'/'.join(group)}”" for group in groups)
            return _("{groups}相距不超过{n}字").format(groups=shown, n=within)


def spelling_in_words(rule: Rule) -> str:
    return _(_SPELLINGS[rule.spelling])
