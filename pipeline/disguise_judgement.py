"""Is this a term in disguise, or an accident of ordinary text?

The aim is few false hits: 税收，费用 holds 收…费, 收废品 sounds like 收费, and so on. Each unit
weighs by how much it has in common with the character of the term; what lies between units must be
there on purpose; and a character that is not written as it is must not be part of an ordinary word.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import pairwise

import rjieba

from pipeline.confusables import COMMON_CHARACTERS, FUNCTION_CHARACTERS, is_rare
from pipeline.disguise_forms import DROPPED, Form, Read
from pipeline.disguise_pieces import Layout, Piece, is_han, pieces_of
from pipeline.model import Span
from pipeline.numerals import NUMERALS

_STRONG_SIGNS = frozenset("*_^`\\&=+#~@•‧°※¤§")
_SENTENCE_SIGNS = frozenset(",、。;:!?\"'“”‘’")
_LONGEST_GAP = 4
_CONTEXT = 6
_AROUND = 8
_LONG = 4
"""Terms of so many units are not met by accident with one of them altered."""
_BY_CHARACTER = frozenset({"shape", "tone", "sound", "near", "family", "odd"})
"""Kinds in which a Chinese character stands for another."""
_RARE = 0.1
_LENT = 0.8
"""What a plain character loses that belongs to a word outside as well: 餐 of 餐厅."""
_WEIGHTS = {
    "plain": 1.0, "pinyin": 0.85, "parts": 0.9, "shape": 0.7, "tone": 0.75, "picture": 0.7,
    "sound": 0.5, "odd": 0.75, "digit": 0.5, "family": 0.5, "initial": 0.45, "near": 0.35,
}  # fmt: skip
_ENOUGH = {2: 0.85, 3: 0.6}
_ENOUGH_LONG = 0.5
_ENOUGH_LENT = 0.7
"""What is left must be, when a word of the text takes a character of the term along."""
_ABBREVIATIONS = frozenset(
    """app vip ktv cpu gpu usb dna gdp cpi ppi ceo cfo nba cba bbs pdf ppt doc xls jpg gif mp3 html
    http www com org net gov edu sos sms gps led lcd atm pos iphone ipad vpn wifi diy pvc hiv dvd
    the for you are was but not all can her his one our out day get has him how man new now old see
    two way who boy did its let put say she too use and etc mri""".split()  # noqa: SIM905
)


def judged(text: Read, form: Form, term: Sequence[str], layout: Layout, start: int) -> Span | None:
    """The span of the folded text in which the units from `start` on are the term, if they are.

    `term` are its units. None when the likeness is an accident.
    """
    pieces = pieces_of(text, form, term, layout, start)
    if pieces is None:
        return None
    first, last = pieces[0].start, pieces[-1].end
    if form.kind == "doubled":
        if not all(text.plain[p.end : p.end + 1] == p.written[-1] for p in pieces):
            return None
        last += 1
    if _cuts_latin_word(text.plain, (first, last)) or _cuts_number(text.plain, (first, last)):
        return None
    if text.plain[first:last] == "".join(term):
        return first, last
    if all(piece.kind == "initial" for piece in pieces):
        return (first, last) if _abbreviates(text, pieces) else None
    gaps = [_gap(text, a.end, b.start) for a, b in pairwise(pieces)]
    if (
        not _enough(pieces)
        or (any(gaps) and not _on_purpose(text, form, pieces, gaps))
        or _is_ordinary(text, pieces)
    ):
        return None
    return first, last


def _enough(pieces: Sequence[Piece], lent: float = 0) -> bool:
    """Whether the whole has enough in common with the term; `lent` is what does not count of it."""
    weight = (sum(_WEIGHTS[piece.kind] for piece in pieces) - lent) / len(pieces)
    if len(pieces) == 2 and any(_is_rare(piece) for piece in pieces):
        weight += _RARE
    enough = _ENOUGH.get(len(pieces), _ENOUGH_LONG)
    return weight >= (max(enough, _ENOUGH_LENT) if lent else enough)


def _is_rare(piece: Piece) -> bool:
    return piece.kind in _BY_CHARACTER and is_rare(piece.written)


def _abbreviates(text: Read, pieces: Sequence[Piece]) -> bool:
    """Whether initials alone, a word of their own in Chinese text, may be meant."""
    first, last = pieces[0].start, pieces[-1].end
    gaps = {text.plain[a.end : b.start] for a, b in pairwise(pieces)}
    word = "".join(piece.written for piece in pieces)
    around = text.plain[max(0, first - _AROUND) : first] + text.plain[last : last + _AROUND]
    beside = text.plain[max(0, first - 1) : first] + text.plain[last : last + 1]
    return (
        len(pieces) > 2
        and word not in _ABBREVIATIONS
        and len(gaps) == 1
        and not any(gap.isalnum() for gap in gaps)
        and not any(char.isascii() and (char.isalnum() or char in "/.-_@:") for char in beside)
        and sum(map(is_han, around)) * 2 >= len(around) > 0
    )


# --- what lies between ---------------------------------------------------------------------------


def _gap(text: Read, start: int, end: int) -> str:
    return "" if text.plain[start:end] == DROPPED else text.folded[start:end]


def _on_purpose(text: Read, form: Form, pieces: Sequence[Piece], gaps: Sequence[str]) -> bool:
    """Whether a term is pulled apart on purpose, not by a sentence's own punctuation."""
    filled = [gap for gap in gaps if gap]
    if form.kind == "doubled":
        return all(len(gap) == 1 for gap in gaps)
    if any(len(gap) > _LONGEST_GAP and len(set(gap)) > 1 for gap in filled):
        return False
    if all(len(piece.written) > 1 and piece.written.isascii() for piece in pieces):
        return len(set(gaps)) == 1 and not gaps[0].strip(" -'_.*·")
    if form.kind == "strewn" and any(gap.isalnum() for gap in filled):
        return _strewn(gaps) and _edges_hold(text, pieces)
    if len(gaps) > 1 and len(set(gaps)) == 1 and all(map(_separates, gaps[0])):
        return True
    if not _edges_hold(text, pieces):
        return False
    if all(_separates(char) for gap in filled for char in gap.replace(" ", "") or "。"):
        return True
    if len(filled) == len(gaps) > 1 and len({gap[0] for gap in gaps}) == 1:
        return True
    return not any(_SENTENCE_SIGNS.intersection(gap) for gap in filled) and not all(
        len(chunk) > 1 and rjieba.has_word(chunk) for chunk in _chunks(text, pieces)
    )


