"""Scopes and conditions: whether a sentence says a phrase, in these or other words, or another.

A phrase is said when it stands there or when nearly all of its words do (by groups of words that
mean the same here). It is contradicted when the sentence says it with its number changed, or with
a word exchanged for its opposite: 线下 for 线上, 仅主城区 for 全市.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.claims.elements import Element, elements, same_modality
from pipeline.claims.numerals import NUMBER, number
from pipeline.claims.wording import ONLY, alternatives, coverage, words_of
from pipeline.model import ElementKind

_OPPOSITE = (
    ("线上", "线下"), ("网上", "窗口"), ("网上", "现场"), ("线上", "现场"), ("线上", "窗口"),
    ("网上", "线下"),
    ("本市户籍", "外地户"), ("本市户籍", "非本市户"), ("本市户籍", "不限户籍"),
    ("本市户籍", "外市户"), ("本市户籍", "不分户籍"), ("户籍", "不限户籍"), ("工作日", "周末"),
    ("工作日", "节假日"), ("城镇", "农村"), ("新建", "既有"), ("新房", "二手房"),
    ("首套", "二套"), ("首次", "第二次"), ("小学", "初中"), ("公办", "民办"), ("国内", "国外"),
    ("白天", "夜间"), ("早高峰", "晚高峰"), ("单位", "个人"), ("本地", "外地"),
    ("主城区", "郊区"), ("除外", "全天"), ("无房", "有房"), ("已婚", "未婚"), ("建成区", "农村"),
    ("机动车", "非机动车"), ("以上", "以下"), ("本科", "大专"), ("本科", "高中"), ("本科", "专科"),
    ("硕士", "本科"), ("博士", "硕士"), ("全日制", "非全日制"),
)  # fmt: skip
_WIDE = (
    "全市", "全省", "全国", "全区", "全县", "所有", "全部", "全体", "一律", "各类", "任何", "全域",
    "市域", "各区",
)  # fmt: skip
_NARROW = re.compile(
    r"(?:仅限?|只限?|只有|限于|仅对|只对|部分|个别|少数|仅在|只在|局限于|目前只)[^,。;!?]{0,10}"
)
_WIDENED = re.compile(
    r"(?:全市(?:范围)?|全省|全国|所有|任何|不限|不论|不管|无论|不分)[^,。;!?]{0,8}(?:都|均|一律|皆|也)?"
)
_SCOPE_WORD = re.compile(r"仅|只|限|主城区|市区|城区|建成区|试点|部分|区内|街道")
_ALSO = re.compile(r"[^,。;]{0,10}(?:也|都|均|皆|同样)")
_FREE = re.compile(r"免(?:收|费|缴|交|征|除)?")
_CHARGED = re.compile(r"(?:也|都|照样|同样|仍|还|一样)?(?:要|得|须|需|必须)(?:交|收|缴|付)")
_NUMBERS: tuple[ElementKind, ...] = ("duration", "count", "amount", "percentage", "date")
_SAID, _MISSED = 0.75, 0.45
"""Shares of a phrase's words: from the first it is said, below the second it is left out."""


@dataclass(frozen=True, slots=True)
class Phrased:
    """Where a sentence says something of a phrase (in the sentence), and whether it is right."""

    right: bool
    start: int
    end: int


def is_left_out(phrase: str, text: str, subjects: tuple[str, ...] = ()) -> bool | None:
    """Whether a whole text leaves a phrase out; None when it may be said in other words."""
    share = coverage(phrase, text, subjects)
    return True if share < _MISSED else None if share < _SAID else False


def phrased(phrase: str, cues: tuple[str, ...], sentence: str) -> Phrased | None:
    """What a sentence says of a phrase; None when it does not speak of it."""
    place = sentence.find(phrase)
    if place >= 0:
        return Phrased(True, place, place + len(phrase))
    if phrase in _WIDE:
        return _scoped(phrase, cues, sentence)
    wrong = _exchanged(phrase, sentence) or _renumbered(phrase, sentence)
    wrong = wrong or _turned(phrase, sentence)
    wrong = wrong or _scoped(phrase, cues, sentence)
    if wrong is not None:
        return wrong
    if coverage(phrase, sentence) >= _SAID:
        start, end = _extent(phrase, sentence)
        return Phrased(True, start, end)
    return None


def _extent(phrase: str, sentence: str) -> tuple[int, int]:
    places = [
        (place, place + len(word))
        for group in words_of(phrase)
        for word in group
        if (place := sentence.find(word)) >= 0
    ]
    return min(start for start, _ in places), max(end for _, end in places)


