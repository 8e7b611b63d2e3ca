"""A folded text in the units that are compared: headlines, sentences, signatures.

A unit knows its plain letters, without punctuation and marks, so that equal sentences are seen as
equal whatever stands between them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

_LONGEST = 500
"""Characters of a unit; a longer one is cut, at a comma where there is one."""
_UNIT = re.compile(
    r"【[^】\n]{0,120}】|(?:(?!\.\.\.)[^。!?;\n【])+(?:[。!?;]+|\.{3,})?[”\"』」)]*|【|\.{3,}"
)
_STANDALONE_TAG = re.compile(r"(?:\s*#[^#\n]{1,40}#\s*)+")
_MARKS = re.compile(r"https?://[\w./?=&%#-]+|\[[^\[\]\s\d]{1,6}\]|[\W_]+")
_DECIMAL = re.compile(r"(?<=\d)[.:](?=\d)")
_ADDRESSED = re.compile(r"@[\w-]{1,20}")
_HASHTAG = re.compile(r"#[^#\n]{1,60}#")
_SIGNATURE = re.compile(r"[(\[][^()\[\]]{1,24}[)\]]")


@dataclass(frozen=True)
class Unit:
    """`text[start:end]` of a folded text."""

    text: str
    start: int
    end: int
    headline: bool
    """In 【】, or hashtags alone: it names the subject, the sentences tell it."""
    place: float
    """Where in the text, 0…1."""
    plain: str = field(default="")

    @cached_property
    def grams(self) -> frozenset[str]:
        """Bigrams of the plain letters."""
        return frozenset(self.plain[i : i + 2] for i in range(len(self.plain) - 1)) or frozenset(
            (self.plain,)
        )

    @property
    def written(self) -> str:
        return self.text[self.start : self.end]

    @property
    def linked(self) -> bool:
        """The title of a page that is linked to, cut short: it repeats what the text is about."""
        return self.written.rstrip('”"』」) ').endswith("...")

    @property
    def signature(self) -> bool:
        """A name in brackets at the end: who wrote it, where it is from."""
        return _SIGNATURE.fullmatch(self.written.strip()) is not None


def plain(written: str) -> str:
    """The letters and digits alone; the point in 2.5 stays."""
    kept = _DECIMAL.sub("点", written)
    return _MARKS.sub("", kept)


def units(folded: str) -> list[Unit]:
    """The units of a folded text in order; those without a letter are left out."""
    found: list[Unit] = []
    length = len(folded) or 1
    for match in _UNIT.finditer(folded):
        for start, end in _pieces(folded, *match.span()):
            letters = plain(folded[start:end])
            if letters:
                start += len(folded[start:end]) - len(folded[start:end].lstrip())
                headline = folded[start] == "【" or (
                    _STANDALONE_TAG.fullmatch(folded, start, end) is not None
                )
                found.append(Unit(folded, start, end, headline, start / length, letters))
    return found


def _pieces(folded: str, start: int, end: int) -> list[tuple[int, int]]:
    """Tags before a sentence and names in brackets behind it apart; nothing too long."""
    pieces: list[tuple[int, int]] = []
    leading = _STANDALONE_TAG.match(folded, start, end)
    if leading and leading.end() < end and folded[leading.end() : leading.end() + 1] in "【\n":
        pieces.append((start, leading.end()))
        start = leading.end()
    while end - start > _LONGEST:
        cut = max(folded.rfind(mark, start + 50, start + _LONGEST) for mark in ",,、 ")
        cut = cut + 1 if cut > 0 else start + _LONGEST
        pieces.append((start, cut))
        start = cut
    pieces.append((start, end))
    return pieces


def untagged(unit: Unit) -> str:
    """The plain letters of a unit without its #tags#; empty when it has none or is a headline."""
    if unit.headline:
        return ""
    kept = _HASHTAG.sub("", unit.written)
    return plain(kept) if kept != unit.written else ""
