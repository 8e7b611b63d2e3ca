"""Near-duplicates: reposts, shortened and edited copies of a text that is already known.

Candidates come from MinHash signatures in bands (Broder 1997; see `pipeline.bands`) over character
bigrams of the cleaned text; bigrams, because trigrams lose too much when every fifth character is
edited. Each candidate is then compared text against text (`pipeline.likeness`), since bulletins
made from one form share most of their bigrams and are not copies of each other.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rensa import RMinHash

from pipeline.bands import MOST, PERMUTATIONS, Bands, narrow
from pipeline.likeness import HEAD, cleaned, likeness, same_form
from pipeline.normalise import codes_of

SHORT = 20
"""Shorter texts (characters that carry meaning) count as the same only when equal."""

_SEED = 20_260_101
_READ = 8
"""Candidates compared text against text, those whose signatures agree most first."""
_WORTH = 10 / PERMUTATIONS
"""Share of equal signature places from which two texts are compared."""
_SUPPORT = 0.3
"""Equal signature places that two long texts of one length must have at least: a copy with every
fifth character edited has 0.47. Less for a part of a text, by its size."""
_WHOLE = 0.4
"""Equal signature places from which they are copies although one does not hold the head of the
other; unrelated long articles have 0.02, never more than 0.08."""
_ENCODING = "gb18030"
"""Takes any character, and two bytes for nearly all that turn up."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """What the index looks at of a text."""

    clean: str
    signature: tuple[int, ...]
    """MinHash signature: PERMUTATIONS places of 32 bits; empty for a text without content. Stored
    with a mention, so that the index can be rebuilt without hashing again."""


def sketch(text: str, signature: Sequence[int] = ()) -> Sketch:
    """The sketch of a text. `signature` as it was stored; one made by another version of this
    module is made anew."""
    clean = cleaned(text)
    if not clean or len(signature) == PERMUTATIONS:
        return Sketch(clean, tuple(signature) if clean else ())
    made = RMinHash(PERMUTATIONS, _SEED)
    codes = codes_of(clean)
    pairs = np.stack([codes[:-1], codes[1:]], axis=1).view("U2")[:, 0]
    made.update(pairs.tolist() or [clean])
    return Sketch(clean, tuple(made.digest()))


class DuplicateIndex:
    """Texts seen so far, about 1 KB each; families are named by their first member.

    Of every text it keeps a byte of each signature place, the first HEAD cleaned characters, and
    its places in the tables of the bands.
    """

    def __init__(self) -> None:
        self._bands = Bands()
        self._heads = bytearray()
        self._ends = array("Q")
        """For each row where its head ends in `_heads`."""
        self._lengths = array("I")
        self._families = array("I")
        """For each row the number of its family."""
        self._names: list[str] = []
        self._firsts = array("I")
        """For each family the row of its first member, or of the first that is here."""
        self._numbers: dict[str, int] = {}
        self._short: dict[str, str] = {}

    def find(self, new: Sketch) -> tuple[str, float] | None:
        """The family that a text belongs to, and how alike its first member is (0…1)."""
        if len(new.clean) < SHORT:
            family = self._short.get(new.clean)
            return None if family is None else (family, 1.0)
        least = int(_WORTH * PERMUTATIONS)
        for row, places in self._bands.agreeing(narrow(new.signature), least, _READ):
            alike = self._alike(new.clean, row, places / PERMUTATIONS)
            if alike is not None:
                number = self._families[row]
                first = self._firsts[number]
                if first != row:
                    alike = likeness(new.clean, self._head(first)) or alike
                return self._names[number], alike
        return None

    def add(self, mention_id: str, family: str, new: Sketch) -> None:
        """Remember a text as a member of `family`, which is its own id when it is the first.

        More than MOST texts are not remembered; a table of that size takes 16 GB.
        """
        if len(new.clean) < SHORT:
            if new.clean:
                self._short.setdefault(new.clean, family)
            return
        row, places = len(self._bands), narrow(new.signature)
        number = self._numbers.setdefault(family, len(self._names))
        if number == len(self._names):
            self._names.append(family)
            self._firsts.append(row)
        elif self._same(self._firsts[number], new.clean, places):
            return  # word for word like the first: it adds nothing to look for
        if row == MOST:
            return
        self._bands.add(places)
        self._heads += new.clean[:HEAD].encode(_ENCODING)
        self._ends.append(len(self._heads))
        self._lengths.append(len(new.clean))
        self._families.append(number)

    def __len__(self) -> int:
        return len(self._bands) + len(self._short)

    def _alike(self, clean: str, row: int, agreeing: float) -> float | None:
        """How alike a cleaned text and a known one are, None when neither is a copy.

        Long texts are judged as a whole too: they may share no more than the preamble, and a copy
        may have lost its beginning or begin with a comment.
        """
        shorter, longer = sorted((len(clean), self._lengths[row]))
        if shorter > HEAD and agreeing < _SUPPORT * shorter / longer:
            return None
        head = self._head(row)
        alike = likeness(clean, head)
        if alike is not None or shorter <= HEAD:
            return alike
        return agreeing if agreeing >= _WHOLE and not same_form(clean[:HEAD], head) else None

    def _same(self, row: int, clean: str, places: bytes) -> bool:
        return (
            self._bands.signature(row) == places
            and self._lengths[row] == len(clean)
            and self._head(row) == clean[:HEAD]
        )

    def _head(self, row: int) -> str:
        start = self._ends[row - 1] if row else 0
        return self._heads[start : self._ends[row]].decode(_ENCODING)