def _exchanged(phrase: str, sentence: str) -> Phrased | None:
    """A word of the phrase in its opposite, the rest of it as it is."""
    for pair in _OPPOSITE:
        for own, other in (pair, pair[::-1]):
            if own not in phrase or other in phrase or _has(own, sentence):
                continue
            place = sentence.find(other)
            if place < 0:
                continue
            rest = phrase.replace(own, "")
            opened = ONLY.match(phrase) and _ALSO.search(sentence, place)
            if not rest or opened or coverage(rest, sentence) >= 0.5:
                return Phrased(False, place, place + len(other))
    return None


def _turned(phrase: str, sentence: str) -> Phrased | None:
    """What is free has to be paid, what is free to choose is a duty, and the other way round."""
    for own in elements(phrase, "modality"):
        rest = phrase[: own.start] + phrase[own.end :]
        for found in elements(sentence, "modality"):
            if not same_modality(own.unit, found.unit) and coverage(rest, sentence) >= _SAID:
                return Phrased(False, found.start, found.end)
    free, charged = _FREE.search(phrase), _CHARGED.search(sentence)
    if free and charged and not _FREE.search(sentence):
        groups = re.split("[、,和及]", phrase[: free.start()])
        if any(group and coverage(group, sentence) >= _SAID for group in groups):
            return Phrased(False, *charged.span())
    return None


def _has(word: str, sentence: str) -> bool:
    return any(each in sentence for each in alternatives(word))


def _renumbered(phrase: str, sentence: str) -> Phrased | None:
    """满1年 for 满2年: the same words around another number of the same unit."""
    if alike := _same_but_for_numbers(phrase, sentence):
        return alike
    for kind in _NUMBERS:
        for own in elements(phrase, kind):
            rest = phrase[: own.start] + phrase[own.end :]
            if not rest:
                return _other_number(own, elements(sentence, kind))
            before, after = phrase[: own.start][-2:], phrase[own.end :][:2]
            for found in elements(sentence, kind):
                if found.unit != own.unit or _equal(own, found):
                    continue
                beside = (before and sentence[: found.start].endswith(before)) or (
                    after and sentence[found.end :].startswith(after)
                )
                if beside or (rest and coverage(rest, sentence) >= _SAID):
                    return Phrased(False, found.start, found.end)
    return _fraction(phrase, sentence)


def _same_but_for_numbers(phrase: str, sentence: str) -> Phrased | None:
    """一级预警 for 三级预警: word for word, with other numbers."""
    numbers = re.findall(NUMBER, phrase)
    words = [re.escape(part) for part in re.split(NUMBER, phrase)]
    if not numbers or not any(words):
        return None
    match = re.search(f"({NUMBER})".join(words), sentence)
    if match is None:
        return None
    same = [
        number(found) == number(own) for found, own in zip(match.groups(), numbers, strict=True)
    ]
    return Phrased(all(same), *match.span())


def _other_number(own: Element, found: list[Element]) -> Phrased | None:
    """A phrase that is nothing but a number: 60周岁以上."""
    alike = [each for each in found if each.unit == own.unit]
    right = [each for each in alike if _same(own, each)]
    chosen = right[0] if right else alike[0] if len(alike) == 1 else None
    return None if chosen is None else Phrased(bool(right), chosen.start, chosen.end)


def _same(own: Element, found: Element) -> bool:
    return (own.low, own.high) == (found.low, found.high) or own.low == found.low == found.high


_FRACTION = re.compile(rf"({NUMBER})分之({NUMBER})|半数|过半|[\u4e00-\u9fff]{{0,2}}全体|100%|全部")


def _fraction(phrase: str, sentence: str) -> Phrased | None:
    own = _FRACTION.search(phrase)
    if own is None:
        return None
    rest = phrase[: own.start()] + phrase[own.end() :]
    for found in _FRACTION.finditer(sentence):
        if found[0] != own[0] and coverage(rest, sentence) >= 0.5:
            return Phrased(False, *found.span())
    return None


def _equal(own: Element, found: Element) -> bool:
    if own.moment is not None and found.moment is not None:
        return own.moment.agrees(found.moment) is not False
    return found.low <= own.high and own.low <= found.high


def _scoped(phrase: str, cues: tuple[str, ...], sentence: str) -> Phrased | None:
    """仅主城区 for 全市, or the other way round."""
    if phrase in _WIDE or any(phrase.startswith(wide) for wide in _WIDE):
        match = _NARROW.search(sentence)
    elif _SCOPE_WORD.search(phrase) and coverage(phrase, sentence) < _MISSED:
        match = _WIDENED.search(sentence)
        if match and not match[0].endswith(("都", "均", "一律", "皆", "也")):
            match = re.compile(r"(?:不限|不论|不管|无论|不分)[^,。;!?]{1,8}").search(sentence)
    else:
        return None
    if match and (not cues or any(cue in sentence for cue in cues)):
        return Phrased(False, *match.span())
    return None
