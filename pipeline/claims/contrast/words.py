"""A unit as words, each with what it does in the sentence: figure, negation, duty, scope, name …"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from rjieba import Jieba

from pipeline.claims.contrast import lexicon
from pipeline.claims.contrast.figure import Figure
from pipeline.claims.contrast.figures import figures

Role = Literal[
    "figure", "negation", "modal", "scope", "bound", "hedge", "name", "content", "function"
]

_SKIPPED = re.compile(r"https?://[\w./?=&%#-]+|\[[^\[\]\s\d]{1,6}\]|[\W_]+")


@dataclass(frozen=True, slots=True)
class Word:
    """A word at `start:end` of its folded text."""

    start: int
    end: int
    text: str
    key: object
    """What equal words share: the head of a group of synonyms, the value of a figure."""
    role: Role
    tag: str
    value: str = ""
    """The class of a duty, of a scope, of a bound."""
    figure: Figure | None = None
    clause: int = 0
    """Number of its clause in the text read."""


_RANKS = frozenset("省市县区镇乡村州")
"""What follows the name of a place, and is cut from it when the name is unknown."""


_PARTICLES = frozenset("因由自据经系可须被把请")
"""What may begin a word that the segmenter guesses, and no word of its dictionary."""


_ALSO_VERBS = frozenset(("需要", "要求", "建议", "希望", "允许", "许可"))
"""Duties that are none before 的: 顾客需要的."""


@cache
def _segmenter() -> Jieba:
    """rjieba with our words; an instance of its own, since its dictionary is shared otherwise."""
    segmenter = Jieba()
    for word in lexicon.ORGANISATIONS:
        segmenter.add_word(word, 10_000, "nt")
    for table in (lexicon.SYNONYMS, lexicon.MODAL, lexicon.SCOPE, lexicon.BOUND):
        for word, head in table.items():
            if len(word) > 1 and not segmenter.has_word(word):
                tag = segmenter.tag(head)[-1][1] if segmenter.has_word(head) else "n"
                tag = "n" if table is lexicon.SYNONYMS and tag == "d" else tag
                segmenter.add_word(word, segmenter.suggest_freq(word), tag)
    return segmenter


def words(folded: str, start: int, end: int) -> list[Word]:
    """The words of `folded[start:end]`; punctuation, emoticons and addresses are left out."""
    read = figures(folded, start, end)
    found: list[Word] = []
    place, clause = start, 0
    for figure in read:
        clause = _plain_words(folded, place, figure.start, found, clause)
        written = folded[figure.start : figure.end]
        found.append(
            Word(figure.start, figure.end, written, figure.key, "figure", "m", "", figure, clause)
        )
        place = figure.end
    _plain_words(folded, place, end, found, clause)
    return found


def _plain_words(folded: str, start: int, end: int, found: list[Word], clause: int) -> int:
    """Add the words of a stretch without figures; the number of the clause that it ends in."""
    place = start
    stretch = folded[start:end]
    skipped = {
        position for match in _SKIPPED.finditer(stretch) for position in range(*match.span())
    }
    for text, tag in _segmenter().tag(stretch) if stretch else ():
        begin, place = place, place + len(text)
        if begin - start in skipped:
            clause += any(mark in ",:;。!?、" for mark in text)
            continue
        if place - begin > 1 and (particle := _hidden_particle(text)):
            found.append(_word(begin, begin + 1, particle, "p", clause))
            begin, text = begin + 1, text[1:]
        elif _is_denied(text):
            found.append(_word(begin, begin + 1, text[0], "d", clause))
            begin, text = begin + 1, text[1:]
        word = _word(begin, place, text, "n" if text in lexicon.NOUNS else tag, clause)
        if text == "的" and found and found[-1].end == begin and found[-1].text in _ALSO_VERBS:
            found[-1] = replace(found[-1], role="content", key=found[-1].text)
        if text in _RANKS and found and found[-1].end == begin and found[-1].role == "name":
            first = found.pop()
            word = _word(first.start, place, first.text + text, first.tag, clause)
        found.append(word)
    return clause


def _hidden_particle(text: str) -> str:
    """The 据 of 据市, the 因 of 因偷排: what the segmenter makes one word of and does not know."""
    return text[0] if text[0] in _PARTICLES and not _segmenter().has_word(text) else ""


def _is_denied(text: str) -> bool:
    """未涉及: a negation and a verb that has it as one word only by chance."""
    return (
        len(text) == 3
        and text[0] in "未不没"
        and text not in lexicon.NEGATIONS
        and _role(text, "v")[0] == "negation"
        and _segmenter().has_word(text[1:])
    )


def _word(start: int, end: int, text: str, tag: str, clause: int) -> Word:
    role, value = _role(text, tag)
    key: object = (role, value) if role == "modal" else lexicon.SYNONYMS.get(text, text)
    return Word(start, end, text, key, role, tag, value, None, clause)


def part_of(word: Word, first: int, last: int) -> Word:
    """The letters `first:last` of a word as a word."""
    start = word.start + first
    return _word(start, word.start + last, word.text[first:last], word.tag, word.clause)


def _role(text: str, tag: str) -> tuple[Role, str]:
    if text in lexicon.MODAL:
        return "modal", lexicon.MODAL[text]
    if text in lexicon.SCOPE:
        return "scope", lexicon.SCOPE[text]
    if text in lexicon.BOUND:
        return "bound", lexicon.BOUND[text]
    if lexicon.is_negative(text):
        return "negation", ""
    if text in lexicon.EPISTEMIC:
        return "hedge", ""
    if (tag in lexicon.NAME_TAGS and len(text) > 1) or lexicon.is_institution(text):
        return "name", ""
    return ("function" if tag in lexicon.FUNCTION_TAGS else "content"), ""
