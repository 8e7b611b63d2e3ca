"""One short text as the features of a pair see it: letters, words with their parts, figures."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

import rjieba

from pipeline.claims.contrast import lexicon
from pipeline.normalise import fold
from pipeline.numerals import value_of

LONGEST = 2_000
"""Characters of a text that are compared; pairs are of short texts."""

_TOKEN = re.compile(r"[\u3400-\u9fff]|[a-z]+|\d+(?:\.\d+)?")
_NUMERAL = re.compile(r"[一二两三四五六七八九十百千万亿零〇]{2,}")
LIGHT = frozenset(("function", "mark"))
"""Kinds of words that name nothing."""
_LISTING = frozenset(("、", "和", "与", "及", "以及", "跟", "同", "或", "暨", "或者"))
_NEGATION = re.compile(r"不|没|无|未|非|别|勿|莫|免|禁止|停止|取消|拒绝")
_SETTLED = re.compile(
    r"不(?:仅|但|只|料|久|同|断|过|管|论|错|少)|是不是|能不能|会不会|要不要|没关系"
)
_ASKED = {
    "what": "什么|啥|何(?!时|处)",
    "how": "怎么|怎样|如何|咋|怎",
    "why": "为什么|为何|为啥|凭什么|原因",
    "how_many": "多少|几(?!点)|多久|多长|多大|多高",
    "where": "哪|何处|在何",
    "who": "谁",
    "whether": "吗|么$|是否|能否|可否|有没有|是不是|能不能|可不可以|会不会|好不好|行不行|要不要",
    "when": "何时|什么时候|几时|几点|时候|时间",
}
ASKED = {name: re.compile(pattern) for name, pattern in _ASKED.items()}
"""What a question asks for."""


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    key: str
    """What stands for its synonyms."""
    kind: str
    """name, noun, verb, figure, other, function, mark."""
    lists: bool = False
    """Stands between the members of a list."""
    weight: float = 1.0
    """How much of a text's meaning it is likely to carry."""


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    text: str
    """Folded."""
    tokens: tuple[str, ...]
    """Chinese characters, Latin words, numbers; no punctuation."""
    letters: str
    words: tuple[Word, ...]
    """Without punctuation."""
    parts: tuple[Word, ...]
    """Words and punctuation."""
    numbers: Counter[str]
    latin: Counter[str]
    negations: int
    asked: frozenset[str]


@lru_cache(maxsize=8_192)
def read(text: str) -> Reading:
    """A text as it was written. Any text will do, an empty one too."""
    folded = fold(text[:LONGEST]).text
    tokens = tuple(_TOKEN.findall(folded))
    parts = tuple(_word(*each) for each in rjieba.tag(folded) if not each[0].isspace())
    return Reading(
        text=folded,
        tokens=tokens,
        letters="".join(tokens),
        words=tuple(word for word in parts if word.kind != "mark"),
        parts=parts,
        numbers=Counter([t for t in tokens if t[0].isdigit()] + _spelt(folded)),
        latin=Counter(t for t in tokens if "a" <= t[0] <= "z"),
        negations=len(_NEGATION.findall(_SETTLED.sub("", folded))),
        asked=frozenset(name for name, pattern in ASKED.items() if pattern.search(folded)),
    )


def _spelt(folded: str) -> list[str]:
    values = (value_of(number) for number in _NUMERAL.findall(folded))
    return [str(value) for value in values if value is not None]


def _word(text: str, tag: str) -> Word:
    if not text[0].isalnum():
        kind = "mark"
    elif text[0].isdigit() or tag in ("m", "mq"):
        kind = "figure"
    elif tag in lexicon.FUNCTION_TAGS or tag in ("uj", "ul", "q"):
        kind = "function"
    elif tag in lexicon.NAME_TAGS or tag == "eng":
        kind = "name"
    elif tag.startswith("v"):
        kind = "verb"
    elif tag.startswith("n"):
        kind = "noun"
    else:
        kind = "other"
    return Word(text, lexicon.SYNONYMS.get(text, text), kind, text in _LISTING, _weight(text, kind))


def _weight(text: str, kind: str) -> float:
    """Names and long words tell more than short ones, words of grammar little."""
    if kind in LIGHT:
        return 0.25
    return (0.8 if kind == "other" else 1.0) + 0.4 * min(len(text) - 1, 3)
