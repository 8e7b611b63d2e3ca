"""Labelled disguises and near-misses: what is written by hand, and what is made mechanically.

`written.txt` holds disguises that need a person (sounds, parts, shapes), `ordinary.txt` sentences
that tempt, `words.txt` words whose meeting would make a term. Everything is put into invented
sentences. Half of all cases, chosen by hash, are for tuning; the other half is held out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pypinyin import Style, lazy_pinyin

HERE = Path(__file__).parent

TERMS = (
    "工商局", "收费", "市场监管局", "罚款", "营业执照", "工本费", "食品安全", "保证金", "城管",
    "举报", "投诉", "塑料大米", "地沟油", "跑路", "诈骗", "传销", "个体户", "派出所", "临江夜市",
    "食物中毒", "校园餐", "假疫苗", "贪污", "黑中介", "消费者协会",
)  # fmt: skip
_FRAMES = (
    "听说{}又来了，大家当心",
    "昨天去问，{}的事没人答复。",
    "转：“{}”，知情的说一说",
    "这就是{}！我不信",
    "临江这边，{}是真的假的，谁知道",
)
_SIGNS = " *·.-_/|~`^+=#,，、。:;!?…—•★☆●→※▲♥"
_EMOJI = "😀🔥👍😡💔🙏🎉😭"
_MARKS = ("\u0336", "\u0332", "\u20dd", "\u0489", "\u0338")
_ZERO = ("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u180e")
_BIDI = ("\u202e", "\u202d", "\u2066", "\u2069", "\u200f", "\u061c")


@dataclass(frozen=True, slots=True)
class Case:
    kind: str
    term: str
    """What is meant; empty for ordinary text."""
    text: str
    disguise: str = ""
    """What is to be found in the text."""

    @property
    def held_out(self) -> bool:
        return hashlib.sha256(self.text.encode()).digest()[0] % 2 == 1


def cases() -> list[Case]:
    """All cases, each once."""
    return list(dict.fromkeys([*_written(), *_made(), *_ordinary(), *_meetings()]))


def second() -> list[Case]:
    """The second set: other terms, whole sentences, several disguises of each."""
    disguised = [line.split(" | ") for line in _lines("second.txt")]
    return [Case("second", term, text) for term, text in disguised] + [
        Case("second", "", text) for text in _lines("second_ordinary.txt")
    ]


def _lines(name: str) -> list[str]:
    lines = (HERE / name).read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _framed(kind: str, term: str, disguise: str, number: int) -> Case:
    return Case(kind, term, _FRAMES[number % len(_FRAMES)].format(disguise), disguise)


def _written() -> Iterator[Case]:
    for number, line in enumerate(_lines("written.txt")):
        kind, term, disguise = (part.strip() for part in line.split(" | "))
        if kind.startswith(("lat", "leet")) and "pinyin" not in kind:
            yield Case(kind, term, f"They call it {disguise}, and we see why.", disguise)
        else:
            yield _framed(kind, term, disguise, number)


def _made() -> Iterator[Case]:
    for kind, make in _WAYS.items():
        for number, term in enumerate(TERMS):
            yield _framed(kind, term, make(term, number), number)


def _between(*signs: str) -> Callable[[str, int], str]:
    return lambda term, number: signs[number % len(signs)].join(term)


def _one_gap(term: str, number: int) -> str:
    place = 1 + number % (len(term) - 1)
    return term[:place] + "*_·~^|"[number % 6] + term[place:]


def _differing(term: str, number: int) -> str:
    signs = "*·_~^|=+"
    return (
        "".join(
            char + signs[(number + 3 * place) % len(signs)] for place, char in enumerate(term[:-1])
        )
        + term[-1]
    )


def _spelt(style: Style, glue: str) -> Callable[[str, int], str]:
    return lambda term, number: glue.join(lazy_pinyin(term, style=style))


def _spelt_in_part(term: str, number: int) -> str:
    place = number % len(term)
    return term[:place] + lazy_pinyin(term)[place] + term[place + 1 :]


def _spelt_wide(term: str, number: int) -> str:
    wide = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x61, 0x7B)})
    return _spelt_in_part(term, number).translate(wide)


def _spelt_in(first: int) -> Callable[[str, int], str]:
    table = str.maketrans({chr(0x61 + place): chr(first + place) for place in range(26)})
    return lambda term, number: _spelt_in_part(term, number).translate(table)


def _spelt_cyrillic(term: str, number: int) -> str:
    return _spelt_in_part(term, number).translate(str.maketrans("aeoiyp", "аеоіур"))


_WAYS: dict[str, Callable[[str, int], str]] = {
    "signs between": _between(*"*·._-/|~^+=#•★"),
    "stars and emoji between": _between(*_EMOJI),
    "spaces between": _between(" ", "  ", "\u3000", "\u2009", "\xa0"),
    "lines between": _between("\n", "\r\n", "\n\n"),
    "long signs between": _between("***", "......", "——", "~~~~", "_____", "……", " * "),
    "signs differ": _differing,
    "one sign": _one_gap,
    "letters between": _between("x", "X", "k", "oo", "abc"),
    "digits between": _between("1", "2", "0", "66", "9"),
    "words bracketed": lambda term, number: "".join(
        "【】()「」[]《》<>{}"[number % 7 * 2] + char + "【】()「」[]《》<>{}"[number % 7 * 2 + 1]
        for char in term
    ),
    "zero-width": _between(*_ZERO),
    "bidirectional": _between(*_BIDI),
    "combining marks": lambda term, number: "".join(
        char + _MARKS[number % len(_MARKS)] for char in term
    ),
    "pinyin for one": _spelt_in_part,
    "pinyin for all": _spelt(Style.NORMAL, ""),
    "pinyin, spaced": _spelt(Style.NORMAL, " "),
    "pinyin with tone marks": _spelt(Style.TONE, " "),
    "pinyin with tone digits": _spelt(Style.TONE3, ""),
    "bopomofo": _spelt(Style.BOPOMOFO, ""),
    "pinyin, capitals": lambda term, number: _spelt_in_part(term, number).upper(),
    "pinyin, full width": _spelt_wide,
    "pinyin, circled": _spelt_in(0x24D0),
    "pinyin, mathematical": _spelt_in(0x1D41A),
    "pinyin, squared": _spelt_in(0x1F170),
    "pinyin, Cyrillic letters": _spelt_cyrillic,
    "doubled": lambda term, number: "".join(char * 2 for char in term),
    "backwards": lambda term, number: term[::-1] if len(term) > 2 else "*".join(term),
}


def _ordinary() -> Iterator[Case]:
    for line in _lines("ordinary.txt"):
        yield Case("ordinary", "", line)


def _meetings() -> Iterator[Case]:
    for line in _lines("words.txt"):
        first, second, _term = line.split()
        for number, sign in enumerate(
            (" ", "，", "、", "。", "\n", "；", "：", " / ", "\n\n", "\u3000")
        ):
            frame = ("今天说说{}这两样", "{}", "分类：{}等", "关键词 {}")[number % 4]
            yield Case("words meet", "", frame.format(f"{first}{sign}{second}"))
