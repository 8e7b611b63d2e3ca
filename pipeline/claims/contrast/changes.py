"""What an edit changes in what is said: a figure, a negation, a duty, a scope, who it is about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from pipeline.claims.contrast import lexicon
from pipeline.claims.contrast.edit import Edit, of_role
from pipeline.claims.contrast.figure import Figure, agree, is_rounding
from pipeline.claims.contrast.model import Difference, DifferenceKind
from pipeline.claims.contrast.polarity import duties, negation
from pipeline.claims.contrast.subjects import subjects
from pipeline.claims.contrast.whole import Texts
from pipeline.claims.contrast.words import Word

_HARMLESS = 0.1
_DUTY_DROPPED = {"禁止": 0.85, "不强制": 0.8, "必须": 0.45, "建议": 0.4, "可以": 0.25}
_DUTY_ADDED = {"禁止": 0.9, "不强制": 0.8, "必须": 0.45, "建议": 0.35, "可以": 0.3}
_SAME_DUTY = (frozenset(("可以", "不强制")),)
_SCOPE_DROPPED = {"除外": 0.7, "仅": 0.6, "部分": 0.6, "多数": 0.6, "全部": 0.2}
_SCOPE_ADDED = {"除外": 0.7, "仅": 0.55, "部分": 0.55, "多数": 0.55, "全部": 0.45}


def changes(edit: Edit, texts: Texts) -> Iterator[Difference]:
    """The differences that an edit makes, also those too light to count alone."""
    first, second = edit.texts
    if first == second or lexicon.same_meaning(first, second) or _short_form(edit):
        return
    yield from _figures(edit, texts)
    yield from _periods(edit)
    if (excluded := _excluded(edit)) is not None:
        yield excluded
        return
    yield from _modality(edit)
    yield from negation(edit)
    yield from _scope(edit)
    yield from _bounds(edit)
    yield from _hedges(edit)
    yield from subjects(edit, texts)


def _short_form(edit: Edit) -> bool:
    """Whether one side is the short form of a name that holds a number: 第三中学, 三中."""
    numbered = any(word.role == "figure" for word in (*edit.official, *edit.mention))
    named = any(lexicon.is_institution(word.text) for word in (*edit.official, *edit.mention))
    first, second = edit.texts
    return numbered and (named or first.startswith("第")) and lexicon.same_name(first, second)


def _figures(edit: Edit, texts: Texts) -> Iterator[Difference]:
    ours, theirs = of_role(edit.official, "figure"), of_role(edit.mention, "figure")
    if not ours and not theirs:
        return
    hedged = bool(of_role(edit.mention, "bound")) and not of_role(edit.official, "bound")
    for mine in list(ours):
        for other in theirs:
            if _agree(mine, other, hedged=hedged):
                ours.remove(mine)
                theirs.remove(other)
                break
    for mine in list(ours):
        other_of_kind = next((w for w in theirs if _is_date(w) == _is_date(mine)), None)
        if other_of_kind is None:
            continue
        ours.remove(mine)
        theirs.remove(other_of_kind)
        rounding = is_rounding(_figure(mine), _figure(other_of_kind))
        weight = 0.3 if rounding else 0.95
        kind: DifferenceKind = "date" if _is_date(mine) else "number"
        yield edit.difference(kind, [mine], [other_of_kind], weight)
    for word in ours:
        whole = (_figure(word).value, _figure(word).unit) == (100, "%")
        known = texts.mention.gives(_figure(word)) or _is_article(word)
        known = known or (whole and "全部" in texts.mention.text)
        weight = _HARMLESS if known else (0.4 if _is_date(word) else 0.55)
        yield edit.difference("omission", [word], [], weight)
    for word in theirs:
        known = texts.official.gives(_figure(word)) or _is_article(word)
        weight = 0.15 if known or _is_relative(word) else 0.55
        yield edit.difference("addition", [], [word], weight)


def _excluded(edit: Edit) -> Difference | None:
    """One of several values was put in the place of another: 春节, 国庆; 橙色, 红色."""
    if not edit.official or not edit.mention or len(edit.official) * len(edit.mention) > 400:
        return None
    for ours, theirs in (
        (edit.official, edit.mention),
        *(((mine,), (other,)) for mine in edit.official for other in edit.mention),
    ):
        first, second = ("".join(word.text for word in side) for side in (ours, theirs))
        kind = lexicon.excluding(first, second)
        if kind is not None:
            return edit.difference(cast("DifferenceKind", kind), ours, theirs, 0.85)
    return None


def _periods(edit: Edit) -> Iterator[Difference]:
    """Per month became per year."""
    first, second = lexicon.cores(*edit.texts)
    if first != second and {first, second} <= lexicon.PERIODS:
        yield edit.difference("number", edit.official, edit.mention, 0.8)


def _figure(word: Word) -> Figure:
    assert word.figure is not None
    return word.figure


def _is_date(word: Word) -> bool:
    return _figure(word).is_date


def _is_relative(word: Word) -> bool:
    moment = _figure(word).moment
    return bool(moment) and not any(part is not None for part in moment[:4])


def _is_article(word: Word) -> bool:
    """一 in 一个, 首 in 首个: left out, nothing is missing."""
    return word.text in ("一", "首")


def _agree(first: Word, second: Word, *, hedged: bool) -> bool:
    return agree(_figure(first), _figure(second), hedged=hedged)


def _modality(edit: Edit) -> Iterator[Difference]:
    ours, theirs = of_role(edit.official, "modal"), of_role(edit.mention, "modal")
    first, second = duties(edit.official), duties(edit.mention)
    if not (first or second) or first & second or frozenset(first | second) in _SAME_DUTY:
        return
    if first and second:
        weight = 0.6 if "建议" in first | second else 0.9
    elif first:
        weight = max(_DUTY_DROPPED[value] for value in first)
        if "禁止" in first and len(of_role(edit.mention, "negation")) % 2:
            weight = 0.3
    else:
        weight = max(_DUTY_ADDED[value] for value in second)
        if "禁止" in second and len(of_role(edit.official, "negation")) % 2:
            weight = 0.3
    yield edit.difference("modality", ours, theirs, weight)


def _scope(edit: Edit) -> Iterator[Difference]:
    ours, theirs = of_role(edit.official, "scope"), of_role(edit.mention, "scope")
    first, second = {word.value for word in ours}, {word.value for word in theirs}
    if not (first or second) or first & second:
        return
    weak = all(word.text in lexicon.WEAK_SCOPE for word in (*ours, *theirs))
    if first and second:
        weight = 0.8
    elif first:
        weight = 0.1 if weak else max(_SCOPE_DROPPED[value] for value in first)
    else:
        weight = 0.1 if weak else max(_SCOPE_ADDED[value] for value in second)
        if not weak and any(word.role in ("content", "figure", "name") for word in edit.official):
            weight = max(weight, 0.65)
    yield edit.difference("scope", ours, theirs, weight)


def _bounds(edit: Edit) -> Iterator[Difference]:
    ours, theirs = of_role(edit.official, "bound"), of_role(edit.mention, "bound")
    first, second = {word.value for word in ours}, {word.value for word in theirs}
    if not (first or second) or first & second:
        return
    if first and second:
        weight = 0.7 if first | second == {"<", ">"} else 0.2
    else:
        weight = 0.1 if "~" in first | second else 0.25
    yield edit.difference("scope", ours, theirs, weight)


def _hedges(edit: Edit) -> Iterator[Difference]:
    """What is said for certain by one text and as possible or planned by the other."""
    ours, theirs = of_role(edit.official, "hedge"), of_role(edit.mention, "hedge")
    if bool(ours) == bool(theirs):
        return
    done = any(word.key == "已经" for word in (*edit.official, *edit.mention))
    yield edit.difference("modality", ours, theirs, 0.8 if done else 0.52)
