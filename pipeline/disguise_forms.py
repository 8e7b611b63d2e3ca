"""How a text reads once a disguise is taken off: one symbol a unit, whatever it is written in.

A unit is a character, a syllable of pinyin or bopomofo, a letter or a digit that stands alone. What
lies between units (signs, spaces, pictures) is left out. A text has one plain form; where it holds
pictures that can be read, letters or digits strewn between characters, or everything twice, it has
further ones. One form always goes beside: of each character only the main part, by which characters
of one family are alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import product
from typing import Literal

import numpy as np
import numpy.typing as npt

from pipeline.confusables import EMOJI, LATIN_SHAPES, LEET, VARIANTS
from pipeline.normalise import codes_of
from pipeline.parts import main_part
from pipeline.sounds import bopomofo, is_pinyin, sounds, spelt

Kind = Literal["plain", "pictures", "strewn", "doubled", "family", "joined", "shapes"]
_Codes = npt.NDArray[np.uint32]
_Places = npt.NDArray[np.intp]

HAN = "\u3400-\u9fff〇"
_KNOWN = 0x32400
"""Above lie no characters that are read, only signs."""
_LETTERS = re.compile("[a-z]{2,}")
_LATIN, _DIGIT, _BOPOMOFO, _PICTURE = 1, 2, 4, 8
_RANGES = {
    _LATIN: (range(0x61, 0x7B),),
    _DIGIT: (range(0x30, 0x3A),),
    _BOPOMOFO: (range(0x3105, 0x3130),),
    _PICTURE: (range(0x2600, 0x2C00), range(0x1F000, 0x20000)),
}
_PICTURES = re.compile("[" + "".join(EMOJI) + "]")
_SIGNS = "0-9@$!|€"
_LEET = re.compile(f"[a-z{_SIGNS}]*(?:[a-z][{_SIGNS}]|[{_SIGNS}][a-z])[a-z{_SIGNS}]*")
_TONED = re.compile("(?:[a-z]{2,6}[1-5])+")
_STREWN = re.compile(f"(?<=[{HAN}])(?:[a-z]{{1,3}}|[0-9]{{1,3}})(?=[{HAN}])")
_LONGEST_LEET = 24
_MOST_GUESSES = 64
DROPPED = "\x01"
"""Stands for a digit of a tone, which is no unit and no sign either."""


class Form:
    """Unit `i` is `symbols[i]`, written in `starts[i]:ends[i]` of the folded text.

    `codes`, `places` and `limits` are the same as arrays, for looking at all units at once.
    """

    def __init__(self, kind: Kind, codes: _Codes, places: _Places, limits: _Places) -> None:
        self.kind, self.symbols = kind, _text(codes)
        self.codes, self.places, self.limits = codes, places, limits

    @cached_property
    def starts(self) -> list[int]:
        starts: list[int] = self.places.tolist()
        return starts

    @cached_property
    def ends(self) -> list[int]:
        ends: list[int] = self.limits.tolist()
        return ends


@dataclass(frozen=True, slots=True)
class Read:
    """A folded text, the same without variants and foreign letters, and its forms."""

    folded: str
    plain: str
    """As long as `folded`, place by place."""
    written: _Codes
    """Code points of `folded`."""
    codes: _Codes
    """Code points of `plain`."""
    forms: tuple[Form, ...]
    """The plain form first."""
    has_letters: bool
    """Whether it has Latin letters."""


@cache
def _tables() -> tuple[_Codes, _Codes]:
    """Code point → the one it is a variant of; code point → symbol of the unit, 0 for none."""
    plain = np.arange(_KNOWN, dtype=np.uint32)
    for code, char in VARIANTS.items():
        if code < _KNOWN:
            plain[code] = ord(char)
    plain[-1] = ord("\ufffd")
    symbols = np.zeros(_KNOWN, dtype=np.uint32)
    for code in range(_KNOWN - 1):
        if chr(code).isalnum():
            symbols[code] = code
    for code, symbol in sounds().symbols.items():
        symbols[code] = ord(symbol)
    return plain, symbols


@cache
def _shapes() -> _Codes:
    """Code point → the Latin letter that it, or what it is a variant of, looks like."""
    plain, _ = _tables()
    latin = np.arange(_KNOWN, dtype=np.uint32)
    for code, letter in LATIN_SHAPES.items():
        latin[code] = ord(letter)
    shapes: _Codes = latin[plain.clip(max=_KNOWN - 1)]
    return shapes


def by_shape(text: Read) -> Form:
    """A text place by place, by the shapes of Latin letters: fr4ud is fraud."""
    codes = _shapes()[np.minimum(text.written, _KNOWN - 1)]
    places = np.arange(len(codes))
    return Form("shapes", codes, places, places + 1)


def _text(codes: _Codes) -> str:
    return codes.astype(np.uint32, copy=False).tobytes().decode("utf-32-le")


def read(folded: str) -> Read:
    """Read a folded text in all ways that it gives reason for."""
    variants, _ = _tables()
    written = codes_of(folded)
    codes = variants[np.minimum(written, _KNOWN - 1)]
    plain = _text(codes)
    held = _classes_in(codes)
    latin = bool(held & _LATIN)
    if latin and _LEET.search(plain):
        plain = _LEET.sub(_unleeted, plain)
        codes = codes_of(plain)
    form = _form(codes, plain, held)
    further: list[Form] = []
    if held & _PICTURE and _PICTURES.search(folded):
        further.append(_with_pictures(folded, form))
    if held & (_LATIN | _DIGIT):
        further += _unstrewn(plain, form)
    further += _halved(form)
    further.append(_family(codes))
    return Read(folded, plain, written, codes, (form, *further), latin)


def _classes_in(codes: _Codes) -> int:
    """Bits of the classes of characters that occur."""
    return int(np.bitwise_or.reduce(_classes()[codes]))


@cache
def _classes() -> npt.NDArray[np.uint8]:
    classes = np.zeros(_KNOWN, dtype=np.uint8)
    for bit, ranges in _RANGES.items():
        for characters in ranges:
            classes[characters.start : characters.stop] |= bit
    return classes


@cache
def _main_parts() -> _Codes:
    parts = np.arange(_KNOWN, dtype=np.uint32)
    for code in range(0x4E00, 0xA000):
        part = main_part(chr(code))
        parts[code] = ord(part) if ord(part) < _KNOWN else code
    return parts


def _family(codes: _Codes) -> Form:
    places = np.flatnonzero(_tables()[1][codes])
    return Form("family", _main_parts()[codes[places]], places, places + 1)


def _unleeted(run: re.Match[str]) -> str:
    """A run of letters, digits and signs as the pinyin that it hides, else as it was."""
    written = run[0].rstrip("!|")
    rest = run[0][len(written) :]
    return _as_pinyin(written) + rest


def _as_pinyin(written: str) -> str:
    if _TONED.fullmatch(written) and all(map(is_pinyin, re.findall("[a-z]+", written))):
        return re.sub("[0-9]", DROPPED, written)
    if len(written) > _LONGEST_LEET or written.isalpha():
        return written
    choices = [LEET.get(char, char) for char in written]
    for number, guess in enumerate(product(*choices)):
        if is_pinyin("".join(guess)):
            return "".join(guess)
        if number > _MOST_GUESSES:
            break
    return written


def _form(codes: _Codes, plain: str, held: int) -> Form:
    symbols = _tables()[1][codes]
    places = np.flatnonzero(symbols)
    symbols, ends = symbols[places], places + 1
    merged = list(_syllables(_text(codes[places]), places)) if held & _LATIN else []
    if held & _BOPOMOFO:
        squeezed = np.cumsum(_tables()[1][codes] != 0) - 1
        merged += [
            (int(squeezed[start]), int(squeezed[end - 1]) + 1, written)
            for start, end, written in bopomofo(plain)
        ]
    known = sounds().syllables
    merges = [(start, end, known[written]) for start, end, written in merged]
    return _merged("plain", symbols, places, ends, merges)


def _merged(
    kind: Kind, symbols: _Codes, places: _Places, limits: _Places,
    merges: Sequence[tuple[int, int, str]],
) -> Form:  # fmt: skip
    """A form in which units `start:end` are one each, read as the symbol given."""
    if merges:
        keep = np.ones(len(places), dtype=bool)
        for start, end, symbol in merges:
            symbols[start] = ord(symbol)
            limits[start] = limits[end - 1]
            keep[start + 1 : end] = False
        symbols, places, limits = symbols[keep], places[keep], limits[keep]
    return Form(kind, symbols, places, limits)


def _syllables(letters: str, places: _Places) -> Iterator[tuple[int, int, str]]:
    """Syllables of pinyin among the units: (first unit, end, syllable)."""
    for run in _LETTERS.finditer(letters):
        start = run.start()
        for piece in _pieces(run[0], places[run.start() : run.end()]):
            if len(piece) > 1:
                yield start, start + len(piece), piece
            start += len(piece)


def _pieces(letters: str, places: _Places) -> list[str]:
    """Word by word where each is pinyin, else as if written in one."""
    cuts = (np.flatnonzero(np.diff(places) > 1) + 1).tolist()
    words = [letters[a:b] for a, b in zip([0, *cuts], [*cuts, len(letters)], strict=True)]
    if all(map(is_pinyin, words)):
        return [piece for word in words for piece in spelt(word)]
    return list(spelt(letters))


def _unstrewn(plain: str, form: Form) -> Iterator[Form]:
    strewn = np.zeros(len(plain), dtype=bool)
    for run in _STREWN.finditer(plain):
        strewn[run.start() : run.end()] = True
    if strewn.any():
        yield _without(form, "strewn", strewn[form.places])


def _halved(form: Form) -> Iterator[Form]:
    codes = form.codes
    twice = codes[1:] == codes[:-1]
    if len(twice) > 2 and (twice[:-2] & twice[2:]).any():
        places = np.arange(len(codes))
        begins = np.maximum.accumulate(np.where(np.append(False, twice), 0, places))
        yield _without(form, "doubled", (places - begins) % 2 == 1)


def _without(form: Form, kind: Kind, dropped: npt.NDArray[np.bool_]) -> Form:
    kept = ~dropped
    return Form(kind, form.codes[kept], form.places[kept], form.limits[kept])


def joined(form: Form, joins: Sequence[tuple[int, int, str]]) -> Form:
    """A form in which what stands in `start:end` is one unit, read as the symbol given."""
    starts = np.searchsorted(form.places, [start for start, _, _ in joins]).tolist()
    ends = np.searchsorted(form.places, [end for _, end, _ in joins]).tolist()
    merges = [
        (start, end, symbol)
        for start, end, (_, _, symbol) in zip(starts, ends, joins, strict=True)
        if start < end
    ]
    return _merged("joined", form.codes.copy(), form.places, form.limits.copy(), merges)


def _of_units(kind: Kind, units: Sequence[tuple[int, int, str]]) -> Form:
    return Form(
        kind,
        codes_of("".join(symbol for _, _, symbol in units)),
        np.array([start for start, _, _ in units], dtype=np.intp),
        np.array([end for _, end, _ in units], dtype=np.intp),
    )


def _with_pictures(folded: str, form: Form) -> Form:
    table = sounds().symbols
    units = list(zip(form.starts, form.ends, form.symbols, strict=True))
    for picture in _PICTURES.finditer(folded):
        for char in EMOJI[picture[0]]:
            units.append((*picture.span(), table[ord(char)]))
    units.sort(key=lambda unit: unit[0])
    return _of_units("pictures", units)