def _separates(sign: str) -> bool:
    """Whether a sign has no business inside a Chinese word."""
    return sign in _STRONG_SIGNS or unicodedata.category(sign) in ("So", "Sk")


def _strewn(gaps: Sequence[str]) -> bool:
    """Letters or digits of one kind and size between all units."""
    kinds = {(len(gap), gap.isdigit()) for gap in gaps}
    return len(kinds) == 1 and all(gap.isalnum() for gap in gaps)


def _chunks(text: Read, pieces: Sequence[Piece]) -> list[str]:
    """What of the term stands together."""
    chunks = [pieces[0].written]
    for before, piece in pairwise(pieces):
        if before.end == piece.start:
            chunks[-1] += piece.written
        else:
            chunks.append(piece.written)
    return chunks


def _edges_hold(text: Read, pieces: Sequence[Piece]) -> bool:
    """Whether no word of the text reaches into the match from outside: 税收 费用, 工商 局长."""
    chunks = _chunks(text, pieces)
    first, last = pieces[0].start, pieces[-1].end
    before, after = text.plain[max(0, first - _CONTEXT) : first], text.plain[last : last + _CONTEXT]
    return len(before) in _cuts(before + chunks[0]) and len(chunks[-1]) in _cuts(chunks[-1] + after)


def _cuts(written: str) -> set[int]:
    """The places between the words of the dictionary, and both ends."""
    place, cuts = 0, {0}
    for word in rjieba.cut(written, False):
        place += len(word)
        cuts.add(place)
    return cuts


def _cuts_latin_word(plain: str, span: Span) -> bool:
    """Whether letters at the edge of a match are only part of a word."""
    return any(
        len(pair) == 2 and pair.isascii() and pair.isalpha()
        for pair in (plain[max(0, edge - 1) : edge + 1] for edge in span if edge)
    )


def _cuts_number(plain: str, span: Span) -> bool:
    """Whether a number at the edge of a match is only part of one: 1200元, 12.5元, 一百二十元."""
    before, first = plain[max(0, span[0] - 2) : span[0]], plain[span[0]]
    last, after = plain[span[1] - 1], plain[span[1] : span[1] + 2]
    return (first in NUMERALS and _goes_on(before[::-1])) or (last in NUMERALS and _goes_on(after))


def _goes_on(beside: str) -> bool:
    return beside[:1] in NUMERALS or (beside[:1] in tuple(".,") and beside[1:].isdigit())


# --- what is ordinary ----------------------------------------------------------------------------


def _is_ordinary(text: Read, pieces: Sequence[Piece]) -> bool:
    """Whether what is altered is usual in itself or belongs to a word of its own.

    A word made of altered characters only, inside the match, may be the disguise itself (公伤 for
    工商); one that reaches out of it or takes a plain character along (工伤, 登机) is meant as it
    stands.
    """
    size, start, end = len(pieces), pieces[0].start, pieces[-1].end
    if not any(is_han(piece.written[0]) for piece in pieces):
        around = text.plain[max(0, start - _AROUND) : start] + text.plain[end : end + _AROUND]
        return size == 2 and not any(map(is_han, around))
    altered = [piece for piece in pieces if piece.kind in _BY_CHARACTER]
    if not altered:
        return False
    usual = COMMON_CHARACTERS if size == 2 else FUNCTION_CHARACTERS
    if (size < _LONG or len(altered) > 1) and any(piece.written in usual for piece in altered):
        return True
    if size == len(altered) + 2 == 3 and _stands_before_a_word(pieces, altered[0]):
        return True
    places = {piece.start for piece in altered}
    lent = 0.0
    place = max(0, start - _CONTEXT)
    for word in rjieba.cut(text.plain[place : end + _CONTEXT], False):
        span = range(place, place + len(word))
        place += len(word)
        if len(word) == 1 or span.stop <= start or span.start >= end:
            continue
        reaches_out = span.start < start or span.stop > end
        if places.isdisjoint(span):
            inside = sum(piece.start in span for piece in pieces)
            lent += _LENT * (inside == 1) * reaches_out
        elif size == 2 or reaches_out or _is_meant(span, places, size, len(altered)):
            return True
    return lent > 0 and not _enough(pieces, lent)


def _stands_before_a_word(pieces: Sequence[Piece], altered: Piece) -> bool:
    """Whether an altered character that only sounds or looks a little like it is a word of its own,
    before another: 编 补贴 for 骗补贴."""
    rest = [piece.written for piece in pieces if piece is not altered]
    return (
        altered.kind in ("sound", "near", "family")
        and altered is pieces[0]
        and not is_rare(altered.written)
        and rjieba.has_word("".join(rest))
    )


def _is_meant(word: range, altered: set[int], size: int, count: int) -> bool:
    """Whether a word inside the match, with a plain character in it, stands for itself."""
    return not altered.issuperset(word) and (size <= _LONG or count > 1)
