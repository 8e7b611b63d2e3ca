"""How a retelling turns a text round: what is denied, forbidden, free, for all or for some only."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.claims.contrast.model import Difference
from pipeline.claims.contrast.told import Told, at_end, counterpart
from pipeline.claims.contrast.words import Word

_NOBODY = re.compile(r"无[人一]?")
_BROUGHT_ABOUT = frozenset(("造成", "发生", "进行", "使用", "提供", "成为", "提醒"))
"""Verbs (heads of their group) that are denied or not by what stands behind them."""
_FREE = re.compile(
    r"免费|免收|免交|不收|不要钱|不用(?:花|交|出|掏)?钱|不花(?:一分)?钱|不需要?钱|"
    r"一分钱[都也]?[不没]|(?:无需|无须|不用|不必|不需)[^,。]{0,4}(?:缴|交|付|费|押金)"
)
_CHARGED = re.compile(
    r"不再免费|不免费|(?:要|须|得|会|照样|仍|先)(?:先|另外|再)?(?:收|交|缴|付|掏)(?:[^,。]{0,3}(?:费|钱|押金))"
)
_STILL = re.compile(r"不再免费|不免费")
_DENYING = re.compile(r"不[准许能让得可要]|别|禁|勿|严查")
_LET = re.compile(r"可以|可自行|允许|能够|准许|(?<![不可])能(?!力|源|量|效|否)")
_BANNED = re.compile(r"禁止|严禁|不得|不准|不许|不能|不可|不允许|谢绝")
_ALL = re.compile(r"所有|全市|全体|全国|全城|任何人|人人|不论是谁|一律")
_ALL_OF = re.compile(r"所有|全[市体国部城域面]|任何|凡|均|各|一律|皆|都|不论|无论")
_ONLY = re.compile(r"仅限|只限|只有|只[招收录对给在能]|仅[招收录对给在有]")
_ONLY_OF = re.compile(r"[仅只限]|唯|除|方可|才")


def denials(official: Told, mention: Told) -> Iterator[Difference]:
    """The same predicate is denied by one text and only asserted by the other."""
    ours, theirs = _said(official), _said(mention)
    for key in ours.keys() & theirs.keys():
        first, second = ours[key], theirs[key]
        if {sign for sign, _ in first} & {sign for sign, _ in second}:
            continue
        mine, other = first[0][1], second[0][1]
        yield Difference("negation", (mine.start, mine.end), (other.start, other.end), 0.8)


def _said(told: Told) -> dict[object, list[tuple[bool, Word]]]:
    """Predicates by key, each with whether it is denied where it stands."""
    found: dict[object, list[tuple[bool, Word]]] = {}
    for place, word in enumerate(told.words):
        if word.tag[:1] not in "vaz" or word.role != "content" or len(word.text) < 2:
            continue
        if word.key in _BROUGHT_ABOUT:
            continue
        before = (w for w in told.words[:place] if w.clause == word.clause)
        denied = any(
            w.role == "negation" or w.value in ("禁止", "不强制") or _NOBODY.fullmatch(w.text)
            for w in before
        )
        found.setdefault(word.key, []).append((denied, word))
    return found


def duties(official: Told, mention: Told) -> Iterator[Difference]:
    """What one text forbids and the other, which forbids nothing, lets be; must became may."""
    ours, theirs = (
        {word.value: word for word in told.words if word.role == "modal"}
        for told in (official, mention)
    )
    turned = (("必须", "不强制"),)
    for first, second in turned:
        if first in ours and second in theirs and first not in theirs and second not in ours:
            mine, other = ours[first], theirs[second]
            yield Difference("modality", (mine.start, mine.end), (other.start, other.end), 0.8)
    for start, end in mention.clauses:
        if not _LET.search(mention.text, start, end) or _DENYING.search(mention.text, start, end):
            continue
        clause = counterpart(mention, (start, end), official)
        if clause and (banned := _BANNED.search(official.text, *clause)):
            yield Difference("modality", banned.span(), (start, end), 0.75)
    if match := _CHARGED.search(mention.text):
        free = _FREE.search(official.text)
        if free and (_STILL.search(mention.text) or not _FREE.search(mention.text)):
            yield Difference("negation", free.span(), match.span(), 0.8)


def scopes(official: Told, mention: Told) -> Iterator[Difference]:
    """All, or only, where the official text says neither."""
    for everyone, ours in ((_ALL, _ALL_OF), (_ONLY, _ONLY_OF)):
        match = everyone.search(mention.text)
        if match and not ours.search(official.text):
            yield Difference("scope", at_end(official), match.span(), 0.6)
